import '@tensorflow/tfjs-backend-wasm';
// Registers the gradients of all operations; the core alone has none in Node.
import '@tensorflow/tfjs-layers';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, it } from 'vitest';
import { normaliseBatch } from '../../../examples/fashion-mnist/batchNormalisation.js';
import { Random } from '../../../src/base/random.js';

beforeAll(async () => {
  await tf.setBackend('wasm');
});

const shape = [3, 4, 2, 5];
const channels = 5;
const epsilon = 1e-3;
const random = new Random(11);
const numbers = (count: number) => Array.from({ length: count }, () => random.normal());
const x = numbers(120).map((value, index) => 2 * value + (index % channels));
const gamma = numbers(channels);
const beta = numbers(channels);
const weighting = numbers(120);

/** The definition in float64: y of every element. */
function reference(input: number[], scale: number[], shift: number[]): number[] {
  const rows = input.length / channels;
  const column = (c: number) => input.filter((_, index) => index % channels === c);
  const means = shift.map((_, c) => column(c).reduce((sum, value) => sum + value) / rows);
  const variances = shift.map((_, c) => column(c).reduce((sum, value) => sum + (value - means[c]) ** 2, 0) / rows);
  return input.map((value, index) => {
    const c = index % channels;
    return (scale[c] * (value - means[c])) / Math.sqrt(variances[c] + epsilon) + shift[c];
  });
}

const loss = (input: number[], scale: number[], shift: number[]) =>
  reference(input, scale, shift).reduce((sum, y, index) => sum + y * weighting[index], 0);

function finiteDifferences(values: number[], of: (changed: number[]) => number): number[] {
  const step = 1e-5;
  return values.map((value, index) => {
    const at = (moved: number) => of(values.map((other, position) => (position === index ? moved : other)));
    return (at(value + step) - at(value - step)) / (2 * step);
  });
}

function expectClose(found: ArrayLike<number>, wanted: number[]): void {
  expect(found.length).toBe(wanted.length);
  wanted.forEach((value, index) => {
    expect(Math.abs(found[index] - value), `element ${index}`).toBeLessThan(1e-4 * (1 + Math.abs(value)));
  });
}

it('normalises a batch by its own statistics', () => {
  const { y, mean, variance } = normaliseBatch(tf.tensor(x, shape), tf.tensor1d(gamma), tf.tensor1d(beta), epsilon);
  expectClose(y.dataSync(), reference(x, gamma, beta));
  for (let c = 0; c < channels; c++) {
    const column = x.filter((_, index) => index % channels === c);
    const wanted = column.reduce((sum, value) => sum + value) / column.length;
    expect(mean[c]).toBeCloseTo(wanted, 5);
    expect(variance[c]).toBeCloseTo(column.reduce((sum, value) => sum + (value - wanted) ** 2, 0) / column.length, 4);
  }
});

it('has the gradients that finite differences give', () => {
  const weights = tf.tensor(weighting, shape);
  const gradients = tf.grads((...inputs: tf.Tensor[]) => {
    const [input, scale, shift] = inputs;
    return tf.sum(tf.mul(normaliseBatch(input, scale, shift, epsilon).y, weights)) as tf.Scalar;
  });
  const [dx, dGamma, dBeta] = gradients([tf.tensor(x, shape), tf.tensor1d(gamma), tf.tensor1d(beta)]);
  expectClose(
    dx.dataSync(),
    finiteDifferences(x, (changed) => loss(changed, gamma, beta)),
  );
  expectClose(
    dGamma.dataSync(),
    finiteDifferences(gamma, (changed) => loss(x, changed, beta)),
  );
  expectClose(
    dBeta.dataSync(),
    finiteDifferences(beta, (changed) => loss(x, gamma, changed)),
  );
});
