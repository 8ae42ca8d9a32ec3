import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Matrix, solve } from 'ml-matrix';
import { OnnxWriter, type Value } from '../../../examples/onnxWriter.js';
import { InferenceSession, Tensor } from '../../../src/base/onnxruntime.js';
import { Random } from '../../../src/base/random.js';
import { idxBytes } from '../data/datasets.js';
import { writeModel } from './tfjsFiles.js';
import { attribute, GraphBuilder } from './tfjsGraph.js';

/** A small problem that a small network solves well: 10 x 10 grey images of five kinds of patterns, in noise. */
export const shapeClasses = ['Rows', 'Columns', 'Slope', 'Checker', 'Ring/disc'];
const SIDE = 10;
const TRAIN = 120;
const TEST = 60;

interface Split {
  readonly pixels: Uint8Array;
  readonly labels: Uint8Array;
}

interface Weights {
  readonly conv: Float32Array;
  readonly conv2: Float32Array;
  readonly dense: Float32Array;
  readonly bias: Float32Array;
}

const FILTERS = 8;
const FEATURES = 12;
const POOLED = SIDE / 2;
const FLAT = FEATURES * POOLED * POOLED;

function intensity(kind: number, y: number, x: number, phase: number): number {
  const wave = (t: number) => (Math.floor(t + phase) % 4 < 2 ? 1 : 0);
  if (kind === 0) return wave(y);
  if (kind === 1) return wave(x);
  if (kind === 2) return wave(x + y);
  if (kind === 3) return wave(x) === wave(y) ? 1 : 0;
  return Math.hypot(x - 4.5, y - 4.5) < 2 + phase ? 1 : 0;
}

export function shapeImages(perClass: number, seed: number): Split {
  const random = new Random(seed);
  const count = perClass * shapeClasses.length;
  const pixels = new Uint8Array(count * SIDE * SIDE);
  const labels = new Uint8Array(count);
  for (let sample = 0; sample < count; sample++) {
    labels[sample] = sample % shapeClasses.length;
    const phase = random.below(4);
    for (let y = 0; y < SIDE; y++) {
      for (let x = 0; x < SIDE; x++) {
        const value = 60 + 120 * intensity(labels[sample], y, x, phase) + 70 * random.normal();
        pixels[sample * SIDE * SIDE + y * SIDE + x] = Math.max(0, Math.min(255, value));
      }
    }
  }
  return { pixels, labels };
}

/** The network up to its flat features, or whole; images in, as NCHW. */
function network(
  weights: Pick<Weights, 'conv' | 'conv2'> & Partial<Weights>,
  classes = shapeClasses.length,
): Uint8Array {
  const writer = new OnnxWriter({ opset: 17, name: 'shapes' });
  const same = { kernel_shape: [3, 3], pads: [1, 1, 1, 1] };
  let value: Value = writer.input('image', ['N', 1, SIDE, SIDE]);
  const first = writer.initializer('conv.weight', [FILTERS, 1, 3, 3], weights.conv);
  value = writer.node('Relu', [writer.node('Conv', [value, first], same, { name: 'conv' })]);
  value = writer.node('MaxPool', [value], { kernel_shape: [2, 2], strides: [2, 2] });
  const second = writer.initializer('conv2.weight', [FEATURES, FILTERS, 3, 3], weights.conv2);
  value = writer.node('Relu', [writer.node('Conv', [value, second], same, { name: 'conv2' })]);
  value = writer.node('Flatten', [value]);
  if (!weights.dense) {
    writer.output('features', value, ['N', FLAT]);
    return writer.bytes();
  }
  const dense = writer.initializer('dense.weight', [classes, FLAT], weights.dense.slice(0, classes * FLAT));
  const bias = writer.initializer('dense.bias', [classes], weights.bias!.slice(0, classes));
  value = writer.node('Gemm', [value, dense, bias], { transB: 1 }, { name: 'dense' });
  writer.output('logits', value, ['N', classes]);
  return writer.bytes();
}

const MEAN = 0.45;

