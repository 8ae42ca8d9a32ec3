import { open, readFile, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { Random } from '../../../src/base/random.js';
import { openDataset } from '../../../src/data/open.js';
import { checkLabels } from '../../../src/data/stored/labels.js';
import { expectError, idxBytes, letheError, mutate, scratchFolder, writeIdxPair } from '../../support/data/datasets.js';

const folder = await scratchFolder();
const UBYTE = 0x08;
const pixels = Uint8Array.from({ length: 5 * 3 * 2 }, (_, at) => at * 7);
const images = idxBytes(UBYTE, [5, 3, 2], pixels);
const labels = idxBytes(UBYTE, [5], Uint8Array.of(3, 1, 4, 1, 5));

describe('idx', () => {
  it.each([false, true])('reads grey images in any order (gzip: %s)', async (gzip) => {
    const source = await writeIdxPair(folder, `grey-${gzip}`, images, labels, gzip);
    const dataset = await openDataset(source, { baseDir: folder });
    expect(dataset).toMatchObject({ format: 'idx', size: 5, shape: [3, 2, 1] });
    expect([...dataset.labels]).toEqual([3, 1, 4, 1, 5]);
    const batch = await dataset.read([4, 0, 4]);
    expect(batch).toMatchObject({ count: 3, shape: [3, 2, 1], scale: 255 });
    expect([...batch.data]).toEqual([...pixels.subarray(24), ...pixels.subarray(0, 6), ...pixels.subarray(24)]);
    await dataset.close();
  });

  it.each([
    ['signed bytes', 0x09, 1, (view: DataView, at: number, value: number) => view.setInt8(at, value)],
    ['shorts', 0x0b, 2, (view: DataView, at: number, value: number) => view.setInt16(at, value)],
    ['ints', 0x0c, 4, (view: DataView, at: number, value: number) => view.setInt32(at, value)],
    ['floats', 0x0d, 4, (view: DataView, at: number, value: number) => view.setFloat32(at, value)],
    ['doubles', 0x0e, 8, (view: DataView, at: number, value: number) => view.setFloat64(at, value)],
  ] as const)('reads rows of %s', async (name, type, bytes, set) => {
    const values = [-1, 2, 100, -128, 0, 127];
    const view = new DataView(new ArrayBuffer(6 * bytes));
    for (const [at, value] of values.entries()) set(view, at * bytes, value);
    const rows = idxBytes(type, [2, 3], new Uint8Array(view.buffer));
    const marks = new DataView(new ArrayBuffer(2 * bytes));
    set(marks, 0, 7);
    set(marks, bytes, 12);
    const source = await writeIdxPair(folder, name, rows, idxBytes(type, [2], new Uint8Array(marks.buffer)));
    const dataset = await openDataset(source, { baseDir: folder });
    expect([...dataset.labels]).toEqual([7, 12]);
    const batch = await dataset.read([1, 0]);
    expect(batch).toMatchObject({ shape: [3], scale: 1 });
    expect([...batch.data]).toEqual([-128, 0, 127, -1, 2, 100]);
    await dataset.close();
  });

  it('tells channels-first images from channels-last ones, by size or by the stated layout', async () => {
    const values = Uint8Array.from({ length: 2 * 3 * 5 * 4 }, (_, at) => at);
    const two = idxBytes(UBYTE, [2], Uint8Array.of(0, 1));
    const planar = await writeIdxPair(
      folder,
      'planar',
      idxBytes(
        UBYTE,
        [2, 3, 5, 6],
        new Uint8Array(180).map((_, at) => at),
      ),
      two,
    );
    const dataset = await openDataset(planar, { baseDir: folder });
    expect(dataset.shape).toEqual([5, 6, 3]);
    expect([...(await dataset.read([1])).data.subarray(0, 6)]).toEqual([90, 120, 150, 91, 121, 151]);
    await dataset.close();

    const open = await writeIdxPair(folder, 'open', idxBytes(UBYTE, [2, 3, 5, 4], values), two);
    await expectError(openDataset(open, { baseDir: folder }), {
      code: 'data-unsupported',
      file: 'open-images',
      message: 'images of n x 3 x 5 x 4, which leaves open which axis holds the channels',
      hint: '"layout"',
    });
    const stated = await openDataset({ ...open, layout: 'nhwc' }, { baseDir: folder });
    expect(stated.shape).toEqual([3, 5, 4]);
    expect([...(await stated.read([1])).data.subarray(0, 3)]).toEqual([60, 61, 62]);
    await stated.close();
  });

  it('reads records beyond 2 GiB by seeking', async () => {
    const count = 3_000_000;
    const stride = 28 * 28;
    const source = await writeIdxPair(
      folder,
      'sparse',
      Buffer.alloc(0),
      idxBytes(UBYTE, [count], new Uint8Array(count)),
    );
    const file = path.join(folder, source.images);
    await writeFile(file, idxBytes(UBYTE, [count, 28, 28], new Uint8Array(0)));
    await truncate(file, 16 + count * stride);
    const handle = await open(file, 'r+');
    for (const record of [2_739_137, count - 1]) {
      await handle.write(Uint8Array.of(1, 2, 3), 0, 3, 16 + record * stride);
    }
    await handle.close();
    const dataset = await openDataset(source, { baseDir: folder });
    expect(dataset.size).toBe(count);
    const batch = await dataset.read([count - 1, 5, 2_739_137]);
    const first = (sample: number) => [...batch.data.subarray(sample * stride, sample * stride + 4)];
    expect([first(0), first(1), first(2)]).toEqual([
      [1, 2, 3, 0],
      [0, 0, 0, 0],
      [1, 2, 3, 0],
    ]);
    await dataset.close();
  });

  it('keeps what it unpacks in a scratch file where it is much', async () => {
    const many = Uint8Array.from({ length: 9_000 * 1_000 }, (_, at) => (at * at) >> 7);
    const source = await writeIdxPair(
      folder,
      'many',
      idxBytes(UBYTE, [9_000, 1_000], many),
      idxBytes(UBYTE, [9_000], new Uint8Array(9_000)),
      true,
    );
    const dataset = await openDataset(source, { baseDir: folder, cacheBytes: 2 ** 20 });
    for (const record of [0, 4_194, 8_999]) {
      const { data } = await dataset.read([record]);
      expect(Buffer.compare(data as Uint8Array, many.subarray(record * 1_000, (record + 1) * 1_000))).toBe(0);
    }
    await dataset.close();
  });

  it('stops unpacking when cancelled', async () => {
    const source = await writeIdxPair(folder, 'cancel', images, labels, true);
    await expectError(openDataset(source, { baseDir: folder, signal: AbortSignal.abort() }), {
      code: 'cancelled',
      message: 'cancelled',
    });
  });
});

describe('idx errors', () => {
  const bad = async (name: string, imageBytes: Uint8Array, labelBytes: Uint8Array = labels, gzip = false) =>
    openDataset(await writeIdxPair(folder, name, imageBytes, labelBytes, gzip), { baseDir: folder });

  it('names a missing file', async () => {
    const source = { format: 'idx', images: 'nowhere', labels: 'nowhere' } as const;
    await expectError(openDataset(source, { baseDir: folder }), {
      code: 'file-missing',
      file: 'nowhere',
      message: 'no such file',
    });
  });

  it('names the file and both lengths when it is cut off or too long', async () => {
    await expectError(bad('short', images.subarray(0, 40)), {
      code: 'data-corrupt',
      file: 'short-images',
      message: 'is 40 bytes long, its header (5 x 3 x 2 of u1) asks for 46',
    });
    await expectError(bad('long', Buffer.concat([images, images])), {
      code: 'data-corrupt',
      message: 'is 92 bytes long',
    });
  });

  it('does not believe absurd sizes', async () => {
    const absurd = Buffer.from(images);
    absurd.writeUInt32BE(0xffffffff, 4);
    absurd.writeUInt32BE(0xffffffff, 8);
    await expectError(bad('absurd', absurd), { code: 'data-corrupt', message: 'asks for' });
    await expectError(bad('absurd-gz', absurd, labels, true), {
      code: 'data-corrupt',
      message: 'unpacks to 46 bytes instead of',
    });
  });

  it('stops at what the header states, however much is packed', async () => {
    const bomb = Buffer.concat([images, Buffer.alloc(50_000_000)]);
    await expectError(bad('bomb', bomb, labels, true), {
      code: 'data-corrupt',
      file: 'bomb-images',
      message: 'unpacks to more than the 46 bytes that its header states',
    });
  });

  it.each([
    ['text', Buffer.from('definitely not an idx file'), 'is not an IDX file'],
    ['empty', Buffer.alloc(0), 'is not an IDX file'],
    ['type', idxBytes(0x0a, [5, 3, 2], pixels), 'unknown element type 0xa'],
    ['none', idxBytes(UBYTE, [0, 3, 2], Buffer.alloc(0)), 'holds no samples (0 x 3 x 2)'],
    ['axes', idxBytes(UBYTE, [5, 1, 3, 2, 1], pixels), 'holds an array of n x 1 x 3 x 2 x 1'],
  ])('says what is wrong with: %s', async (name, bytes, message) => {
    const error = await letheError(bad(name, bytes));
    expect(error.message).toContain(message);
    expect(path.basename(error.file!)).toBe(`${name}-images`);
  });

  it('compares the numbers of images and labels', async () => {
    await expectError(bad('count', images, idxBytes(UBYTE, [4], new Uint8Array(4))), {
      code: 'data-corrupt',
      file: 'count-labels',
      message: /holds 4 labels for the 5 samples of .*count-images/,
    });
  });

  it('names the first label that is no class index', async () => {
    const view = new DataView(new ArrayBuffer(20));
    view.setFloat32(8, 1.5);
    await expectError(bad('half', images, idxBytes(0x0d, [5], new Uint8Array(view.buffer))), {
      code: 'data-corrupt',
      file: 'half-labels',
      place: 'record 2',
      message: 'the label 1.5 is not a class index',
    });
  });

  it('names the first label outside of the classes, and the range', async () => {
    const dataset = await bad('outside', images);
    checkLabels(dataset, 6);
    await expectError(
      Promise.resolve().then(() => checkLabels(dataset, 4)),
      {
        code: 'label-outside',
        file: 'outside-labels',
        place: 'record 2',
        message: 'the label 4 is outside of 0 .. 3, as are those of 1 more samples',
      },
    );
    await dataset.close();
  });

  it('names the record that holds NaN', async () => {
    const view = new DataView(new ArrayBuffer(5 * 2 * 4));
    view.setFloat32(7 * 4, Number.NaN);
    const dataset = await bad('nan', idxBytes(0x0d, [5, 2], new Uint8Array(view.buffer)));
    await expectError(dataset.read([0, 3]), {
      code: 'data-corrupt',
      file: 'nan-images',
      place: 'record 3',
      message: 'holds NaN',
    });
    await dataset.close();
  });

  it.each(['plain', 'gzip'])('reads mutated files or says what is wrong (%s)', async (kind) => {
    const random = new Random(11);
    const source = await writeIdxPair(folder, `mutated-${kind}`, images, labels, kind === 'gzip');
    const original = kind === 'gzip' ? gzipSync(images) : images;
    let readable = 0;
    for (let round = 0; round < 150; round++) {
      await writeFile(path.join(folder, source.images), mutate(original, random));
      const outcome = await openDataset(source, { baseDir: folder }).catch((error: unknown) => error);
      if (outcome instanceof Error) {
        await letheError(Promise.reject(outcome));
        continue;
      }
      const dataset = outcome as Awaited<ReturnType<typeof openDataset>>;
      const batch = await dataset.read([0, dataset.size - 1]).catch((error: unknown) => error);
      if (batch instanceof Error) await letheError(Promise.reject(batch));
      else readable++;
      await dataset.close();
    }
    expect(readable).toBeLessThan(150);
    expect(await readFile(path.join(folder, source.labels))).toBeDefined();
  });
});
