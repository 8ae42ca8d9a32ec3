import { readdirSync } from 'node:fs';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { type Progress, stepOf, type Work } from '../../../src/contract/progress.js';
import type { UnlearnRequest, UnlearnResult } from '../../../src/contract/run.js';
import { candidate } from '../../../src/engine/jobs/candidate.js';
import { evaluate } from '../../../src/engine/jobs/evaluate.js';
import { inspect } from '../../../src/engine/jobs/inspect.js';
import { saveCandidate } from '../../../src/engine/jobs/saveCandidate.js';
import { unlearn } from '../../../src/engine/jobs/unlearn.js';
import { keepBetweenJobs } from '../../../src/engine/kept/keeper.js';
import { dropModel } from '../../../src/engine/kept/loadedModels.js';
import type { Classifier } from '../../../src/models/classifier.js';
import { detectFormat } from '../../../src/models/registry.js';
import { readRun } from '../../../src/project/runStore.js';
import { temporaryFolder } from '../../support/folders.js';
import { leaveShapes, writeGraphShapes } from '../../support/models/shapes.js';
import { inShapesFolder } from '../../support/models/shapesFolder.js';

let folder: string;

inShapesFolder((made) => {
  folder = made;
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await dropModel();
  keepBetweenJobs(0);
});

/** Gives the run a folder of its own for temporary files. */
async function withTemporary(): Promise<string> {
  const temporary = await temporaryFolder();
  for (const name of ['TMPDIR', 'TEMP', 'TMP']) vi.stubEnv(name, temporary);
  return temporary;
}

/** A run by the default method, on one thread. */
function forget(name: string, request: Partial<UnlearnRequest> = {}, work: Work = {}): Promise<UnlearnResult> {
  return unlearn({ model: path.join(folder, name), forget: ['Rows'], threads: 1, ...request }, work as object);
}

/** Memory for spaces that is just enough for the largest one: much lies in scratch files then. */
const SHORT = 5 * 2 ** 20;

/** A small search: what there is to try is given. */
const quick = { alphaR: [3, 30], alphaF: [10] } as const;

async function configure(extra: object): Promise<void> {
  const file = path.join(folder, 'lethe.json');
  await writeFile(file, JSON.stringify({ ...JSON.parse(await readFile(file, 'utf8')), ...extra }));
}

async function tree(root = folder): Promise<string[]> {
  return (await readdir(root, { recursive: true })).sort();
}

/** Digests of the files of the model that a run wrote. */
async function digestsOf(run: string): Promise<Readonly<Record<string, string>>> {
  const { files } = (await readRun(run)).record.output;
  return Object.fromEntries(files.map((file) => [path.basename(file.path), file.sha256]));
}

/** Weights and biases of a model's layers, by id. */
async function layersOf(file: string): Promise<Map<string, { weight: Float32Array; bias: Float32Array | null }>> {
  const { format, path: main } = await detectFormat(file);
  const model: Classifier = await format.open(main, { threads: 1 });
  try {
    const layers = new Map<string, { weight: Float32Array; bias: Float32Array | null }>();
    for (const { id } of model.layers) {
      layers.set(id, { weight: (await model.readWeight(id)).data, bias: await model.readBias(id) });
    }
    return layers;
  } finally {
    await model.dispose();
  }
}

