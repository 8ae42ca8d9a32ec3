import { open, readdir, readFile, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, vi } from 'vitest';
import { Random } from '../../../src/base/random.js';
import { ScratchFile } from '../../../src/base/scratchFile.js';
import { temporaryFolder } from '../../support/folders.js';

function numbers(length: number, random: Random): Float32Array {
  return Float32Array.from({ length }, () => random.normal());
}

async function fileOf(parent: string): Promise<string> {
  const [folder, ...others] = await readdir(parent);
  expect(others).toEqual([]);
  return path.join(parent, folder, 'values.f32');
}

/** Makes calls of every file handle fail as the system does that has this to say. */
async function failing(method: 'read' | 'write', code: string): Promise<void> {
  const handle = await open(fileURLToPath(import.meta.url), 'r');
  const prototype = Object.getPrototypeOf(handle);
  await handle.close();
  const error = Object.assign(new Error('the system says no'), { code, syscall: method });
  vi.spyOn(prototype, method).mockRejectedValue(error);
}

describe('a scratch file', () => {
  it('gives back what was appended, from wherever it lies', async () => {
    const random = new Random(1);
    const parent = await temporaryFolder();
    const file = await ScratchFile.create(parent);
    const arrays = [3, 0, 1, 70_000, 12].map((length) => numbers(length, random));
    const offsets: number[] = [];
    for (const data of arrays) offsets.push(await file.append(data));
    expect(offsets).toEqual([0, 12, 12, 16, 280_016]);
    for (const at of [4, 0, 3, 2, 1, 3]) {
      const data = new Float32Array(arrays[at].length);
      await file.fill(data, offsets[at]);
      expect(data).toEqual(arrays[at]);
    }
    // From the middle of one into the next.
    const across = new Float32Array(3);
    await file.fill(across, 8);
    expect(across).toEqual(Float32Array.of(arrays[0][2], arrays[2][0], arrays[3][0]));
    await file.dispose();
  });

  it('takes more than is written at one time, and less than the whole of a buffer', async () => {
    const random = new Random(2);
    const file = await ScratchFile.create(await temporaryFolder());
    const large = new Float32Array(5_000_000);
    for (let at = 0; at < large.length; at += 997) large[at] = random.normal();
    const part = numbers(100, random).subarray(10, 30);
    const offset = await file.append(large);
    const next = await file.append(part);
    const [back, whole] = [new Float32Array(5_000_000), new Float32Array(40).fill(7)];
    await file.fill(back, offset);
    await file.fill(whole.subarray(5, 25), next);
    expect(Buffer.compare(Buffer.from(back.buffer), Buffer.from(large.buffer))).toBe(0);
    expect(whole.subarray(5, 25)).toEqual(part);
    expect([...whole.subarray(0, 5), ...whole.subarray(25)]).toEqual(new Array(20).fill(7));
    await file.dispose();
  });

  it('lies in a folder of its own, which goes with it', async () => {
    const parent = await temporaryFolder();
    await writeFile(path.join(parent, 'thesis.txt'), 'precious');
    const files = [await ScratchFile.create(parent), await ScratchFile.create(parent)];
    expect(await readdir(parent)).toHaveLength(3);
    await files[0].append(Float32Array.of(1, 2));
    for (const file of files) await file.dispose();
    expect(await readdir(parent)).toEqual(['thesis.txt']);
    expect(await readFile(path.join(parent, 'thesis.txt'), 'utf8')).toBe('precious');
  });

  it("is in the system's folder for temporary files unless told otherwise", async () => {
    const parent = await temporaryFolder();
    for (const name of ['TMPDIR', 'TEMP', 'TMP']) vi.stubEnv(name, parent);
    const file = await ScratchFile.create();
    expect(await readdir(parent)).toHaveLength(1);
    await file.dispose();
    expect(await readdir(parent)).toEqual([]);
  });

  it('names the folder that it can not be made in, and leaves nothing there', async () => {
    const parent = await temporaryFolder();
    const missing = path.join(parent, 'missing');
    await expect(ScratchFile.create(missing)).rejects.toMatchObject({ code: 'file-missing', file: missing });
    expect(await readdir(parent)).toEqual([]);
  });

  it.each([
    ['ENOSPC', 'disk-full'],
    ['EDQUOT', 'disk-full'],
    ['EFBIG', 'disk-full'],
    ['EACCES', 'file-unwritable'],
  ])('says what is wrong with the disk: %s', async (said, code) => {
    const parent = await temporaryFolder();
    const file = await ScratchFile.create(parent);
    await failing('write', said);
    const name = await fileOf(parent);
    await expect(file.append(Float32Array.of(1))).rejects.toMatchObject({ name: 'LetheError', code, file: name });
    await file.dispose();
    expect(await readdir(parent)).toEqual([]);
  });

  it('can go on after a write that failed', async () => {
    const file = await ScratchFile.create(await temporaryFolder());
    await file.append(Float32Array.of(1, 2));
    await failing('write', 'ENOSPC');
    await expect(file.append(Float32Array.of(3))).rejects.toMatchObject({ code: 'disk-full' });
    vi.restoreAllMocks();
    const offset = await file.append(Float32Array.of(4));
    expect(offset).toBe(8);
    const all = new Float32Array(3);
    await file.fill(all, 0);
    expect([...all]).toEqual([1, 2, 4]);
    await file.dispose();
  });

  it('says that it can not be read, or ends too early', async () => {
    const parent = await temporaryFolder();
    const file = await ScratchFile.create(parent);
    const offset = await file.append(Float32Array.of(1, 2, 3));
    await failing('read', 'EIO');
    const refusal = { name: 'LetheError', code: 'file-unreadable', file: await fileOf(parent) };
    await expect(file.fill(new Float32Array(3), offset)).rejects.toMatchObject(refusal);
    vi.restoreAllMocks();
    await truncate(await fileOf(parent), 8);
    await expect(file.fill(new Float32Array(3), offset)).rejects.toMatchObject({
      ...refusal,
      what: expect.stringContaining('shorter'),
    });
    await file.dispose();
  });

  it('stops when told to, and goes all the same', async () => {
    const parent = await temporaryFolder();
    const file = await ScratchFile.create(parent);
    const stopped = AbortSignal.abort();
    await expect(file.append(Float32Array.of(1), stopped)).rejects.toMatchObject({ code: 'cancelled' });
    const offset = await file.append(Float32Array.of(1));
    expect(offset).toBe(0);
    await expect(file.fill(new Float32Array(1), offset, stopped)).rejects.toMatchObject({ code: 'cancelled' });
    await file.dispose();
    expect(await readdir(parent)).toEqual([]);
  });
});
