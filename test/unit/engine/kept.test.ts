import { existsSync, rmSync } from 'node:fs';
import { readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Candidate } from '../../../src/contract/candidates.js';
import type { Phase, Progress, Work } from '../../../src/contract/progress.js';
import { isSameCandidate } from '../../../src/contract/recipes.js';
import type { Outcome, StudioRun, UnlearnRequest, UnlearnResult } from '../../../src/contract/run.js';
import { candidate } from '../../../src/engine/jobs/candidate.js';
import { estimate } from '../../../src/engine/jobs/estimate.js';
import { evaluate } from '../../../src/engine/jobs/evaluate.js';
import { saveCandidate } from '../../../src/engine/jobs/saveCandidate.js';
import { showRun } from '../../../src/engine/jobs/showRun.js';
import { unlearn } from '../../../src/engine/jobs/unlearn.js';
import { keepBetweenJobs } from '../../../src/engine/kept/keeper.js';
import { dropModel } from '../../../src/engine/kept/loadedModels.js';
import { openModelPair } from '../../../src/engine/kept/modelPair.js';
import { OnnxClassifier } from '../../../src/models/onnx/classifier.js';
import { readRun } from '../../../src/project/runStore.js';
import { SpaceSet } from '../../../src/unlearn/collect.js';
import { inShapesFolder } from '../../support/models/shapesFolder.js';

let folder: string;
let model: string;

inShapesFolder((made) => {
  folder = made;
  model = path.join(folder, 'shapes.onnx');
});

afterEach(async () => {
  await dropModel();
  keepBetweenJobs(0);
  vi.restoreAllMocks();
});

function quick(request: Partial<UnlearnRequest> = {}): Promise<UnlearnResult> {
  const small = { method: 'projection', alphaR: [30, 100], alphaF: [1, 10], threads: 1 } as const;
  return unlearn({ model, forget: ['Rows'], ...small, ...request });
}

/** A candidate that the run has tried and not chosen; one that forgets, unless told otherwise. */
function otherCandidate({ candidates, candidate: chosen }: UnlearnResult, forgets = true): Candidate {
  const { id, recipe } = candidates.find((entry) => entry.forgets === forgets && !isSameCandidate(entry, chosen))!;
  return { id, recipe };
}

/** The phases that a job tells of; files are read again for their digests while they are new. */
async function phasesOf<T>(job: (work: Work) => Promise<T>) {
  const phases = new Set<Phase>();
  const result = await job({ onProgress: ({ phase }) => phases.add(phase) });
  phases.delete('hash');
  return { result, phases };
}

/** What a fresh run that tries this candidate alone comes to. */
async function fresh({ recipe }: Candidate, request: Partial<UnlearnRequest> = {}): Promise<UnlearnResult> {
  const out = path.join(folder, 'fresh', path.extname(request.model ?? model) === '.onnx' ? 'fresh.onnx' : 'fresh');
  return quick({ alphaR: [recipe.alphaR], alphaF: [recipe.alphaF], out, ...request });
}

function expectSame({ outcome }: StudioRun, result: UnlearnResult): void {
  expect(outcome.candidate).toEqual(result.candidate);
  expect(outcome.after).toEqual(result.after);
  expect(outcome.before).toEqual(result.before);
  expect(outcome.perClass).toEqual(result.perClass);
  expect(outcome.policy).toEqual(result.policy);
  expect([...outcome.confusionAfter!.counts]).toEqual(result.confusion.after.flat());
  expect(outcome.layers.map((layer) => layer.name)).toEqual(result.layers.map((layer) => layer.name));
  for (const [at, layer] of result.layers.entries()) {
    for (const name of ['retainDimension', 'forgetDimension', 'removedDimension', 'weightChange'] as const) {
      expect(outcome.layers[at][name], name).toBeCloseTo(layer[name], 4);
    }
    expect(outcome.layers[at].spectra.forget).toEqual(Float32Array.from(layer.spectra.forget));
  }
}

