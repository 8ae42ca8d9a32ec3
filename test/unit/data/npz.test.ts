import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { strToU8, zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { Random } from '../../../src/base/random.js';
import { openDataset } from '../../../src/data/open.js';
import { expectError, letheError, mutate, references, scratchFolder } from '../../support/data/datasets.js';
import { writeSparseZip } from '../../support/data/zip64.js';

const folder = await scratchFolder();
const arrays = path.join(references, 'arrays');
const source = (name: string, more: { layout?: 'nhwc' | 'nchw'; scale?: number; x?: string; y?: string } = {}) => ({
  format: 'npz' as const,
  path: name,
  x: 'x',
  y: 'y',
  ...more,
});
const openReference = (name: string, more = {}, options = {}) =>
  openDataset(source(`${name}.npz`, more), { baseDir: arrays, ...options });
const count = (length: number) => Array.from({ length }, (_, at) => at);

/** A NumPy array of version 1. */
function npy(descr: string, shape: string, elements: Uint8Array): Uint8Array {
  const text = `{'descr': ${descr}, 'fortran_order': False, 'shape': ${shape}, }`;
  const header = `${text.padEnd(117)}\n`;
  return Buffer.concat([
    Buffer.from([0x93]),
    strToU8('NUMPY'),
    Buffer.from([1, 0, header.length, 0]),
    strToU8(header),
    elements,
  ]);
}

async function writeNpz(name: string, members: Record<string, Uint8Array>, level: 0 | 6 = 0): Promise<string> {
  await writeFile(path.join(folder, `${name}.npz`), zipSync(members, { level }));
  return `${name}.npz`;
}

describe('npz', () => {
  it.each([
    ...['u1', 'i1', 'le_i2', 'be_i2', 'le_u2', 'le_i4', 'be_i4', 'le_u4', 'le_i8', 'be_i8', 'le_u8'],
    ...['le_f2', 'be_f2', 'le_f4', 'be_f4', 'le_f8', 'be_f8', 'version1', 'version2', 'version3', 'deflated'],
  ])('reads what NumPy wrote: %s', async (name) => {
    const dataset = await openReference(name);
    expect(dataset).toMatchObject({ format: 'npz', size: 7, shape: [2, 3, 1] });
    expect([...dataset.labels]).toEqual([0, 1, 2, 0, 1, 2, 2]);
    const batch = await dataset.read([6, 1]);
    expect([...batch.data]).toEqual([36, 37, 38, 39, 40, 41, 6, 7, 8, 9, 10, 11]);
    expect(batch.scale).toBe(name === 'u1' ? 255 : name === 'le_u2' ? 65_535 : 1);
    await dataset.close();
  });

  it('reads booleans', async () => {
    const dataset = await openReference('b1');
    expect([...dataset.labels]).toEqual([0, 1, 1, 0, 1, 1, 1]);
    expect([...(await dataset.read([1])).data]).toEqual([0, 1, 0, 1, 0, 1]);
    await dataset.close();
  });

  it.each([undefined, 64])('reads Fortran order and one-hot labels (cache of %s bytes)', async (cacheBytes) => {
    const dataset = await openReference('fortran', {}, { cacheBytes });
    expect([...dataset.labels]).toEqual([0, 1, 2, 0, 1, 2, 2]);
    expect([...(await dataset.read(count(7))).data]).toEqual(count(42));
    await dataset.close();
    const packed = await openReference('fortran_deflated', {}, { cacheBytes });
    expect(packed.shape).toEqual([3, 5, 2]);
    const planar = await openReference('fortran_deflated', { layout: 'nhwc' }, { cacheBytes });
    expect(planar.shape).toEqual([2, 3, 5]);
    expect([...(await planar.read(count(7))).data]).toEqual(count(210));
    await packed.close();
    await planar.close();
  });

  it('tells channels first from channels last', async () => {
    const last = await openReference('nhwc', { layout: 'nhwc', scale: 1000 });
    expect(last.shape).toEqual([5, 4, 3]);
    const batch = await last.read([2]);
    expect(batch.scale).toBe(1000);
    expect([...batch.data]).toEqual(count(60).map((value) => 120 + value));
    await last.close();
    const first = await openReference('nchw', { layout: 'nchw' });
    expect(first.shape).toEqual([5, 4, 3]);
    expect([...(await first.read([2])).data.subarray(0, 6)]).toEqual([120, 140, 160, 121, 141, 161]);
    await first.close();
    await expectError(openReference('nchw'), {
      code: 'data-unsupported',
      place: 'array "x"',
      message: 'leaves open which axis',
    });
  });

  it('reads members beyond 4 GiB by seeking', async () => {
    const samples = 6_000_000;
    const y = npy("'|u1'", `(${samples},)`, new Uint8Array(0));
    const x = npy("'|u1'", `(${samples}, 28, 28)`, new Uint8Array(0));
    const at = (record: number) => x.length + record * 784;
    const file = path.join(folder, 'sparse.npz');
    await writeSparseZip(file, [
      {
        name: 'y.npy',
        head: y,
        length: y.length + samples,
        patches: [{ offset: y.length + 5_999_999, bytes: Uint8Array.of(9) }],
      },
      {
        name: 'x.npy',
        head: x,
        length: at(samples),
        patches: [
          { offset: at(2_800_000), bytes: Uint8Array.of(1, 2, 3) },
          { offset: at(5_999_999), bytes: Uint8Array.of(4, 5, 6) },
        ],
      },
    ]);
    const dataset = await openDataset(source('sparse.npz'), { baseDir: folder });
    expect(dataset.size).toBe(samples);
    expect(dataset.labels[5_999_999]).toBe(9);
    const { data } = await dataset.read([5_999_999, 2_800_000, 3]);
    expect([...data.subarray(0, 4), ...data.subarray(784, 788), ...data.subarray(1568, 1570)]).toEqual([
      4, 5, 6, 0, 1, 2, 3, 0, 0, 0,
    ]);
    await dataset.close();
  });
});

describe('npz errors', () => {
  it.each([
    ['objects', 'Python objects, which could run code'],
    ['text', 'values of type "<U1", which are not plain numbers'],
    ['structured', 'values of type "structured", which are not plain numbers'],
  ])('refuses arrays of %s', async (name, message) => {
    await expectError(openReference(name), {
      code: 'data-unsupported',
      file: `${name}.npz`,
      place: 'array "x"',
      message,
    });
  });

  it('names the arrays that are there', async () => {
    await expectError(openReference('u1', { x: 'x_train' }), {
      code: 'config-invalid',
      file: 'u1.npz',
      message: 'holds no array "x_train"',
      hint: '"x", "y"',
    });
  });

  it('compares the numbers of samples and labels', async () => {
    const name = await writeNpz('counts', {
      'x.npy': npy("'|u1'", '(3, 2)', new Uint8Array(6)),
      'y.npy': npy("'|u1'", '(2,)', new Uint8Array(2)),
    });
    await expectError(openDataset(source(name), { baseDir: folder }), {
      code: 'data-corrupt',
      place: 'array "y"',
      message: 'holds 2 labels for the 3 samples of array "x"',
    });
  });

  it('names the first label that is not one-hot', async () => {
    const name = await writeNpz('hot', {
      'x.npy': npy("'|u1'", '(3, 2)', new Uint8Array(6)),
      'y.npy': npy("'|u1'", '(3, 3)', Uint8Array.of(0, 1, 0, 1, 0, 0, 1, 1, 0)),
    });
    await expectError(openDataset(source(name), { baseDir: folder }), {
      code: 'data-corrupt',
      file: 'hot.npz',
      place: 'array "y", record 2',
      message: 'the label is not one-hot',
    });
  });

  it.each([0, 6] as const)('does not believe a shape that the bytes do not fill (level %s)', async (level) => {
    const labels = npy("'|u1'", '(3,)', new Uint8Array(3));
    const name = await writeNpz(
      `shape${level}`,
      { 'x.npy': npy("'<f4'", '(3, 4000000000)', new Uint8Array(60)), 'y.npy': labels },
      level,
    );
    await expectError(openDataset(source(name), { baseDir: folder }), {
      code: 'data-corrupt',
      place: 'array "x"',
      message: 'is 188 bytes long, its header (3 x 4000000000 of f4) asks for 48000000128',
    });
  });

  it.each([
    ['a scalar', '()', 1, 'data-corrupt', 'holds no samples: its shape is ()'],
    ['no rows', '(0, 5)', 0, 'data-corrupt', 'holds no samples: its shape is (0, 5)'],
    ['five axes', '(1, 2, 2, 2, 2)', 16, 'data-unsupported', 'holds an array of n x 2 x 2 x 2 x 2'],
  ])('says what is wrong with %s', async (_, shape, bytes, code, message) => {
    const name = await writeNpz('shapes', {
      'x.npy': npy("'|u1'", shape, new Uint8Array(bytes)),
      'y.npy': npy("'|u1'", '(1,)', new Uint8Array(1)),
    });
    await expectError(openDataset(source(name), { baseDir: folder }), { code, message });
  });

  it('says that a file is no archive, or is missing', async () => {
    await writeFile(path.join(folder, 'text.npz'), 'this is not an archive at all');
    await expectError(openDataset(source('text.npz'), { baseDir: folder }), {
      code: 'data-corrupt',
      file: 'text.npz',
      message: 'is not a readable archive',
    });
    await expectError(openDataset(source('none.npz'), { baseDir: folder }), {
      code: 'file-missing',
      message: 'no such file',
    });
  });

  it.each(['le_f4', 'deflated', 'fortran', 'fortran_deflated'])(
    'reads mutated files or says what is wrong: %s',
    async (name) => {
      const random = new Random(3);
      const original = await readFile(path.join(arrays, `${name}.npz`));
      for (let round = 0; round < 100; round++) {
        const bytes = mutate(original, random);
        // The directory at the end is where lengths and offsets are.
        if (round % 2 === 1 && bytes.length > 150) bytes[bytes.length - 1 - random.below(150)] = random.below(256);
        await writeFile(path.join(folder, 'mutated.npz'), bytes);
        const outcome = await openDataset(source('mutated.npz'), { baseDir: folder }).catch((error: unknown) => error);
        if (outcome instanceof Error) {
          await letheError(Promise.reject(outcome));
          continue;
        }
        const dataset = outcome as Awaited<ReturnType<typeof openDataset>>;
        const batch = await dataset.read([0, dataset.size - 1]).catch((error: unknown) => error);
        if (batch instanceof Error) await letheError(Promise.reject(batch));
        await dataset.close();
      }
    },
  );
});
