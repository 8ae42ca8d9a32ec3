import * as fs from 'node:fs/promises';
import { chmod, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Progress } from '../../../src/contract/progress.js';
import { type CopyPlan, savePatched, sourceFile } from '../../../src/models/patching.js';
import { temporaryFolder } from '../../support/folders.js';

// The module's own functions, wrapped so that a test can make one of them fail as a full disk would.
vi.mock('node:fs/promises', async (original) => {
  const real = await original<typeof fs>();
  return { ...real, copyFile: vi.fn(real.copyFile), open: vi.fn(real.open) };
});

let folder: string;
let main: string;
let shard: string;
beforeEach(async () => {
  folder = await temporaryFolder();
  await mkdir(path.join(folder, 'weights'));
  main = path.join(folder, 'model.json');
  shard = path.join(folder, 'weights', 'shard.bin');
  await writeFile(main, '{"old": true}');
  await writeFile(shard, Buffer.from(Array.from({ length: 100 }, (_, i) => i)));
});
afterEach(() => vi.restoreAllMocks());

const patch = (offset: number, ...bytes: number[]) => ({
  file: shard,
  offset,
  length: bytes.length,
  content: () => Uint8Array.from(bytes),
});

async function folderPlan(): Promise<CopyPlan> {
  return {
    target: 'folder',
    files: [
      { name: 'model.json', content: Buffer.from('{"new": true}') },
      { name: 'weights/shard.bin', source: await sourceFile(shard) },
    ],
    patches: [patch(10, 200, 201, 202), patch(97, 255, 254, 253)],
  };
}

async function filePlan(): Promise<CopyPlan> {
  return { target: 'file', files: [{ name: 'shard.bin', source: await sourceFile(shard) }], patches: [patch(0, 7)] };
}

/** Names everything under a folder. */
async function tree(root: string): Promise<string[]> {
  return (await readdir(root, { recursive: true })).sort();
}

const before = ['model.json', 'weights', 'weights/shard.bin'];

/** Makes the next opened file that is written fail after so many bytes. */
function diskFullAfter(limit: number): void {
  let written = 0;
  const open = vi.mocked(fs.open);
  const real = open.getMockImplementation()!;
  open.mockImplementation(async (file, flags, mode) => {
    const handle = await real(file, flags, mode);
    if (flags === 'r' || flags === undefined) return handle;
    const write = handle.write.bind(handle) as (...args: unknown[]) => Promise<{ bytesWritten: number }>;
    handle.write = (async (...args: unknown[]) => {
      written += args[2] as number;
      if (written > limit)
        throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC', syscall: 'write' });
      return write(...args);
    }) as typeof handle.write;
    return handle;
  });
}

