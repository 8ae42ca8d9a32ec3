import { mkdir, readdir, readFile, stat, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { EvaluationRecord } from '../../../src/contract/records.js';
import { DigestCache } from '../../../src/project/digestCache.js';
import { evaluationFile, listEvaluations, writeEvaluation } from '../../../src/project/evaluations.js';
import { temporaryFolder } from '../../support/folders.js';

function evaluation(model: string, digest: string, changes: Partial<EvaluationRecord> = {}): EvaluationRecord {
  return {
    version: 1,
    created: '2026-01-31T09:45:00.000Z',
    model: { path: model, files: [{ path: model, bytes: 4, sha256: digest.repeat(64) }] },
    split: 'test',
    complete: true,
    samples: 10,
    accuracy: 0.9,
    perClass: [{ class: 'a', index: 0, accuracy: null, count: 0 }],
    confusion: [[0]],
    ...changes,
  };
}

describe('evaluations', () => {
  it('are kept one a model, with paths that move with the folder, out of version control', async () => {
    const home = await temporaryFolder();
    const model = path.join(home, 'web', 'model.json');
    expect(await writeEvaluation(home, evaluation(model, 'a'))).toBe(true);
    expect(await writeEvaluation(home, evaluation(path.join(home, 'other.onnx'), 'a'))).toBe(true);
    expect(await writeEvaluation(home, evaluation(model, 'b', { accuracy: 0.5 }))).toBe(true);
    const { evaluations, broken } = await listEvaluations([home]);
    expect(broken).toEqual([]);
    expect(evaluations.map(({ record }) => [record.model.path, record.accuracy]).sort()).toEqual([
      ['other.onnx', 0.9],
      ['web/model.json', 0.5],
    ]);
    expect(evaluations.find(({ record }) => record.accuracy === 0.5)).toEqual({
      file: evaluationFile(home, model),
      home,
      record: {
        ...evaluation('web/model.json', 'b', { accuracy: 0.5 }),
        model: { path: 'web/model.json', files: [{ path: 'web/model.json', bytes: 4, sha256: 'b'.repeat(64) }] },
      },
    });
    expect(await readFile(path.join(home, '.lethe', '.gitignore'), 'utf8')).toBe('*\n');
  });

  it.each([
    ['a part after all', {}, { complete: false }, false],
    ['the train split after the test split', {}, { split: 'train' }, false],
    ['a part of the test split after all of the train split', { split: 'train' }, { complete: false }, false],
    ['all after a part', { complete: false }, {}, true],
    ['a part after a part', { complete: false }, { complete: false }, true],
    ['all after all', {}, {}, true],
  ] as const)('say more or are not replaced: %s', async (_, first, second, replaced) => {
    const home = await temporaryFolder();
    const model = path.join(home, 'm.onnx');
    await writeEvaluation(home, evaluation(model, 'a', { ...first, accuracy: 0.1 }));
    expect(await writeEvaluation(home, evaluation(model, 'a', { ...second, accuracy: 0.2 }))).toBe(replaced);
    const { evaluations } = await listEvaluations([home]);
    expect(evaluations.map(({ record }) => record.accuracy)).toEqual([replaced ? 0.2 : 0.1]);
    // Of other files anything says more.
    expect(await writeEvaluation(home, evaluation(model, 'c', { complete: false, split: 'train' }))).toBe(true);
  });

  it('have a name of their own for every path, whatever it is called', () => {
    const files = ['a/b.onnx', 'a-b.onnx', 'a b.onnx', '衬衫.onnx', 'CON', `${'x'.repeat(300)}.onnx`];
    const named = files.map((name) => path.basename(evaluationFile('/home', path.join('/home', name))));
    expect(new Set(named).size).toBe(files.length);
    for (const name of named) expect(name).toMatch(/^[A-Za-z0-9._-]{1,100}\.json$/);
  });

  it('that are damaged are told, and replaced by the next', async () => {
    const home = await temporaryFolder();
    const model = path.join(home, 'm.onnx');
    await writeEvaluation(home, evaluation(model, 'a'));
    await writeFile(evaluationFile(home, model), '{"version": 1}');
    const { evaluations, broken } = await listEvaluations([home]);
    expect(evaluations).toEqual([]);
    expect(broken).toMatchObject([{ code: 'record-invalid', file: evaluationFile(home, model), place: 'created' }]);
    expect(await writeEvaluation(home, evaluation(model, 'a', { complete: false }))).toBe(true);
    expect((await listEvaluations([home])).broken).toEqual([]);
  });

  it('leave nothing behind where they can not be written', async () => {
    const home = await temporaryFolder();
    await mkdir(path.join(home, '.lethe'));
    await writeFile(path.join(home, '.lethe', 'evaluations'), 'in the way');
    await expect(writeEvaluation(home, evaluation(path.join(home, 'm.onnx'), 'a'))).rejects.toMatchObject({
      name: 'LetheError',
    });
    expect(await readdir(path.join(home, '.lethe'))).toEqual(['evaluations']);
  });
});

describe('DigestCache', () => {
  const old = new Date('2026-01-01T00:00:00Z');

  /** Puts other bytes of the same length into a file and back-dates it: only a second reading could tell. */
  async function swap(file: string, text: string): Promise<void> {
    await writeFile(file, text);
    await utimes(file, old, old);
  }

  it('reads a file once, as long as its size and time stay', async () => {
    const file = path.join(await temporaryFolder(), 'm.bin');
    const cache = new DigestCache();
    await swap(file, 'aaaa');
    const [first] = await cache.hash([file]);
    expect(first).toMatchObject({ path: file, bytes: 4 });
    await swap(file, 'bbbb');
    expect(await cache.hash([file])).toEqual([first]);
    await utimes(file, old, new Date('2026-01-01T00:00:01Z'));
    const [second] = await cache.hash([file]);
    expect(second.sha256).not.toBe(first.sha256);
    await swap(file, 'longer');
    expect((await cache.hash([file]))[0]).toMatchObject({ bytes: 6 });
  });

  it('does not trust the time of a file that was written just now', async () => {
    const file = path.join(await temporaryFolder(), 'm.bin');
    const cache = new DigestCache();
    await writeFile(file, 'aaaa');
    const [first] = await cache.hash([file]);
    const { atime, mtime } = await stat(file);
    await writeFile(file, 'bbbb');
    await utimes(file, atime, mtime);
    expect((await cache.hash([file]))[0].sha256).not.toBe(first.sha256);
  });

  it('names a file that is gone', async () => {
    await expect(new DigestCache().hash(['/nowhere/x'])).rejects.toMatchObject({ code: 'file-missing' });
  });
});
