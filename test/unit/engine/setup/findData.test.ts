import { mkdir, rename, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Progress } from '../../../../src/contract/progress.js';
import type { DataCandidate, FindDataRequest } from '../../../../src/contract/setup.js';
import { encodePng } from '../../../../src/data/images/encode.js';
import { openDataset } from '../../../../src/data/open.js';
import { dataSource } from '../../../../src/data/source.js';
import { findData } from '../../../../src/engine/jobs/findData.js';
import { expectError, idxBytes, writeIdxPair } from '../../../support/data/datasets.js';
import { npyBytes, npzBytes } from '../../../support/data/npz.js';
import { temporaryFolder } from '../../../support/folders.js';
import { writeLinear } from '../../../support/models/linear.js';
import { writeTfjsShapes } from '../../../support/models/shapes.js';

let root: string;

beforeEach(async () => {
  root = await temporaryFolder();
});

const grey = (name = 'model.onnx') => writeLinear(path.join(root, name), [1, 4, 4], 3);
const colour = (side: number, classes: number) => writeLinear(path.join(root, 'model.onnx'), [3, side, side], classes);
const find = (model: string, more: Partial<FindDataRequest> = {}) => findData({ model, root, ...more });

async function only(model: string, more: Partial<FindDataRequest> = {}): Promise<DataCandidate> {
  const { candidates } = await find(model, more);
  expect(candidates).toHaveLength(1);
  return candidates[0];
}

/** 4 x 4 grey images whose values are all 10 times their number, labels 0, 1, 2, 0, ... */
function greyPair(count: number, side = 4, classes = 3) {
  const pixels = Uint8Array.from({ length: count * side * side }, (_, at) => 10 * Math.floor(at / side ** 2));
  const images = idxBytes(0x08, [count, side, side], pixels);
  return {
    images,
    labels: idxBytes(
      0x08,
      [count],
      Uint8Array.from({ length: count }, (_, at) => at % classes),
    ),
  };
}

async function writePair(folder: string, images: string, labels: string, pair = greyPair(6)): Promise<void> {
  await mkdir(path.join(root, folder), { recursive: true });
  await writeFile(path.join(root, folder, images), pair.images);
  await writeFile(path.join(root, folder, labels), pair.labels);
}

async function writeImage(file: string, height: number, width: number, level = 200): Promise<void> {
  await mkdir(path.dirname(path.join(root, file)), { recursive: true });
  const image = { height, width, data: new Uint8Array(height * width * 3).fill(level) };
  await writeFile(path.join(root, file), (await encodePng(image, { atLeast: 1, atMost: 4096 })).bytes);
}

async function writeText(file: string, lines: readonly string[]): Promise<void> {
  await mkdir(path.dirname(path.join(root, file)), { recursive: true });
  await writeFile(path.join(root, file), `${lines.join('\n')}\n`);
}

/** What `lethe.json` would say must open as it is. */
async function opens(candidate: DataCandidate, folder = root) {
  const dataset = await openDataset(dataSource.parse(candidate.source), { baseDir: folder });
  await dataset.close();
  return dataset;
}

