import path from 'node:path';
import { applyEdits, type Edit, findNodeAtLocation } from 'jsonc-parser';
import type { SavedFiles, SaveOptions } from '../classifier.js';
import { type CopiedFile, type Patch, refuseChanged, savePatched } from '../patching.js';
import { jsonTree } from './json.js';
import { type ModelFiles, rangesOf, type StoredWeight } from './manifest.js';
import { widenedShards } from './regroup.js';
import { encode, widens } from './tensors.js';

/** New values for one stored weight, in its order. */
export interface EditedWeight {
  readonly weight: StoredWeight;
  readonly values: Float32Array<ArrayBuffer>;
}

/**
 * Writes a copy of the model into the folder `target`: model.json and its shards under their own names, with new bytes for
 * the edited weights. Only a quantised weight changes more: it becomes float32, so its group's shards are cut anew and its
 * manifest entry loses the quantisation; all other tensors keep their bytes.
 * @throws LetheError as `savePatched`.
 */
export async function saveModel(
  files: ModelFiles,
  edits: readonly EditedWeight[],
  target: string,
  options: SaveOptions,
): Promise<SavedFiles> {
  const widened = edits.filter(({ weight }) => widens(weight));
  const copies: CopiedFile[] = [manifestCopy(files, widened)];
  const patches: Patch[] = [];
  for (const group of files.groups) {
    const edited = edits.filter(({ weight }) => weight.group === group);
    if (edited.some(({ weight }) => widens(weight))) {
      for (const { source } of group.shards) await refuseChanged(source);
      copies.push(...widenedShards(files, group, edited));
    } else {
      for (const { location, source } of group.shards) copies.push({ name: location, source });
      patches.push(...edited.flatMap(patchesFor));
    }
  }
  const written = await savePatched(target, { files: copies, patches, target: 'folder' }, options);
  return { path: written[0], files: written, notes: widened.map(({ weight }) => note(weight)) };
}

/** The weight's new bytes, cut where its shards are. */
function patchesFor({ weight, values }: EditedWeight): Patch[] {
  let from = 0;
  return rangesOf(weight).map((range) => {
    const start = from;
    from += range.length;
    return { ...range, content: () => encode(weight, values).subarray(start, start + range.length) };
  });
}

/** model.json as it is, but for the entries of weights that are no longer quantised. */
function manifestCopy({ json, source }: ModelFiles, widened: readonly EditedWeight[]): CopiedFile {
  const name = path.basename(source.path);
  if (widened.length === 0) return { name, source };
  const root = jsonTree(json);
  const edits = widened.map(({ weight }): Edit => {
    const { quantization: _, ...entry } = weight.place.reduce<unknown>(
      (value, key) => (value as Record<string | number, unknown>)[key],
      json.value,
    ) as Record<string, unknown>;
    const node = root && findNodeAtLocation(root, [...weight.place]);
    if (!node) throw new RangeError(`${json.path} has no entry for "${weight.name}"`);
    return { offset: node.offset, length: node.length, content: JSON.stringify(entry) };
  });
  return { name, content: new TextEncoder().encode(applyEdits(json.text, edits)) };
}

function note(weight: StoredWeight): string {
  return `tensor "${weight.name}" is stored as float32 in the copy; it was quantised to ${weight.quantization?.dtype}`;
}