describe('a patched copy', () => {
  for (const clone of [true, false]) {
    it(`changes the given bytes and no others (${clone ? 'cloned if the disk can' : 'copied in chunks'})`, async () => {
      if (!clone) vi.mocked(fs.copyFile).mockRejectedValue(Object.assign(new Error('no'), { code: 'ENOTSUP' }));
      const target = path.join(folder, 'out');
      const written = await savePatched(target, await folderPlan());
      expect(written).toEqual([path.join(target, 'model.json'), path.join(target, 'weights', 'shard.bin')]);
      expect(await readFile(written[0], 'utf8')).toBe('{"new": true}');
      const expected = Array.from({ length: 100 }, (_, i) => i);
      expected.splice(10, 3, 200, 201, 202);
      expected.splice(97, 3, 255, 254, 253);
      expect([...(await readFile(written[1]))]).toEqual(expected);
      expect([...(await readFile(shard))]).toEqual(Array.from({ length: 100 }, (_, i) => i));
      expect(await tree(target)).toEqual(before);
      vi.mocked(fs.copyFile).mockReset();
    });
  }

  it('may be a single file, of a source that is write-protected', async () => {
    await chmod(shard, 0o444);
    const target = path.join(folder, 'copy.bin');
    expect(await savePatched(target, await filePlan())).toEqual([target]);
    expect([...(await readFile(target)).subarray(0, 3)]).toEqual([7, 1, 2]);
    expect((await stat(target)).mode & 0o200).toBe(0o200);
  });

  it('reports its progress in bytes', async () => {
    const seen: Progress[] = [];
    await savePatched(path.join(folder, 'out'), await folderPlan(), { onProgress: (progress) => seen.push(progress) });
    expect(seen.at(-1)).toMatchObject({ phase: 'save', done: 113, total: 113 });
    expect(seen.every(({ done }, i) => i === 0 || done >= seen[i - 1].done)).toBe(true);
  });

  it('leaves nothing behind when it is cancelled', async () => {
    const controller = new AbortController();
    const plan = await folderPlan();
    const cancelled = savePatched(path.join(folder, 'out'), plan, {
      signal: controller.signal,
      onProgress: () => controller.abort(),
    });
    await expect(cancelled).rejects.toMatchObject({ code: 'cancelled' });
    expect(await tree(folder)).toEqual(before);
  });

  for (const limit of [0, 20, 100]) {
    it(`leaves nothing behind when the disk is full after ${limit} bytes`, async () => {
      vi.mocked(fs.copyFile).mockRejectedValue(Object.assign(new Error('no'), { code: 'ENOTSUP' }));
      diskFullAfter(limit);
      const target = path.join(folder, 'out');
      await expect(savePatched(target, await folderPlan())).rejects.toMatchObject({ code: 'disk-full', file: target });
      vi.mocked(fs.open).mockReset();
      vi.mocked(fs.copyFile).mockReset();
      expect(await tree(folder)).toEqual(before);
    });
  }

  it('leaves nothing behind when the new content fails', async () => {
    const plan = await filePlan();
    const failing = {
      ...plan,
      patches: [{ ...plan.patches[0], content: () => Promise.reject(new Error('no weights')) }],
    };
    await expect(savePatched(path.join(folder, 'x.bin'), failing)).rejects.toThrow('no weights');
    const tooLong = { ...plan, patches: [{ ...plan.patches[0], content: () => new Uint8Array(2) }] };
    await expect(savePatched(path.join(folder, 'x.bin'), tooLong)).rejects.toThrow('2 bytes do not fit bytes 0 + 1');
    const outside = { ...plan, patches: [patch(99, 1, 2)] };
    await expect(savePatched(path.join(folder, 'x.bin'), outside)).rejects.toThrow('do not fit bytes 99 + 2');
    expect(await tree(folder)).toEqual(before);
  });

  it('replaces an earlier result only when told to, and never a source', async () => {
    const target = path.join(folder, 'out');
    await savePatched(target, await folderPlan());
    await writeFile(path.join(target, 'stray'), 'old');
    await expect(savePatched(target, await folderPlan())).rejects.toMatchObject({
      code: 'output-exists',
      file: target,
    });
    await savePatched(target, await folderPlan(), { overwrite: true });
    expect(await tree(target)).toEqual(before);
    for (const source of [folder, path.dirname(shard), shard]) {
      const plan = source === shard ? await filePlan() : await folderPlan();
      await expect(savePatched(source, plan, { overwrite: true })).rejects.toMatchObject({
        code: 'output-exists',
        message: `${source}: is the model that was opened, which is never written to`,
      });
    }
    expect([...(await readFile(shard)).subarray(8, 14)]).toEqual([8, 9, 10, 11, 12, 13]);
  });

  it('is refused when a source has changed or gone since it was opened', async () => {
    const plan = await filePlan();
    await writeFile(shard, 'shorter');
    await expect(savePatched(path.join(folder, 'x.bin'), plan)).rejects.toMatchObject({
      code: 'file-unreadable',
      file: shard,
    });
    await fs.rm(shard);
    await expect(savePatched(path.join(folder, 'x.bin'), plan)).rejects.toMatchObject({
      code: 'file-missing',
      file: shard,
    });
    await expect(sourceFile(shard)).rejects.toMatchObject({ code: 'file-missing' });
    expect(await tree(folder)).toEqual(['model.json', 'weights']);
  });
});
