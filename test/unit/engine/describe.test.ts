import { writeFileSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ModelSummary } from '../../../src/contract/models.js';
import type { UnlearnResult } from '../../../src/contract/run.js';
import { describe as describeModels } from '../../../src/engine/jobs/describe.js';
import { evaluate } from '../../../src/engine/jobs/evaluate.js';
import { runs } from '../../../src/engine/jobs/runs.js';
import { unlearn } from '../../../src/engine/jobs/unlearn.js';
import { shapeClasses, writeShapes } from '../../support/models/shapes.js';
import { inShapesFolder } from '../../support/models/shapesFolder.js';

let folder: string;
let model: string;

inShapesFolder((made) => {
  folder = made;
  model = path.join(folder, 'shapes.onnx');
});

async function configure(extra: object): Promise<void> {
  const file = path.join(folder, 'lethe.json');
  await writeFile(file, JSON.stringify({ ...JSON.parse(await readFile(file, 'utf8')), ...extra }));
}

async function summary(file = model): Promise<ModelSummary> {
  return (await describeModels({ models: [file] })).models[0];
}

/** A small search, so that the tests are quick. */
const quick = { method: 'projection', alphaR: [30, 100], alphaF: [1, 10], threads: 1 } as const;

function forgetRows(source = model, out?: string): Promise<UnlearnResult> {
  return unlearn({ model: source, forget: ['Rows'], ...quick, out });
}

const policy = { forget: [{ class: 'Rows', reason: 'DSR-1', maxAccuracy: 0.1 }] };

