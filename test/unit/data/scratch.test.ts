import { readdir } from 'node:fs/promises';
import os from 'node:os';
import { describe, expect, it } from 'vitest';
import { Random } from '../../../src/base/random.js';
import { Scratch } from '../../../src/data/stored/scratch.js';

const scratchFiles = async () =>
  (await readdir(os.tmpdir())).filter((name) => /^lethe-[0-9a-f-]{36}\.tmp$/.test(name)).length;

describe('Scratch', () => {
  it.each([
    ['in memory', 2 ** 30],
    ['in a file from the start', 0],
    ['in a file after the first pieces', 6 * 2 ** 20],
  ])('gives back what was appended (%s)', async (_, limit) => {
    const random = new Random(2);
    const parts = [1, 5_000_000, 0, 4_194_303, 7, 3_000_000].map((length) =>
      Buffer.alloc(length).map(() => random.below(256)),
    );
    const content = Buffer.concat(parts);
    const before = await scratchFiles();
    const scratch = new Scratch(limit);
    for (const part of parts) await scratch.append(part);
    expect(scratch.length).toBe(content.length);
    const bytes = await scratch.finish();
    expect(bytes.length).toBe(content.length);
    for (const [offset, length] of [
      [0, content.length],
      [4_194_300, 10],
      [8_388_607, 2],
      [content.length - 3, 3],
      [5, 0],
    ]) {
      expect(Buffer.compare(await bytes.read(offset, length), content.subarray(offset, offset + length))).toBe(0);
    }
    if (process.platform !== 'win32') expect(await scratchFiles()).toBe(before);
    await bytes.close();
    expect(await scratchFiles()).toBe(before);
  });
});