describe('a candidate', () => {
  it.each(['shapes.onnx', 'shapes/model.json'])('comes from the spaces that the run has left: %s', async (name) => {
    keepBetweenJobs();
    const source = path.join(folder, name);
    const result = await quick({ model: source });
    const other = otherCandidate(result);
    const collected = vi.spyOn(SpaceSet.prototype, 'dispose');
    const { result: kept, phases } = await phasesOf((work) =>
      candidate({ run: result.run, candidate: other.id, threads: 1 }, work),
    );
    expect([...phases]).toEqual(['projections', 'measure', 'dimensions']);
    expect(collected).not.toHaveBeenCalled();
    expect(kept).toMatchObject({ state: 'recorded', saved: result.candidate });
    expect(kept.outcome.candidates.filter((entry) => entry.chosen)).toMatchObject([other]);
    expect(await showRun({ run: result.run, candidate: other.id })).toEqual(kept);
    expectSame(kept, await fresh(other, { model: source }));
  });

  it('is the same when the spaces have to be found again', async () => {
    keepBetweenJobs();
    const result = await quick();
    const other = otherCandidate(result);
    const kept = await candidate({ run: result.run, candidate: other.id, threads: 1 });
    await rm(path.join(result.run, 'candidates'), { recursive: true });
    await dropModel();
    const { result: rebuilt, phases } = await phasesOf((work) =>
      candidate({ run: result.run, candidate: other.id, threads: 1 }, work),
    );
    expect(phases).toContain('spaces');
    expect(rebuilt).toEqual(kept);
    // The spaces stay for the next one.
    const next = result.candidates.find((entry) => !isSameCandidate(entry, other))!;
    const again = await phasesOf((work) => candidate({ run: result.run, candidate: next.id, threads: 1 }, work));
    expect(again.phases).not.toContain('spaces');
  });

  it('is the same where data are held out, classes were forgotten earlier and a policy stands', async () => {
    keepBetweenJobs();
    const file = path.join(folder, 'lethe.json');
    const config = JSON.parse(await readFile(file, 'utf8'));
    const policy = {
      forget: [{ class: 'Rows', maxAccuracy: 0.02, reason: 'R-1' }],
      protect: [{ class: 'Columns', maxDrop: 0.5 }],
    };
    await writeFile(file, JSON.stringify({ ...config, ...policy, data: { train: config.data.train } }));
    const first = await quick();
    const second = await quick({ model: first.output, forget: ['Ring/disc'], layers: '{conv2,dense}' });
    expect(second.earlier).toEqual(['Rows']);
    const other = otherCandidate(second);
    const kept = await candidate({ run: second.run, candidate: other.id, threads: 1 });
    await rm(path.join(second.run, 'candidates'), { recursive: true });
    await dropModel();
    const rebuilt = await candidate({ run: second.run, candidate: other.id, threads: 1 });
    expect(rebuilt).toEqual(kept);
    await rm(second.run, { recursive: true });
    expectSame(kept, await fresh(other, { model: first.output, forget: ['Ring/disc'], layers: '{conv2,dense}' }));
  });

  it('that the run chose, or that was looked at before, is there at once', async () => {
    const result = await quick();
    const chosen = await phasesOf((work) => candidate({ run: result.run, candidate: result.candidate.id }, work));
    expect(chosen.phases.size).toBe(0);
    expect(chosen.result).toEqual(await showRun({ run: result.run }));
    const other = otherCandidate(result);
    const first = await candidate({ run: result.run, candidate: other.id });
    const second = await phasesOf((work) => candidate({ run: result.run, candidate: other.id }, work));
    expect(second.phases.size).toBe(0);
    expect(second.result).toEqual(first);
  });

  it('is made anew where what is kept of it is damaged', async () => {
    const result = await quick();
    const other = otherCandidate(result);
    const first = await candidate({ run: result.run, candidate: other.id, threads: 1 });
    const file = path.join(result.run, 'candidates', `${other.id}.json`);
    const text = await readFile(file, 'utf8');
    const damages = [
      ...['', text.slice(0, 500), text.replace('"after": {', '"after": 3, "x": {')],
      // Of another run, and of another candidate.
      ...[text.replace('"run": "', '"run": "x'), text.replace(/"alphaF": \d+/, '"alphaF": 7')],
      text.replace(`"id": "${other.id}"`, '"id": "projection-30-7"'),
    ];
    for (const damage of damages) {
      await writeFile(file, damage);
      expect(await showRun({ run: result.run, candidate: other.id })).toBeNull();
      expect(await candidate({ run: result.run, candidate: other.id, threads: 1 })).toEqual(first);
      expect(await showRun({ run: result.run, candidate: other.id })).toEqual(first);
    }
  });

  it('is refused if the run has not tried it', async () => {
    const { run } = await quick();
    const refusal = { code: 'usage', what: 'the run has no candidate projection-7-9' };
    await expect(candidate({ run, candidate: 'projection-7-9' })).rejects.toMatchObject(refusal);
    await expect(showRun({ run, candidate: 'projection-7-9' })).rejects.toMatchObject(refusal);
  });

  it.each([
    ['the model', 'shapes.onnx', (bytes: Buffer) => bytes.fill(9, bytes.length - 200, bytes.length - 196)],
    ['a sample that is measured', 'data/test-images', (bytes: Buffer) => bytes.fill(9, 500, 510)],
    ['a sample that the spaces are made from', 'data/train-images', (bytes: Buffer) => bytes.fill(9, 500, 510)],
  ])('is refused once %s has changed, kept or not', async (_, name, change) => {
    keepBetweenJobs();
    const result = await quick();
    const other = otherCandidate(result);
    const file = path.join(folder, name);
    const bytes = await readFile(file);
    change(bytes);
    await writeFile(file, bytes);
    const refusal = { code: 'run-outdated', file };
    await expect(candidate({ run: result.run, candidate: other.id })).rejects.toMatchObject(refusal);
    await dropModel();
    await expect(candidate({ run: result.run, candidate: other.id })).rejects.toMatchObject(refusal);
    expect(await readdir(result.run)).not.toContain('candidates');
  });

  it('is refused once lethe.json feeds the model in another way, not for a new policy', async () => {
    const result = await quick();
    const other = otherCandidate(result);
    const file = path.join(folder, 'lethe.json');
    const config = JSON.parse(await readFile(file, 'utf8'));
    await writeFile(file, JSON.stringify({ ...config, input: { mean: 0.1, std: 3 } }));
    await expect(candidate({ run: result.run, candidate: other.id })).rejects.toMatchObject({
      code: 'run-outdated',
      file,
    });
    const classes = [...config.classes].reverse();
    await writeFile(file, JSON.stringify({ ...config, classes }));
    await expect(candidate({ run: result.run, candidate: other.id })).rejects.toMatchObject({
      code: 'run-outdated',
      file,
    });
    const protect = [{ class: 'Slope', maxDrop: 0 }];
    await writeFile(file, JSON.stringify({ ...config, protect }));
    const { outcome } = await candidate({ run: result.run, candidate: other.id });
    expect(outcome.perClass).toHaveLength(5);
  });

  it('does not bring back a run that is deleted meanwhile', async () => {
    const result = await quick();
    const work = { onProgress: ({ phase }: Progress) => phase === 'dimensions' && rmSync(result.run, gone) };
    const gone = { recursive: true, force: true };
    const job = candidate({ run: result.run, candidate: otherCandidate(result).id, threads: 1 }, work as Work);
    await expect(job).rejects.toMatchObject({ code: 'file-missing' });
    expect(existsSync(result.run)).toBe(false);
  });

  it('leaves no trace when it is cancelled', async () => {
    keepBetweenJobs();
    const result = await quick();
    const other = otherCandidate(result);
    const stop = new AbortController();
    const job = candidate(
      { run: result.run, candidate: other.id, threads: 1 },
      { signal: stop.signal, onProgress: () => stop.abort() },
    );
    await expect(job).rejects.toMatchObject({ code: 'cancelled' });
    expect(await readdir(result.run)).not.toContain('candidates');
    // What was kept still serves.
    const { phases } = await phasesOf((work) => candidate({ run: result.run, candidate: other.id, threads: 1 }, work));
    expect(phases).not.toContain('spaces');
  });
});

