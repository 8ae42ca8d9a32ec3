import '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { beforeAll, expect, it } from 'vitest';
import { toOnnx } from '../../../examples/fashion-mnist/export.js';
import { createModel } from '../../../examples/fashion-mnist/model.js';
import { Random } from '../../../src/base/random.js';

beforeAll(async () => {
  await tf.setBackend('wasm');
});

it('writes a network that computes the same in ONNX Runtime', async () => {
  const model = createModel(5);
  const random = new Random(6);
  // Statistics, scales and offsets of an untrained network are 0 and 1, where a mix-up would not show.
  model.setWeights(
    model.getWeights().map((weight) => {
      if (weight.rank > 1) return weight;
      const values = Float32Array.from({ length: weight.size }, () => 0.5 + random.unit());
      return tf.tensor(values, weight.shape);
    }),
  );
  const count = 7;
  const pixels = Float32Array.from({ length: count * 28 * 28 }, () => random.normal());
  const wanted = (model.predict(tf.tensor4d(pixels, [count, 28, 28, 1])) as tf.Tensor).dataSync();

  const session = await InferenceSession.create(toOnnx(model), { enableCpuMemArena: false, logSeverityLevel: 4 });
  // One channel: n x 28 x 28 x 1 and n x 1 x 28 x 28 have the same bytes.
  const { logits } = await session.run({ image: new Tensor('float32', pixels, [count, 1, 28, 28]) });
  await session.release();
  expect(logits.dims).toEqual([count, 10]);
  const scale = Math.max(...wanted.map(Math.abs));
  expect(scale).toBeGreaterThan(0.1);
  wanted.forEach((value, index) => {
    expect(Math.abs((logits.data as Float32Array)[index] - value) / scale, `logit ${index}`).toBeLessThan(1e-5);
  });
});

it('draws the same first weights for the same seed', () => {
  const weights = (seed: number) =>
    createModel(seed)
      .getWeights()
      .flatMap((weight) => [...weight.dataSync()]);
  expect(weights(3)).toEqual(weights(3));
  expect(weights(3)).not.toEqual(weights(4));
});