/** Random filters and a least-squares head: no training, and right for nearly all images. */
async function train(): Promise<Weights> {
  const random = new Random(3);
  const normals = (length: number, scale: number) => Float32Array.from({ length }, () => scale * random.normal());
  const conv = normals(FILTERS * 9, 0.6);
  const conv2 = normals(FEATURES * FILTERS * 9, 0.2);
  const { pixels, labels } = shapeImages(TRAIN, 1);
  const session = await InferenceSession.create(network({ conv, conv2 }), { logSeverityLevel: 4 });
  const input = Float32Array.from(pixels, (value) => value / 255 - MEAN);
  const { features } = await session.run({ image: new Tensor('float32', input, [labels.length, 1, SIDE, SIDE]) });
  await session.release();
  const data = features.data as Float32Array;
  const design = new Matrix(labels.length, FLAT + 1);
  for (let r = 0; r < labels.length; r++) {
    for (let c = 0; c < FLAT; c++) design.set(r, c, data[r * FLAT + c]);
    design.set(r, FLAT, 1);
  }
  const targets = new Matrix(labels.length, shapeClasses.length);
  for (let r = 0; r < labels.length; r++) targets.set(r, labels[r], 10);
  const system = design
    .transpose()
    .mmul(design)
    .add(Matrix.eye(FLAT + 1).mul(0.3));
  const solution = solve(system, design.transpose().mmul(targets));
  const dense = new Float32Array(shapeClasses.length * FLAT);
  const bias = new Float32Array(shapeClasses.length);
  for (let k = 0; k < shapeClasses.length; k++) {
    for (let c = 0; c < FLAT; c++) dense[k * FLAT + c] = solution.get(c, k);
    bias[k] = solution.get(FLAT, k);
  }
  return { conv, conv2, dense, bias };
}

let trained: Promise<Weights> | undefined;

export async function shapeWeights(): Promise<Weights> {
  trained ??= train();
  return trained;
}

export interface ShapesOptions {
  readonly config?: object;
  /** Leaves out the test split. */
  readonly trainOnly?: boolean;
  readonly edit?: (weights: Weights) => Weights;
  /** Number of outputs, for models that do not fit their names. */
  readonly outputs?: number;
}

/** Writes `shapes.onnx`, its data and its `lethe.json` into a folder; returns the model's path. */
export async function writeShapes(folder: string, options: ShapesOptions = {}): Promise<string> {
  const model = path.join(folder, 'shapes.onnx');
  const weights = await shapeWeights();
  await writeFile(model, network(options.edit?.(weights) ?? weights, options.outputs));
  await writeShapesProject(folder, options);
  return model;
}

/** The same network as a TensorFlow.js layers model, in a folder `shapes` below; returns the path of its model.json. */
export async function writeTfjsShapes(folder: string, options: ShapesOptions = {}): Promise<string> {
  const { conv, conv2, dense, bias } = await shapeWeights();
  const layer = (className: string, name: string, config: object) => ({
    class_name: className,
    config: { name, ...config },
  });
  const convConfig = (filters: number) => ({
    ...{ filters, kernel_size: [3, 3], strides: [1, 1], padding: 'same', use_bias: false, activation: 'relu' },
    data_format: 'channels_last',
  });
  const topology = {
    keras_version: '2.0',
    backend: 'tensorflow',
    model_config: {
      class_name: 'Sequential',
      config: {
        name: 'shapes',
        layers: [
          layer('Conv2D', 'conv', { ...convConfig(FILTERS), batch_input_shape: [null, SIDE, SIDE, 1] }),
          layer('MaxPooling2D', 'pool', { pool_size: [2, 2], strides: [2, 2], padding: 'valid' }),
          layer('Conv2D', 'conv2', convConfig(FEATURES)),
          layer('Flatten', 'flatten', {}),
          layer('Dense', 'dense', { units: shapeClasses.length, use_bias: true, activation: 'linear' }),
        ],
      },
    },
  };
  const weight = (name: string, shape: number[], values: Float32Array) => ({
    name,
    shape,
    dtype: 'float32' as const,
    values,
  });
  const model = await writeModel(path.join(folder, 'shapes'), topology, [
    weight('conv/kernel', [3, 3, 1, FILTERS], kernel(conv, FILTERS, 1)),
    weight('conv2/kernel', [3, 3, FILTERS, FEATURES], kernel(conv2, FEATURES, FILTERS)),
    weight('dense/kernel', [FLAT, shapeClasses.length], denseKernel(dense)),
    weight('dense/bias', [shapeClasses.length], bias),
  ]);
  await writeShapesProject(folder, options);
  return model;
}

/**
 * The same network as a TensorFlow.js graph model, in a folder `graph` below; returns the path of its model.json. Its convolutions
 * have biases, which are 0.
 */
