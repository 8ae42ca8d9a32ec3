/**
 * How long unlearning takes beside the bare forward passes, on VGG11 with batch normalisation at 32 x 32 (random weights):
 * 900 + 900 images, 10,000 patches a layer, all layers. Both figures come from one run.
 *
 *   npx tsx bench/vgg11.ts
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Random } from '../src/base/random.js';
import { unlearn } from '../src/engine/jobs/unlearn.js';
import { OnnxWriter, type Value } from '../src/models/onnx/writer.js';
import { openModel } from '../src/models/registry.js';

const classCount = 10;
const perClass = { train: 900, test: 20 };
/** Filters of the 3 x 3 convolutions; `pool` halves the map. */
const plan = [64, 'pool', 128, 'pool', 256, 256, 'pool', 512, 512, 'pool', 512, 512, 'pool'] as const;

const folder = await mkdtemp(path.join(tmpdir(), 'lethe-vgg-'));
try {
  await writeFile(path.join(folder, 'vgg11.onnx'), vgg11());
  for (const split of ['train', 'test'] as const) await writeFile(path.join(folder, `${split}.bin`), images(split));
  await writeFile(
    path.join(folder, 'lethe.json'),
    JSON.stringify({
      classes: Array.from({ length: classCount }, (_, index) => `class ${index}`),
      input: { layout: 'nchw', size: [32, 32], channels: 3, mean: [0.5], std: [0.25] },
      data: {
        train: { format: 'cifar10', path: '.', batches: ['train.bin'] },
        test: { format: 'cifar10', path: '.', batches: ['test.bin'] },
      },
    }),
  );
  const model = path.join(folder, 'vgg11.onnx');
  const before = await forwardSeconds(model);
  const request = { model, forget: ['class 3'], samples: 100, forgetSamples: 900, maxPatches: 10_000 };
  const result = await unlearn(request, {});
  const after = await forwardSeconds(model);
  const forward = (before + after) / 2;
  console.log(`bare forward passes of 1,800 images: ${before.toFixed(2)} s before, ${after.toFixed(2)} s after`);
  console.log(`unlearning: ${JSON.stringify(result.seconds)}`);
  console.log(
    `candidates: ${result.candidates.length}; total / forward = ${(result.seconds.total / forward).toFixed(2)}`,
  );
} finally {
  await rm(folder, { recursive: true, force: true });
}

async function forwardSeconds(model: string): Promise<number> {
  const classifier = await openModel(model);
  const random = new Random(7);
  const batch = {
    dims: [100, 3, 32, 32],
    data: Float32Array.from({ length: 100 * 3 * 32 * 32 }, () => random.normal()),
  };
  await classifier.forward(batch);
  const began = performance.now();
  for (let done = 0; done < 1800; done += 100) await classifier.forward(batch);
  await classifier.dispose();
  return (performance.now() - began) / 1000;
}

function vgg11(): Uint8Array {
  const writer = new OnnxWriter({ opset: 17, name: 'vgg11' });
  const random = new Random(11);
  const weights = (length: number, fanIn: number) =>
    Float32Array.from({ length }, () => random.normal() * Math.sqrt(2 / fanIn));
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
      weights(step * channels * 9, channels * 9),
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
  const head = writer.initializer('head.weight', [classCount, channels], weights(classCount * channels, channels));
  writer.output('logits', writer.node('Gemm', [value, head], { transB: 1 }, { name: 'head' }), ['N', classCount]);
  return writer.bytes();
}

/** Smooth random images, each class around a pattern of its own, in CIFAR-10's binary format. */
function images(split: keyof typeof perClass): Uint8Array {
  const random = new Random(split === 'train' ? 1 : 2);
  const patterns = Array.from({ length: classCount }, (_, label) => {
    const source = new Random(100 + label);
    return Array.from({ length: 3 * 8 * 8 }, () => 40 + 170 * source.unit());
  });
  const records = perClass[split] * classCount;
  const bytes = new Uint8Array(records * 3073);
  for (let record = 0; record < records; record++) {
    const label = record % classCount;
    bytes[record * 3073] = label;
    for (let pixel = 0; pixel < 3072; pixel++) {
      const [channel, y, x] = [pixel >> 10, (pixel >> 5) & 31, pixel & 31];
      const smooth = patterns[label][channel * 64 + (y >> 2) * 8 + (x >> 2)];
      bytes[record * 3073 + 1 + pixel] = Math.max(0, Math.min(255, smooth + 25 * random.normal()));
    }
  }
  return bytes;
}
