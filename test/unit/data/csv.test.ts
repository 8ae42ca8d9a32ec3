import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { DatasetOptions } from '../../../src/data/open.js';
import { openDataset } from '../../../src/data/open.js';
import { dataSource } from '../../../src/data/source.js';
import { checkLabels } from '../../../src/data/stored/labels.js';
import { expectError, scratchFolder } from '../../support/data/datasets.js';

const folder = await scratchFolder();

async function openText(
  text: string | Buffer,
  settings: Record<string, unknown>,
  options: Partial<DatasetOptions> = {},
) {
  await writeFile(path.join(folder, 'table.csv'), text);
  return openDataset(dataSource.parse({ format: 'csv', path: 'table.csv', ...settings }), {
    baseDir: folder,
    ...options,
  });
}

describe('csv', () => {
  it('reads features and a label column by name, with a header', async () => {
    const dataset = await openText('a,kind,b\n1,2,-3.5\n4e2,0, 6 \n', { label: 'kind' });
    expect(dataset).toMatchObject({ format: 'csv', size: 2, shape: [2] });
    expect([...dataset.labels]).toEqual([2, 0]);
    const batch = await dataset.read([1, 0]);
    expect(batch).toMatchObject({ count: 2, shape: [2], scale: 1 });
    expect([...batch.data]).toEqual([400, 6, 1, -3.5]);
    expect(dataset.where(1)).toEqual({ file: path.join(folder, 'table.csv'), place: 'line 3' });
    await dataset.close();
  });

  it.each([
    ['no header', '5,1,0\n6,2,1\n', {}, [5, 1, 6, 2]],
    ['a header', 'x,y,label\n5,1,0\n6,2,1\n', {}, [5, 1, 6, 2]],
    ['a header of numbers, stated', '10,20,30\n5,1,0\n6,2,1\n', { header: true }, [5, 1, 6, 2]],
    ['a byte order mark, Windows lines and none at the end', '\ufeff5,1,0\r\n6,2,1', {}, [5, 1, 6, 2]],
    ['semicolons and blank lines', '5;1;0\n\n6;2;1\n\n', { delimiter: ';' }, [5, 1, 6, 2]],
    ['quotes', '"5","1",0\n6,"2","1"\n', {}, [5, 1, 6, 2]],
  ])('reads %s', async (_, text, settings, expected) => {
    const dataset = await openText(text, { label: 2, ...settings });
    expect([...dataset.labels]).toEqual([0, 1]);
    expect([...(await dataset.read([0, 1])).data]).toEqual(expected);
    await dataset.close();
  });

  it('looks names up in the classes, and takes indices too', async () => {
    const classes = ['T-shirt, long', 'Trouser', '7'];
    const dataset = await openText('Trouser,1\n"T-shirt, long",2\n0,3\n7,4\n', { label: 0 }, { classes });
    expect([...dataset.labels]).toEqual([1, 0, 0, 2]);
    expect(dataset.classes).toBeUndefined();
    await dataset.close();
  });

  it('finds the classes by themselves where none are known', async () => {
    const dataset = await openText('setosa,1\nversicolor,2\nIris,3\nsetosa,4\n', { label: 0 });
    expect(dataset.classes).toEqual(['Iris', 'setosa', 'versicolor']);
    expect([...dataset.labels]).toEqual([1, 2, 0, 1]);
    await dataset.close();
    const indices = await openText('10,1\n2,2\n10.0,3\n', { label: 0 });
    expect(indices.classes).toBeUndefined();
    expect([...indices.labels]).toEqual([10, 2, 10]);
    await indices.close();
  });

  it('reads pixels of a stated shape', async () => {
    const dataset = await openText('3,0,1,2,3,4,5\n', { label: 0, shape: [2, 3] });
    expect(dataset.shape).toEqual([2, 3, 1]);
    expect((await dataset.read([0])).scale).toBe(255);
    await dataset.close();
    const color = await openText('3,0,1,2,3,4,5\n', { label: 0, shape: [1, 2, 3], scale: 5 });
    expect(color.shape).toEqual([1, 2, 3]);
    expect((await color.read([0])).scale).toBe(5);
    await color.close();
  });

  it('keeps large tables in a scratch file', async () => {
    const line = (row: number) => `${row % 10},${Array.from({ length: 50 }, (_, at) => row * 50 + at).join()}`;
    const text = Array.from({ length: 6_000 }, (_, row) => line(row)).join('\n');
    const seen: number[] = [];
    const options = { cacheBytes: 2 ** 20, onProgress: ({ done }: { done: number }) => seen.push(done) };
    const dataset = await openText(text, { label: 0 }, options);
    expect(dataset.size).toBe(6_000);
    const { data } = await dataset.read([5_999, 0, 5_242, 5_243]);
    expect([0, 1, 2, 3].map((at) => data[at * 50 + 49])).toEqual([299_999, 49, 262_149, 262_199]);
    expect(seen.length).toBeGreaterThan(10);
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
    await dataset.close();
  });
});

