import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { ArrayStore } from '../../../src/base/arrayStore.js';
import { Random } from '../../../src/base/random.js';
import { temporaryFolder } from '../../support/folders.js';

let scratch: string;

/** The system's folder for temporary files is one of the test's own. */
beforeEach(async () => {
  scratch = await temporaryFolder();
  temporaryIs(scratch);
});

function temporaryIs(folder: string): void {
  for (const name of ['TMPDIR', 'TEMP', 'TMP']) vi.stubEnv(name, folder);
}

describe('an array store', () => {
  it('keeps arrays in memory as long as they fit, and leaves the disk alone', async () => {
    const store = new ArrayStore(40);
    const arrays = [Float32Array.of(1, 2, 3), Float32Array.of(), new Float32Array(7).fill(4)];
    const stored = [];
    for (const data of arrays) stored.push(await store.put(data));
    for (const [at, one] of stored.entries()) expect(await store.get(one)).toBe(arrays[at]);
    expect(await readdir(scratch)).toEqual([]);
    await store.dispose();
    expect(await readdir(scratch)).toEqual([]);
  });

  it('gives back the same from memory and from a file beyond it, in any order and again', async () => {
    const random = new Random(3);
    const store = new ArrayStore(1000);
    const arrays = Array.from({ length: 30 }, () =>
      Float32Array.from({ length: random.below(90) }, () => random.normal()),
    );
    const stored = [];
    for (const data of arrays) stored.push(await store.put(data));
    expect(arrays.reduce((sum, { byteLength }) => sum + byteLength, 0)).toBeGreaterThan(2000);
    expect(await readdir(scratch)).toHaveLength(1);
    for (const at of [...random.sample(30, 30), ...random.sample(30, 30)]) {
      expect(await store.get(stored[at])).toEqual(arrays[at]);
    }
    // No more is in memory than may be.
    const inMemory = stored.flatMap((one) => ('data' in one ? one.data.byteLength : []));
    expect(inMemory.reduce((sum, bytes) => sum + bytes, 0)).toBeLessThanOrEqual(1000);
    expect(inMemory.length).toBeGreaterThan(0);
    await store.dispose();
    expect(await readdir(scratch)).toEqual([]);
  });

  it('takes into memory what still fits after something that did not', async () => {
    const store = new ArrayStore(20);
    const [large, small] = [new Float32Array(6).fill(2), Float32Array.of(5)];
    const stored = [await store.put(large), await store.put(small)];
    expect(await store.get(stored[0])).not.toBe(large);
    expect(await store.get(stored[0])).toEqual(large);
    expect(await store.get(stored[1])).toBe(small);
    await store.dispose();
  });

  it('has one file, and gives back several at the same time', async () => {
    const store = new ArrayStore(0);
    const arrays = Array.from({ length: 5 }, (_, at) => new Float32Array(10).fill(at));
    const stored = [];
    for (const data of arrays) stored.push(await store.put(data));
    expect(await readdir(scratch)).toHaveLength(1);
    expect(await Promise.all(stored.map((one) => store.get(one)))).toEqual(arrays);
    await store.dispose();
  });

  it('says that there is no place for its file, and has nothing to clear away then', async () => {
    temporaryIs(path.join(scratch, 'missing'));
    const store = new ArrayStore(0);
    await expect(store.put(Float32Array.of(1))).rejects.toMatchObject({ name: 'LetheError', code: 'file-missing' });
    await store.dispose();
    expect(await readdir(scratch)).toEqual([]);
  });

  it('stops when told to, and leaves nothing behind', async () => {
    const store = new ArrayStore(0);
    const stored = await store.put(Float32Array.of(1));
    const stopped = AbortSignal.abort();
    await expect(store.put(Float32Array.of(2), stopped)).rejects.toMatchObject({ code: 'cancelled' });
    await expect(store.get(stored, stopped)).rejects.toMatchObject({ code: 'cancelled' });
    await store.dispose();
    await store.dispose();
    expect(await readdir(scratch)).toEqual([]);
  });
});
