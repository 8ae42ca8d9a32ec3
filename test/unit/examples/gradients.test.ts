import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
// Registers the gradients of all operations; the core alone has none in Node.
import '@tensorflow/tfjs-layers';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { registerGradients } from '../../../examples/fashion-mnist/gradients.js';
import { Random } from '../../../src/base/random.js';

// The cpu backend has all the gradients (and would need minutes for one training step), so it is the reference.
beforeAll(async () => {
  registerGradients();
  await tf.setBackend('wasm');
});

type Shape4D = [number, number, number, number];

function randomTensor(shape: Shape4D, seed: number): { shape: Shape4D; data: Float32Array } {
  const random = new Random(seed);
  return { shape, data: Float32Array.from({ length: tf.util.sizeFromShape(shape) }, () => random.normal()) };
}

/** Gradients of sum(conv(x, w) * r) with a fixed random r, by TensorFlow.js on one backend. */
async function gradients(backend: string, depthwise: boolean, testCase: Case) {
  await tf.setBackend(backend);
  const x = randomTensor(testCase.x, 1);
  const w = randomTensor(testCase.w, 2);
  return tf.tidy(() => {
    const convolve = (input: tf.Tensor4D, filter: tf.Tensor4D) =>
      depthwise
        ? tf.depthwiseConv2d(input, filter, testCase.strides, testCase.pad)
        : tf.conv2d(input, filter, testCase.strides, testCase.pad);
    const xs = tf.tensor4d(x.data, x.shape);
    const ws = tf.tensor4d(w.data, w.shape);
    const weighting = randomTensor(convolve(xs, ws).shape, 3);
    const loss = (input: tf.Tensor4D, filter: tf.Tensor4D) =>
      tf.sum(tf.mul(convolve(input, filter), tf.tensor4d(weighting.data, weighting.shape))) as tf.Scalar;
    const [dx, dw] = tf.grads(loss as (...args: tf.Tensor[]) => tf.Scalar)([xs, ws]);
    return { dx: dx.dataSync(), dw: dw.dataSync(), dwShape: dw.shape };
  });
}

function relativeError(found: ArrayLike<number>, wanted: ArrayLike<number>): number {
  expect(found.length).toBe(wanted.length);
  let difference = 0;
  let size = 0;
  for (let i = 0; i < wanted.length; i++) {
    difference += (found[i] - wanted[i]) ** 2;
    size += wanted[i] ** 2;
  }
  return Math.sqrt(difference / size);
}

interface Case {
  readonly x: Shape4D;
  readonly w: Shape4D;
  readonly strides: [number, number];
  readonly pad: 'same' | 'valid' | number;
}

const spatial = [
  { name: '3x3 same', kernel: [3, 3], size: [7, 9], strides: [1, 1], pad: 'same' },
  { name: '3x3 valid', kernel: [3, 3], size: [8, 8], strides: [1, 1], pad: 'valid' },
  { name: '3x3 same, stride 2', kernel: [3, 3], size: [9, 8], strides: [2, 2], pad: 'same' },
  { name: '3x3 valid, stride 2, a row left over', kernel: [3, 3], size: [8, 10], strides: [2, 2], pad: 'valid' },
  { name: '5x5 padded by 2, stride 2', kernel: [5, 5], size: [11, 12], strides: [2, 2], pad: 2 },
  { name: '1x1', kernel: [1, 1], size: [5, 4], strides: [1, 1], pad: 'same' },
  { name: '1x1 stride 2', kernel: [1, 1], size: [6, 7], strides: [2, 2], pad: 'same' },
  { name: '2x4 same', kernel: [2, 4], size: [6, 7], strides: [1, 1], pad: 'same' },
] as const;

describe('convolution gradients on the wasm backend', () => {
  for (const { name, kernel, size, strides, pad } of spatial) {
    it(`conv2d ${name}`, async () => {
      const testCase: Case = { x: [3, ...size, 5], w: [...kernel, 5, 6], strides: [...strides], pad };
      const wanted = await gradients('cpu', false, testCase);
      const found = await gradients('wasm', false, testCase);
      expect(found.dwShape).toEqual(testCase.w);
      expect(relativeError(found.dw, wanted.dw)).toBeLessThan(1e-5);
      expect(relativeError(found.dx, wanted.dx)).toBeLessThan(1e-5);
    });

    for (const multiplier of [1, 3]) {
      it(`depthwise ${name}, multiplier ${multiplier}`, async () => {
        const testCase: Case = { x: [3, ...size, 4], w: [...kernel, 4, multiplier], strides: [...strides], pad };
        const wanted = await gradients('cpu', true, testCase);
        const found = await gradients('wasm', true, testCase);
        expect(found.dwShape).toEqual(testCase.w);
        expect(relativeError(found.dw, wanted.dw)).toBeLessThan(1e-5);
        expect(relativeError(found.dx, wanted.dx)).toBeLessThan(1e-5);
      });
    }
  }

  it('leaves no tensor behind', async () => {
    await tf.setBackend('wasm');
    const before = tf.memory();
    await gradients('wasm', false, { x: [2, 6, 6, 3], w: [3, 3, 3, 4], strides: [1, 1], pad: 'same' });
    await gradients('wasm', true, { x: [2, 6, 6, 3], w: [3, 3, 3, 2], strides: [2, 2], pad: 'same' });
    expect(tf.memory().numTensors).toBe(before.numTensors);
    expect(tf.memory().numDataBuffers).toBe(before.numDataBuffers);
  });
});