describe('csv errors', () => {
  it.each([
    ['a word', 'x,y,label\n1,2,0\n1,none,0\n', 'line 3, column 2 ("y")', '"none" is not a finite number'],
    ['an empty field', '1,2,0\n1,,0\n', 'line 2, column 2', 'the value is missing'],
    ['infinity', '1,Infinity,0\n', 'line 1, column 2', '"Infinity" is not a finite number'],
    ['more than a float32 holds', '1,1e39,0\n', 'line 1, column 2', '"1e39" is not a finite number'],
    [
      'a word below blank lines and a field of two lines',
      'x,y,"la\nbel"\n\n1,2,0\n1,2x,0\n',
      'line 5, column 2 ("y")',
      '"2x"',
    ],
  ])('names line and column of %s', async (name, text, place, message) => {
    const settings = name === 'infinity' || name.startsWith('more') ? { header: false } : {};
    await expectError(openText(text, { label: 2, ...settings }), {
      code: 'data-corrupt',
      file: 'table.csv',
      place,
      message,
    });
  });

  it.each([
    ['fewer columns', '1,2,0\n1,2\n', 'line 2', 'has 2 columns, unlike the lines before'],
    ['an open quote', '1,2,0\n1,"2,0\n1,2,0\n', 'line 3', 'a quote is not closed'],
    ['a stray quote', '1,2,0\n1,"2"x,0\n', 'line 2', 'Invalid Closing Quote'],
  ])('names the line with %s', async (_, text, place, message) => {
    await expectError(openText(text, { label: 2 }), { code: 'data-corrupt', file: 'table.csv', place, message });
  });

  it.each([
    ['no such name', 'x,y,lable\n1,2,0\n', { label: 'label' }, 'names no column "label"', 'Did you mean "lable"?'],
    ['no such index', '1,2,0\n', { label: 3 }, 'the file has columns 0 .. 2, none is column 3', '"label"'],
    ['a name without a header', '1,2,0\n', { label: 'y', header: false }, 'has no column names', 'as an index'],
    [
      'another shape',
      '1,2,0\n',
      { label: 2, shape: [2, 2] },
      'has 2 columns beside the label, the shape 2 x 2 asks for 4',
      '"shape"',
    ],
  ])('names what lethe.json got wrong: %s', async (_, text, settings, message, hint) => {
    await expectError(openText(text, settings), { code: 'config-invalid', file: 'table.csv', message, hint });
  });

  it('suggests the delimiter', async () => {
    await expectError(openText('1;2;0\n', { label: 2 }), {
      code: 'data-corrupt',
      place: 'line 1',
      message: 'has a single column',
      hint: '"delimiter": ";"',
    });
  });

  it('names an unknown class and the nearest ones', async () => {
    await expectError(openText('Shirt,1\nShrit,2\n', { label: 0 }, { classes: ['Shirt', 'Skirt'] }), {
      code: 'label-outside',
      place: 'line 2, column 1',
      message: '"Shrit" is none of the 2 classes',
      hint: 'Did you mean "Shirt"?',
    });
    const dataset = await openText('x,k\n1,0\n1,2\n', { label: 'k' }, { classes: ['a', 'b'] });
    await expectError(
      Promise.resolve().then(() => checkLabels(dataset, 2)),
      {
        code: 'label-outside',
        file: 'table.csv',
        place: 'line 3',
        message: 'the label 2 is outside of 0 .. 1',
      },
    );
    await dataset.close();
  });

  it('doubts a label column of measurements', async () => {
    const text = Array.from({ length: 70_000 }, (_, row) => `${row},${row / 7}`).join('\n');
    await expectError(openText(text, { label: 1 }), {
      code: 'data-corrupt',
      message: 'more than 65536 different labels',
      hint: 'which column',
    });
  });

  it('names an empty file, one with a header alone, and one that is missing', async () => {
    await expectError(openText('', { label: 0 }), { code: 'data-corrupt', message: 'holds no samples' });
    await expectError(openText('a,b\n', { label: 'b' }), { code: 'data-corrupt', message: 'holds no samples' });
    const source = dataSource.parse({ format: 'csv', path: 'none.csv', label: 0 });
    await expectError(openDataset(source, { baseDir: folder }), { code: 'file-missing', message: 'no such file' });
  });

  it('does not keep a line without an end', async () => {
    const endless = Buffer.alloc(4.5 * 2 ** 20, '1');
    endless.write('1,2\n"');
    await expectError(openText(endless, { label: 0 }), {
      code: 'data-corrupt',
      place: 'line 2',
      message: 'the line is far too long',
    });
  });

  it('stops when cancelled', async () => {
    const text = '1,2,0\n'.repeat(1000);
    await expectError(openText(text, { label: 2 }, { signal: AbortSignal.abort() }), {
      code: 'cancelled',
      message: 'cancelled',
    });
  });
});
