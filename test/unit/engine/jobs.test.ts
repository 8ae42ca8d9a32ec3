import { createHash } from 'node:crypto';
import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { stepOf } from '../../../src/contract/progress.js';
import { isSameCandidate } from '../../../src/contract/recipes.js';
import type { UnlearnRequest, UnlearnResult } from '../../../src/contract/run.js';
import { evaluate } from '../../../src/engine/jobs/evaluate.js';
import { inspect } from '../../../src/engine/jobs/inspect.js';
import { report } from '../../../src/engine/jobs/report.js';
import { unlearn } from '../../../src/engine/jobs/unlearn.js';
import { readRun } from '../../../src/project/runStore.js';
import { shapeClasses } from '../../support/models/shapes.js';
import { inShapesFolder } from '../../support/models/shapesFolder.js';

let folder: string;
let model: string;

inShapesFolder((made) => {
  folder = made;
  model = path.join(folder, 'shapes.onnx');
});

/** A small search, so that the tests are quick. */
function quick(request: Partial<UnlearnRequest> = {}): Promise<UnlearnResult> {
  const small = { method: 'projection', alphaR: [30, 100], alphaF: [1, 10], threads: 1 } as const;
  return unlearn({ model, forget: ['Rows'], ...small, ...request });
}

async function configure(extra: object): Promise<void> {
  const file = path.join(folder, 'lethe.json');
  await writeFile(file, JSON.stringify({ ...JSON.parse(await readFile(file, 'utf8')), ...extra }));
}

async function tree(root = folder): Promise<string[]> {
  return (await readdir(root, { recursive: true })).sort();
}

const digest = async (file: string) =>
  createHash('sha256')
    .update(await readFile(file))
    .digest('hex');

describe('evaluate', () => {
  it('measures the test split, class by class', async () => {
    const result = await evaluate({ model, threads: 1 });
    expect(result).toMatchObject({ split: 'test', samples: 300 });
    expect(result.perClass.map((entry) => [entry.class, entry.count])).toEqual(shapeClasses.map((name) => [name, 60]));
    const right = result.confusion.reduce((sum, row, at) => sum + row[at], 0);
    expect(result.accuracy).toBeCloseTo(right / 300, 12);
    expect(result.accuracy).toBeGreaterThan(0.85);
    expect(result.perClass[1].accuracy).toBe(result.confusion[1][1] / 60);
  });

  it('measures so many samples of each class of the train split', async () => {
    const result = await evaluate({ model, split: 'train', samples: 7, threads: 1 });
    expect(result).toMatchObject({ split: 'train', samples: 35 });
    expect(result.perClass.every((entry) => entry.count === 7)).toBe(true);
  });

  it('gives the same for the TensorFlow.js model, given by its folder', async () => {
    const [onnx, tfjs] = [await evaluate({ model }), await evaluate({ model: path.join(folder, 'shapes') })];
    expect(tfjs.confusion).toEqual(onnx.confusion);
  });
});