describe.each([
  ['ONNX', 'shapes.onnx', 'out.onnx', 1],
  ['TensorFlow.js layers', 'shapes/model.json', 'out/model.json', 1],
  ['a TensorFlow.js graph', 'graph/model.json', 'out/model.json', 3],
])('a refit of %s', (_, name, out, biases) => {
  const run = async (request: Partial<UnlearnRequest> = {}, work: Work = {}) => {
    if (name.startsWith('graph')) await writeGraphShapes(folder);
    return forget(name, request, work);
  };

  it('forgets, keeps what it knew, and says truly what it does', async () => {
    const result = await run();
    expect(result.after.forgetAccuracy).toBeLessThanOrEqual(0.05);
    expect(result.after.retainAccuracy).toBeGreaterThanOrEqual(result.before.retainAccuracy - 0.01);
    const measured = await evaluate({ model: result.output, threads: 1 });
    expect(measured.confusion).toEqual(result.confusion.after);

    expect(result.candidates.length).toBeGreaterThan(3);
    // A third of the 120 samples of each class.
    for (const { recipe, samples, complete, recoverability } of result.candidates) {
      expect({ ...recipe, samples, complete }).toMatchObject({
        method: 'refit',
        alphaF: 10,
        samples: 200,
        complete: true,
      });
      expect(recoverability!.balancedAccuracy).toBeGreaterThan(0.4);
    }
    const [chosen, ...others] = result.candidates.filter((one) => one.chosen);
    expect(others).toEqual([]);
    expect(chosen).toMatchObject({
      ...result.candidate,
      admissible: true,
      recoverability: result.recoverability.after,
    });
    expect(result.recoverability.after!.balancedAccuracy).toBeLessThan(result.recoverability.before!.balancedAccuracy);
    const { settings } = (await readRun(result.run)).record;
    expect(settings).toMatchObject({ method: 'refit', alphaR: null, alphaF: null, heldOut: 1 / 3 });
  });

  it('changes every weight and every bias that there is', async () => {
    const result = await run(quick);
    const [before, after] = [await layersOf(path.join(folder, name)), await layersOf(result.output)];
    expect([...before.values()].filter(({ bias }) => bias).length).toBe(biases);
    expect([...after.keys()]).toEqual([...before.keys()]);
    for (const [id, { weight, bias }] of before) {
      expect(after.get(id)!.weight).not.toEqual(weight);
      if (bias) expect(after.get(id)!.bias).not.toEqual(bias);
      else expect(after.get(id)!.bias).toBeNull();
    }
    // What is said of the change is of the model that was written.
    for (const [at, [id, { weight }]] of [...before].entries()) {
      const other = after.get(id)!.weight;
      const change = Math.hypot(...weight.map((value, i) => other[i] - value)) / Math.hypot(...weight);
      expect(result.layers[at].weightChange).toBeCloseTo(change, 5);
    }
  });

  it('is the same when it is repeated, and where memory is short', async () => {
    const temporary = await withTemporary();
    const results: UnlearnResult[] = [];
    const scratch: boolean[] = [];
    for (const [at, memory] of [undefined, undefined, SHORT].entries()) {
      let isUsed = false;
      const onProgress = () => {
        isUsed ||= readdirSync(temporary).length > 0;
      };
      results.push(await run({ ...quick, memory, out: path.join(folder, `run${at}`, out) }, { onProgress }));
      scratch.push(isUsed);
    }
    expect(scratch).toEqual([false, false, true]);
    expect(await readdir(temporary)).toEqual([]);
    const [first, ...others] = results.map(({ candidates, perClass, layers, recoverability, candidate: made }) => {
      return { candidates, perClass, layers, recoverability, made };
    });
    for (const other of others) expect(other).toEqual(first);
    const [digests, ...same] = await Promise.all(results.map(({ run: one }) => digestsOf(one)));
    for (const other of same) expect(other).toEqual(digests);
  });

  it('has candidates that are the same whenever somebody looks, and are saved as those that were looked at', async () => {
    keepBetweenJobs();
    const result = await run(quick);
    const other = result.candidates.find(({ chosen }) => !chosen)!;
    const request = { run: result.run, candidate: other.id, threads: 1 };
    const phases = new Set<string>();
    const kept = await candidate(request, { onProgress: ({ phase }) => phases.add(phase) });
    // It was fitted when it was judged.
    expect([...phases].filter((phase) => phase !== 'hash')).toEqual(['measure', 'dimensions']);
    await rm(path.join(result.run, 'candidates'), { recursive: true });
    await dropModel();
    const again = await candidate(request);
    expect(again).toEqual(kept);
    expect(again.outcome.recoverability).toEqual({ before: result.recoverability.before, after: other.recoverability });

    const saved = await saveCandidate({ ...request, out: path.join(folder, 'saved', out) });
    const { alphaR, alphaF } = other.recipe;
    const alone = await run({ alphaR: [alphaR], alphaF: [alphaF], out: path.join(folder, 'alone', out) });
    expect(await digestsOf(saved.run)).toEqual(await digestsOf(alone.run));
    const config = path.join(folder, 'lethe.json');
    const measured = await evaluate({ model: saved.output, config, threads: 1 });
    expect(measured.confusion).toEqual(alone.confusion.after);
  });
});