describe('IDX pairs', () => {
  it('are found by their names and headers, with what they hold', async () => {
    await writePair('data', 'train-images-idx3-ubyte', 'train-labels-idx1-ubyte', greyPair(9));
    await writePair('data', 't10k-images.idx3-ubyte', 't10k-labels.idx1-ubyte');
    await writeText('data/other-images-idx3-ubyte', ['no IDX file']);
    const { candidates, folder, classCount, truncated } = await find(await grey());
    expect({ folder, classCount, truncated }).toEqual({ folder: root, classCount: 3, truncated: false });
    const [test, train] = candidates;
    expect(candidates).toHaveLength(2);
    expect(train).toMatchObject({
      title: 'IDX pair',
      detail: 'data/train-images-idx3-ubyte + data/train-labels-idx1-ubyte',
      source: { format: 'idx', images: 'data/train-images-idx3-ubyte', labels: 'data/train-labels-idx1-ubyte' },
      ...{ split: 'train', samples: 9, shape: [4, 4, 1], labelCount: 3, classes: null, problem: null },
      input: { size: [4, 4], channels: 1 },
    });
    expect(test).toMatchObject({ split: 'test', samples: 6, problem: null });
    // The values are 0, 10, .. 80 of 255.
    expect(train.statistics!.mean[0]).toBeCloseTo(40 / 255, 3);
    expect(train.statistics!.std[0]).toBeCloseTo(Math.sqrt(6000 / 9) / 255, 3);
    expect((await opens(train)).size).toBe(9);
  });

  it('are taken once where the gzipped files lie beside the unpacked ones', async () => {
    const { images, labels } = greyPair(6);
    await writeIdxPair(root, 'test', images, labels);
    const packed = await writeIdxPair(root, 'packed', images, labels, true);
    await rename(path.join(root, packed.images), path.join(root, 'test-images.gz'));
    await rename(path.join(root, packed.labels), path.join(root, 'test-labels.gz'));
    expect((await only(await grey())).source).toMatchObject({ images: 'test-images', labels: 'test-labels' });
  });

  it.each([
    ['another size', greyPair(6, 5), 'samples are 5 x 5 (height x width), the model takes 4 x 4'],
    ['too many classes', greyPair(6, 4, 4), 'the label 3 is outside of 0 .. 2'],
    ['fewer labels', { ...greyPair(6), labels: greyPair(5).labels }, 'holds 5 labels for the 6 samples'],
  ])('of %s are shown with what is wrong', async (_, pair, problem) => {
    await writePair('.', 'train-images', 'train-labels', pair);
    const candidate = await only(await grey());
    expect(candidate.problem).toContain(problem);
    expect(candidate.statistics).toBeNull();
  });

  it('that do not fit come last', async () => {
    await writePair('a', 'images', 'labels', greyPair(6, 5));
    await writePair('b', 'images', 'labels');
    const { candidates } = await find(await grey());
    expect(candidates.map(({ detail, problem }) => [detail.split('/')[0], problem === null])).toEqual([
      ['b', true],
      ['a', false],
    ]);
  });
});

describe('class folders', () => {
  it('of the right size need nothing', async () => {
    for (const name of ['cat', 'dog']) for (const at of [1, 2]) await writeImage(`pets/${name}/${at}.png`, 8, 8);
    const candidate = await only(await colour(8, 2));
    expect(candidate).toMatchObject({
      ...{ title: 'Class folders', detail: 'pets', samples: 4, shape: [8, 8, 3], classes: ['cat', 'dog'] },
      source: { format: 'imageFolder', path: 'pets' },
      ...{ labelCount: 2, problem: null, split: null },
      statistics: { mean: [0.784, 0.784, 0.784] },
    });
    expect(Object.keys(candidate.source)).toEqual(['format', 'path']);
  });

  it('of other sizes are resized, and those of large models cropped too', async () => {
    await writeImage('small/a/1.png', 20, 30);
    await writeImage('small/b/1.png', 30, 20);
    expect(await only(await colour(8, 2))).toMatchObject({
      source: { resize: [8, 8] },
      shape: [8, 8, 3],
      problem: null,
    });
    const candidate = await only(await colour(224, 2));
    expect(candidate.source).toMatchObject({ resize: 256, crop: 224 });
    expect(candidate).toMatchObject({ shape: [224, 224, 3], problem: null });
    expect((await (await opens(candidate)).read([0, 1])).shape).toEqual([224, 224, 3]);
  });

  it('train and val are two, and val may lack a class', async () => {
    for (const name of ['cat', 'dog', 'eel']) await writeImage(`set/train/${name}/1.png`, 8, 8);
    for (const name of ['dog', 'eel']) await writeImage(`set/val/${name}/1.png`, 8, 8);
    const { candidates } = await find(await colour(8, 3));
    const found = candidates.map(({ detail, split, classes, problem }) => ({ detail, split, classes, problem }));
    const classes = ['cat', 'dog', 'eel'];
    expect(found).toEqual([
      { detail: 'set/train', split: 'train', classes, problem: null },
      { detail: 'set/val', split: 'test', classes, problem: null },
    ]);
  });

  it('with the images one folder deeper are found, and not walked into', async () => {
    for (const name of ['n01', 'n02']) await writeImage(`tiny/${name}/images/1.png`, 8, 8);
    await writePair('tiny/n01', 'images-idx3', 'labels-idx1');
    expect(await only(await colour(8, 2))).toMatchObject({ detail: 'tiny', classes: ['n01', 'n02'], problem: null });
  });

  it('of another number than the outputs say so', async () => {
    for (const name of ['a', 'b', 'c']) await writeImage(`${name}/1.png`, 8, 8);
    const { problem, source } = await only(await colour(8, 2));
    expect(problem).toBe('has 3 classes (a, b, c), the model has 2 outputs');
    expect(source.path).toBe('.');
  });
});

