import type { Scalar, Tensor as TfTensor } from '@tensorflow/tfjs-core';
import type { LayersModel, layers as tfl } from '@tensorflow/tfjs-layers';
import '@tensorflow/tfjs-backend-cpu';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Random } from '../../../src/base/random.js';
import type { ClassMap } from '../../../src/contract/explain.js';
import { chooseActivation } from '../../../src/explain/activation.js';
import { gradCam, keptShare, type Weights } from '../../../src/explain/gradCam.js';
import type { Tensor } from '../../../src/linalg/tensor.js';
import type { Classifier } from '../../../src/models/classifier.js';
import { loadBackend } from '../../../src/models/tfjs/backend.js';
import type { Tf } from '../../../src/models/tfjs/tf.js';
import { format } from '../../../src/models/tfjs-layers/index.js';
import { maxDifference, tensorOf } from '../../support/data/arrays.js';
import { temporaryFolder } from '../../support/folders.js';
import { writeLayersModel } from '../../support/models/tfjsFiles.js';

let tf: Tf;
beforeAll(async () => {
  ({ tf } = await loadBackend());
});

const CLASSES = 4;
const SAMPLES = 5;
const SIDE = 6;

let seeds = 1;
beforeEach(() => {
  seeds = 1;
});

function dense(units: number, activation?: 'relu' | 'tanh') {
  return tf.layers.dense({ units, activation, kernelInitializer: tf.initializers.glorotNormal({ seed: seeds++ }) });
}

/** Ways from the last map, 6 x 6 places, to the logits. */
const heads: Record<string, () => tfl.Layer[]> = {
  'averaged places': () => [tf.layers.globalAveragePooling2d({}), dense(CLASSES)],
  'every place its own weights': () => [tf.layers.flatten(), dense(CLASSES)],
  'a pooling and rectifiers': () => [
    tf.layers.maxPooling2d({ poolSize: 2 }),
    tf.layers.flatten(),
    dense(64, 'relu'),
    dense(CLASSES),
  ],
  'smooth functions': () => [tf.layers.flatten(), dense(16, 'tanh'), dense(CLASSES)],
};

/** Conv, relu, conv, relu, and the head. */
function network(head: () => tfl.Layer[], channels: number): LayersModel {
  const conv = (filters: number, name: string, inputShape?: number[]) => {
    const kernelInitializer = tf.initializers.glorotNormal({ seed: seeds++ });
    return tf.layers.conv2d({ filters, kernelSize: 3, padding: 'same', name, inputShape, kernelInitializer });
  };
  const body = [
    conv(6, 'first', [SIDE, SIDE, 2]),
    tf.layers.reLU(),
    conv(channels, 'second'),
    tf.layers.reLU({ name: 'last' }),
  ];
  return tf.sequential({ layers: [...body, ...head()] });
}

async function open(model: LayersModel): Promise<Classifier> {
  return format.open(await writeLayersModel(tf, model, await temporaryFolder()));
}

/** The same from TensorFlow.js's own gradients: on the slow backend, as the fast one gets the gradient of a pooling wrong. */
async function reference(model: LayersModel, { dims, data }: Tensor, target: number, weights: Weights) {
  const fast = tf.getBackend();
  await tf.setBackend('cpu');
  const last = model.layers.findIndex(({ name }) => name === 'last');
  const through = (layers: typeof model.layers, from: TfTensor) =>
    layers.reduce((value, layer) => layer.apply(value) as TfTensor, from);
  const found = tf.tidy(() => {
    const maps = through(model.layers.slice(0, last + 1), tf.tensor(data, [...dims]));
    const logit = (value: TfTensor) =>
      tf.sum(tf.slice(through(model.layers.slice(last + 1), value), [0, target], [-1, 1])) as Scalar;
    const gradient = tf.grad(logit)(maps);
    const alpha = weights === 'averaged' ? tf.mean(gradient, [1, 2], true) : gradient;
    const cam = tf.relu(tf.sum(tf.mul(maps, alpha), -1));
    return tf.unstack(cam).map((map) => map.dataSync() as Float32Array);
  });
  await tf.setBackend(fast);
  return found;
}

function largest(values: Float32Array): number {
  return values.reduce((most, value) => Math.max(most, value), 0);
}