describe('a refit', () => {
  it('can be cancelled in the middle of a fit, and leaves nothing behind', async () => {
    const temporary = await withTemporary();
    const files = await tree();
    const told: Progress[] = [];
    const request = { ...quick, memory: SHORT };
    const searching = (progress: Progress) => stepOf(progress) === 'search' && progress.phase === 'search';
    const work = { onProgress: (progress: Progress) => searching(progress) && told.push(progress) };
    const whole = { model: path.join(folder, 'shapes.onnx'), forget: ['Rows'], threads: 1, ...request };
    await unlearn({ ...whole, out: path.join(folder, 'x', 'whole.onnx') }, work as object);
    await rm(path.join(folder, 'x'), { recursive: true });
    await rm(path.join(folder, '.lethe'), { recursive: true });
    // Between the layers of each candidate, and while it is judged.
    const places = told.map(({ done }) => done).filter((done) => done < 2 && !Number.isInteger(done));
    expect(places.filter((done) => done < 0.8).length).toBeGreaterThan(1);
    for (const place of places) {
      const stop = new AbortController();
      const onProgress = (progress: Progress) => searching(progress) && progress.done >= place && stop.abort();
      const job = unlearn(whole, { signal: stop.signal, onProgress } as object);
      await expect(job).rejects.toMatchObject({ code: 'cancelled' });
      expect(await tree()).toEqual(files);
      expect(await readdir(temporary)).toEqual([]);
    }
  });

  it('holds protected classes inside the search, and goes less deep for them', async () => {
    const request = { forget: ['Ring/disc'], alphaR: [0.03, 0.3, 3, 30], alphaF: [10], tolerance: 0.05 };
    const free = await forget('shapes.onnx', request);
    expect(free.candidates.every(({ admissible }) => admissible)).toBe(true);
    expect(free.candidates.find(({ chosen }) => chosen)!.retainAccuracy).toBeLessThan(1);

    const protect = ['Rows', 'Columns', 'Slope', 'Checker'].map((name) => ({ class: name, maxDrop: 0 }));
    await configure({ protect });
    const held = await forget('shapes.onnx', { ...request, out: path.join(folder, 'held.onnx') });
    // The model as it is takes every one of the samples rightly that candidates are judged on.
    for (const { admissible, retainAccuracy } of held.candidates) expect(admissible).toBe(retainAccuracy === 1);
    const [chosen] = held.candidates.filter((one) => one.chosen);
    expect(chosen).toMatchObject({ admissible: true, retainAccuracy: 1 });
    expect(chosen.id).not.toBe(free.candidate.id);
    // Where it searches by itself too.
    const found = await forget('shapes.onnx', { forget: ['Ring/disc'], out: path.join(folder, 'found.onnx') });
    expect(found.candidates.find((one) => one.chosen)).toMatchObject({ admissible: true, retainAccuracy: 1 });
  });

  it('keeps what was forgotten earlier so, also where no sample of it is left', async () => {
    const first = await forget('shapes.onnx', quick);
    const next = { alphaR: [3], alphaF: [10], forget: ['Ring/disc'] };
    const second = await forget(path.basename(first.output), next);
    expect(second.earlier).toEqual(['Rows']);
    const byName = Object.fromEntries(second.perClass.map((entry) => [entry.class, entry]));
    expect(byName.Rows.after).toBeLessThanOrEqual(0.05);
    expect(byName['Ring/disc'].after).toBeLessThanOrEqual(0.05);
    expect(second.after.retainAccuracy).toBeGreaterThanOrEqual(second.before.retainAccuracy - 0.02);
    expect((await inspect({ model: second.output })).forgotten).toEqual(['Rows', 'Ring/disc']);

    await leaveShapes(folder, { 0: 0 });
    const without = await forget(path.basename(first.output), { ...next, out: path.join(folder, 'without.onnx') });
    expect(without.perClass[0].after).toBeLessThanOrEqual(0.05);
    // Samples of it have a part in the fits where there are some: without them the weights are others.
    expect(Object.values(await digestsOf(without.run))).not.toEqual(Object.values(await digestsOf(second.run)));
    // But of the same samples they are the same.
    const again = await forget(path.basename(first.output), { ...next, out: path.join(folder, 'again.onnx') });
    expect(Object.values(await digestsOf(again.run))).toEqual(Object.values(await digestsOf(without.run)));
  });

  it('edits the layers that are asked for, and forgets without the last one too', async () => {
    const head = await forget('shapes.onnx', { ...quick, layers: 'dense' });
    expect(head.layers.map(({ name }) => name)).toEqual(['dense']);
    const [before, after] = [await layersOf(path.join(folder, 'shapes.onnx')), await layersOf(head.output)];
    const changed = [...before].filter(
      ([id, { weight }]) => !weight.every((value, at) => value === after.get(id)!.weight[at]),
    );
    expect(changed.map(([id]) => id)).toEqual([head.layers[0].name]);
    // The hidden features are what they were, and give the class away as they did.
    expect(head.recoverability.after).toEqual(head.recoverability.before);
    const hidden = await forget('shapes.onnx', { ...quick, layers: 'conv*', out: path.join(folder, 'hidden.onnx') });
    expect(hidden.after.forgetAccuracy).toBeLessThanOrEqual(0.05);
    const kept = (await layersOf(hidden.output)).get(head.layers[0].name)!;
    expect(kept).toEqual(before.get(head.layers[0].name));
  });
});

