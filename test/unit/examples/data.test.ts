import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, truncate } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { prepareData, readSplit } from '../../../examples/fashion-mnist/data.js';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'lethe-fashion-'));
  expect(await prepareData(folder)).toBe(true);
});

afterAll(() => rm(folder, { recursive: true, force: true }));

it.each([
  ['train', 60_000],
  ['test', 10_000],
] as const)('prepares a balanced %s split of %d images', async (split, count) => {
  const { labels, pixels, count: found } = await readSplit(split, folder);
  expect(found).toBe(count);
  expect(pixels.length).toBe(count * 28 * 28);
  const perClass = new Array(10).fill(0);
  for (const label of labels) perClass[label]++;
  expect(perClass).toEqual(new Array(10).fill(count / 10));
});

it('writes classical IDX headers', async () => {
  const images = await readFile(path.join(folder, 't10k-images-idx3-ubyte'));
  expect([...images.subarray(0, 16)]).toEqual([0, 0, 8, 3, 0, 0, 0x27, 0x10, 0, 0, 0, 28, 0, 0, 0, 28]);
  const labels = await readFile(path.join(folder, 'train-labels-idx1-ubyte'));
  expect([...labels.subarray(0, 8)]).toEqual([0, 0, 8, 1, 0, 0, 0xea, 0x60]);
});

it('trains on no test image', async () => {
  const fingerprints = async (split: 'train' | 'test') => {
    const { pixels, count } = await readSplit(split, folder);
    return Array.from({ length: count }, (_, index) =>
      createHash('sha1')
        .update(pixels.subarray(index * 784, (index + 1) * 784))
        .digest('base64'),
    );
  };
  const train = new Set(await fingerprints('train'));
  expect((await fingerprints('test')).filter((image) => train.has(image))).toEqual([]);
});

it('leaves good files alone and restores damaged ones', async () => {
  expect(await prepareData(folder)).toBe(false);
  await truncate(path.join(folder, 't10k-images-idx3-ubyte'), 1000);
  expect(await prepareData(folder)).toBe(true);
  expect((await readFile(path.join(folder, 't10k-images-idx3-ubyte'))).length).toBe(16 + 7_840_000);
});