describe('what is kept', () => {
  it('is nothing in a process that ends after one job', async () => {
    const disposed = vi.spyOn(SpaceSet.prototype, 'dispose');
    const closed = vi.spyOn(OnnxClassifier.prototype, 'dispose');
    const result = await quick();
    expect(disposed).toHaveBeenCalledTimes(1);
    const made = 2 + result.candidates.length;
    expect(closed).toHaveBeenCalledTimes(made);
    await candidate({ run: result.run, candidate: otherCandidate(result).id });
    expect(disposed).toHaveBeenCalledTimes(2);
    expect(closed).toHaveBeenCalledTimes(made + 2);
  });

  it.each([
    ['a run', () => quick({ force: true })],
    ['an estimate', () => estimate({ model, forget: ['Rows'], threads: 1 })],
    ['an evaluation of another model', () => evaluate({ model: path.join(folder, 'shapes'), threads: 1 })],
  ])('is let go before %s', async (_, next) => {
    keepBetweenJobs();
    const disposed = vi.spyOn(SpaceSet.prototype, 'dispose');
    await quick();
    expect(disposed).not.toHaveBeenCalled();
    await next();
    expect(disposed).toHaveBeenCalledTimes(1);
  });

  it('stays while the same model is evaluated', async () => {
    keepBetweenJobs();
    const disposed = vi.spyOn(SpaceSet.prototype, 'dispose');
    await quick();
    await evaluate({ model, threads: 1 });
    expect(disposed).not.toHaveBeenCalled();
  });

  it('is let go after a run that fails, and when nobody asks for it', async () => {
    keepBetweenJobs(30);
    const disposed = vi.spyOn(SpaceSet.prototype, 'dispose');
    const closed = vi.spyOn(OnnxClassifier.prototype, 'dispose');
    await expect(quick({ alphaF: [0.001] })).rejects.toMatchObject({ code: 'no-candidate' });
    expect(disposed).toHaveBeenCalledTimes(1);
    expect(closed.mock.contexts).toContainEqual(expect.objectContaining({ path: model }));
    await quick();
    await vi.waitFor(() => expect(disposed).toHaveBeenCalledTimes(2));
  });

  it('is bounded: one model, whatever is asked for', async () => {
    keepBetweenJobs();
    const opened = new Set<unknown>();
    const forward = vi.spyOn(OnnxClassifier.prototype, 'forward');
    const disposed = vi.spyOn(OnnxClassifier.prototype, 'dispose');
    for (let time = 0; time < 5; time++) {
      const result = await quick({ force: true });
      await candidate({ run: result.run, candidate: otherCandidate(result).id, threads: 1 });
    }
    for (const context of forward.mock.contexts) opened.add(context);
    for (const context of disposed.mock.contexts) opened.delete(context);
    // The model of the last run and the candidate that was looked at.
    expect(opened.size).toBe(2);
    await dropModel();
    for (const context of disposed.mock.contexts) opened.delete(context);
    expect(opened.size).toBe(0);
  });
});