describe('CIFAR batches', () => {
  const records = (count: number, labelBytes: number) =>
    Buffer.concat(
      Array.from({ length: count }, (_, at) =>
        Buffer.concat([Buffer.alloc(labelBytes, at % 3), Buffer.alloc(3072, 7)]),
      ),
    );

  it('are told from other files by the length of their records', async () => {
    const model = await colour(32, 3);
    for (const at of [1, 2]) await writeFile(path.join(root, `data_batch_${at}.bin`), records(4, 1));
    await writeFile(path.join(root, 'test_batch.bin'), records(3, 1));
    await writeFile(path.join(root, 'train_state.bin'), Buffer.alloc(5000));
    await writeFile(path.join(root, 'group1-shard1of1.bin'), records(1, 1));
    const { candidates } = await find(model);
    expect(candidates.map(({ split, source, samples, problem }) => ({ split, source, samples, problem }))).toEqual([
      {
        split: 'train',
        source: { format: 'cifar10', path: '.', batches: ['data_batch_1.bin', 'data_batch_2.bin'] },
        ...{ samples: 8, problem: null },
      },
      {
        split: 'test',
        source: { format: 'cifar10', path: '.', batches: ['test_batch.bin'] },
        ...{ samples: 3, problem: null },
      },
    ]);
    expect((await opens(candidates[0])).size).toBe(8);
  });

  it('of CIFAR-100 are found too', async () => {
    await writeFile(path.join(root, 'train.bin'), records(4, 2));
    await writeFile(path.join(root, 'test.bin'), records(2, 2));
    const { candidates } = await find(await colour(32, 3));
    expect(candidates.map(({ title, split, samples }) => [title, split, samples])).toEqual([
      ['CIFAR-100 file', 'test', 2],
      ['CIFAR-100 file', 'train', 4],
    ]);
  });
});

describe('NumPy archives', () => {
  const bytes = (count: number) => Uint8Array.from({ length: count * 16 }, (_, at) => at % 256);
  const labels = (count: number) => Uint8Array.from({ length: count }, (_, at) => at % 3);
  const images = (count: number) => npyBytes('|u1', [count, 4, 4], bytes(count));

  it.each([
    ['Keras', 'x_train', 'y_train', 'x_test', 'y_test'],
    ['MedMNIST', 'train_images', 'train_labels', 'test_images', 'test_labels'],
    ['camel case', 'trainImages', 'trainLabels', 'testImages', 'testLabels'],
  ])('of %s hold both splits', async (_, x, y, otherX, otherY) => {
    const archive = npzBytes({
      [x]: images(9),
      [y]: npyBytes('|u1', [9, 1], labels(9)),
      [otherX]: images(6),
      [otherY]: npyBytes('|u1', [6], labels(6)),
    });
    await writeFile(path.join(root, 'mnist.npz'), archive);
    const { candidates } = await find(await grey());
    expect(candidates.map(({ split, samples, source, problem }) => ({ split, samples, source, problem }))).toEqual([
      { split: 'train', samples: 9, source: { format: 'npz', path: 'mnist.npz', x, y }, problem: null },
      { split: 'test', samples: 6, source: { format: 'npz', path: 'mnist.npz', x: otherX, y: otherY }, problem: null },
    ]);
    expect(candidates[0].title).toBe(`NumPy arrays ${x} and ${y}`);
  });

  it('of two arrays without telling names are paired by their shapes', async () => {
    await writeFile(
      path.join(root, 'validation.npz'),
      npzBytes({ arr_0: npyBytes('|u1', [6], labels(6)), arr_1: images(6) }),
    );
    expect(await only(await grey())).toMatchObject({
      split: 'test',
      source: { x: 'arr_1', y: 'arr_0' },
      problem: null,
    });
  });

  it('of floats that hold bytes get a scale', async () => {
    const floats = new Uint8Array(Float32Array.from(bytes(6)).buffer);
    await writeFile(
      path.join(root, 'a.npz'),
      npzBytes({ x: npyBytes('<f4', [6, 4, 4], floats), y: npyBytes('|u1', [6], labels(6)) }),
    );
    const candidate = await only(await grey());
    expect(candidate.source.scale).toBe(255);
    expect(candidate.statistics!.mean[0]).toBeCloseTo(47.5 / 255, 2);
  });

  it('of floats from 0 to 1 get none', async () => {
    const floats = new Uint8Array(Float32Array.from(bytes(6), (value) => value / 255).buffer);
    await writeFile(
      path.join(root, 'a.npz'),
      npzBytes({ x: npyBytes('<f4', [6, 4, 4], floats), y: npyBytes('|u1', [6], labels(6)) }),
    );
    expect((await only(await grey())).source).toEqual({ format: 'npz', path: 'a.npz', x: 'x', y: 'y' });
  });

  it('get a layout where the sizes leave it open', async () => {
    // Axes of 5, 6 and 7 values: no one of them is as short as channels are.
    const array = npyBytes('|u1', [6, 5, 6, 7], new Uint8Array(6 * 210));
    await writeFile(path.join(root, 'a.npz'), npzBytes({ x: array, y: npyBytes('|u1', [6], labels(6)) }));
    const writer = await writeLinear(path.join(root, 'model.onnx'), [5, 6, 7], 3);
    const { candidates } = await find(writer);
    expect(candidates[0].source.layout).toBe('nchw');
    expect(candidates[0]).toMatchObject({ problem: null, input: { layout: 'nchw', size: [6, 7], channels: 5 } });
  });

  it('that are damaged or hold no data set are left out', async () => {
    await writeText('broken.npz', ['PK not really']);
    await writeFile(path.join(root, 'weights.npz'), npzBytes({ a: images(2), b: images(3), c: images(4) }));
    expect((await find(await grey())).candidates).toEqual([]);
  });
});