describe('describe', () => {
  it('knows little of a model that was never evaluated', async () => {
    expect(await summary()).toEqual({
      model,
      format: 'onnx',
      bytes: (await readFile(model)).length,
      classCount: 5,
      classes: shapeClasses,
      config: path.join(folder, 'lethe.json'),
      state: 'unknown',
      detail: 'never evaluated',
      forgotten: [],
      policy: [],
      measured: null,
      supersededBy: null,
      run: null,
      error: null,
    });
    await configure(policy);
    expect(await summary()).toMatchObject({
      state: 'unknown',
      detail: 'never evaluated, so that the policy can not be checked',
      policy: [{ class: 'Rows', index: 0, maxAccuracy: 0.1, reason: 'DSR-1' }],
    });
  });

  it('tells after an evaluation what was measured, and whether the policy is kept', async () => {
    const { perClass, accuracy } = await evaluate({ model, threads: 1 });
    expect(await summary()).toMatchObject({
      state: 'evaluated',
      detail: `accuracy ${(100 * accuracy).toFixed(1)}% on 300 test samples`,
      measured: { split: 'test', samples: 300, accuracy, perClass },
    });
    await configure(policy);
    const rows = `${(100 * perClass[0].accuracy!).toFixed(1)}%`;
    expect(await summary()).toMatchObject({
      state: 'forbidden',
      detail: `Rows must be forgotten but is recognised ${rows} of the time (limit 10%)`,
    });
    await configure({ ...policy, models: ['other.onnx'] });
    expect(await summary()).toMatchObject({ state: 'evaluated', policy: [] });
  });

  it('finds what was measured by content, also under another name', async () => {
    await evaluate({ model, threads: 1 });
    await rename(model, path.join(folder, 'renamed.onnx'));
    expect(await summary(path.join(folder, 'renamed.onnx'))).toMatchObject({ state: 'evaluated' });
  });

  it('knows a model of several files, given by its folder', async () => {
    const tfjs = path.join(folder, 'shapes');
    await evaluate({ model: tfjs, threads: 1 });
    expect(await summary(tfjs)).toMatchObject({ model: tfjs, format: 'tfjs-layers', state: 'evaluated' });
    const shard = path.join(tfjs, (await readdir(tfjs)).find((name) => name.startsWith('group1-shard2of'))!);
    const bytes = await readFile(shard);
    bytes[0] ^= 1;
    await writeFile(shard, bytes);
    expect(await summary(tfjs)).toMatchObject({ state: 'changed', measured: null });
  });

  it('calls a model changed that is not what was evaluated, by size or by content', async () => {
    await evaluate({ model, threads: 1 });
    const bytes = await readFile(model);
    bytes[bytes.length >> 1] ^= 1;
    await writeFile(model, bytes);
    const today = new Date().toISOString().slice(0, 10);
    const changed = { state: 'changed', detail: `changed since it was evaluated on ${today}`, measured: null };
    expect(await summary()).toMatchObject(changed);
    await writeShapes(folder, { outputs: 4, config: { classes: shapeClasses.slice(0, 4) } });
    expect(await summary()).toMatchObject(changed);
    await writeShapes(folder);
    expect(await summary()).toMatchObject({ state: 'evaluated' });
  });

  it('tells source and output of a run apart', async () => {
    await configure(policy);
    const { output, run, before, after } = await forgetRows();
    expect(await summary()).toMatchObject({
      state: 'superseded',
      detail: 'superseded by shapes.forget-rows.onnx: delete it or move it away',
      supersededBy: output,
      policy: [],
      measured: { samples: 300, split: 'test' },
    });
    const { measured, ...written } = await summary(output);
    expect(written).toMatchObject({ state: 'verified', run, forgotten: ['Rows'], policy: [{ class: 'Rows' }] });
    expect(written.detail).toMatch(/^forgot Rows; accuracy \d\d\.\d% on 300 test samples$/);
    expect(measured!.perClass[0].accuracy).toBe(after.forgetAccuracy);

    await rename(output, path.join(folder, 'moved.onnx'));
    expect(await summary()).toMatchObject({ state: 'forbidden', supersededBy: null });
    expect((await summary()).measured!.perClass[0].accuracy).toBe(before.forgetAccuracy);
    expect(await summary(path.join(folder, 'moved.onnx'))).toMatchObject({ state: 'verified', run });

    await configure({ forget: [...policy.forget, { class: 'Columns', maxAccuracy: 0 }] });
    expect(await summary(path.join(folder, 'moved.onnx'))).toMatchObject({
      state: 'forbidden',
      detail: expect.stringMatching(/^Columns must be forgotten but is recognised .* \(limit 0%\)$/),
    });
  });

  it('sees a model superseded by what was made from it in turn, where the one between is gone', async () => {
    const first = await forgetRows();
    const second = await unlearn({ model: first.output, forget: ['Slope'], ...quick, alphaR: [30], alphaF: [10] });
    expect(await summary(first.output)).toMatchObject({ state: 'superseded', supersededBy: second.output });
    await rm(first.output);
    expect(await summary()).toMatchObject({ state: 'superseded', supersededBy: second.output });
    expect(await summary(second.output)).toMatchObject({ forgotten: ['Rows', 'Slope'] });
    await rm(second.output);
    expect(await summary()).toMatchObject({ state: 'evaluated' });
  });

  it('does not call verified what breaks a limit of protect, or of the run itself', async () => {
    await configure(policy);
    const { output, perClass, run } = await forgetRows();
    const kept = perClass.filter(({ role }) => role === 'retain');
    const worst = kept.reduce((a, b) => (b.before! - b.after! > a.before! - a.after! ? b : a));
    expect(worst.before! - worst.after!).toBeGreaterThan(0);
    await configure({ protect: [{ class: worst.class, maxDrop: (worst.before! - worst.after!) / 2 }] });
    expect(await summary(output)).toMatchObject({
      state: 'evaluated',
      detail: expect.stringMatching(
        new RegExp(`^${worst.class} is protected but lost .* points, from .*% to .*% \\(limit .* points?\\)$`),
      ),
    });
    await configure({ forget: [], protect: [] });
    const file = path.join(run, 'run.json');
    const record = JSON.parse(await readFile(file, 'utf8'));
    record.result.perClass[0].after = 0.2;
    await writeFile(file, JSON.stringify(record));
    expect(await summary(output)).toMatchObject({
      state: 'evaluated',
      detail: 'Rows must be forgotten but is recognised 20.0% of the time (limit 10%)',
    });
  });

  it('never fails for one model: it is unreadable, and says why', async () => {
    const broken = path.join(folder, 'broken.onnx');
    await writeFile(broken, 'no model');
    const gone = path.join(folder, 'gone.onnx');
    const { models } = await describeModels({ models: [broken, model, gone, folder] });
    expect(models.map(({ state }) => state)).toEqual(['unreadable', 'unknown', 'unreadable', 'unreadable']);
    expect(models[0]).toMatchObject({ format: 'onnx', bytes: 8, classCount: null, error: { code: 'model-corrupt' } });
    expect(models[2]).toMatchObject({
      format: null,
      bytes: 0,
      error: { code: 'file-missing' },
      detail: 'no such file',
    });
    expect(models[3].error?.code).toBe('format-unknown');
  });

  it('describes a model beside a lethe.json that is wrong', async () => {
    await evaluate({ model, threads: 1 });
    await writeFile(path.join(folder, 'lethe.json'), '{"clases": 3}');
    const found = await summary();
    expect(found).toMatchObject({
      state: 'evaluated',
      classes: shapeClasses,
      policy: [],
      error: { code: 'config-invalid' },
    });
    expect(found.error?.problems).toHaveLength(1);
  });

  it('is cancelled', async () => {
    const controller = new AbortController();
    controller.abort();
    const request = describeModels({ models: [model] }, { signal: controller.signal });
    await expect(request).rejects.toMatchObject({ code: 'cancelled' });
  });
});