describe('saving a candidate', () => {
  it.each(['shapes.onnx', 'shapes/model.json'])('writes what a run that tries it alone would: %s', async (name) => {
    keepBetweenJobs();
    const source = path.join(folder, name);
    const result = await quick({ model: source });
    const other = otherCandidate(result);
    const shown = await candidate({ run: result.run, candidate: other.id, threads: 1 });
    const taken = saveCandidate({ run: result.run, candidate: other.id, threads: 1 });
    await expect(taken).rejects.toMatchObject({ code: 'output-exists' });
    const out = path.join(folder, 'saved', name === 'shapes.onnx' ? 'saved.onnx' : 'saved');
    const { result: saved, phases } = await phasesOf((work) =>
      saveCandidate({ run: result.run, candidate: other.id, out, threads: 1 }, work),
    );
    expect([...phases]).toEqual(['projections', 'save']);
    const alone = await fresh(other, { model: source });
    for (const file of await modelFiles(saved.output)) {
      const [bytes, expected] = await Promise.all([
        readFile(path.join(path.dirname(saved.output), file)),
        readFile(path.join(path.dirname(alone.output), file.replace('saved', 'fresh'))),
      ]);
      expect(bytes.equals(expected), file).toBe(true);
    }
    const { record } = await readRun(saved.run);
    const { record: of } = await readRun(alone.run);
    const changing = { id: expect.any(String), created: expect.any(String), output: expect.anything() };
    expect(record).toEqual({ ...of, ...changing, result: expect.anything() });
    const { candidates: _, notes: __, seconds: ___, ...numbers } = of.result;
    expect(record.result).toMatchObject(numbers);
    expect(record.result.candidates.filter((entry) => entry.chosen)).toMatchObject([other]);
    expect(record.result.candidates).toHaveLength(result.candidates.length);
    expect(await readFile(saved.report, 'utf8')).toContain(record.output.files[0].sha256);
    // The new run is one like any other.
    const again = (await showRun({ run: saved.run }))!;
    expect(again.saved).toEqual(other);
    expect({ ...again.outcome, notes: [] }).toEqual({ ...shown.outcome, notes: [] });
  });

  async function modelFiles(output: string): Promise<string[]> {
    const names = await readdir(path.dirname(output));
    return names.filter((file) => !file.startsWith('.'));
  }

  it("takes the place of the run's model if it may, and the run then has none", async () => {
    const result = await quick();
    const other = otherCandidate(result);
    const saved = await saveCandidate({ run: result.run, candidate: other.id, force: true, threads: 1 });
    expect(saved.output).toBe(result.output);
    const [old, now] = [(await showRun({ run: result.run }))!, (await showRun({ run: saved.run }))!];
    expect([old.output, now.output]).toEqual([
      { path: result.output, exists: false },
      { path: result.output, exists: true },
    ]);
    const { confusion } = await evaluate({ model: saved.output, threads: 1 });
    expect(confusion.flat()).toEqual([...now.outcome.confusionAfter!.counts]);
  });

  it('holds it against the policy of now, not of when somebody looked at it', async () => {
    const result = await quick();
    const other = otherCandidate(result);
    const { outcome } = await candidate({ run: result.run, candidate: other.id, threads: 1 });
    const [lost] = outcome.perClass.filter(({ role, before, after }) => role === 'retain' && after! < before!);
    const file = path.join(folder, 'lethe.json');
    const config = JSON.parse(await readFile(file, 'utf8'));
    await writeFile(file, JSON.stringify({ ...config, protect: [{ class: lost.class, maxDrop: 0 }] }));
    const saved = await saveCandidate({ run: result.run, candidate: other.id, force: true, threads: 1 });
    const { policy } = (await readRun(saved.run)).record.result;
    expect(policy).toContainEqual(expect.objectContaining({ code: 'protect-broken', class: lost.class }));
  });

  it('judges one on all samples that the search judged on a part of them', async () => {
    const result = await quick();
    const other = otherCandidate(result);
    const [judged] = result.candidates.filter((entry) => isSameCandidate(entry, other));
    const file = path.join(result.run, 'run.json');
    const record = JSON.parse(await readFile(file, 'utf8'));
    for (const entry of record.result.candidates) {
      if (!isSameCandidate(entry, other)) continue;
      Object.assign(entry, { complete: false, samples: 20, retainAccuracy: 0.1, pareto: false });
    }
    await writeFile(file, JSON.stringify(record));
    const saved = await saveCandidate({ run: result.run, candidate: other.id, force: true, threads: 1 });
    const { candidates } = (await readRun(saved.run)).record.result;
    const expected = result.candidates.map((entry) => ({ ...entry, chosen: false }));
    expected[result.candidates.indexOf(judged)] = { ...judged, chosen: true };
    expect(candidates).toEqual(expected);
  });

  it('refuses one that does not forget, and one that only seemed to', async () => {
    const result = await quick({ alphaF: [0.001, 10] });
    const other = otherCandidate(result, false);
    const before = await readdir(folder, { recursive: true });
    const refusal = { code: 'no-candidate', what: expect.stringContaining('does not forget') };
    await expect(saveCandidate({ run: result.run, candidate: other.id, force: true })).rejects.toMatchObject(refusal);
    // As a search over several parts would have it, which dropped it after the first.
    const file = path.join(result.run, 'run.json');
    const record = JSON.parse(await readFile(file, 'utf8'));
    for (const entry of record.result.candidates)
      if (!entry.chosen) Object.assign(entry, { complete: false, forgets: true });
    await writeFile(file, JSON.stringify(record));
    await expect(saveCandidate({ run: result.run, candidate: other.id, force: true })).rejects.toMatchObject(refusal);
    expect(await readdir(folder, { recursive: true })).toEqual(before);
  });
});

