import { readdir, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { UnlearnRequest } from '../../../src/contract/run.js';
import { METHOD_NAMES, settingsOf } from '../../../src/contract/settings.js';
import { estimate } from '../../../src/engine/jobs/estimate.js';
import { unlearn } from '../../../src/engine/jobs/unlearn.js';
import { locateModel } from '../../../src/engine/open/location.js';
import { probe } from '../../../src/engine/open/probe.js';
import { Session } from '../../../src/engine/open/session.js';
import { Activations } from '../../../src/engine/run/activations.js';
import { memoryNeed } from '../../../src/engine/run/cost/memory.js';
import { measurePace } from '../../../src/engine/run/cost/pace.js';
import { planRun, type RunPlan } from '../../../src/engine/run/cost/plan.js';
import { findRoom } from '../../../src/engine/run/cost/room.js';
import { timeNeed } from '../../../src/engine/run/cost/time.js';
import { chosenLayers } from '../../../src/engine/run/layers.js';
import { METHODS } from '../../../src/engine/run/methods.js';
import { makePools } from '../../../src/engine/run/pools.js';
import { drawSamples } from '../../../src/engine/run/samples.js';
import { classIndices } from '../../../src/project/classNames.js';
import { momentBytes } from '../../../src/unlearn/moment.js';
import { leaveShapes, writeShapes } from '../../support/models/shapes.js';
import { inShapesFolder } from '../../support/models/shapesFolder.js';

let folder: string;
let model: string;
const sessions: Session[] = [];

inShapesFolder((made) => {
  folder = made;
  model = path.join(folder, 'shapes.onnx');
});
afterEach(async () => {
  delete process.env.LETHE_ENGINE_MEMORY;
  for (const session of sessions.splice(0)) await session.close();
});

/** @param earlier classes that runs before made the model forget. */
async function planned(request: Partial<UnlearnRequest> = {}, earlier: readonly number[] = []) {
  const full = { model, forget: ['Rows'], threads: 1, ...request };
  const session = await Session.open(await locateModel(full), full);
  sessions.push(session);
  const settings = settingsOf(full);
  const layers = chosenLayers(session.classifier, settings.layers);
  const pools = makePools(session, settings.seed);
  const costs = await probe(session.classifier, pools.available);
  const forget = full.forget && classIndices(full.forget, session.classes);
  const candidates = METHODS[settings.method].strategy(settings).expected;
  const plan = await planRun({ session, settings, layers, pools, costs, candidates, forget, earlier });
  return { session, settings, layers, pools, costs, plan };
}

describe('the pace', () => {
  afterEach(() => vi.restoreAllMocks());

  it.each([1, 2, 3, 4, 8])('of a sample is the same however many there are: %i', async (count) => {
    const { session, pools, plan } = await planned();
    const { classifier } = session;
    let now = 0;
    vi.spyOn(performance, 'now').mockImplementation(() => now);
    const forward = classifier.forward.bind(classifier);
    vi.spyOn(classifier, 'forward').mockImplementation((batch, options) => {
      now += 250 * batch.dims[0];
      return forward(batch, options);
    });
    // So large a model that one sample goes through at a time.
    const large = { ...plan, costs: { ...plan.costs, operations: Number.POSITIVE_INFINITY } };
    const measured = { ...pools.measured, indices: pools.measured.indices.slice(0, count) };
    expect((await measurePace(classifier, { ...pools, measured }, large, {})).forward).toBeCloseTo(0.25, 6);
  });
});

describe('a plan', () => {
  it.each([
    ['the defaults', {}, undefined],
    ['few samples', { samples: 7, forgetSamples: 20 }, undefined],
    ['two classes', { forget: ['Rows', '4'], samples: 30 }, undefined],
    ['a class forgotten earlier', { samples: 11 }, 2],
    ['a class forgotten earlier, by projection', { samples: 11, method: 'projection' }, 2],
    ['few vectors', { maxPatches: 50, layers: 'conv*' }, undefined],
    ['none held out', { heldOut: 0 }, undefined],
  ] as const)('counts the samples and vectors that a run takes: %s', async (_, request, earlier) => {
    const before = earlier === undefined ? [] : [earlier];
    const { session, settings, pools, costs, plan } = await planned(request, before);
    const wanted = (request as UnlearnRequest).forget?.map((name) => (name === 'Rows' ? 0 : Number(name))) ?? [0];
    const rest = [0, 1, 2, 3, 4].filter((index) => !wanted.includes(index) && index !== earlier);
    const roles = { retain: rest, forget: wanted, earlier: before };
    const { folds, all } = drawSamples(pools, roles, session.classes, settings, 0);
    const [{ fitted, judged }] = folds;
    // What was forgotten earlier is run with what is to be forgotten by a refit alone.
    const isRefit = settings.method === 'refit';
    const forgetting = isRefit ? [...fitted.forget.indices, ...fitted.earlier.indices] : fitted.forget.indices;
    expect(plan.samples).toEqual({
      retain: fitted.retain.indices.length,
      forget: forgetting.length,
      judged: judged.indices.length,
      all: all.indices.length,
      measured: pools.measured.indices.length,
    });
    const sides = { retain: fitted.retain, forget: { ...fitted.forget, indices: forgetting } };
    const stream = new Activations(session.classifier, sides, costs, settings);
    for (const { layer, side, count } of plan.spaces) expect(count).toBe(stream.count(side, layer.id));
    expect(plan.spaces.length).toBe(2 * plan.layers.length);
    expect(plan.preparations).toBe(1);
  });

  it('counts a fit for every part where a class has few samples, and one of all samples', async () => {
    await leaveShapes(folder, { 1: 2 });
    const { plan } = await planned({ alphaR: [30], alphaF: [10] });
    expect(plan.preparations).toBe(4);
    // One on each part at least, and the one that is written.
    expect(plan.candidates).toBeGreaterThanOrEqual(4);
    const whole = await planned({ alphaR: [30], alphaF: [10], heldOut: 0 });
    expect(whole.plan).toMatchObject({ preparations: 1, candidates: 1 });
  });

  it.each(METHOD_NAMES)('counts the candidates that are expected: %s', async (method) => {
    const listed = await planned({ method, alphaR: [3, 30], alphaF: [1, 10, 100] });
    expect(listed.plan.candidates).toBe(6);
    const { plan, settings } = await planned({ method });
    expect(plan.candidates).toBe(METHODS[method].strategy(settings).expected);
  });

  it('leaves out what is held out to measure with', async () => {
    await writeShapes(folder, { trainOnly: true });
    const { session, settings, pools, plan } = await planned({ samples: 1e6 });
    const drawn = drawSamples(pools, { retain: [1, 2, 3, 4], forget: [0], earlier: [] }, session.classes, settings, 0);
    expect(pools.heldOut.length).toBeGreaterThan(0);
    expect(plan.samples.all).toBe(drawn.all.indices.length);
    expect(plan.samples.all).toBe(600 - pools.heldOut.length);
  });

  it('takes the policy where no class is named', async () => {
    await writeShapes(folder, { config: { forget: [{ class: 'Rows' }, { class: 'Slope' }] } });
    const few = { method: 'projection', forget: undefined, samples: 5 } as const;
    const [both, one] = [await planned(few), await planned(few, [0])];
    // Two thirds of 90, and of 45.
    expect([both.plan.samples.forget, one.plan.samples.forget]).toEqual([60, 30]);
  });
});

describe('the need', () => {
  it.each(METHOD_NAMES)(
    'of memory grows with the model, and never beyond the budget of the spaces: %s',
    async (method) => {
      const { plan } = await planned({ method, alphaR: [30, 100], alphaF: [1, 10] });
      const need = memoryNeed(plan);
      expect(memoryNeed({ ...plan, modelBytes: plan.modelBytes + 1e9 }).model - need.model).toBe(3e9);
      const tight = { ...plan, settings: { ...plan.settings, memory: 1000 } };
      expect(memoryNeed(tight)).toEqual({ ...need, spaces: 1000 });
      const [layer] = plan.layers;
      const wide = { ...layer, in: 5000, groups: 1 };
      const large = (['retain', 'forget'] as const).map((side) => ({ layer: wide, side, count: 9000 }));
      const many = memoryNeed({ ...plan, spaces: large }).spaces;
      const half = (4 * 5000 ** 2) / 2;
      // Two moments of 5000 x 5000, of which half is kept, and a factor of each for every candidate.
      expect(many).toBeGreaterThan((2 + 2 * 4) * half);
      expect(many).toBeLessThan(1.15 * (2 + 2 * 4) * half);
    },
  );

  it('of memory is more by what a refit keeps: outputs, candidates, and samples where they stand', async () => {
    const asked = { alphaR: [30, 100], alphaF: [1, 10] };
    const [fitting, projecting] = [await planned(asked), await planned({ ...asked, method: 'projection' })];
    const { plan } = fitting;
    const outputs = plan.spaces.map(({ layer, side, count }) => (side === 'retain' ? 4 * count * layer.out : 0));
    const weights = 4 * plan.layers.reduce((sum, layer) => sum + 4 * layer.in * layer.out, 0);
    const more = memoryNeed(plan).spaces - memoryNeed(projecting.plan).spaces;
    const least = outputs.reduce((sum, bytes) => sum + bytes, 0) + weights;
    expect(more).toBeGreaterThan(least);
    // A sample stands at what a layer reads: 800 values at most, on either side.
    expect(more).toBeLessThanOrEqual(least + 2 * 4 * 800 * (plan.samples.retain + plan.samples.forget));
  });

  it('of time is what its parts take', async () => {
    const { plan } = await planned();
    const still = { forward: 0, tapped: 0, candidate: 0, weights: 0, multiplyAdd: 0, passes: 0 };
    const samples = { measured: 1000, all: 400, judged: 300, retain: 40, forget: 60 };
    const one = { ...plan, candidates: 20, preparations: 1, samples };
    const rest = timeNeed(one, 0, still);
    const of = (pace: Partial<typeof still>, what: RunPlan = one) => timeNeed(what, 0, { ...still, ...pace });
    expect(of({ forward: 1 })).toMatchObject({ before: 1000, after: 1000 });
    // The model as it is, and each candidate.
    expect(of({ forward: 1 }).search - rest.search).toBeCloseTo(21 * 300);
    expect(of({ tapped: 1 }).forward).toBe(100);
    expect(of({ candidate: 1 }).search - rest.search).toBeCloseTo(20);
    expect(of({ candidate: 1 })).toMatchObject({ before: 0, after: 1 });
    expect(of({ multiplyAdd: 1 }).spaces).toBeGreaterThan(0);
    expect(of({ multiplyAdd: 1 }).dimensions).toBeGreaterThan(0);
    expect(timeNeed(one, 7, still).load - rest.load).toBeCloseTo(7);
    // Its spaces are found again for each other part of the samples.
    const cut = { ...one, preparations: 4 };
    expect(of({ tapped: 1 }, cut).search - of({ tapped: 1 }).search).toBeCloseTo(3 * 100);
    expect(of({ multiplyAdd: 1 }, cut).search - of({ multiplyAdd: 1 }).search).toBeCloseTo(
      3 * of({ multiplyAdd: 1 }).spaces,
    );
  });

  it('of time is more by the passes and the fits of a refit', async () => {
    const { plan } = await planned();
    const still = { forward: 0, tapped: 0, candidate: 0, weights: 0, multiplyAdd: 0, passes: 0 };
    const samples = { measured: 1000, all: 400, judged: 300, retain: 40, forget: 60 };
    const one: RunPlan = { ...plan, candidates: 20, preparations: 1, samples };
    const projecting: RunPlan = { ...one, settings: { ...one.settings, method: 'projection' } };
    const search = (pace: Partial<typeof still>, what: RunPlan) => timeNeed(what, 0, { ...still, ...pace }).search;
    expect(search({ tapped: 1, passes: 2.5 }, projecting)).toBeCloseTo(search({}, projecting));
    expect(search({ tapped: 1, passes: 2.5 }, one) - search({}, one)).toBeCloseTo(20 * 2.5 * 100);
    expect(search({ multiplyAdd: 1 }, one)).toBeGreaterThan(search({ multiplyAdd: 1 }, projecting));
  });
});

describe('estimate', () => {
  it.each(['shapes.onnx', 'shapes/model.json'])('tells of a run that fits, and writes nothing: %s', async (name) => {
    const before = await readdir(folder, { recursive: true });
    const phases = new Set<string>();
    const file = path.join(folder, name);
    const result = await estimate(
      { model: file, forget: ['Rows'], threads: 1 },
      { onProgress: ({ phase }) => phases.add(phase) },
    );
    expect(result.refusals).toEqual([]);
    expect(result.seconds).toBeGreaterThan(0);
    expect(result.seconds).toBeLessThan(600);
    expect(result.memoryBytes).toBeGreaterThan(100 * 2 ** 20);
    const size = (await stat(file)).size;
    expect(result.diskBytes).toBeGreaterThan(size);
    expect(result.diskBytes).toBeLessThan(size + 2 * 2 ** 20);
    const steps = result.steps.map(({ phase }) => phase);
    expect(steps).toEqual(['load', 'measure', 'spaces', 'search', 'measure', 'dimensions', 'save']);
    expect(result.steps.every(({ seconds }) => seconds > 0)).toBe(true);
    expect(result.steps.reduce((sum, { seconds }) => sum + seconds, 0)).toBeCloseTo(result.seconds, 9);
    expect([...phases]).toEqual(['load', 'estimate']);
    expect(await readdir(folder, { recursive: true })).toEqual(before);
  });

  it('refuses a run that would not fit into memory, and so does the run', async () => {
    process.env.LETHE_ENGINE_MEMORY = String(100 * 2 ** 20);
    const result = await estimate({ model, forget: ['Rows'] });
    expect(result.refusals).toMatchObject([
      {
        code: 'out-of-memory',
        message: expect.stringMatching(/takes about \d+ MiB of memory, but only 100 MiB are available/),
        hint: expect.stringContaining('--'),
      },
    ]);
    expect(result.seconds).toBe(0);
    const before = await readdir(folder, { recursive: true });
    const phases = new Set<string>();
    const run = unlearn({ model, forget: ['Rows'] }, { onProgress: ({ phase }) => phases.add(phase) });
    await expect(run).rejects.toMatchObject({ code: 'out-of-memory', what: result.refusals[0].message });
    // Before a byte of its files is read for a digest.
    expect([...phases]).toEqual(['load']);
    expect(await readdir(folder, { recursive: true })).toEqual(before);
  });

  it('refuses a model that would not even load', async () => {
    process.env.LETHE_ENGINE_MEMORY = '1000';
    await expect(estimate({ model, forget: ['Rows'] })).rejects.toMatchObject({
      code: 'out-of-memory',
      file: model,
      what: expect.stringContaining('to hold this model and a candidate'),
    });
  });

  it('says what is wrong with the input', async () => {
    await expect(estimate({ model, forget: ['Circle'] })).rejects.toMatchObject({ code: 'class-unknown' });
    await expect(estimate({ model, layers: 'x*' })).rejects.toMatchObject({ code: 'nothing-to-edit' });
  });

  it('can be cancelled', async () => {
    const stop = new AbortController();
    const cancelled = estimate(
      { model, forget: ['Rows'] },
      { signal: stop.signal, onProgress: ({ phase }) => phase === 'estimate' && stop.abort() },
    );
    await expect(cancelled).rejects.toMatchObject({ code: 'cancelled' });
  });
});

describe('the room on the disk', () => {
  it('is refused where the copy would not fit', async () => {
    const { plan } = await planned();
    const out = path.join(folder, 'not', 'there', 'yet');
    const { disk, refusals } = await findRoom({ ...plan, modelBytes: 1e18 }, out);
    expect(disk.needed).toBe(1e18 + 2 ** 20);
    const refusal = refusals.find(({ code }) => code === 'disk-full');
    expect(refusal).toMatchObject({
      file: out,
      what: expect.stringMatching(/takes about 1,000,000\.1 TB of disk space, but only [\d.]+ [kMGT]B are available/),
    });
  });

  it.each(METHOD_NAMES)('counts the scratch files that what is beyond the budget goes to: %s', async (method) => {
    const { plan } = await planned({ method });
    const tight = { ...plan, settings: { ...plan.settings, memory: 1000 } };
    const [usual, scratch] = [await findRoom(plan, tmpdir()), await findRoom(tight, tmpdir())];
    const moments = plan.spaces.reduce((sum, { layer, count }) => sum + momentBytes(layer, count), 0);
    const more = scratch.disk.needed - usual.disk.needed;
    if (method === 'projection') expect(more).toBe(moments);
    // Also what layers are to give, the candidates, and samples on their way.
    else expect(more).toBeGreaterThan(moments + plan.candidates * plan.editedBytes - 1000);
  });
});