describe('what an evaluation keeps', () => {
  it('is nothing but a note where it can not be written, and the result all the same', async () => {
    expect((await evaluate({ model, threads: 1 })).notes).toEqual([]);
    await rm(path.join(folder, '.lethe'), { recursive: true });
    await writeFile(path.join(folder, '.lethe'), 'a file in the way');
    const { notes, accuracy } = await evaluate({ model, threads: 1 });
    expect(notes).toEqual([expect.stringMatching(/^the accuracies can not be kept for later: .*\.gitignore/)]);
    expect(accuracy).toBeGreaterThan(0.85);
  });

  it('is not replaced by one on fewer samples', async () => {
    const { accuracy } = await evaluate({ model, threads: 1 });
    await evaluate({ model, threads: 1, samples: 2 });
    expect((await summary()).measured).toMatchObject({ accuracy, samples: 300 });
  });

  it('is nothing about a model that changes meanwhile', async () => {
    const { notes } = await evaluate(
      { model, threads: 1 },
      {
        onProgress: ({ phase, done, total }) => {
          if (phase === 'measure' && done === total) writeFileSync(model, 'another model');
        },
      },
    );
    expect(notes).toEqual([expect.stringContaining('changed while it was evaluated')]);
  });
});

describe('runs', () => {
  it('are listed once and newest first, with what came of them', async () => {
    const elsewhere = path.join(folder, 'out');
    const first = await forgetRows(model, path.join(elsewhere, 'gone.onnx'));
    const second = await forgetRows(path.join(folder, 'shapes'));
    await rm(first.output);
    await mkdir(path.join(folder, '.lethe', 'runs', 'broken'));
    const { runs: listed, broken } = await runs({ folders: [elsewhere, folder, folder] });
    expect(listed.map(({ output, outputExists }) => [output, outputExists])).toEqual([
      [second.output, true],
      [first.output, false],
    ]);
    expect(listed[0]).toEqual({
      folder: second.run,
      id: path.basename(second.run),
      created: expect.stringMatching(/^\d{4}-/),
      forget: ['Rows'],
      source: path.join(folder, 'shapes', 'model.json'),
      output: second.output,
      outputExists: true,
      report: second.report,
      before: second.before,
      after: second.after,
      policyMet: true,
    });
    expect(broken).toMatchObject([{ code: 'file-missing' }]);
    expect(await runs({ folders: [path.join(folder, 'nowhere')] })).toEqual({ runs: [], broken: [] });
  });
});