describe('a run as views show it', () => {
  it('holds the numbers of its record, in typed arrays', async () => {
    const result = await quick({ layers: 'conv*' });
    const { record } = await readRun(result.run);
    const shown = (await showRun({ run: path.join(result.run, 'run.json') }))!;
    expect(shown).toMatchObject({ folder: result.run, id: record.id, created: record.created, state: 'recorded' });
    expect(shown.settings).toEqual(record.settings);
    expect(shown.limits).toEqual(record.forget);
    expect(shown.output).toEqual({ path: result.output, exists: true });
    const { confusion, layers, ...same } = record.result;
    expect(shown.saved).toEqual(record.result.candidate);
    const expected: Outcome = {
      ...same,
      confusionBefore: { size: 5, counts: Uint32Array.from(confusion.before.flat()) },
      confusionAfter: { size: 5, counts: Uint32Array.from(confusion.after.flat()) },
      layers: layers.map(({ spectra, ...layer }) => ({
        ...layer,
        spectra: { retain: Float32Array.from(spectra.retain), forget: Float32Array.from(spectra.forget) },
      })),
    };
    expect(shown.outcome).toEqual(expected);
    expect(shown.outcome.skipped.map((layer) => layer.name)).toEqual(['dense']);
    await rm(result.output);
    expect((await showRun({ run: result.run }))?.output?.exists).toBe(false);
  });

  it('fails for a record that is damaged or not there', async () => {
    const { run } = await quick();
    await writeFile(path.join(run, 'run.json'), '{"version": 1}');
    await expect(showRun({ run })).rejects.toMatchObject({ code: 'record-invalid' });
    await expect(candidate({ run, candidate: 'projection-1-1' })).rejects.toMatchObject({ code: 'record-invalid' });
    await expect(showRun({ run: path.join(folder, 'none') })).rejects.toMatchObject({ code: 'file-missing' });
  });

  it('has no candidate that nobody has looked at', async () => {
    const result = await quick();
    expect(await showRun({ run: result.run, candidate: otherCandidate(result).id })).toBeNull();
  });
});