describe('tables', () => {
  const features = (count: number) => writeLinear(path.join(root, 'model.onnx'), [count], 3);
  const rows = (count: number, row: (at: number) => (string | number)[]) =>
    Array.from({ length: count }, (_, at) => row(at).join(','));

  it('have their label in a column of text, which names the classes', async () => {
    await writeText(
      'iris.csv',
      rows(6, (at) => [5.1, 3.5, at, 'versicolor,setosa,virginica'.split(',')[at % 3]]),
    );
    const candidate = await only(await features(3));
    expect(candidate).toMatchObject({
      ...{ title: 'Table, label in column 4', samples: 6, shape: [3], problem: null },
      source: { format: 'csv', path: 'iris.csv', label: 3 },
      classes: ['setosa', 'versicolor', 'virginica'],
    });
    expect(candidate.source.delimiter).toBeUndefined();
  });

  it('have their label in a column of the usual name', async () => {
    await writeText('train.csv', ['a;target;b', '1;0;2', '1.5;1;2', '1;2;2.5']);
    const candidate = await only(await features(2));
    expect(candidate.source).toEqual({ format: 'csv', path: 'train.csv', label: 'target', delimiter: ';' });
    expect(candidate).toMatchObject({ samples: 3, split: 'train', problem: null });
  });

  it('have their label in the first column of whole numbers, and pixels after it', async () => {
    const model = await grey();
    await writeText(
      'mnist_test.csv',
      rows(6, (at) => [at % 3, ...Array.from({ length: 16 }, (_, p) => 15 * p)]),
    );
    const candidate = await only(model);
    expect(candidate.source).toEqual({ format: 'csv', path: 'mnist_test.csv', label: 0, shape: [4, 4, 1] });
    expect(candidate).toMatchObject({ samples: 6, shape: [4, 4, 1], problem: null, split: 'test' });
    expect(candidate.statistics!.mean[0]).toBeCloseTo(112.5 / 255, 3);
  });

  it('of pixels that were scaled before say so', async () => {
    const model = await grey();
    await writeText(
      'a.csv',
      rows(6, (at) => [at % 3, ...Array.from({ length: 16 }, (_, p) => p / 16)]),
    );
    const candidate = await only(model);
    expect(candidate.source).toMatchObject({ shape: [4, 4, 1], scale: 1 });
    expect(candidate.statistics!.mean[0]).toBeCloseTo(7.5 / 16, 3);
  });

  it('of whole rows of bytes are scaled for models that take rows', async () => {
    await writeText(
      'a.csv',
      rows(6, (at) => [...Array.from({ length: 64 }, (_, p) => 4 * p), at % 3]),
    );
    expect((await only(await features(64))).source).toMatchObject({ label: 0, scale: 255 });
  });

  it('of another width say so, and other texts are no data', async () => {
    await writeText(
      'wide.csv',
      rows(6, (at) => [at % 3, 0.5, 1, 2, 3]),
    );
    await writeText('log.csv', ['time,level,message', '1,info,hello', '2,warning,world', '3,info,again']);
    await writeText('notes.csv', ['just text', 'more text', 'and more']);
    expect(await only(await features(3))).toMatchObject({
      detail: 'wide.csv',
      problem: 'samples become 4, the model takes 3',
    });
  });
});