describe('unlearn', () => {
  it('writes a model that has forgotten, and says truly what it does', async () => {
    const before = await digest(model);
    const result = await quick();
    expect(result.output).toBe(path.join(folder, 'shapes.forget-rows.onnx'));
    expect(result.after.forgetAccuracy).toBeLessThanOrEqual(0.05);
    expect(result.after.retainAccuracy).toBeGreaterThan(result.before.retainAccuracy - 0.05);
    expect(await digest(model)).toBe(before);

    const measured = await evaluate({ model: result.output, threads: 1 });
    expect(measured.confusion).toEqual(result.confusion.after);
    expect(measured.perClass.map((entry) => entry.accuracy)).toEqual(result.perClass.map((entry) => entry.after));
    expect((await evaluate({ model, threads: 1 })).confusion).toEqual(result.confusion.before);

    expect(result.candidates).toHaveLength(4);
    const chosen = result.candidates.filter((candidate) => candidate.chosen);
    expect(chosen).toMatchObject([{ ...result.candidate, forgets: true, complete: true }]);
    expect(result.layers.map((layer) => layer.name)).toEqual(['conv', 'conv2', 'dense']);
    for (const layer of result.layers) {
      expect(layer.spectra.retain).toHaveLength(Math.min(64, layer.in));
      expect(layer.weightChange).toBeGreaterThan(0);
      expect(layer.retainDimension).toBeLessThanOrEqual(layer.in);
      expect(layer.removedDimension).toBeLessThanOrEqual(layer.forgetDimension);
    }
  });

  it('leaves a record with every number and digest, and a page made from it', async () => {
    const { model: _, output, run, report: page, ...numbers } = await quick();
    const { record } = await readRun(run);
    expect(record.result).toEqual(numbers);
    expect(record.source).toMatchObject({ path: 'shapes.onnx', format: 'onnx' });
    expect(record.source.files).toEqual([
      { path: 'shapes.onnx', bytes: (await readFile(model)).length, sha256: await digest(model) },
    ]);
    expect(record.output.files[0].sha256).toBe(await digest(output));
    expect(record.data.map((file) => file.path)).toEqual(
      ['test-images', 'test-labels', 'train-images', 'train-labels'].map((name) => `data/${name}`),
    );
    expect(record.data[0].sha256).toBe(await digest(path.join(folder, 'data', 'test-images')));
    const first = await readFile(page, 'utf8');
    expect(first).toContain(record.output.files[0].sha256);
    await rm(page);
    await report({ run });
    expect(await readFile(page, 'utf8')).toBe(first);
  });

  it('gives the same model and numbers when repeated', async () => {
    const { seconds: _, run: __, report: ___, output, ...first } = await quick();
    const bytes = await readFile(output);
    const { seconds: ____, run: _____, report: ______, output: again, ...second } = await quick({ force: true });
    expect(second).toEqual({ ...first, notes: second.notes });
    expect((await readFile(again)).equals(bytes)).toBe(true);
  });

  it('gives the same within a memory budget that takes several passes', async () => {
    const free = await quick();
    const tight = await quick({ memory: 2 ** 22, out: path.join(folder, 'tight.onnx') });
    expect(tight.candidates).toEqual(free.candidates);
    expect(tight.perClass).toEqual(free.perClass);
  });

  it('keeps earlier classes forgotten, also when the model was renamed', async () => {
    const first = await quick();
    const renamed = path.join(folder, 'renamed.onnx');
    await cp(first.output, renamed);
    expect((await inspect({ model: renamed })).forgotten).toEqual(['Rows']);
    const second = await quick({ model: renamed, forget: ['Ring/disc'] });
    expect(second.earlier).toEqual(['Rows']);
    expect(second.output).toBe(path.join(folder, 'renamed.forget-ring-disc.onnx'));
    const byName = Object.fromEntries(second.perClass.map((entry) => [entry.class, entry]));
    expect(byName.Rows).toMatchObject({ role: 'earlier' });
    expect(byName.Rows.after).toBeLessThanOrEqual(0.05);
    expect(byName['Ring/disc'].after).toBeLessThanOrEqual(0.05);
    expect((await inspect({ model: second.output })).forgotten).toEqual(['Rows', 'Ring/disc']);
    const kept = second.perClass.filter((entry) => entry.role === 'retain').map((entry) => entry.after!);
    expect(second.after.retainAccuracy).toBeCloseTo(kept.reduce((a, b) => a + b) / 3, 12);
  });

  it('finds the record of a model that was written elsewhere', async () => {
    const elsewhere = path.join(folder, 'out', 'gone.onnx');
    const { output } = await quick({ out: elsewhere });
    expect(output).toBe(elsewhere);
    expect((await inspect({ model: elsewhere })).forgotten).toEqual(['Rows']);
    const folderModel = path.join(folder, 'shapes', 'model.json');
    const tfjs = await quick({ model: folderModel, out: path.join(folder, 'out', 'web') });
    expect(tfjs.output).toBe(path.join(folder, 'out', 'web', 'model.json'));
    expect((await inspect({ model: tfjs.output })).forgotten).toEqual(['Rows']);
  });

  it('says when a model was superseded before', async () => {
    await quick();
    const again = await quick({ forget: ['Columns'] });
    expect(again.notes.join()).toContain('superseded by shapes.forget-rows.onnx');
  });

  it('holds out a part of the data where there is no test split', async () => {
    const { data } = JSON.parse(await readFile(path.join(folder, 'lethe.json'), 'utf8'));
    await configure({ data: { train: data.train } });
    const result = await quick();
    expect(result.measuredOn).toEqual({ split: 'train', heldOut: true, samples: 300 });
    // A third of the other half.
    expect(result.candidates[0].samples).toBe(100);
    expect(result.perClass.every((entry) => entry.count === 60)).toBe(true);
  });

  it('holds protected classes inside the search', async () => {
    // Much may be given up for depth, and is.
    const grid = { alphaR: [1, 10, 100], alphaF: [3], tolerance: 0.1, samples: 100, heldOut: 0 };
    // The samples that the search judges kept classes with.
    const judged = async (file: string) => {
      return (await evaluate({ model: file, split: 'train', samples: 100, threads: 1 })).perClass;
    };
    const original = await judged(model);
    const free = await quick(grid);
    const drops = (await judged(free.output)).map(({ accuracy, index }) => original[index].accuracy! - accuracy!);
    const index = [1, 2, 3, 4].reduce((a, b) => (drops[b] > drops[a] ? b : a));
    expect(drops[index]).toBeGreaterThan(0);

    const maxDrop = drops[index] - 0.005;
    await configure({ protect: [{ class: index, maxDrop }] });
    const held = await quick({ ...grid, out: path.join(folder, 'held.onnx') });
    expect(held.candidate).not.toEqual(free.candidate);
    expect(original[index].accuracy! - (await judged(held.output))[index].accuracy!).toBeLessThanOrEqual(maxDrop);
    const before = held.candidates.find((candidate) => isSameCandidate(candidate, free.candidate));
    expect(before).toMatchObject({ forgets: true, admissible: false });
  });

  it('says that there is nothing to forget, or nothing to keep', async () => {
    const all = shapeClasses.map((name) => ({ class: name }));
    const nothing = { code: 'usage', what: 'no class to forget is named' };
    const everything = { code: 'usage', what: 'every class is to be forgotten, so that nothing is left to keep' };
    await expect(unlearn({ model, threads: 1 })).rejects.toMatchObject(nothing);
    await expect(unlearn({ model, forget: shapeClasses, threads: 1 })).rejects.toMatchObject(everything);
    await configure({ forget: all });
    await expect(unlearn({ model, threads: 1 })).rejects.toMatchObject(everything);
    await configure({ forget: [all[0]] });
    const { output } = await unlearn({ model, threads: 1 });
    const done = { code: 'usage', what: 'all that the policy asks for is forgotten already' };
    await expect(unlearn({ model: output, threads: 1 })).rejects.toMatchObject(done);
  });

  it('leaves the policy aside for a model that lethe.json does not name', async () => {
    await configure({ models: ['other.onnx'], forget: [{ class: 'Columns', maxAccuracy: 0 }] });
    const result = await quick();
    expect(result.policy.filter((finding) => finding.severity === 'error')).toEqual([]);
    expect(result.notes.join()).toContain('does not name this model');
  });

  it('writes nothing when no candidate forgets', async () => {
    const files = await tree();
    await expect(quick({ alphaF: [0.001], alphaR: [1000] })).rejects.toMatchObject({
      code: 'no-candidate',
      message: expect.stringMatching(/no candidate forgets: .* still recognises \d/),
    });
    expect(await tree()).toEqual(files);
  });

  it('edits the layers that are asked for', async () => {
    const result = await quick({ layers: 'conv*' });
    expect(result.layers.map((layer) => layer.name)).toEqual(['conv', 'conv2']);
    expect(result.skipped).toEqual([{ name: 'dense', kind: 'dense', reason: 'not among the layers to edit, conv*' }]);
    await expect(quick({ layers: 'nothing*', force: true })).rejects.toMatchObject({
      code: 'nothing-to-edit',
      hint: 'Its layers are: conv, conv2, dense.',
    });
  });

  it.each([
    ['work', 'train'],
    ['measure', 'test'],
  ])('refuses a class that it has no samples of to %s with, before the long work', async (_, split) => {
    const file = path.join(folder, 'data', `${split}-labels`);
    const bytes = await readFile(file);
    const rows = shapeClasses.indexOf('Rows');
    await writeFile(
      file,
      bytes.map((byte, at) => (at >= 8 && byte === rows ? rows + 1 : byte)),
    );
    const phases: string[] = [];
    const job = unlearn({ model, forget: ['Rows'], threads: 1 }, { onProgress: ({ phase }) => phases.push(phase) });
    await expect(job).rejects.toMatchObject({ code: 'samples-missing', message: expect.stringContaining('"Rows"') });
    expect(phases).not.toContain('measure');
  });

  it.each([
    ['projection', ['search: projections', 'save: projections']],
    // What was fitted once is kept.
    ['refit', []],
  ] as const)('is cancelled in every phase without a trace: %s', async (method, again) => {
    const files = await tree();
    const phases = new Set<string>();
    const all = new Set<string>();
    await quick({ method, out: path.join(folder, 'x', 'whole.onnx') }).then(() =>
      rm(path.join(folder, 'x'), { recursive: true }),
    );
    await rm(path.join(folder, '.lethe'), { recursive: true });
    for (let time = 0; time < 20; time++) {
      const controller = new AbortController();
      let stopped = '';
      const run = unlearn(
        { model, forget: ['Rows'], method, alphaR: [30], alphaF: [1, 10], threads: 1 },
        {
          signal: controller.signal,
          onPart: () => {},
          onProgress: (progress) => {
            const phase = `${stepOf(progress)}: ${progress.phase}`;
            all.add(phase);
            if (phases.has(phase) || stopped) return;
            stopped = phase;
            controller.abort();
          },
        },
      );
      const error = await run.then(
        () => undefined,
        (thrown) => thrown,
      );
      if (!error) break;
      expect({ stopped, code: error.code }).toEqual({ stopped, code: 'cancelled' });
      expect(await tree()).toEqual(files);
      phases.add(stopped);
    }
    const expected = [
      ...['load: load', 'load: hash', 'measure: measure', 'spaces: spaces', 'spaces: moments', 'spaces: spectra'],
      ...['search: measure', 'search: search', 'search: projections', 'check: measure', 'check: dimensions'],
      ...['save: hash', 'save: projections', 'save: save'],
    ];
    expect([...phases]).toEqual(
      expected.filter((phase) => !phase.endsWith('projections') || again.some((one) => one === phase)),
    );
    expect(all).toEqual(phases);
  });
});

