import { cp, mkdir, readFile, realpath, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { candidateRecord, evaluationRecord, type RunRecord, runRecord } from '../../../src/contract/records.js';
import { runJob } from '../../../src/engine/jobs/index.js';
import { writeEvaluation } from '../../../src/project/evaluations.js';
import { hashFiles } from '../../../src/project/fileHash.js';
import { prettyJson } from '../../../src/project/prettyJson.js';
import { writeRun } from '../../../src/project/runStore.js';
import { findingsAbout, summaryOf, troublesOf } from '../../support/engine/askEngine.js';
import { GOLDEN_HOME, goldenAnswers, goldenText } from '../../support/engine/goldenRecords.js';
import { exampleEvaluation, exampleRecord, secondRecord } from '../../support/engine/runRecord.js';
import { temporaryFolder } from '../../support/folders.js';

// What is out of date here is made anew by test/support/studio/makeRecords.ts.

describe('a record that the fixtures are built from', () => {
  it.each([
    ['shirt', runRecord],
    ['bag', runRecord],
    ['otherCandidate', candidateRecord],
    ['evaluation', evaluationRecord],
  ] as const)('is what is written today: %s', (name, schema) => {
    const text = goldenText(name);
    const written: unknown = JSON.parse(text);
    expect(schema.parse(written)).toStrictEqual(written);
    expect(`${prettyJson(written)}\n`).toBe(text);
  });
});

describe('an answer that the fixtures are built from', () => {
  const golden = goldenAnswers();
  let folder: string;
  let model: string;

  beforeEach(async () => {
    folder = await realpath(await temporaryFolder());
    model = path.join(folder, 'fashion.onnx');
    for (const name of ['fashion.onnx', 'lethe.json']) {
      await cp(path.resolve('examples/fashion-mnist', name), path.join(folder, name));
    }
    // Nobody reads the data here, but that it is missing would be told.
    await mkdir(path.join(folder, 'data'));
    for (const file of exampleRecord().data) await writeFile(path.join(folder, file.path), '');
  });

  /** As it would be kept. */
  const kept = (answer: unknown) => JSON.parse(JSON.stringify(answer).replaceAll(folder, GOLDEN_HOME));

  async function keepEvaluation(): Promise<void> {
    const record = exampleEvaluation();
    const absolute = <T extends { readonly path: string }>(entry: T) => ({
      ...entry,
      path: path.join(folder, entry.path),
    });
    const files = record.model.files.map(absolute);
    await writeEvaluation(folder, { ...record, model: { ...absolute(record.model), files } });
  }

  /** Keeps a run whose output is another model than the one that it wrote. */
  async function keepRun(record: RunRecord): Promise<string> {
    const output = path.join(folder, record.output.path);
    const bytes = await readFile(model);
    bytes[(bytes.length / 2) | 0] ^= 1;
    await writeFile(output, bytes);
    const [{ sha256 }] = await hashFiles([output]);
    const files = record.output.files.map((file) => ({ ...file, sha256 }));
    await writeRun(folder, { ...record, output: { ...record.output, files } }, {});
    return output;
  }

  it('is what is said today of a model that was never evaluated', async () => {
    expect(kept(await runJob('inspect', { model, headersOnly: true }))).toEqual(golden.inspect);
    expect(kept(await summaryOf(runJob, model))).toEqual(golden.fresh);
  });

  it('is what is said today where something is wrong', async () => {
    expect(kept(await troublesOf(runJob, model))).toEqual(golden.troubles);
  });

  it('is what is said today of a model that was evaluated', async () => {
    await keepEvaluation();
    expect(kept(await summaryOf(runJob, model))).toEqual(golden.evaluated);
    expect(kept(await findingsAbout(runJob, model))).toEqual(golden.violations);
  });

  it('is what is said today after the runs', async () => {
    await keepEvaluation();
    const output = await keepRun(exampleRecord());
    expect(kept(await summaryOf(runJob, model))).toEqual(golden.superseded);
    expect(kept(await summaryOf(runJob, output))).toEqual(golden.verified);
    expect(kept(await findingsAbout(runJob, model))).toEqual(golden.successors);
    await keepRun(secondRecord());
    expect(kept((await runJob('runs', { folders: [folder] })).runs)).toEqual(golden.runs);
  });
});