describe('class names', () => {
  it('come from the nearest text file with as many names as outputs', async () => {
    await writeText('labels.txt', ['a', 'b']);
    await writeText('notes/classes.txt', ['x', 'y', 'z']);
    await writeText('notes/deep/classes.txt', ['u', 'v', 'w']);
    const { classFile } = await find(await grey());
    expect(classFile).toEqual({ path: 'notes/classes.txt', classes: ['x', 'y', 'z'] });
  });

  it('do not come from other texts', async () => {
    await writeText('readme.txt', ['x', 'y', 'z']);
    await writeText('classes.txt', ['x', 'x', 'z']);
    expect((await find(await grey())).classFile).toBeNull();
  });
});

describe('the search', () => {
  it('looks beside the folder of the model, where lethe.json lies one folder up then, and no further than the root', async () => {
    const model = await grey('project/models/model.onnx');
    await writePair('project/data', 'train-images', 'train-labels');
    await writePair('elsewhere', 'test-images', 'test-labels');
    const wide = await find(model);
    expect(wide.folder).toBe(path.join(root, 'project', 'models'));
    expect(wide.candidates.map(({ source, problem }) => [source.images, problem])).toEqual([
      ['../data/train-images', null],
      ['../../elsewhere/test-images', 'lies outside of the folder of lethe.json'],
    ]);
    const allowed = await find(model, { allowOutside: true });
    expect(allowed.candidates.every(({ problem }) => problem === null)).toBe(true);
    const narrow = await find(model, { root: path.join(root, 'project') });
    expect(narrow.candidates.map(({ source }) => source.images)).toEqual(['../data/train-images']);
    const alone = await find(model, { root: path.join(root, 'project', 'models') });
    expect(alone.candidates).toEqual([]);
  });

  it('puts lethe.json beside the folder of a model of several files, unless that is the root', async () => {
    const model = await writeTfjsShapes(root);
    expect((await find(model)).folder).toBe(root);
    expect((await find(model, { root: path.dirname(model) })).folder).toBe(path.dirname(model));
  });

  it('ignores hidden and installed folders, and links that lead out or in circles', async () => {
    const model = await grey('work/model.onnx');
    for (const folder of ['work/node_modules/a', 'work/.git', 'work/.lethe/runs', 'outside', 'work/data']) {
      await writePair(folder, 'images', 'labels');
    }
    await symlink(path.join(root, 'outside'), path.join(root, 'work', 'linked'));
    await symlink(path.join(root, 'work'), path.join(root, 'work', 'data', 'circle'));
    const candidate = await only(model, { root: path.join(root, 'work') });
    expect(candidate.detail).toBe('data/images + data/labels');
  });

  it('looks at what the user chose alone, be it outside', async () => {
    const model = await grey('work/model.onnx');
    await writePair('work', 'near-images', 'near-labels');
    await writePair('far/deep', 'a-images', 'a-labels');
    await writePair('far/deep', 'b-images', 'b-labels');
    const folder = path.join(root, 'work');
    const chosen = await only(model, { root: folder, at: path.join(root, 'far/deep/b-labels'), allowOutside: true });
    expect(chosen).toMatchObject({ source: { images: '../far/deep/b-images' }, problem: null });
    const inFolder = await find(model, { root: folder, at: path.join(root, 'far') });
    expect(inFolder.candidates).toHaveLength(2);
    await expectError(find(model, { at: path.join(root, 'nowhere') }), {
      code: 'file-missing',
      message: 'no such file',
    });
  });

  it('ends after so many data sets, and says so', async () => {
    const model = await grey();
    for (let at = 0; at < 62; at++) await writePair(`set${at}`, 'images', 'labels');
    const { candidates, truncated } = await find(model);
    expect(truncated).toBe(true);
    expect(candidates).toHaveLength(60);
  });

  it('can be cancelled', async () => {
    const model = await grey();
    await writePair('.', 'images', 'labels');
    for (const phase of ['folders', 'open'] as const) {
      const controller = new AbortController();
      const work = {
        signal: controller.signal,
        onProgress: (progress: Progress) => progress.phase === phase && controller.abort(),
      };
      await expectError(findData({ model, root }, work), { code: 'cancelled', message: 'cancelled' });
    }
  });
});