describe('the output', () => {
  it('is never replaced unasked, and the source never at all', async () => {
    const target = path.join(folder, 'shapes.forget-rows.onnx');
    await writeFile(target, 'precious');
    await expect(quick()).rejects.toMatchObject({ code: 'output-exists', file: target });
    expect(await readFile(target, 'utf8')).toBe('precious');
    expect((await quick({ force: true })).output).toBe(target);
    await expect(quick({ out: model, force: true })).rejects.toMatchObject({
      code: 'output-exists',
      message: expect.stringContaining('never replaced'),
    });
    await expect(quick({ out: folder, force: true })).rejects.toMatchObject({ code: 'output-exists' });
  });

  it('replaces a folder only if nothing else is in it', async () => {
    const tfjs = path.join(folder, 'shapes', 'model.json');
    const { output } = await quick({ model: tfjs });
    expect(output).toBe(path.join(folder, 'shapes.forget-rows', 'model.json'));
    await expect(quick({ model: tfjs })).rejects.toMatchObject({ code: 'output-exists' });
    await quick({ model: tfjs, force: true });
    await writeFile(path.join(path.dirname(output), 'thesis.txt'), 'precious');
    await expect(quick({ model: tfjs, force: true })).rejects.toMatchObject({
      code: 'output-exists',
      message: expect.stringContaining('holds thesis.txt'),
    });
  });

  it('is not left behind when the record can not be written', async () => {
    await writeFile(path.join(folder, '.lethe'), 'a file in the way');
    const files = await tree();
    await expect(quick({ out: path.join(folder, 'new', 'x.onnx') })).rejects.toMatchObject({
      name: 'LetheError',
      file: expect.stringContaining('.gitignore'),
    });
    expect(await tree()).toEqual(files);
  });
});

describe('a damaged run record', () => {
  it('is told, not trusted', async () => {
    await mkdir(path.join(folder, '.lethe', 'runs', 'broken'), { recursive: true });
    await writeFile(path.join(folder, '.lethe', 'runs', 'broken', 'run.json'), '{');
    const { notes } = await quick();
    expect(notes.join()).toMatch(/a run record can not be read.*run\.json/);
  });
});
