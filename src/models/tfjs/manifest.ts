import path from 'node:path';
import { z } from 'zod';
import { LetheError } from '../../base/errors.js';
import type { ByteRange } from '../../base/files.js';
import { locateInside } from '../location.js';
import { type SourceFile, sourceFile } from '../patching.js';
import { type JsonFile, type JsonPath, placeOf, readJson } from './json.js';

const BYTES_PER_VALUE = { float32: 4, int32: 4, bool: 1, complex64: 8, uint8: 1, uint16: 2, float16: 2 } as const;

const affine = z.object({ dtype: z.enum(['uint8', 'uint16']), scale: z.number(), min: z.number() });
const half = z.object({ dtype: z.literal('float16') });
const weightEntry = z.object({
  name: z.string(),
  shape: z.array(z.int().nonnegative()).max(16),
  dtype: z.enum(['float32', 'int32', 'bool', 'complex64', 'string']),
  quantization: z.discriminatedUnion('dtype', [affine, half]).optional(),
  /** `optimizer` for the state of an optimizer, which is no part of the model. */
  group: z.string().optional(),
});
const manifestSchema = z.array(z.object({ paths: z.array(z.string()), weights: z.array(weightEntry) }));

export type Quantization = z.infer<typeof affine> | z.infer<typeof half>;
export type StoredType = Exclude<z.infer<typeof weightEntry>['dtype'], 'string'>;

/** One entry of the weights manifest and where its bytes lie. */
export interface StoredWeight {
  readonly name: string;
  readonly shape: readonly number[];
  /** The type TensorFlow.js gives the tensor; stored values are narrower if `quantization` says so. */
  readonly dtype: StoredType;
  readonly quantization?: Quantization;
  readonly bytes: number;
  /** State of an optimizer, saved beside the model. */
  readonly ofOptimizer: boolean;
  readonly group: WeightGroup;
  /** From the start of the group's bytes. */
  readonly offset: number;
  /** Of the entry, in model.json. */
  readonly place: JsonPath;
}

/** One shard file: a run of its group's bytes. */
export interface Shard {
  /** As the manifest names it, relative to model.json. */
  readonly location: string;
  readonly source: SourceFile;
  /** Of its first byte, from the start of the group's bytes. */
  readonly start: number;
}

/** Weights whose bytes follow each other, cut into shards anywhere: a tensor may span several. */
export interface WeightGroup {
  readonly shards: readonly Shard[];
  readonly bytes: number;
}

/** The files of a TensorFlow.js model: its model.json and the weights that it lists. */
export interface ModelFiles {
  readonly json: JsonFile;
  readonly source: SourceFile;
  readonly groups: readonly WeightGroup[];
  readonly weights: ReadonlyMap<string, StoredWeight>;
}

/**
 * Reads model.json and checks its weights manifest against the shards' sizes. No weight is read.
 * @throws LetheError `model-corrupt` with line and column, `weights-missing`, `weights-short` with the bytes expected and
 *   found, `path-outside`, `model-unsupported`.
 */
export async function readModelFiles(file: string): Promise<ModelFiles> {
  const { faults, ...files } = await checkModelFiles(file);
  if (faults.length > 0) throw faults[0];
  return files;
}

/**
 * The same with everything that is wrong, not the first alone; where there are faults, groups and weights are incomplete.
 * @throws LetheError if there is nothing to go on: no JSON, no list of weights.
 */
export async function checkModelFiles(file: string): Promise<ModelFiles & { readonly faults: readonly LetheError[] }> {
  const source = await sourceFile(file);
  const json = await readJson(file);
  const entries = parseManifest(json);
  const seen = new Set([path.normalize(path.basename(file)).toLowerCase()]);
  const groups: WeightGroup[] = [];
  const weights = new Map<string, StoredWeight>();
  const faults: LetheError[] = [];
  const attempt = async <T>(step: () => T | Promise<T>): Promise<T | undefined> => {
    try {
      return await step();
    } catch (error) {
      if (!(error instanceof LetheError)) throw error;
      faults.push(error);
      return undefined;
    }
  };
  for (const [index, entry] of entries.entries()) {
    const before = faults.length;
    const shards: Shard[] = [];
    for (const [at, location] of entry.paths.entries()) {
      const last = shards.at(-1);
      const start = last ? last.start + last.source.bytes : 0;
      const source = await attempt(() => locateShard(json, location, ['weightsManifest', index, 'paths', at], seen));
      if (source) shards.push({ location, source, start });
    }
    const group = { shards, bytes: shards.reduce((sum, shard) => sum + shard.source.bytes, 0) };
    let offset = 0;
    for (const [at, weight] of entry.weights.entries()) {
      const place = ['weightsManifest', index, 'weights', at];
      const bytes = await attempt(() => {
        if (weights.has(weight.name)) throw corrupt(json, `lists the tensor "${weight.name}" twice`, place);
        return storedBytes(json, weight, place);
      });
      if (bytes === undefined) continue;
      const { name, shape, quantization } = weight;
      const dtype = weight.dtype as StoredType;
      const ofOptimizer = weight.group === 'optimizer';
      weights.set(name, { name, shape, dtype, quantization, bytes, ofOptimizer, group, offset, place });
      offset += bytes;
    }
    if (faults.length === before) await attempt(() => refuseWrongSize(json, group, offset, index));
    groups.push(group);
  }
  return { json, source, groups, weights, faults };
}

