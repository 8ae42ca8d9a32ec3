import { stat } from 'node:fs/promises';
import os from 'node:os';
import { throwIfAborted } from '../../base/abort.js';
import { LetheError } from '../../base/errors.js';
import { readRange, withFile } from '../../base/files.js';
import { FORMATS, isCalled } from '../../contract/formats.js';
import { baseName } from '../../contract/names.js';
import type { Work } from '../../contract/progress.js';
import { elementCount } from '../../linalg/tensor.js';
import type { Classifier, ModelFacts, ModelFormat, NotFinite, OpenOptions } from '../classifier.js';
import { frontiers } from '../order.js';
import { stagesOf } from '../stages.js';
import { activationPoints, findCuts } from './activations.js';
import type { TensorSource } from './build.js';
import { OnnxClassifier } from './classifier.js';
import { scanTensors } from './finite.js';
import { publicLayer } from './layers.js';
import { type OnnxModel, parameterCount, readModel } from './model.js';
import { findLogits, type Logits, notAClassifier } from './outputs.js';
import type { BatchSize } from './runs.js';
import { type Runnable, Sessions } from './sessions.js';
import { fileSource } from './source.js';
import { isEditableType } from './tensors.js';
import { Values } from './values.js';

/** One sample costs as much as a whole batch where its size is fixed. */
const LARGEST_FIXED_BATCH = 1024;

export const format: ModelFormat = { name: 'onnx', match, inspect, faults, scan, open };

/** The name decides; a file of another name must begin as ONNX files do: IR version, then a field of ModelProto. */
async function match(path: string): Promise<boolean> {
  if (isCalled(FORMATS.onnx.mainFile, baseName(path))) return (await stat(path)).isFile();
  return withFile(path, async (handle, size) => {
    if (size < 16) return false;
    const [tag, version, next] = await readRange(handle, { file: path, offset: 0, length: 3 });
    return tag === 0x08 && version >= 3 && version <= 20 && [0x12, 0x1a, 0x22, 0x28, 0x32, 0x3a, 0x42].includes(next);
  }).catch(() => false);
}

async function inspect(path: string): Promise<ModelFacts> {
  const model = await readModel(path);
  return {
    format: format.name,
    files: model.table.files.map(({ path: file, bytes }) => ({ path: file, bytes })),
    input: model.input,
    classCount: findLogits(model.graph).classCount,
    layers: model.layers.map(publicLayer),
    skipped: model.skipped,
    parameterCount: parameterCount(model),
  };
}

async function faults(path: string): Promise<LetheError[]> {
  try {
    await inspect(path);
    return [];
  } catch (error) {
    if (error instanceof LetheError) return [error];
    throw error;
  }
}

async function scan(path: string, work?: Work): Promise<NotFinite[]> {
  return scanTensors(await readModel(path, work?.signal), work);
}

async function open(path: string, options: OpenOptions = {}): Promise<Classifier> {
  const model = await readModel(path, options.signal);
  throwIfAborted(options.signal);
  const source = fileSource(model.table);
  const values = await Values.infer(model, source);
  throwIfAborted(options.signal);
  const logits = findLogits(model.graph, (name) => values.get(name).dims);
  const threads = options.threads ?? Math.max(1, os.availableParallelism() - 1);
  const runnable: Runnable = { model, values, logits, batch: batchSize(model, values, logits), threads };
  const places = frontiers(model.graph.operations, model.input.name, logits.value);
  return new OnnxClassifier({
    ...runnable,
    source,
    classCount: logits.classCount ?? (await countClasses(runnable, source, options.signal)),
    activations: activationPoints(findCuts(model.graph, places, logits.value), (name) => values.get(name).dims),
    stages: stagesOf(model.layers, places, {
      source: model.input.name,
      isReal: (name) => isEditableType(values.get(name).type),
    }),
  });
}

/** A graph may be made for one batch size although its input says otherwise: then the logits tell. */
function batchSize(model: OnnxModel, values: Values, logits: Logits): BatchSize {
  const exactly = model.input.dims[0] ?? values.get(logits.value).dims?.[0] ?? undefined;
  if (exactly !== undefined && (exactly < 1 || exactly > LARGEST_FIXED_BATCH)) {
    throw new LetheError('model-unsupported', {
      message: `runs on exactly ${exactly} samples at once`,
      file: model.path,
      hint: 'Export the model with a free batch size.',
    });
  }
  return { most: values.chunkSize(model), exactly };
}

/** Where no dims tell the number of classes, one sample of zeros does. */
async function countClasses(runnable: Runnable, source: TensorSource, signal?: AbortSignal): Promise<number> {
  const { model, logits } = runnable;
  const dims = model.input.dims.map((dim, axis) => (axis === 0 ? 1 : dim));
  if (!isFixed(dims)) throw notAClassifier(model.path, 'neither its input size nor its number of outputs is fixed');
  const sample = { dims, data: new Float32Array(elementCount(dims)) };
  const sessions = new Sessions(runnable, source);
  try {
    const results = await sessions.run(new Map([[model.input.name, sample]]), [logits.value], signal);
    const found = results.get(logits.value)!.dims;
    const wide = found.filter((dim, axis) => axis > 0 && dim !== 1);
    if (found[0] === 1 && wide.length === 1 && wide[0] >= 2) return wide[0];
    throw notAClassifier(model.path, `"${logits.value}" has dims [${found.join(', ')}] for one sample`);
  } finally {
    await sessions.release();
  }
}

function isFixed(dims: readonly (number | null)[]): dims is number[] {
  return !dims.includes(null);
}
