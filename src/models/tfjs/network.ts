import type * as tfc from '@tensorflow/tfjs-core';
import { type ErrorCode, LetheError } from '../../base/errors.js';
import type { FormatName } from '../../contract/formats.js';
import type { ActivationPoint, InputSpec, Layer, ModelFacts, SkippedLayer, Stage } from '../classifier.js';
import { RuntimeFailure } from './backend.js';
import { type JsonPath, textRangeOf } from './json.js';
import type { ModelFiles, StoredWeight } from './manifest.js';
import { columnCount, rowCount, type WeightView } from './view.js';

/** A projectable layer and where its weight and its bias are stored. */
export interface StoredLayer extends Layer {
  readonly weight: StoredWeight;
  readonly view: WeightView;
  /** One value a row, in the order of the rows. */
  readonly bias?: StoredWeight;
}

/** A layer that is left alone and where model.json describes it. */
export interface LocatedSkip extends SkippedLayer {
  readonly at: JsonPath;
}

/** What the files of a model tell without its weights. */
export interface NetworkFacts {
  readonly files: ModelFiles;
  readonly input: InputSpec;
  readonly inputType: 'float32' | 'int32';
  /** The batch size that the model insists on, or null. */
  readonly batch: number | null;
  readonly classCount: number | null;
  readonly layers: readonly StoredLayer[];
  readonly skipped: readonly LocatedSkip[];
}

/** A model that TensorFlow.js can run: what layers models and graph models have in common. */
export interface Network extends NetworkFacts {
  readonly classCount: number;
  readonly activations: readonly ActivationPoint[];
  readonly stages: readonly Stage[];
  /** The names of the values a forward pass starts from and ends at. */
  readonly source: string;
  readonly logits: string;
  /** Taps that lie between a split of space into the batch and its undoing: their first axis is blocks x batch. */
  readonly blocked?: ReadonlySet<string>;
  /**
   * Computes the `wanted` values from given ones, with other weights in place of the stored ones of the same name.
   * Synchronous, on tensors that the caller tidies up.
   */
  run(given: ReadonlyMap<string, tfc.Tensor>, wanted: readonly string[], weights: EditedTensors): tfc.Tensor[];
  dispose(): void;
}

/** New values of stored weights, by the name they have in the manifest. */
export type EditedTensors = ReadonlyMap<string, tfc.Tensor>;

/** A layer around a stored weight: the sizes are those of the view. */
export function storedLayer(
  parts: Pick<StoredLayer, 'id' | 'name' | 'kind' | 'sites' | 'weight' | 'view' | 'bias'> & {
    readonly groups?: number;
  },
): StoredLayer {
  const { groups = 1, view, bias } = parts;
  return { ...parts, groups, in: columnCount(view), out: rowCount(view), hasBias: bias !== undefined };
}

/** Why a stored weight can't be edited, or null. */
export function unfitWeight(weight: StoredWeight): string | null {
  if (weight.dtype !== 'float32') return `its weight is stored as ${weight.dtype}`;
  return weight.bytes === 0 ? 'its weight is empty' : null;
}

/** The facts as the registry wants them. */
export function modelFacts(format: FormatName, facts: NetworkFacts): ModelFacts {
  const { files, input, classCount, layers, skipped } = facts;
  const floats = [...files.weights.values()].filter(({ dtype, ofOptimizer }) => dtype === 'float32' && !ofOptimizer);
  return {
    format,
    files: sourcesOf(files).map(({ path, bytes }) => ({ path, bytes })),
    input,
    classCount,
    layers: layers.map(publicLayer),
    skipped: skipped.map(publicSkip),
    skippedAt: (index) => textRangeOf(files.json, skipped[index].at),
    parameterCount: floats.reduce((sum, { shape }) => sum + shape.reduce((product, size) => product * size, 1), 0),
  };
}

/** A layer without what only this format knows of it. */
export function publicLayer({ id, name, kind, in: columns, out, groups, hasBias, sites }: StoredLayer): Layer {
  return { id, name, kind, in: columns, out, groups, hasBias, sites };
}

/** The same of a layer that is left alone. */
export function publicSkip({ name, kind, reason }: LocatedSkip): SkippedLayer {
  return { name, kind, reason };
}

/** Every file of the model, model.json first. */
export function sourcesOf(files: ModelFiles) {
  return [files.source, ...files.groups.flatMap((group) => group.shards.map((shard) => shard.source))];
}

const CONVERT_HINT = 'Convert the model to ONNX, or fetch it again if it may be damaged.';

/** What TensorFlow.js threw while it built or ran a model, as an error that says what the model has that it can't do. */
export function runtimeError(error: unknown, file: string): LetheError {
  if (error instanceof LetheError) return error;
  const said = error instanceof Error ? error.message : String(error);
  const unsupported = (message: string, hint: string) =>
    new LetheError('model-unsupported', { message, file, hint, cause: error });
  const kernel = /Kernel '([^']+)' not registered/.exec(said);
  if (kernel) {
    return unsupported(
      `uses the operation ${kernel[1]}, which TensorFlow.js cannot run on WebAssembly`,
      'Install @tensorflow/tfjs-node beside Lethe, or convert the model to ONNX.',
    );
  }
  const operation = /Unknown op '([^']+)'/.exec(said);
  if (operation) {
    return unsupported(`uses the operation ${operation[1]}, which TensorFlow.js does not know`, CONVERT_HINT);
  }
  const limit = /^(Error: )?(\w* ?backend .*does not support.*|.*is not yet supported.*)/i.exec(said);
  if (limit) return unsupported(`needs what TensorFlow.js cannot do: ${limit[2].slice(0, 200)}`, CONVERT_HINT);
  if (error instanceof RuntimeFailure) {
    // It says the same when its 4 GiB of memory are full.
    const message = `asks for an operation that breaks the WebAssembly runtime, or for more memory than that has: ${said.split('. Use')[0].slice(0, 200)}`;
    return new LetheError('model-corrupt', { message, file, hint: CONVERT_HINT, cause: error });
  }
  const memory = /allocation failed|out of memory|invalid (typed )?array( buffer)? length|Cannot enlarge memory/i;
  const code: ErrorCode = memory.test(said) ? 'out-of-memory' : 'model-corrupt';
  // TypeErrors come from settings that it reads without looking whether they are there.
  const incomplete = error instanceof TypeError ? 'something in its description is missing or of the wrong kind; ' : '';
  const message = `${incomplete}TensorFlow.js cannot run it: ${said.split('\n')[0].slice(0, 300)}`;
  return new LetheError(code, { message, file, hint: CONVERT_HINT, cause: error });
}
