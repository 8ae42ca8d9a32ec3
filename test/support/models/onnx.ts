import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { ModelProtoSchema, ValueInfoProtoSchema } from 'onnx-buf';
import { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node';
import { OnnxWriter } from '../../../examples/onnxWriter.js';
import type { Matrix } from '../../../src/linalg/matrix.js';
import type { Tensor } from '../../../src/linalg/tensor.js';
import type { Classifier, Geometry, Layer } from '../../../src/models/classifier.js';
import { format } from '../../../src/models/onnx/index.js';
import { inputVectors, positionCount } from '../../../src/models/unfold.js';

/** Writes what a writer built (and its external file, if any) into a folder. */
export async function writeModel(g: OnnxWriter, folder: string, name = 'model.onnx'): Promise<string> {
  const file = path.join(folder, name);
  await writeFile(file, g.bytes());
  const external = g.externalBytes();
  if (external.length > 0) await writeFile(path.join(folder, OnnxWriter.externalFile), external);
  return file;
}

/** Opens a model on one thread. */
export function openOnnx(file: string): Promise<Classifier> {
  return format.open(file, { threads: 1 });
}

/**
 * What ONNX Runtime itself computes for some values of a model file, without any code of ours between the file and the
 * runtime but for declaring the values as outputs.
 */
export async function valuesOf(
  file: string,
  values: readonly string[],
  x: Tensor,
  graphOptimizationLevel: 'all' | 'disabled' = 'disabled',
): Promise<Map<string, Tensor>> {
  const model = fromBinary(ModelProtoSchema, await readFile(file));
  // The runtime crashes when it is asked for the same output twice.
  const wanted = [...new Set(values)];
  const outputs = new Set(model.graph!.output.map(({ name }) => name));
  for (const name of wanted) if (!outputs.has(name)) model.graph!.output.push(create(ValueInfoProtoSchema, { name }));
  const locations = model.graph!.initializer.flatMap(({ externalData }) =>
    externalData.filter(({ key }) => key === 'location').map(({ value }) => value),
  );
  const externalData = [];
  for (const location of new Set(locations)) {
    externalData.push({
      path: location,
      data: new Uint8Array(await readFile(path.join(path.dirname(file), location))),
    });
  }
  const session = await InferenceSession.create(toBinary(ModelProtoSchema, model), {
    enableCpuMemArena: false,
    // Not optimised: fusing Gemm and Transpose drops a value although it is an output, and fetching it crashes the runtime.
    graphOptimizationLevel,
    intraOpNumThreads: 1,
    logSeverityLevel: 4,
    externalData,
  });
  try {
    const results = await session.run({ [session.inputNames[0]]: new OrtTensor('float32', x.data, x.dims) }, wanted);
    return new Map(
      wanted.map((name) => [name, { dims: results[name].dims, data: results[name].data as Float32Array }]),
    );
  } finally {
    await session.release();
  }
}

/** How a layer's output tensor holds the products: which element belongs to position p and output o. */
export type OutputOrder = (position: number, output: number, layer: Layer, dims: readonly number[]) => number;

/** n x out x positions..., as convolutions give it. */
export const channelsFirst: OutputOrder = (position, output, layer, dims) => {
  const area = dims.slice(2).reduce((product, size) => product * size, 1);
  return (Math.floor(position / area) * layer.out + output) * area + (position % area);
};

/** positions... x out: a weight on the right. */
export const outputsLast: OutputOrder = (position, output, layer) => position * layer.out + output;

/** ... x out x columns: a weight on the left. */
export const outputsBeforeLast: OutputOrder = (position, output, layer, dims) => {
  const columns = dims[dims.length - 1];
  return (Math.floor(position / columns) * layer.out + output) * columns + (position % columns);
};

/** A weight times the input vectors of a tapped tensor, plus a bias a row, all times a scale, in the layer's output order. */
export function layerOutput(
  layer: Layer,
  geometry: Geometry,
  weight: Matrix,
  tap: Tensor,
  actual: Tensor,
  order: OutputOrder,
  scale = 1,
  bias: ArrayLike<number> = new Float32Array(layer.out),
): Float32Array {
  const positions = Array.from({ length: positionCount(geometry, tap.dims) }, (_, i) => i);
  const { data: vectors, cols } = inputVectors(layer, geometry, tap, positions);
  const result = new Float32Array(actual.data.length).fill(Number.NaN);
  const rowsPerGroup = layer.out / layer.groups;
  for (const position of positions) {
    for (let output = 0; output < layer.out; output++) {
      const start = position * cols + Math.floor(output / rowsPerGroup) * layer.in;
      let sum = 0;
      for (let i = 0; i < layer.in; i++) sum += weight.data[output * layer.in + i] * vectors[start + i];
      result[order(position, output, layer, actual.dims)] = scale * (sum + bias[output]);
    }
  }
  return result;
}

/** Every taps' name of a model. */
export function allTaps(model: Classifier): string[] {
  return [...new Set(model.layers.flatMap(({ sites }) => sites.map(({ tap }) => tap)))];
}
