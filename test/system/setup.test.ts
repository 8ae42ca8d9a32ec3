import { cp, mkdir } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exampleFolder, prepareData } from '../../examples/fashion-mnist/data.js';
import { checkSetup } from '../../src/engine/jobs/checkSetup.js';
import { evaluate } from '../../src/engine/jobs/evaluate.js';
import { findData } from '../../src/engine/jobs/findData.js';
import { writeSetup } from '../../src/engine/jobs/writeSetup.js';
import { sharedFolder } from '../support/folders.js';

let shared: Awaited<ReturnType<typeof sharedFolder>>;
let root: string;
let model: string;

/** The demo's network and images as somebody has them who never heard of Lethe. */
beforeAll(async () => {
  shared = await sharedFolder();
  root = shared.folder;
  model = path.join(root, 'models', 'fashion.onnx');
  await mkdir(path.dirname(model));
  await cp(path.join(exampleFolder, 'fashion.onnx'), model);
  await prepareData(path.join(root, 'data'));
});
afterAll(() => shared.remove());

const data = {
  train: { format: 'idx', images: 'data/train-images-idx3-ubyte', labels: 'data/train-labels-idx1-ubyte' },
  test: { format: 'idx', images: 'data/t10k-images-idx3-ubyte', labels: 'data/t10k-labels-idx1-ubyte' },
};
const check = (input: object) => checkSetup({ model, folder: root, config: JSON.stringify({ input, data }) });

describe('setting up a trained network', () => {
  it('goes from nothing to a lethe.json that works', async () => {
    const found = await findData({ model, root });
    const train = found.candidates.find(({ split }) => split === 'train')!;
    const test = found.candidates.find(({ split }) => split === 'test')!;
    expect(train).toMatchObject({ samples: 60_000, shape: [28, 28, 1], labelCount: 10, problem: null });
    expect(test).toMatchObject({ samples: 10_000, problem: null });
    const [mean] = train.statistics!.mean;
    const [std] = train.statistics!.std;
    expect(mean).toBeCloseTo(0.286, 1);
    expect(std).toBeCloseTo(0.353, 1);

    const config = JSON.stringify({ models: ['models/fashion.onnx'], input: { ...train.input, mean, std }, data });
    const checked = await checkSetup({ model, folder: root, config });
    expect(checked.accuracy).toBeGreaterThan(0.88);
    expect(checked).toMatchObject({ warning: null, suggestions: [], samples: 200, chance: 0.1 });
    expect(checked.previews).toHaveLength(10);
    await writeSetup({ folder: root, config });
    const { accuracy } = await evaluate({ model, samples: 100 });
    expect(accuracy).toBeGreaterThan(0.88);
  });

  it.each([
    ['values that are not normalised', {}],
    ['values up to 255', { range: [0, 255] }],
    ['values from -1', { range: [-1, 1], mean: 0.286, std: 0.353 }],
    ['the mean and std of other data', { mean: 0.9, std: 0.1 }],
  ])('finds out %s, and what is right', async (_, input) => {
    const { accuracy, suggestions } = await check(input);
    expect(accuracy).toBeLessThan(0.6);
    const [best] = suggestions;
    expect(best.accuracy).toBeGreaterThan(0.88);
    expect(best.input).toMatchObject({ mean: expect.closeTo(0.286, 1), std: expect.closeTo(0.353, 1) });
    expect((await check(best.input)).accuracy).toBe(best.accuracy);
  });
});
