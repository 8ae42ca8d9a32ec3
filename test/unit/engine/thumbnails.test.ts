import { mkdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Picture } from '../../../src/contract/terms.js';
import { encodePng } from '../../../src/data/images/encode.js';
import * as opening from '../../../src/data/open.js';
import { shrunk } from '../../../src/engine/explain/thumbnail.js';
import { thumbnails } from '../../../src/engine/jobs/thumbnails.js';
import { keepBetweenJobs } from '../../../src/engine/kept/keeper.js';
import { shapeImages } from '../../support/models/shapes.js';
import { inShapesFolder } from '../../support/models/shapesFolder.js';

let folder: string;
let model: string;

inShapesFolder((made) => {
  folder = made;
  model = path.join(folder, 'shapes.onnx');
});

afterEach(() => {
  keepBetweenJobs(0);
  vi.restoreAllMocks();
});

async function configure(change: (config: Record<string, unknown>) => object): Promise<void> {
  const file = path.join(folder, 'lethe.json');
  await writeFile(file, JSON.stringify(change(JSON.parse(await readFile(file, 'utf8')))));
}

/** The stored pixels of the nth sample of a class of the test split, or the train split. */
function stored(label: number, nth: number, split: 'train' | 'test' = 'test'): number[] {
  const { pixels, labels } = split === 'test' ? shapeImages(60, 2) : shapeImages(120, 1);
  const at = [...labels.keys()].filter((index) => labels[index] === label)[nth];
  return [...pixels.subarray(at * 100, (at + 1) * 100)].flatMap((grey) => [grey, grey, grey]);
}

const plain = ({ width, height, rgb }: Picture) => ({ width, height, rgb: [...rgb] });

it('shows the first samples of each class as they are stored', async () => {
  const { classes } = await thumbnails({ model, classes: [3, 0], perClass: 2, size: 10 });
  expect(classes.map((entry) => ({ ...entry, pictures: entry.pictures.map(plain) }))).toEqual(
    [3, 0].map((label) => ({
      class: label,
      pictures: [0, 1].map((nth) => ({ width: 10, height: 10, rgb: stored(label, nth) })),
    })),
  );
});

it('shows the train split where there is no other, and nothing for a class without samples', async () => {
  await configure((config) => ({ ...config, data: { train: (config.data as { train: object }).train } }));
  const { classes } = await thumbnails({ model, classes: [1, 99], perClass: 1, size: 32 });
  expect(classes.map((entry) => entry.pictures.map(plain))).toEqual([
    [{ width: 10, height: 10, rgb: stored(1, 0, 'train') }],
    [],
  ]);
});

it('shows folders of images, whose classes only the training folders tell', async () => {
  const grey = (value: number) => ({ width: 10, height: 10, data: new Uint8Array(300).fill(value) });
  const put = async (split: string, name: string, value: number) => {
    await mkdir(path.join(folder, split, name), { recursive: true });
    const { bytes } = await encodePng(grey(value), { atLeast: 10, atMost: 10 });
    await writeFile(path.join(folder, split, name, '1.png'), bytes);
  };
  for (const [at, name] of ['a', 'b', 'c', 'd', 'e'].entries()) await put('train', name, 10 * at);
  await put('test', 'd', 200);
  await configure(({ classes: _, ...config }) => ({
    ...config,
    data: { train: { format: 'imageFolder', path: 'train' }, test: { format: 'imageFolder', path: 'test' } },
  }));
  const { classes } = await thumbnails({ model, classes: [0, 3], perClass: 3, size: 4 });
  expect(classes.map((entry) => entry.pictures.map(plain))).toEqual([
    [],
    [{ width: 4, height: 4, rgb: new Array(48).fill(200) }],
  ]);
});

it('shows nothing where samples are no images', async () => {
  await writeFile(path.join(folder, 'points.csv'), 'x,y,label\n0.5,1,Rows\n1,0.25,Columns\n');
  await writeFile(path.join(folder, 'perceptron.onnx'), await readFile(fixture('perceptron.dynamo.onnx')));
  await configure((config) => ({
    ...config,
    input: {},
    data: { test: { format: 'csv', path: 'points.csv', label: 'label' } },
  }));
  const { classes } = await thumbnails({
    model: path.join(folder, 'perceptron.onnx'),
    classes: [0, 1],
    perClass: 3,
    size: 8,
  });
  expect(classes.map((entry) => entry.pictures)).toEqual([[], []]);
});

const fixture = (name: string) => new URL(`../../fixtures/onnx/${name}`, import.meta.url).pathname;

it('needs no more of the model than its headers, and says what is wrong with the rest', async () => {
  await rm(path.join(folder, 'shapes', 'group1-shard1of1.bin'), { force: true });
  const { classes } = await thumbnails({ model: path.join(folder, 'shapes'), classes: [0], perClass: 1, size: 10 });
  expect(classes[0].pictures).toHaveLength(1);
  await writeFile(path.join(folder, 'data', 'test-labels'), 'x');
  await expect(thumbnails({ model, classes: [0], perClass: 1, size: 10 })).rejects.toMatchObject({
    code: 'data-corrupt',
  });
  await rm(path.join(folder, 'lethe.json'));
  await expect(thumbnails({ model, classes: [0], perClass: 1, size: 10 })).rejects.toMatchObject({
    code: 'samples-missing',
  });
});

it('opens the data once for many requests, until a file changes', async () => {
  const opened = vi.spyOn(opening, 'openDataset');
  keepBetweenJobs();
  for (let at = 0; at < 5; at++) await thumbnails({ model, classes: [at], perClass: 3, size: 10 });
  const once = opened.mock.calls.length;
  await utimes(path.join(folder, 'data', 'test-images'), new Date(0), new Date(0));
  await thumbnails({ model, classes: [0], perClass: 3, size: 10 });
  expect([once, opened.mock.calls.length]).toEqual([1, 2]);
  keepBetweenJobs(0);
  const last = () => thumbnails({ model, classes: [0], perClass: 3, size: 10 });
  await last();
  await last();
  expect(opened.mock.calls.length).toBe(3);
});

describe('a picture that is too large', () => {
  const picture = (width: number, height: number, value: (x: number, y: number) => number): Picture => ({
    width,
    height,
    rgb: Uint8Array.from({ length: width * height * 3 }, (_, at) => {
      const pixel = Math.floor(at / 3);
      return value(pixel % width, Math.floor(pixel / width)) + (at % 3);
    }),
  });

  it('is averaged, its longer side as long as asked for', () => {
    const small = shrunk(
      picture(8, 4, (x, y) => 10 * x + y),
      4,
    );
    expect([small.width, small.height]).toEqual([4, 2]);
    // Columns 0 and 1, rows 0 and 1: the mean of 0, 10, 1 and 11 is 5.5.
    expect([...small.rgb.subarray(0, 6)]).toEqual([6, 7, 8, 26, 27, 28]);
  });

  it('keeps every part where the factor is no whole number, and one pixel at least', () => {
    const large = picture(7, 1, (x) => 20 * x);
    const { width, height, rgb } = shrunk(large, 3);
    expect([width, height, [...rgb]]).toEqual([3, 1, [10, 11, 12, 60, 61, 62, 110, 111, 112]]);
    expect(shrunk(large, 7)).toBe(large);
  });
});
