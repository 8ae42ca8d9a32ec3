import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { chooseActivation } from '../../../src/explain/activation.js';
import { gradCam } from '../../../src/explain/gradCam.js';
import { elementCount, type Tensor } from '../../../src/linalg/tensor.js';
import type { Classifier } from '../../../src/models/classifier.js';
import { openModel } from '../../../src/models/registry.js';
import { maxDifference } from '../../support/data/arrays.js';

const fixtures = path.resolve(import.meta.dirname, '../../fixtures');
const example = path.resolve(import.meta.dirname, '../../../examples/fashion-mnist');
/** In float64, by ONNX's reference evaluator (make_gradcam.py): maps[sample][class]. */
const golden: Record<string, { activation: string; maps: number[][][] }> = JSON.parse(
  readFileSync(path.join(fixtures, 'onnx', 'gradcam.json'), 'utf8'),
);

function waves(dims: readonly number[], frequency = 0.37): Tensor {
  return { dims, data: Float32Array.from({ length: elementCount(dims) }, (_, at) => Math.sin(frequency * at)) };
}

function first({ dims, data }: Tensor): Tensor {
  return { dims: [1, ...dims.slice(1)], data: data.subarray(0, data.length / dims[0]) };
}

/** The largest difference of two maps, relative to the largest value of the second. */
function relative(found: ArrayLike<number>, expected: ArrayLike<number>): number {
  return maxDifference(found, expected) / Math.max(...Array.from(expected));
}

/** All classes' maps of all samples: [class][sample]. */
async function allMaps(classifier: Classifier, batch: Tensor) {
  const point = await chooseActivation(classifier, first(batch));
  const maps = [];
  for (let target = 0; target < classifier.classCount; target++) {
    maps.push(await gradCam(classifier, point, batch, new Array<number>(batch.dims[0]).fill(target)));
  }
  return { point, maps };
}

describe.each(Object.keys(golden))('%s.onnx', (name) => {
  it('has the maps that exact arithmetic gives', async () => {
    const classifier = await openModel(path.join(fixtures, 'onnx', `${name}.onnx`));
    const { point, maps } = await allMaps(classifier, waves([2, 1, 16, 16]));
    expect(point.id).toBe(golden[name].activation);
    let compared = 0;
    for (const [sample, classes] of golden[name].maps.entries()) {
      for (const [target, expected] of classes.entries()) {
        const { width, height, values } = maps[target][sample];
        expect([width * height, width]).toEqual([expected.length, Math.sqrt(expected.length)]);
        // A class that nearly nothing speaks for has a map of rounding: it is held to a tenth of the clearest one.
        const scale = Math.max(...expected, Math.max(...classes.flat()) / 10);
        expect(maxDifference(values, expected) / scale).toBeLessThan(1e-3);
        if (Math.max(...expected) === 0) continue;
        compared++;
      }
    }
    expect(compared).toBeGreaterThan(4);
    await classifier.dispose();
  });
});

it('looks behind the last attention of a transformer whose head reads the class token alone', async () => {
  const classifier = await openModel(path.join(fixtures, 'onnx', 'transformer.dynamo.onnx'));
  const batch = waves([1, 1, 16, 16]);
  const { point, maps } = await allMaps(classifier, batch);
  expect(point).toMatchObject({ layout: 'tokens', dims: [17, 16] });
  expect(maps[0][0]).toMatchObject({ width: 4, height: 4 });
  // What is chosen by default in a convolutional network would be blank here.
  const last = classifier.activations.at(-1)!;
  expect((await gradCam(classifier, last, batch, [0]))[0].mass).toBe(0);
  expect(maps.some(([{ mass }]) => mass > 0)).toBe(true);
  await classifier.dispose();
});

it('has no map for dense layers on a flat image', async () => {
  const classifier = await openModel(path.join(fixtures, 'onnx', 'perceptron.dynamo.onnx'));
  await expect(chooseActivation(classifier, waves([1, 1, 16, 16]))).rejects.toMatchObject({ code: 'no-saliency' });
  await classifier.dispose();
});

it.each([
  [
    'the demo in ONNX and TF.js layers',
    path.join(example, 'fashion.onnx'),
    path.join(example, 'fashion-tfjs', 'model.json'),
  ],
  [
    'a TF.js graph and TF.js layers',
    path.join(fixtures, 'tfjs', 'mobile-graph', 'model.json'),
    path.join(fixtures, 'tfjs', 'mobile-layers', 'model.json'),
  ],
])('gives the same maps for %s', async (_, one, other) => {
  const [a, b] = [await openModel(one), await openModel(other)];
  const dims = (classifier: Classifier) => [4, ...(classifier.input.dims.slice(1) as number[])];
  // One channel, or the same layout: the values lie alike.
  const [left, right] = [await allMaps(a, waves(dims(a), 0.9)), await allMaps(b, waves(dims(b), 0.9))];
  let compared = 0;
  for (const [target, samples] of left.maps.entries()) {
    for (const [sample, { values, width, height, mass }] of samples.entries()) {
      const expected = right.maps[target][sample];
      expect([width, height]).toEqual([expected.width, expected.height]);
      if (mass < 0.01) continue;
      expect(relative(values, expected.values)).toBeLessThan(1e-3);
      compared++;
    }
  }
  expect(compared).toBeGreaterThan(10);
  await a.dispose();
  await b.dispose();
});