describe.each(Object.keys(heads))('with %s on top of the last map', (name) => {
  const batch = tensorOf([SAMPLES, SIDE, SIDE, 2], new Random(3));

  it.each([
    [10, 'averaged'],
    [48, 'averaged'],
    [10, 'own'],
  ] as const)('gives the map of the gradients, with %i channels and %s weights', async (channels, weights) => {
    const model = network(heads[name], channels);
    const classifier = await open(model);
    const point = await chooseActivation(classifier, { dims: [1, SIDE, SIDE, 2], data: batch.data.subarray(0, 72) });
    expect(point).toMatchObject({ name: 'last', dims: [SIDE, SIDE, channels] });
    const errors: number[] = [];
    for (let target = 0; target < CLASSES; target++) {
      const targets = new Array<number>(SAMPLES).fill(target);
      const found = await gradCam(classifier, point, batch, targets, { weights });
      for (const [sample, expected] of (await reference(model, batch, target, weights)).entries()) {
        const { values, mass, width, height } = found[sample];
        expect([width, height]).toEqual([SIDE, SIDE]);
        expect(mass).toBeCloseTo(
          values.reduce((sum, value) => sum + value, 0),
          5,
        );
        if (largest(expected) > 0) errors.push(maxDifference(values, expected) / largest(expected));
        else expect(mass).toBe(0);
      }
    }
    expect(errors.length).toBeGreaterThan(SAMPLES);
    const close = errors.filter((error) => error < 1e-3).length / errors.length;
    // A rectifier that is about to switch at this very activation can't be told from one that has: few maps have such a one.
    expect(close).toBeGreaterThanOrEqual(name.includes('rectifiers') ? 0.9 : 1);
    expect(Math.max(...errors)).toBeLessThan(0.05);
    await classifier.dispose();
  });

  it('gives each sample of a batch its own target, and its answer', async () => {
    const classifier = await open(network(heads[name], 10));
    const [point] = classifier.activations.filter((one) => one.name === 'last');
    const targets = [3, 0, 2, 1, 3];
    const together = await gradCam(classifier, point, batch, targets);
    const { logits } = await classifier.forward(batch);
    for (const [sample, target] of targets.entries()) {
      const one = { dims: [1, SIDE, SIDE, 2], data: batch.data.subarray(sample * 72, (sample + 1) * 72) };
      const [alone] = await gradCam(classifier, point, one, [target]);
      expect(maxDifference(together[sample].values, alone.values)).toBeLessThan(1e-3 * largest(alone.values) + 1e-5);
      const row = [...logits.data.subarray(sample * CLASSES, (sample + 1) * CLASSES)];
      const { logit, probability, predicted, confidence } = together[sample];
      const sum = row.reduce((total, value) => total + Math.exp(value), 0);
      expect(logit).toBeCloseTo(row[target], 5);
      expect(probability).toBeCloseTo(Math.exp(row[target]) / sum, 5);
      expect(row[predicted]).toBe(Math.max(...row));
      expect(confidence).toBeCloseTo(Math.exp(row[predicted]) / sum, 5);
    }
    await classifier.dispose();
  });
});

describe('where there is nothing to look at', () => {
  it('refuses a network without places, and says why', async () => {
    const layers = [tf.layers.dense({ units: 8, inputShape: [5] }), tf.layers.dense({ units: 3 })];
    const classifier = await open(tf.sequential({ layers }));
    const sample = tensorOf([1, 5], new Random(1));
    await expect(chooseActivation(classifier, sample)).rejects.toMatchObject({
      code: 'no-saliency',
      hint: expect.stringContaining('decision boundary'),
    });
    await classifier.dispose();
  });

  it('stops when it is cancelled', async () => {
    const classifier = await open(network(heads['averaged places'], 10));
    const batch = tensorOf([1, SIDE, SIDE, 2], new Random(1));
    const stopped = AbortSignal.abort();
    await expect(chooseActivation(classifier, batch, { signal: stopped })).rejects.toMatchObject({ code: 'cancelled' });
    const [point] = classifier.activations;
    await expect(gradCam(classifier, point, batch, [0], { signal: stopped })).rejects.toMatchObject({
      code: 'cancelled',
    });
    await classifier.dispose();
  });
});

describe('the share of the mass kept', () => {
  const map = (...values: number[]): ClassMap => ({
    ...{ width: values.length, height: 1, logit: 0, probability: 0, predicted: 0, confidence: 0 },
    values: Float32Array.from(values),
    mass: values.reduce((sum, value) => sum + value, 0),
  });

  it('counts what both maps have in one place, and nothing that moved elsewhere or was added', () => {
    expect(keptShare([map(1, 2, 1)], [map(1, 2, 1)])).toBe(1);
    expect(keptShare([map(1, 2, 1)], [map(5, 9, 7)])).toBe(1);
    expect(keptShare([map(1, 2, 1)], [map(0, 1, 0)])).toBe(0.25);
    expect(keptShare([map(4, 0)], [map(0, 4)])).toBe(0);
  });

  it('weighs several samples by their mass, and is unknown without any', () => {
    expect(keptShare([map(8, 0), map(0, 2)], [map(8, 0), map(0, 0)])).toBe(0.8);
    expect(keptShare([map(0, 0)], [map(1, 1)])).toBeNull();
  });
});
