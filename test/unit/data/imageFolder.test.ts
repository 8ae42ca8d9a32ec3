import { copyFile, mkdir, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { type DatasetOptions, openDataset } from '../../../src/data/open.js';
import { dataSource } from '../../../src/data/source.js';
import { expectError, references, scratchFolder } from '../../support/data/datasets.js';

const root = await scratchFolder();
const fixture = (name: string) => path.join(references, 'images', name);

/** Makes a data set: folder -> file -> the fixture it is a copy of, or its text. */
async function makeFolder(name: string, content: Record<string, Record<string, string>>): Promise<string> {
  for (const [folder, files] of Object.entries(content)) {
    for (const [file, origin] of Object.entries(files)) {
      const target = path.join(root, name, folder, file);
      await mkdir(path.dirname(target), { recursive: true });
      if (origin.startsWith('text:')) await writeFile(target, origin.slice(5));
      else await copyFile(fixture(origin), target);
    }
  }
  return name;
}

function openFolder(name: string, settings: Record<string, unknown> = {}, options: Partial<DatasetOptions> = {}) {
  return openDataset(dataSource.parse({ format: 'imageFolder', path: name, ...settings }), {
    baseDir: root,
    ...options,
  });
}

describe('imageFolder', () => {
  it('takes sorted folder names as classes, and RGB samples in the order asked for', async () => {
    const name = await makeFolder('pets', {
      dog: { 'b.PNG': 'rgb.png', 'deep/a.jpg': 'turned1.jpg', 'notes.txt': 'text:no image' },
      cat: { '1.png': 'grey.png', '.hidden.png': 'text:no image' },
      '.git': { 'x.png': 'text:no image' },
    });
    await symlink(path.join(root, name, 'cat'), path.join(root, name, 'linked'));
    const dataset = await openFolder(name);
    expect(dataset).toMatchObject({
      format: 'imageFolder',
      size: 4,
      shape: [9, 14, 3],
      classes: ['cat', 'dog', 'linked'],
    });
    expect([...dataset.labels]).toEqual([0, 1, 1, 2]);
    expect(path.relative(root, dataset.where(2).file)).toBe(path.join('pets', 'dog', 'deep', 'a.jpg'));
    const batch = await dataset.read([1, 0]);
    expect(batch).toMatchObject({ count: 2, shape: [9, 14, 3], scale: 255 });
    expect([...batch.data.subarray(0, 3)]).toEqual([250, 20, 40]);
    // The grey of (250, 20, 40) by Pillow's own formula.
    const grey = (250 * 19_595 + 20 * 38_470 + 40 * 7_471 + 0x8000) >> 16;
    expect([...batch.data.subarray(378, 381)]).toEqual([grey, grey, grey]);
    await dataset.close();
  });

  it('looks folders up in the classes, by name or by index', async () => {
    const name = await makeFolder('known', {
      Shirt: { 'a.png': 'rgb.png' },
      '0': { 'b.png': 'rgb.png' },
      empty: { 'x.txt': 'text:' },
    });
    const dataset = await openFolder(name, {}, { classes: ['T-shirt/top', 'Trouser', 'Shirt'] });
    expect([...dataset.labels]).toEqual([0, 2]);
    await dataset.close();
  });

  it('resizes and crops as stated', async () => {
    const name = await makeFolder('sizes', { a: { '1.png': 'rgb.png', '2.gif': 'noise.gif', '3.jpg': 'turned6.jpg' } });
    for (const [settings, shape] of [
      [{ resize: [8, 6] }, [8, 6, 3]],
      [{ resize: 12, crop: 10 }, [10, 10, 3]],
      [{ resize: 12, crop: [10, 12], interpolation: 'lanczos' }, [10, 12, 3]],
      [{ crop: 9 }, [9, 9, 3]],
    ] as const) {
      const dataset = await openFolder(name, settings);
      expect(dataset.shape).toEqual(shape);
      expect((await dataset.read([0, 1, 2])).data).toHaveLength(3 * shape[0] * shape[1] * 3);
      await dataset.close();
    }
  });
});

describe('imageFolder errors', () => {
  it('names the image whose size is not that of the model, and both sizes', async () => {
    const name = await makeFolder('model', { a: { 'big.png': 'rgb.png' } });
    const dataset = await openFolder(name, {}, { input: { size: [28, 28] } });
    await expectError(dataset.read([0]), {
      code: 'image-size',
      file: 'big.png',
      message: 'is 9 x 14 (height x width), the model takes 28 x 28',
      hint: 'State "resize"',
    });
    await dataset.close();
  });

  it('names the image whose size is not that of the others', async () => {
    const name = await makeFolder('mixed', { a: { '1.png': 'rgb.png', '2.gif': 'noise.gif' } });
    const dataset = await openFolder(name);
    await expectError(dataset.read([0, 1]), {
      code: 'image-size',
      file: '2.gif',
      message: 'is 90 x 100 (height x width), the first image has 9 x 14',
    });
    await dataset.close();
  });

  it('names the image that can not be read', async () => {
    const name = await makeFolder('broken', { a: { '1.png': 'rgb.png', '2.png': 'text:this is no image' } });
    const dataset = await openFolder(name);
    await expectError(dataset.read([0, 1]), { code: 'data-corrupt', file: '2.png', message: 'can not be decoded' });
    await dataset.close();
  });

  it('names the folder that is no class, and the nearest ones', async () => {
    const name = await makeFolder('unknown', { Trousers: { 'a.png': 'rgb.png' } });
    await expectError(openFolder(name, {}, { classes: ['Trouser', 'Dress'] }), {
      code: 'label-outside',
      file: 'Trousers',
      message: '"Trousers" is none of the 2 classes',
      hint: 'Did you mean "Trouser"?',
    });
  });

  it('names a folder without images, and one that is missing', async () => {
    const name = await makeFolder('bare', { a: { 'x.txt': 'text:' } });
    await expectError(openFolder(name), {
      code: 'samples-missing',
      file: 'bare',
      message: 'holds no folders with images',
    });
    await expectError(openFolder('nowhere'), { code: 'file-missing', file: 'nowhere', message: 'no such file' });
  });

  it('stops reading when cancelled', async () => {
    const name = await makeFolder('cancel', { a: { '1.png': 'rgb.png' } });
    const dataset = await openFolder(name);
    await expectError(dataset.read([0, 0, 0], AbortSignal.abort()), { code: 'cancelled', message: 'cancelled' });
    await dataset.close();
  });
});
