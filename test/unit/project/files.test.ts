import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { hashFiles } from '../../../src/project/fileHash.js';
import { findHome, outputPath } from '../../../src/project/home.js';
import { listRuns, newRunId, readRun, writeRun } from '../../../src/project/runStore.js';
import { exampleRecord } from '../../support/engine/runRecord.js';
import { temporaryFolder } from '../../support/folders.js';

describe('hashFiles', () => {
  it('gives the SHA-256 of files larger than a chunk, with progress to the last byte', async () => {
    const folder = await temporaryFolder();
    const content = Buffer.alloc(3_000_000, 'lethe');
    await writeFile(path.join(folder, 'a'), content);
    await writeFile(path.join(folder, 'b'), '');
    const seen: number[] = [];
    const files = [path.join(folder, 'a'), path.join(folder, 'b')];
    const hashed = await hashFiles(files, { onProgress: (progress) => seen.push(progress.done) });
    expect(hashed.map((file) => file.sha256)).toEqual(
      [content, Buffer.alloc(0)].map((bytes) => createHash('sha256').update(bytes).digest('hex')),
    );
    expect(hashed.map((file) => file.bytes)).toEqual([3_000_000, 0]);
    expect(seen.at(-1)).toBe(3_000_000);
  });

  it('names a file that is missing, and stops when told to', async () => {
    await expect(hashFiles(['/nowhere/at/all'])).rejects.toMatchObject({
      code: 'file-missing',
      file: '/nowhere/at/all',
    });
    const folder = await temporaryFolder();
    await writeFile(path.join(folder, 'a'), 'x');
    const signal = AbortSignal.abort();
    await expect(hashFiles([path.join(folder, 'a')], { signal })).rejects.toMatchObject({ code: 'cancelled' });
  });
});

describe('findHome', () => {
  it('takes the lethe.json of the own folder, and names outputs after the file', async () => {
    const folder = await temporaryFolder();
    await writeFile(path.join(folder, 'lethe.json'), '{}');
    const model = path.join(folder, 'fashion.onnx');
    const home = await findHome(model);
    expect(home).toMatchObject({ folder, name: 'fashion', config: path.join(folder, 'lethe.json') });
    expect(outputPath(home, model, 'shirt', false)).toBe(path.join(folder, 'fashion.forget-shirt.onnx'));
  });

  it('takes the parent for a model that is a folder, and finds the way back from its output', async () => {
    const folder = await temporaryFolder();
    await mkdir(path.join(folder, 'fashion'));
    await writeFile(path.join(folder, 'lethe.json'), '{}');
    const model = path.join(folder, 'fashion', 'model.json');
    const home = await findHome(model);
    expect(home).toMatchObject({ folder, name: 'fashion', config: path.join(folder, 'lethe.json') });
    const output = outputPath(home, model, 'shirt', true);
    expect(output).toBe(path.join(folder, 'fashion.forget-shirt'));
    expect(await findHome(path.join(output, 'model.json'))).toMatchObject({ folder, name: 'fashion.forget-shirt' });
  });

  it('works without a lethe.json, and with one given', async () => {
    const folder = await temporaryFolder();
    expect(await findHome(path.join(folder, 'm.onnx'))).toMatchObject({ folder, name: 'm', config: null });
    const given = path.join(folder, 'other.json');
    await expect(findHome(path.join(folder, 'm.onnx'), given)).rejects.toMatchObject({
      code: 'file-missing',
      file: given,
    });
    await writeFile(given, '{}');
    expect((await findHome(path.join(folder, 'm.onnx'), given)).config).toBe(given);
  });
});

describe('run records', () => {
  it('come back as they were written, in a folder that git ignores', async () => {
    const home = await temporaryFolder();
    const record = exampleRecord();
    const folder = await writeRun(home, record, { 'report.html': '<p>' });
    expect((await readRun(folder)).record).toEqual(record);
    expect((await readRun(path.join(folder, 'run.json'))).folder).toBe(folder);
    expect(await readFile(path.join(home, '.lethe', '.gitignore'), 'utf8')).toBe('*\n');
    expect((await readdir(folder)).sort()).toEqual(['report.html', 'run.json']);
    expect(await readdir(path.dirname(folder))).toEqual([record.id]);
  });

  it('are listed, and damaged ones are told apart', async () => {
    const home = await temporaryFolder();
    const record = exampleRecord();
    await writeRun(home, record, {});
    const bad = path.join(home, '.lethe', 'runs', '2027-bad');
    await mkdir(bad);
    await writeFile(path.join(bad, 'run.json'), JSON.stringify({ ...record, classes: 5 }));
    const { runs, broken } = await listRuns([home]);
    expect(runs.map((run) => run.record.id)).toEqual([record.id]);
    expect(broken).toHaveLength(1);
    expect(broken[0]).toMatchObject({ code: 'record-invalid', file: path.join(bad, 'run.json'), place: 'classes' });
  });

  it('are refused when they are no JSON or lack a digest', async () => {
    const home = await temporaryFolder();
    const file = path.join(home, 'run.json');
    await writeFile(file, '{"version": 1');
    await expect(readRun(file)).rejects.toMatchObject({ code: 'record-invalid', file });
    const record = exampleRecord();
    const short = { ...record, source: { ...record.source, files: [{ ...record.source.files[0], sha256: 'abc' }] } };
    await writeFile(file, JSON.stringify(short));
    await expect(readRun(file)).rejects.toMatchObject({ place: 'source.files.0.sha256' });
    await expect(readRun(path.join(home, 'none'))).rejects.toMatchObject({ code: 'file-missing' });
  });

  it('get names that sort by time and are never taken twice', async () => {
    const home = await temporaryFolder();
    const at = new Date('2026-01-31T09:45:00.123Z');
    expect(await newRunId(home, at, 'shirt')).toBe('20260131T094500Z-shirt');
    await writeRun(home, { ...exampleRecord(), id: '20260131T094500Z-shirt' }, {});
    expect(await newRunId(home, at, 'shirt')).toBe('20260131T094500Z-shirt-2');
  });
});