/** The bytes of a weight, in order: one range a shard that it lies in. */
export function rangesOf(weight: StoredWeight): ByteRange[] {
  const end = weight.offset + weight.bytes;
  return weight.group.shards.flatMap(({ source, start }) => {
    const from = Math.max(weight.offset, start);
    const to = Math.min(end, start + source.bytes);
    return from < to ? [{ file: source.path, offset: from - start, length: to - from }] : [];
  });
}

/** A fault in model.json, at the line and column of the value at `at`. */
export function corrupt(json: JsonFile, message: string, at: JsonPath, hint?: string): LetheError {
  return new LetheError('model-corrupt', { message, file: json.path, ...placeOf(json, at), hint });
}

function parseManifest(json: JsonFile): z.infer<typeof manifestSchema> {
  const value = json.value as { weightsManifest?: unknown } | null;
  if (typeof value !== 'object' || value?.weightsManifest === undefined) {
    throw corrupt(json, 'has no weightsManifest', [], 'Open the model.json of a TensorFlow.js model.');
  }
  const parsed = manifestSchema.safeParse(value.weightsManifest);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const at = ['weightsManifest', ...(issue.path as (string | number)[])];
  throw corrupt(json, `${at.join('.')}: ${issue.message}`, at, 'Convert or download the model again.');
}

async function locateShard(json: JsonFile, location: string, at: JsonPath, seen: Set<string>): Promise<SourceFile> {
  // Finding a line takes a second parse of the JSON, so only a failure pays for it.
  const found = await locateInside(json.path, location, {}).catch(() =>
    locateInside(json.path, location, { ...placeOf(json, at), locations: [location] }),
  );
  // Two entries over the same bytes could not be edited one by one.
  const key = path.normalize(location).toLowerCase();
  if (seen.has(key)) throw corrupt(json, `names the file "${location}" twice`, at);
  seen.add(key);
  return sourceFile(found);
}

function storedBytes(json: JsonFile, weight: z.infer<typeof weightEntry>, at: JsonPath): number {
  const { dtype, quantization } = weight;
  if (dtype === 'string') {
    throw new LetheError('model-unsupported', {
      message: `the tensor "${weight.name}" holds text, and models with string operations cannot be run`,
      file: json.path,
      ...placeOf(json, at),
      hint: 'Export the model without its text preprocessing.',
    });
  }
  if (quantization && dtype !== 'float32' && !(dtype === 'int32' && quantization.dtype !== 'float16')) {
    throw corrupt(json, `a ${dtype} tensor cannot be quantised as ${quantization.dtype}`, [...at, 'quantization']);
  }
  const bytes = weight.shape.reduce((product, size) => product * size, BYTES_PER_VALUE[quantization?.dtype ?? dtype]);
  if (Number.isSafeInteger(bytes)) return bytes;
  throw corrupt(json, `the shape [${weight.shape.join(', ')}] is beyond any file`, [...at, 'shape']);
}

function refuseWrongSize(json: JsonFile, group: WeightGroup, expected: number, index: number): void {
  if (group.bytes === expected) return;
  const { shards } = group;
  const names = shards.map((shard) => path.basename(shard.source.path));
  const single = shards.length === 1;
  throw new LetheError('weights-short', {
    message: `${single ? 'the shard has' : `the ${shards.length} shards have`} ${group.bytes} bytes, but model.json describes ${expected}`,
    file: single ? shards[0].source.path : json.path,
    place: shards.length > 1 ? `${names[0]} to ${names.at(-1)}` : undefined,
    at: placeOf(json, ['weightsManifest', index, 'paths', ...(single ? [0] : [])]).at,
    locations: shards.map((shard) => shard.location),
    hint: 'The files do not belong together, or a download was cut off: fetch model.json and all shards again.',
  });
}
