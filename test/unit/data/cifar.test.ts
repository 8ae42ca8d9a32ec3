import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { Random } from '../../../src/base/random.js';
import { openDataset } from '../../../src/data/open.js';
import { checkLabels } from '../../../src/data/stored/labels.js';
import { expectError, letheError, mutate, scratchFolder } from '../../support/data/datasets.js';

const root = await scratchFolder();

/** Records whose planes are constant: red 10 n, green 10 n + 1, blue 10 n + 2, but for the first pixel of each plane. */
function records(labels: readonly (readonly number[])[]): Buffer {
  return Buffer.concat(
    labels.map((label, n) => {
      const image = Buffer.alloc(3072);
      for (let plane = 0; plane < 3; plane++) {
        image.fill(10 * n + plane, plane * 1024, (plane + 1) * 1024);
        image[plane * 1024] = 200 + plane;
      }
      return Buffer.concat([Buffer.from(label), image]);
    }),
  );
}

async function folderOf(name: string, files: Record<string, Uint8Array | string>): Promise<string> {
  const folder = path.join(root, name);
  await mkdir(folder, { recursive: true });
  for (const [file, content] of Object.entries(files)) await writeFile(path.join(folder, file), content);
  return name;
}

describe('cifar10', () => {
  it('reads the training batches that exist, one after the other, as height x width x channels', async () => {
    const name = await folderOf('ten', {
      'data_batch_2.bin': records([[5], [9]]),
      'data_batch_1.bin': records([[3], [1], [4]]),
      'test_batch.bin': records([[7]]),
      'batches.meta.txt': 'airplane\nautomobile\n\n',
    });
    const dataset = await openDataset({ format: 'cifar10', path: name }, { baseDir: root });
    expect(dataset).toMatchObject({ size: 5, shape: [32, 32, 3], classes: ['airplane', 'automobile'] });
    expect([...dataset.labels]).toEqual([3, 1, 4, 5, 9]);
    const { data, scale } = await dataset.read([4, 2]);
    expect(scale).toBe(255);
    expect([...data.subarray(0, 6)]).toEqual([200, 201, 202, 10, 11, 12]);
    expect([...data.subarray(3072, 3078)]).toEqual([200, 201, 202, 20, 21, 22]);
    expect(dataset.where(3)).toEqual({ file: path.join(root, name, 'data_batch_2.bin'), place: 'record 0' });
    await dataset.close();

    const test = await openDataset({ format: 'cifar10', path: name, batches: ['test_batch.bin'] }, { baseDir: root });
    expect([...test.labels]).toEqual([7]);
    await test.close();
  });

  it('takes the fine labels of CIFAR-100', async () => {
    const name = await folderOf('hundred', {
      'train.bin': records([
        [4, 77],
        [19, 99],
      ]),
      'fine_label_names.txt': 'apple\r\nfish\r\n',
    });
    const dataset = await openDataset({ format: 'cifar10', path: name }, { baseDir: root });
    expect([...dataset.labels]).toEqual([77, 99]);
    expect(dataset.classes).toEqual(['apple', 'fish']);
    expect([...(await dataset.read([1])).data.subarray(0, 6)]).toEqual([200, 201, 202, 10, 11, 12]);
    await dataset.close();
  });

  it('names a folder without batches, and a batch that is missing', async () => {
    const name = await folderOf('empty', {});
    await expectError(openDataset({ format: 'cifar10', path: name }, { baseDir: root }), {
      code: 'file-missing',
      file: 'empty',
      message: 'no training batch',
      hint: '"batches"',
    });
    await expectError(openDataset({ format: 'cifar10', path: name, batches: ['b.bin'] }, { baseDir: root }), {
      code: 'file-missing',
      file: 'b.bin',
      message: 'no such file',
    });
  });

  it('names the batch that is cut off', async () => {
    const name = await folderOf('cut', {
      'data_batch_1.bin': records([[1], [2]]),
      'data_batch_2.bin': records([[1], [2]]).subarray(0, 5000),
    });
    await expectError(openDataset({ format: 'cifar10', path: name }, { baseDir: root }), {
      code: 'data-corrupt',
      file: 'data_batch_2.bin',
      message: 'is 5000 bytes long, not a number of CIFAR-10 records of 3073 bytes',
    });
  });

  it('names the record whose label is no class', async () => {
    const name = await folderOf('labels', {
      'data_batch_1.bin': records([[1]]),
      'data_batch_2.bin': records([[9], [10]]),
    });
    const dataset = await openDataset({ format: 'cifar10', path: name }, { baseDir: root });
    await expectError(
      Promise.resolve().then(() => checkLabels(dataset, 10)),
      {
        code: 'label-outside',
        file: 'data_batch_2.bin',
        place: 'record 1',
        message: 'the label 10 is outside of 0 .. 9',
      },
    );
    await dataset.close();
  });

  it('reads mutated files or says what is wrong', async () => {
    const random = new Random(5);
    const original = records([[1], [2], [3]]);
    for (let round = 0; round < 100; round++) {
      const name = await folderOf('mutated', { 'data_batch_1.bin': mutate(original, random) });
      const outcome = await openDataset({ format: 'cifar10', path: name }, { baseDir: root }).catch(
        (error: unknown) => error,
      );
      if (outcome instanceof Error) {
        await letheError(Promise.reject(outcome));
        continue;
      }
      const dataset = outcome as Awaited<ReturnType<typeof openDataset>>;
      expect((await dataset.read([dataset.size - 1])).data).toHaveLength(3072);
      await dataset.close();
    }
  });
});
