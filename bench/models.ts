/** Models and images for the benches, made from random numbers. */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { OnnxWriter, type Value } from '../examples/onnxWriter.js';
import { InferenceSession, Tensor } from '../src/base/onnxruntime.js';
import { Random } from '../src/base/random.js';

export const classCount = 10;
/** Values of one image: 3 channels of 32 x 32. */
const PIXELS = 3072;

/** Writes a model with its images (in CIFAR-10's binary format) and its `lethe.json` into a folder; returns the model's path. */
export async function writeProject(
  folder: string,
  name: string,
  model: Uint8Array,
  perClass: { readonly train: number; readonly test: number },
): Promise<string> {
  const file = path.join(folder, name);
  await writeFile(file, model);
  for (const split of ['train', 'test'] as const) {
    await writeFile(path.join(folder, `${split}.bin`), images(split === 'train' ? 1 : 2, perClass[split]));
  }
  const config = {
    classes: Array.from({ length: classCount }, (_, index) => `class ${index}`),
    input: { layout: 'nchw', size: [32, 32], channels: 3, mean: [0.5], std: [0.25] },
    data: {
      train: { format: 'cifar10', path: '.', batches: ['train.bin'] },
      test: { format: 'cifar10', path: '.', batches: ['test.bin'] },
    },
  };
  await writeFile(path.join(folder, 'lethe.json'), JSON.stringify(config));
  return file;
}

/** Smooth random images, each class around a pattern of its own. */
export function images(seed: number, perClass: number): Uint8Array {
  const random = new Random(seed);
  const patterns = Array.from({ length: classCount }, (_, label) => {
    const source = new Random(100 + label);
    return Array.from({ length: 3 * 8 * 8 }, () => 40 + 170 * source.unit());
  });
  const records = perClass * classCount;
  const bytes = new Uint8Array(records * (1 + PIXELS));
  for (let record = 0; record < records; record++) {
    const label = record % classCount;
    bytes[record * (1 + PIXELS)] = label;
    for (let pixel = 0; pixel < PIXELS; pixel++) {
      const [channel, y, x] = [pixel >> 10, (pixel >> 5) & 31, pixel & 31];
      const smooth = patterns[label][channel * 64 + (y >> 2) * 8 + (x >> 2)];
      bytes[record * (1 + PIXELS) + 1 + pixel] = Math.max(0, Math.min(255, smooth + 25 * random.normal()));
    }
  }
  return bytes;
}

/** Filters of the 3 x 3 convolutions; `pool` halves the map. */
const plan = [64, 'pool', 128, 'pool', 256, 256, 'pool', 512, 512, 'pool', 512, 512, 'pool'] as const;

/** VGG11 with batch normalisation at 32 x 32: 37 MB. */
export function vgg11(): Uint8Array {
  const writer = new OnnxWriter({ opset: 17, name: 'vgg11' });
  const random = new Random(11);
  let value: Value = writer.input('image', ['N', 3, 32, 32]);
  let channels = 3;
  plan.forEach((step, index) => {
    if (step === 'pool') {
      value = writer.node('MaxPool', [value], { kernel_shape: [2, 2], strides: [2, 2] });
      return;
    }
    const name = `conv${index}`;
    const kernel = writer.initializer(
      `${name}.weight`,
      [step, channels, 3, 3],
      weights(random, step * channels * 9, channels * 9),
    );
    const parameters = (['scale', 'bias', 'mean', 'variance'] as const).map((role) =>
      writer.initializer(
        `${name}.${role}`,
        [step],
        new Float32Array(step).fill(Number(role === 'scale' || role === 'variance')),
      ),
    );
    value = writer.node('Conv', [value, kernel], { kernel_shape: [3, 3], pads: [1, 1, 1, 1] }, { name });
    value = writer.node('Relu', [writer.node('BatchNormalization', [value, ...parameters])]);
    channels = step;
  });
  value = writer.node('Flatten', [value]);
  const head = writer.initializer(
    'head.weight',
    [classCount, channels],
    weights(random, classCount * channels, channels),
  );
  writer.output('logits', writer.node('Gemm', [value, head], { transB: 1 }, { name: 'head' }), ['N', classCount]);
  return writer.bytes();
}

/**
 * A perceptron of about so many bytes. Its hidden layers are random, its head finds the nearest mean of a class: right for
 * nearly all images.
 */
export async function perceptron(bytes: number, width = 2048): Promise<Uint8Array> {
  const depth = Math.max(1, Math.round((bytes / 4 - PIXELS * width) / width ** 2) + 1);
  const trunk = hiddenLayers(depth, width);
  trunk.writer.output('features', trunk.value, ['N', width]);
  const means = await classMeans(trunk.writer.bytes(), width);

  const { writer, value } = hiddenLayers(depth, width);
  const [head, bias] = [new Float32Array(width * classCount), new Float32Array(classCount)];
  for (const [label, mean] of means.entries()) {
    for (let at = 0; at < width; at++) {
      head[at * classCount + label] = 2 * mean[at];
      bias[label] -= mean[at] ** 2;
    }
  }
  const scores = writer.node('MatMul', [value, writer.initializer('head.weight', [width, classCount], head)]);
  const logits = writer.node('Add', [scores, writer.initializer('head.bias', [classCount], bias)]);
  writer.output('logits', logits, ['N', classCount]);
  return writer.bytes();
}

function hiddenLayers(depth: number, width: number): { writer: OnnxWriter; value: Value } {
  const writer = new OnnxWriter({ opset: 17, name: 'perceptron' });
  const random = new Random(5);
  let value: Value = writer.node('Flatten', [writer.input('image', ['N', 3, 32, 32])]);
  for (let layer = 0, length = PIXELS; layer < depth; layer++, length = width) {
    const weight = writer.initializer(
      `hidden${layer}.weight`,
      [length, width],
      weights(random, length * width, length),
    );
    value = writer.node('Relu', [writer.node('MatMul', [value, weight], {}, { name: `hidden${layer}` })]);
  }
  return { writer, value };
}

async function classMeans(trunk: Uint8Array, width: number): Promise<Float32Array[]> {
  const perClass = 20;
  const records = images(3, perClass);
  const pixels = new Float32Array(classCount * perClass * PIXELS);
  for (let at = 0; at < pixels.length; at++) {
    const record = Math.floor(at / PIXELS);
    pixels[at] = (records[at + record + 1] / 255 - 0.5) / 0.25;
  }
  const session = await InferenceSession.create(trunk, { enableCpuMemArena: false });
  const { features } = await session.run({
    image: new Tensor('float32', pixels, [classCount * perClass, 3, 32, 32]),
  });
  await session.release();
  const means = Array.from({ length: classCount }, () => new Float32Array(width));
  for (const [at, value] of (features.data as Float32Array).entries()) {
    means[Math.floor(at / width) % classCount][at % width] += value / perClass;
  }
  return means;
}

function weights(random: Random, length: number, fanIn: number): Float32Array {
  return Float32Array.from({ length }, () => random.normal() * Math.sqrt(2 / fanIn));
}