export async function writeGraphShapes(folder: string): Promise<string> {
  const { conv, conv2, dense, bias } = await shapeWeights();
  const graph = new GraphBuilder();
  const convolved = (name: string, input: string, values: Float32Array, [into, out]: readonly [number, number]) => {
    const weight = graph.weight(`${name}/kernel`, [3, 3, into, out], kernel(values, out, into));
    const product = graph.conv('Conv2D', name, [input, weight], { padding: 'SAME' });
    const zeros = graph.weight(`${name}/bias`, [out], new Float32Array(out));
    return graph.node('Relu', `${name}/relu`, [graph.node('BiasAdd', `${name}/biased`, [product, zeros])]);
  };
  const first = convolved('conv', graph.input('image', [-1, SIDE, SIDE, 1]), conv, [1, FILTERS]);
  const half = attribute.integers(1, 2, 2, 1);
  const pool = { ksize: half, strides: half, padding: attribute.text('VALID') };
  const second = convolved('conv2', graph.node('MaxPool', 'pool', [first], pool), conv2, [FILTERS, FEATURES]);
  const flat = graph.node('Reshape', 'flat', [second, graph.integers('flat/shape', [-1, FLAT])]);
  const weight = graph.weight('dense/kernel', [FLAT, shapeClasses.length], denseKernel(dense));
  const product = graph.node('MatMul', 'dense', [flat, weight]);
  graph.node('BiasAdd', 'logits', [product, graph.weight('dense/bias', [shapeClasses.length], bias)]);
  await writeShapesProject(folder);
  return graph.write(path.join(folder, 'graph'), { shardBytes: 10_000 });
}

/** out x in x 3 x 3 to 3 x 3 x in x out. */
function kernel(values: Float32Array, out: number, into: number): Float32Array {
  const result = new Float32Array(values.length);
  for (let o = 0; o < out; o++) {
    for (let i = 0; i < into; i++) {
      for (let k = 0; k < 9; k++) result[(k * into + i) * out + o] = values[(o * into + i) * 9 + k];
    }
  }
  return result;
}

/** Rows of the channels-first order (c, y, x) to columns of the channels-last order (y, x, c). */
function denseKernel(values: Float32Array): Float32Array {
  const classes = shapeClasses.length;
  const result = new Float32Array(values.length);
  const area = POOLED * POOLED;
  for (let k = 0; k < classes; k++) {
    for (let c = 0; c < FEATURES; c++) {
      for (let p = 0; p < area; p++) result[(p * FEATURES + c) * classes + k] = values[k * FLAT + c * area + p];
    }
  }
  return result;
}

/** What the train split of such a project holds where so many samples of some classes are left. */
export function leftShapes(left: Readonly<Record<number, number>>): Split {
  const { pixels, labels } = shapeImages(TRAIN, 1);
  const seen = new Map<number, number>();
  const kept = [...labels.keys()].filter((at) => {
    const count = seen.get(labels[at]) ?? 0;
    seen.set(labels[at], count + 1);
    return count < (left[labels[at]] ?? TRAIN);
  });
  const size = SIDE * SIDE;
  return {
    pixels: Buffer.concat(kept.map((at) => pixels.subarray(at * size, (at + 1) * size))),
    labels: Uint8Array.from(kept, (at) => labels[at]),
  };
}

/** Leaves so many samples of some classes in the train split of such a project. */
export async function leaveShapes(folder: string, left: Readonly<Record<number, number>>): Promise<void> {
  const { pixels, labels } = leftShapes(left);
  const data = path.join(folder, 'data');
  await writeFile(path.join(data, 'train-images'), idxBytes(0x08, [labels.length, SIDE, SIDE], pixels));
  await writeFile(path.join(data, 'train-labels'), idxBytes(0x08, [labels.length], labels));
}

export async function writeShapesProject(folder: string, options: ShapesOptions = {}): Promise<void> {
  const data = path.join(folder, 'data');
  await mkdir(data, { recursive: true });
  const splits = { train: shapeImages(TRAIN, 1), test: shapeImages(TEST, 2) };
  for (const [name, { pixels, labels }] of Object.entries(splits)) {
    await writeFile(path.join(data, `${name}-images`), idxBytes(0x08, [labels.length, SIDE, SIDE], pixels));
    await writeFile(path.join(data, `${name}-labels`), idxBytes(0x08, [labels.length], labels));
  }
  const source = (name: string) => ({ format: 'idx', images: `data/${name}-images`, labels: `data/${name}-labels` });
  const config = {
    classes: shapeClasses,
    input: { mean: MEAN },
    data: { train: source('train'), ...(options.trainOnly ? {} : { test: source('test') }) },
    ...options.config,
  };
  await writeFile(path.join(folder, 'lethe.json'), JSON.stringify(config, null, 2));
}
