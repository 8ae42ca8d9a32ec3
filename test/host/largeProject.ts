import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Transformer } from '@napi-rs/image';
import { OnnxWriter } from '../../examples/onnxWriter.js';
import { Random } from '../../src/base/random.js';

/** Colours that the network tells apart, RGB. */
const COLOURS = { Red: [200, 60, 60], Green: [60, 200, 60], Blue: [60, 60, 200] } as const;
const SIDE = 1024;
const BLOCK = 32;

/** 64 x 1024 x 1024 floats: one sample's activation is 256 MiB. */
const WIDE = 64;
const NARROW = 16;
/** The side of the images after a stride of 4 and pooling by 8. */
const POOLED = SIDE / 32;
const FLAT = NARROW * POOLED * POOLED;
/** 16384 x 2048 floats: a weight of 128 MiB. */
const HIDDEN = 2048;

/**
 * Writes a network whose weight and activations are large, and images for it: what an allocator has to stand, in a process
 * that is not plain Node too. The images are PNG and JPEG files in one folder for each class.
 * @returns the model's path.
 */
export async function writeLargeProject(folder: string): Promise<string> {
  const random = new Random(7);
  const model = path.join(folder, 'large.onnx');
  await writeFile(model, network(random));
  for (const [split, count] of [
    ['train', 6],
    ['test', 4],
  ] as const) {
    for (const [name, colour] of Object.entries(COLOURS)) await writeImages(folder, split, name, colour, count, random);
  }
  const source = (split: string) => ({ format: 'imageFolder', path: `images/${split}` });
  const config = {
    classes: Object.keys(COLOURS),
    input: { size: [SIDE, SIDE], channels: 3 },
    data: { train: source('train'), test: source('test') },
  };
  await writeFile(path.join(folder, 'lethe.json'), JSON.stringify(config, null, 2));
  return model;
}

/** Each filter follows one colour, each hidden unit the filters of one colour, each class the units of its colour. */
function network(random: Random): Uint8Array {
  const colours = Object.keys(COLOURS).length;
  const following = (rows: number, cols: number, scale: number, noise: number, block = 1) =>
    Float32Array.from({ length: rows * cols }, (_, at) => {
      const col = Math.floor((at % cols) / block);
      const follows = Math.floor(at / cols) % colours === col % colours;
      return (follows ? scale : 0) + noise * random.normal();
    });
  const writer = new OnnxWriter({ opset: 17, name: 'large' });
  let value = writer.input('image', ['N', 3, SIDE, SIDE]);
  const layer = (name: string, dims: number[], weight: Float32Array, attributes = {}) =>
    writer.node('Conv', [value, writer.initializer(`${name}.weight`, dims, weight)], attributes, { name });
  value = writer.node('Relu', [layer('wide', [WIDE, 3, 1, 1], following(WIDE, 3, 1, 0.05))]);
  value = writer.node('Relu', [
    layer('narrow', [NARROW, WIDE, 1, 1], following(NARROW, WIDE, 3 / WIDE, 0.005), { strides: [4, 4] }),
  ]);
  value = writer.node('MaxPool', [value], { kernel_shape: [8, 8], strides: [8, 8] });
  value = writer.node('Flatten', [value]);
  const hidden = writer.initializer(
    'hidden.weight',
    [HIDDEN, FLAT],
    following(HIDDEN, FLAT, 3 / FLAT, 0.00002, POOLED * POOLED),
  );
  value = writer.node('Relu', [writer.node('Gemm', [value, hidden], { transB: 1 }, { name: 'hidden' })]);
  const head = writer.initializer('head.weight', [colours, HIDDEN], following(colours, HIDDEN, 30 / HIDDEN, 0.0005));
  writer.output('logits', writer.node('Gemm', [value, head], { transB: 1 }, { name: 'head' }), ['N', colours]);
  return writer.bytes();
}

async function writeImages(
  folder: string,
  split: string,
  name: string,
  colour: readonly number[],
  count: number,
  random: Random,
): Promise<void> {
  const target = path.join(folder, 'images', split, name);
  await mkdir(target, { recursive: true });
  for (let at = 0; at < count; at++) {
    const image = Transformer.fromRgbaPixels(pixels(colour, random), SIDE, SIDE);
    if (at % 2 === 0) await writeFile(path.join(target, `${at}.png`), await image.png());
    else await writeFile(path.join(target, `${at}.jpg`), await image.jpeg(90));
  }
}

/** The colour in blocks of different brightness. */
function pixels(colour: readonly number[], random: Random): Uint8Array {
  const rgba = new Uint8Array(SIDE * SIDE * 4);
  const blocks = SIDE / BLOCK;
  const brightness = Float32Array.from({ length: blocks * blocks }, () => 0.8 + 0.4 * random.unit());
  for (let y = 0; y < SIDE; y++) {
    for (let x = 0; x < SIDE; x++) {
      const factor = brightness[Math.floor(y / BLOCK) * blocks + Math.floor(x / BLOCK)];
      const at = 4 * (y * SIDE + x);
      for (let channel = 0; channel < 3; channel++) rgba[at + channel] = colour[channel] * factor;
      rgba[at + 3] = 255;
    }
  }
  return rgba;
}