describe('a refit with few samples of a class', () => {
  it.each([
    ['one of a kept class', 1, 1],
    ['one to forget', 0, 1],
    ['two to forget', 0, 2],
  ])('judges on every sample by a model that was made without it: %s', async (_, kind, count) => {
    await leaveShapes(folder, { [kind]: count });
    const result = await forget('shapes.onnx', { alphaR: [3, 30, 300], alphaF: [10] });
    const all = 4 * 120 + count;
    const complete = result.candidates.filter((one) => one.complete);
    expect(complete.length).toBeGreaterThan(0);
    for (const { samples } of complete) expect(samples).toBeGreaterThanOrEqual(all);
    for (const { complete: isAll, samples } of result.candidates) if (!isAll) expect(samples).toBeLessThan(all / 2);
    expect(result.candidates.find(({ chosen }) => chosen)).toMatchObject({ complete: true });
    expect(result.notes.join()).toContain(`only ${count} sample`);
    expect(result.after.forgetAccuracy).toBeLessThan(0.5 * result.before.forgetAccuracy);
    expect(result.after.retainAccuracy).toBeGreaterThan(result.before.retainAccuracy - 0.1);
    // What is written is made from all of them, and so is what somebody looks at later.
    const other = result.candidates.find(({ chosen, forgets }) => forgets && !chosen)!;
    const looked = await candidate({ run: result.run, candidate: other.id, threads: 1 });
    const { alphaR, alphaF } = other.recipe;
    const alone = await forget('shapes.onnx', {
      ...{ alphaR: [alphaR], alphaF: [alphaF], out: path.join(folder, 'alone.onnx') },
    });
    expect(looked.outcome.perClass).toEqual(alone.perClass);
    expect(looked.outcome.layers.map(({ weightChange }) => weightChange)).toEqual(
      alone.layers.map(({ weightChange }) => weightChange),
    );
  });

  it('judges a candidate on all of them before it is saved', async () => {
    await leaveShapes(folder, { 1: 1 });
    const result = await forget('shapes.onnx', { alphaR: [3, 30, 300], alphaF: [10] });
    const file = path.join(result.run, 'run.json');
    const record = JSON.parse(await readFile(file, 'utf8'));
    const other = result.candidates.find(({ chosen, forgets }) => forgets && !chosen)!;
    for (const entry of record.result.candidates) {
      if (entry.id === other.id) Object.assign(entry, { complete: false, samples: 161 });
    }
    await writeFile(file, JSON.stringify(record));
    const out = path.join(folder, 'saved.onnx');
    const saved = await saveCandidate({ run: result.run, candidate: other.id, out, threads: 1 });
    const judged = (await readRun(saved.run)).record.result.candidates.find(({ id }) => id === other.id)!;
    expect(judged).toMatchObject({ complete: true, samples: 481, chosen: true });
    if (other.complete)
      expect(judged).toMatchObject({ retainAccuracy: other.retainAccuracy, recoverability: other.recoverability });
  });
});
