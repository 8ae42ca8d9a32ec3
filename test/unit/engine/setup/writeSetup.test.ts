import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { writeSetup } from '../../../../src/engine/jobs/writeSetup.js';
import { loadConfig } from '../../../../src/project/config.js';
import { expectError } from '../../../support/data/datasets.js';
import { temporaryFolder } from '../../../support/folders.js';

let folder: string;
const written = { classes: ['a', 'b'], input: { mean: [0.1, 0.2, 0.3] } };
const config = JSON.stringify(written);

beforeEach(async () => {
  folder = await temporaryFolder();
});

describe('writeSetup', () => {
  it('writes what loads again, readably', async () => {
    const { file } = await writeSetup({ folder, config });
    expect(file).toBe(path.join(folder, 'lethe.json'));
    const text = await readFile(file, 'utf8');
    expect(JSON.parse(text)).toEqual(written);
    expect(text).toContain('\n    "mean": [0.1, 0.2, 0.3]\n');
    expect(text.endsWith('}\n')).toBe(true);
    expect(await loadConfig(file)).toMatchObject({ classes: ['a', 'b'] });
    expect(await readdir(folder)).toEqual(['lethe.json']);
  });

  it('replaces a file only when told to', async () => {
    const file = path.join(folder, 'lethe.json');
    await writeFile(file, 'mine');
    const refused = writeSetup({ folder, config });
    await expectError(refused, { code: 'output-exists', file: 'lethe.json', message: 'exists already' });
    expect(await readFile(file, 'utf8')).toBe('mine');
    await writeSetup({ folder, config, overwrite: true });
    expect(JSON.parse(await readFile(file, 'utf8'))).toEqual(written);
  });

  it('writes nothing that would not load', async () => {
    const write = (text: string, more = {}) => writeSetup({ folder, config: text, ...more });
    await expectError(write('{"classs": []}'), { code: 'config-invalid', message: 'unknown setting "classs"' });
    await expectError(write('{'), { code: 'config-invalid', message: 'line 1' });
    const outside = '{"data": {"train": {"format": "cifar10", "path": "../data"}}}';
    await expectError(write(outside), { code: 'path-outside', message: 'leads out' });
    expect(await readdir(folder)).toEqual([]);
    await write(outside, { allowOutside: true });
    expect(await readdir(folder)).toEqual(['lethe.json']);
  });

  it('makes no folder', async () => {
    const nowhere = writeSetup({ folder: path.join(folder, 'nowhere'), config });
    await expectError(nowhere, { code: 'file-missing', message: 'no such folder' });
    expect(await readdir(folder)).toEqual([]);
  });
});
