import { cp, mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import type { RunRecord } from '../../../src/contract/records.js';
import { forgottenBy, historyOf } from '../../../src/engine/records/history.js';
import { hashFiles } from '../../../src/project/fileHash.js';
import { findHome } from '../../../src/project/home.js';
import { writeRun } from '../../../src/project/runStore.js';
import { exampleRecord } from '../../support/engine/runRecord.js';
import { temporaryFolder } from '../../support/folders.js';

let folder: string;
let source: string;
let output: string;
let record: RunRecord;

/** A run whose source and output lie where its record says. */
beforeEach(async () => {
  folder = await temporaryFolder();
  record = exampleRecord();
  [source, output] = [record.source.path, record.output.path].map((name) => path.join(folder, name));
  await writeFile(source, 'as it was trained');
  await writeFile(output, 'as it is now');
  record = await recordOf(record.id, source, output);
  await writeRun(folder, record, {});
});

async function recordOf(id: string, from: string, to: string): Promise<RunRecord> {
  const files = async (file: string) => {
    const hashed = await hashFiles([file]);
    return hashed.map((entry) => ({ ...entry, path: path.basename(file) }));
  };
  const example = exampleRecord();
  return {
    ...example,
    id,
    source: { ...example.source, path: path.basename(from), files: await files(from) },
    output: { path: path.basename(to), files: await files(to) },
  };
}

async function known(model: string) {
  const { history } = await historyOf(await findHome(model), [model], {});
  return history;
}

describe('what records say of a model', () => {
  it('is found by its content: the run that wrote it, also after it was renamed', async () => {
    const renamed = path.join(folder, 'renamed.onnx');
    await cp(output, renamed);
    for (const model of [output, renamed]) {
      const history = await known(model);
      expect(history).toMatchObject({ supersededBy: null, changedSince: null });
      expect(history.writtenBy?.record).toEqual(record);
      expect(forgottenBy(history).map(({ class: name }) => name)).toEqual(['Shirt']);
    }
    const history = await known(source);
    expect(history.writtenBy).toBeNull();
    expect(forgottenBy(history)).toEqual([]);
  });

  it('is that a newer model was made from it, as long as that is there', async () => {
    expect((await known(source)).supersededBy).toMatchObject({ run: { record: { id: record.id } }, output });
    await rm(output);
    expect((await known(source)).supersededBy).toBeNull();
  });

  it('is what was made from the newer one in turn, once that is gone', async () => {
    const last = path.join(folder, 'last.onnx');
    await writeFile(last, 'as it became after that');
    await writeRun(folder, await recordOf('20260301T000000Z-bag', output, last), {});
    expect((await known(source)).supersededBy?.output).toBe(output);
    await rm(output);
    expect((await known(source)).supersededBy?.output).toBe(last);
  });

  it('is what was measured, and that it has changed since', async () => {
    const { measuredOn } = record.result;
    expect((await known(output)).measured).toMatchObject({ split: measuredOn.split, samples: measuredOn.samples });
    await writeFile(output, 'as somebody changed it');
    const history = await known(output);
    expect(history).toMatchObject({ writtenBy: null, measured: null });
    expect(history.changedSince).toMatchObject({ role: 'output', path: output, run: { record: { id: record.id } } });
  });

  it('leaves out records that can not be read, and tells them', async () => {
    const bad = path.join(folder, '.lethe', 'runs', '2027-bad');
    await mkdir(bad);
    await writeFile(path.join(bad, 'run.json'), JSON.stringify({ ...record, classes: 5 }));
    const { history, broken } = await historyOf(await findHome(output), [output], {});
    expect(history.writtenBy?.record.id).toBe(record.id);
    expect(broken).toMatchObject([{ code: 'record-invalid', file: path.join(bad, 'run.json'), place: 'classes' }]);
  });
});