describe('a pair of models', () => {
  const answersOf = async (pair: Awaited<ReturnType<typeof openModelPair>>) => {
    const { dataset, input, indices } = pair.samples;
    const { inBatches } = await import('../../../src/engine/open/samples.js');
    const answers = [];
    for await (const { tensor } of inBatches({ dataset, input, indices: indices.slice(0, 8) }, 8)) {
      answers.push((await pair.before.forward(tensor)).logits.data);
      if (pair.after) answers.push((await pair.after.forward(tensor)).logits.data);
    }
    return answers;
  };

  it('is the model alone without a run, on the samples to measure with', async () => {
    const pair = await openModelPair({ model, threads: 1 }, {});
    expect(pair).toMatchObject({ after: null, forget: [] });
    expect(pair.samples.indices).toHaveLength(300);
    expect(pair.classes[4]).toBe('Ring/disc');
    const disposed = vi.spyOn(OnnxClassifier.prototype, 'dispose');
    await pair.release();
    expect(disposed).toHaveBeenCalledTimes(1);
  });

  it('is the same wherever the model after comes from: kept spaces, the file, or spaces found again', async () => {
    keepBetweenJobs();
    const result = await quick();
    const request = { model, run: result.run, threads: 1 };
    const answers = [];
    for (const prepare of [async () => {}, dropModel, () => rm(result.output)]) {
      await prepare();
      const { result: pair, phases } = await phasesOf((work) => openModelPair(request, work));
      expect(pair.forget).toEqual([0]);
      answers.push(await answersOf(pair));
      await pair.release();
      expect(phases.has('load')).toBe(prepare === dropModel);
      // A model that is kept needs no file.
      expect(phases.has('spaces')).toBe(false);
    }
    await dropModel();
    const { result: pair, phases } = await phasesOf((work) => openModelPair(request, work));
    expect(phases).toContain('spaces');
    answers.push(await answersOf(pair));
    await pair.release();
    for (const [before, after] of answers) {
      expect(before).toEqual(answers[0][0]);
      expect(after).toEqual(answers[0][1]);
    }
    expect(answers[0][1]).not.toEqual(answers[0][0]);
  });

  it('holds another candidate, and no output that has changed', async () => {
    const result = await quick();
    const other = await openModelPair({ model, run: result.run, candidate: otherCandidate(result).id, threads: 1 }, {});
    const [, candidateAnswers] = await answersOf(other);
    await other.release();
    const saved = await openModelPair({ model, run: result.run, threads: 1 }, {});
    const [, savedAnswers] = await answersOf(saved);
    await saved.release();
    expect(candidateAnswers).not.toEqual(savedAnswers);
    const written = (await readFile(result.output)).length;
    for (const other of [await readFile(model), Buffer.alloc(written, 9)]) {
      await writeFile(result.output, other);
      const rebuilt = await openModelPair({ model, run: result.run, threads: 1 }, {});
      expect((await answersOf(rebuilt))[1]).toEqual(savedAnswers);
      await rebuilt.release();
    }
  });

  it('is opened once for many who ask, and again when a file has changed', async () => {
    keepBetweenJobs();
    const { run } = await quick();
    await dropModel();
    const request = { model, run, threads: 1 };
    const first = await openModelPair(request, {});
    const second = await openModelPair(request, {});
    expect(second.before).toBe(first.before);
    expect(second.after).toBe(first.after);
    await first.release();
    await first.release();
    expect(await answersOf(second)).toHaveLength(2);
    await second.release();
    const third = await openModelPair(request, {});
    expect(third.before).toBe(first.before);
    await third.release();
    await utimes(path.join(folder, 'data', 'test-images'), new Date(0), new Date(0));
    const fourth = await openModelPair(request, {});
    expect(fourth.before).not.toBe(first.before);
    await fourth.release();
  });

  it('in use outlives whatever takes its place', async () => {
    keepBetweenJobs();
    const pair = await openModelPair({ model, threads: 1 }, {});
    await quick({ model: path.join(folder, 'shapes') });
    expect(await answersOf(pair)).toHaveLength(1);
    const disposed = vi.spyOn(pair.before, 'dispose');
    await pair.release();
    expect(disposed).toHaveBeenCalledTimes(1);
  });

  it('is refused for a model that the run was not made from', async () => {
    const { run, output } = await quick();
    const refusal = { code: 'run-outdated', file: output };
    await expect(openModelPair({ model: output, run }, {})).rejects.toMatchObject(refusal);
    await expect(openModelPair({ model, run: folder }, {})).rejects.toMatchObject({ code: 'file-missing' });
  });

  it('takes the samples that the run held out', async () => {
    const file = path.join(folder, 'lethe.json');
    const config = JSON.parse(await readFile(file, 'utf8'));
    await writeFile(file, JSON.stringify({ ...config, data: { train: config.data.train } }));
    const { run } = await quick({ seed: 5 });
    const pair = await openModelPair({ model, run }, {});
    expect(pair.samples.indices).toHaveLength(300);
    await pair.release();
    const alone = await openModelPair({ model }, {});
    expect(alone.samples.indices).toHaveLength(600);
    await alone.release();
  });
});
