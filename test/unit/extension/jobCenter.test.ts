import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { LetheError } from '../../../src/base/errors.js';
import type { JobInfo, SubmitJob } from '../../../src/client/engine.js';
import { JobQueue } from '../../../src/client/jobQueue.js';
import type { EvaluateResult } from '../../../src/contract/models.js';
import type { Work } from '../../../src/contract/progress.js';
import type { RunStep, UnlearnPart, UnlearnResult } from '../../../src/contract/run.js';
import type { RunState } from '../../../src/contract/studio.js';
import { JobCenter, type JobEngine } from '../../../src/extension/jobs/center.js';
import { UnfinishedRuns } from '../../../src/extension/jobs/unfinishedRuns.js';
import { temporaryFolder } from '../../support/folders.js';
import { outcome } from '../../support/studio/recorded.js';

const [FIRST, SECOND] = ['/home/ada/fashion.onnx', '/home/ada/digits.onnx'];
const STEPS: readonly RunStep[] = [
  { step: 'load', phase: 'load', seconds: 2 },
  { step: 'search', phase: 'search', seconds: 8 },
];

/** A job that an engine has begun, and its ends. */
interface Begun {
  readonly info: JobInfo;
  readonly signal: AbortSignal;
  readonly work: Omit<Work<UnlearnPart>, 'signal'>;
  end(result: unknown): void;
  fail(error: unknown): void;
}

/** The queue of an engine, whose jobs end when a test says so. */
class StagedEngine implements JobEngine {
  readonly queue = new JobQueue<JobInfo>();
  readonly begun: Begun[] = [];
  /** What is waited for before a job gets to the queue. */
  start: Promise<void> = Promise.resolve();

  readonly onDidChangeQueue: JobEngine['onDidChangeQueue'] = (listener) => ({
    dispose: this.queue.onDidChange(() => listener()),
  });

  readonly submit: SubmitJob = async (name, request, work = {}) => {
    await this.start;
    const info = { name, request };
    return this.queue.enqueue(info, (signal) => {
      return new Promise((end, fail) => this.begun.push({ info, signal, work: work as Begun['work'], end, fail }));
    });
  };
}

let engine: StagedEngine;
let jobs: JobCenter;
let unfinished: UnfinishedRuns;
let states: RunState[];
let errors: string[];

function open(folder?: string): JobCenter {
  const onError = (tried: string) => void errors.push(tried);
  unfinished = new UnfinishedRuns(folder, onError);
  const center = new JobCenter(engine, unfinished, { error: onError });
  center.onDidChange((state) => states.push(state));
  return center;
}

function unlearn(model: string, steps?: readonly RunStep[]) {
  return caught(jobs.unlearn(model, { model, forget: ['Shirt'] }, steps));
}

/** The error of a job, or what it gives. */
function caught<T>(job: Promise<T>): Promise<T | LetheError> {
  return job.catch((error: LetheError) => error);
}

/** Lets everything happen that needs no time. */
function settled(): Promise<unknown> {
  return vi.isFakeTimers() ? vi.advanceTimersByTimeAsync(0) : new Promise((resolve) => setImmediate(resolve));
}

const result = { run: '/home/ada/.lethe/runs/1' } as UnlearnResult;
const crash = new LetheError('engine-crashed', { message: 'the engine ended unexpectedly' });
const tooMuch = new LetheError('out-of-memory', { message: 'it took too much memory' });
const stopped = new LetheError('cancelled', { message: 'cancelled; nothing was written' });

beforeEach(() => {
  engine = new StagedEngine();
  states = [];
  errors = [];
  jobs = open();
});

afterEach(() => {
  jobs.dispose();
  vi.useRealTimers();
});

describe('A job', () => {
  it('is queued, runs and is done', async () => {
    const job = unlearn(FIRST);
    expect(jobs.active).toEqual([jobs.latest(FIRST)]);
    expect(jobs.latest(FIRST)).toMatchObject({ status: 'queued', step: 'Starting', classes: ['Shirt'], started: null });
    await settled();
    expect(engine.begun[0].info).toEqual({ name: 'unlearn', request: { model: FIRST, forget: ['Shirt'] } });
    expect(jobs.latest(FIRST)).toMatchObject({ status: 'running', step: 'Starting', position: 0, secondsLeft: null });
    expect(Date.parse(jobs.latest(FIRST)!.started!)).toBeLessThanOrEqual(Date.now());

    engine.begun[0].work.onProgress!({ phase: 'search', done: 1, total: 4 });
    expect(jobs.latest(FIRST)).toMatchObject({
      progress: { phase: 'search', done: 1, total: 4 },
      step: 'Trying candidates',
    });
    engine.begun[0].end(result);
    expect(await job).toBe(result);
    expect(jobs.active).toEqual([]);
    expect(jobs.latest(FIRST)).toMatchObject({ status: 'done', step: '', progress: null, error: null });
    expect([...new Set(states.map(({ status }) => status))]).toEqual(['queued', 'running', 'done']);
    expect(states.at(-1)).toEqual(jobs.latest(FIRST));
  });

  it('that evaluates is told as such, and keeps nothing', async () => {
    const job = jobs.evaluate(FIRST, { model: FIRST });
    await settled();
    expect(jobs.latest(FIRST)).toMatchObject({ kind: 'evaluate', classes: [], status: 'running' });
    expect(jobs.unfinished(FIRST)).toBeUndefined();
    const measured = { accuracy: 0.9 } as EvaluateResult;
    engine.begun[0].end(measured);
    expect(await job).toBe(measured);
    expect(jobs.latest(FIRST)!.status).toBe('done');
  });

  it('tells that it has unlearned before it is done, while its parts can still be had', async () => {
    const told: unknown[] = [];
    jobs.onDidUnlearn((unlearned) => {
      told.push(unlearned, jobs.latest(FIRST)!.status, jobs.unfinished(FIRST)!.outcome.notes);
    });
    const job = unlearn(FIRST);
    await settled();
    engine.begun[0].work.onPart!({ notes: ['a note'] });
    engine.begun[0].end(result);
    await job;
    expect(told).toEqual([{ model: FIRST, result }, 'running', ['a note']]);
    expect(jobs.unfinished(FIRST)).toBeUndefined();
  });

  it('that fails is told to have, with its error, and the log has it too', async () => {
    const job = unlearn(FIRST);
    await settled();
    engine.begun[0].fail(new LetheError('disk-full', { message: 'there is no room' }));
    expect(await job).toMatchObject({ code: 'disk-full' });
    expect(jobs.latest(FIRST)).toMatchObject({ status: 'failed', error: { code: 'disk-full' } });
    expect(jobs.unfinished(FIRST)).toBeUndefined();
    expect(errors).toEqual([`unlearn ${FIRST}`]);
  });

  it('is refused on a model that another one is at work on, and allowed again after it', async () => {
    const first = unlearn(FIRST);
    await expect(jobs.evaluate(FIRST, { model: FIRST })).rejects.toMatchObject({ code: 'usage', file: FIRST });
    await settled();
    await expect(jobs.evaluate(FIRST, { model: FIRST })).rejects.toMatchObject({ code: 'usage', file: FIRST });
    expect(jobs.latest(FIRST)).toMatchObject({ kind: 'unlearn', status: 'running' });
    engine.begun[0].end(result);
    await first;
    void caught(jobs.evaluate(FIRST, { model: FIRST }));
    await settled();
    expect(engine.begun).toHaveLength(2);
  });

  it('may be on a model while one is on another', async () => {
    void unlearn(FIRST);
    void unlearn(SECOND);
    await settled();
    expect(jobs.active.map(({ model, status }) => [model, status])).toEqual([
      [FIRST, 'running'],
      [SECOND, 'queued'],
    ]);
  });
});

describe('A job that waits', () => {
  it('knows how many are before it, whoever asked for them', async () => {
    const info: JobInfo = { name: 'estimate', request: { model: SECOND } };
    const ends: (() => void)[] = [];
    for (let count = 0; count < 2; count++) {
      void engine.queue.enqueue(info, () => new Promise<void>((end) => ends.push(end)));
    }
    void unlearn(FIRST);
    await settled();
    expect(jobs.latest(FIRST)).toMatchObject({ status: 'queued', position: 2, step: 'Waiting for 2 jobs' });
    ends[0]();
    await settled();
    expect(jobs.latest(FIRST)).toMatchObject({ status: 'queued', position: 1, step: 'Waiting for another job' });
    expect(jobs.latest(FIRST)!.started).toBeNull();
    ends[1]();
    await settled();
    expect(jobs.latest(FIRST)).toMatchObject({ status: 'running', position: 0 });
  });

  it('can be cancelled before it starts, without harm to the one before it', async () => {
    void unlearn(FIRST);
    const second = unlearn(SECOND);
    await settled();
    jobs.cancel(SECOND);
    expect(await second).toMatchObject({ code: 'cancelled' });
    expect(jobs.latest(SECOND)).toMatchObject({ status: 'cancelled', step: '', started: null });
    expect(jobs.latest(FIRST)!.status).toBe('running');
    expect(engine.begun).toHaveLength(1);
    expect(errors).toEqual([]);
  });

  it('can be cancelled on its way to the queue', async () => {
    let arrive!: () => void;
    engine.start = new Promise((resolve) => {
      arrive = resolve;
    });
    void unlearn(FIRST);
    const second = unlearn(SECOND);
    jobs.cancel(SECOND);
    expect(jobs.latest(SECOND)).toMatchObject({ status: 'cancelling', step: 'Cancelling' });
    arrive();
    expect(await second).toMatchObject({ code: 'cancelled' });
    expect(jobs.latest(SECOND)!.status).toBe('cancelled');
    expect(engine.begun.map(({ info }) => info.request)).toEqual([{ model: FIRST, forget: ['Shirt'] }]);
  });
});

describe('A job that runs', () => {
  it('is cancelling until it has stopped, and tells no progress meanwhile', async () => {
    const job = unlearn(FIRST);
    await settled();
    jobs.cancel(FIRST);
    expect(engine.begun[0].signal.aborted).toBe(true);
    engine.begun[0].work.onProgress!({ phase: 'search', done: 1, total: 4 });
    expect(jobs.latest(FIRST)).toMatchObject({ status: 'cancelling', progress: null });
    expect(jobs.active).toHaveLength(1);
    engine.begun[0].fail(stopped);
    expect(await job).toBe(stopped);
    expect(jobs.latest(FIRST)).toMatchObject({ status: 'cancelled', error: { code: 'cancelled' } });
    expect(jobs.unfinished(FIRST)).toBeUndefined();
    expect(errors).toEqual([]);
  });

  it('is cancelled with all others where no model is named', async () => {
    const both = [unlearn(FIRST), unlearn(SECOND)];
    await settled();
    jobs.cancel();
    engine.begun[0].fail(stopped);
    expect(await Promise.all(both)).toMatchObject([{ code: 'cancelled' }, { code: 'cancelled' }]);
    expect(engine.begun).toHaveLength(1);
  });

  it('adds its parts to what is known of it', async () => {
    const limits = [{ class: 'Shirt', index: 6, reason: null, maxAccuracy: 0.01 }];
    void caught(jobs.unlearn(FIRST, { model: FIRST, forget: ['Shirt'], alphaR: [30] }, undefined, limits));
    expect(jobs.unfinished(FIRST)).toBeUndefined();
    await settled();
    const begun = jobs.unfinished(FIRST)!;
    expect(begun).toMatchObject({ state: 'running', folder: null, limits, settings: { alphaR: [30] } });
    expect(begun.created).toBe(jobs.latest(FIRST)!.started);
    expect(begun.outcome).toMatchObject({ forget: ['Shirt'], before: null, candidates: [] });

    const told = states.length;
    engine.begun[0].work.onPart!({ before: outcome.before });
    engine.begun[0].work.onPart!({ candidates: outcome.candidates });
    expect(states).toHaveLength(told + 2);
    const { before, candidates } = outcome;
    expect(jobs.unfinished(FIRST)).toEqual({ ...begun, outcome: { ...begun.outcome, before, candidates } });
  });

  it('tells the time that is left as it goes by, and only while it runs', async () => {
    vi.useFakeTimers();
    const job = unlearn(FIRST, STEPS);
    await settled();
    expect(jobs.latest(FIRST)!.secondsLeft).toBeCloseTo(10, 1);
    await vi.advanceTimersByTimeAsync(1000);
    expect(jobs.latest(FIRST)!.secondsLeft).toBeCloseTo(9, 1);
    engine.begun[0].work.onProgress!({ phase: 'search', done: 1, total: 8 });
    await vi.advanceTimersByTimeAsync(3000);
    const { secondsLeft } = jobs.latest(FIRST)!;
    expect(secondsLeft).toBeGreaterThan(0);
    expect(secondsLeft).toBeLessThan(8);
    engine.begun[0].end(result);
    await job;
    expect(jobs.latest(FIRST)!.secondsLeft).toBeNull();
    const told = states.length;
    await vi.advanceTimersByTimeAsync(5000);
    expect(states).toHaveLength(told);
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe('What a run has found', () => {
  async function failing(error: LetheError, part?: UnlearnPart): Promise<void> {
    const job = unlearn(FIRST);
    await settled();
    if (part) engine.begun[0].work.onPart!(part);
    engine.begun[0].fail(error);
    await job;
  }

  it('is kept as interrupted when the engine ends', async () => {
    await failing(crash);
    expect(jobs.latest(FIRST)!.status).toBe('failed');
    expect(jobs.unfinished(FIRST)).toMatchObject({ state: 'interrupted', outcome: { forget: ['Shirt'] } });
  });

  it('is kept as interrupted when the memory does not suffice after it has begun', async () => {
    await failing(tooMuch, { before: outcome.before });
    expect(jobs.unfinished(FIRST)).toMatchObject({ state: 'interrupted', outcome: { before: outcome.before } });
  });

  it('is nothing when the memory did not suffice for a beginning', async () => {
    await failing(tooMuch);
    expect(jobs.unfinished(FIRST)).toBeUndefined();
  });

  it('is of no use any more once another run has begun', async () => {
    await failing(crash, { notes: ['of the first one'] });
    void unlearn(FIRST);
    await settled();
    expect(jobs.unfinished(FIRST)).toMatchObject({ state: 'running', outcome: { notes: [] } });
  });

  it('stays as interrupted while the model is evaluated', async () => {
    await failing(crash);
    const evaluation = jobs.evaluate(FIRST, { model: FIRST });
    await settled();
    engine.begun[1].end({});
    await evaluation;
    expect(jobs.unfinished(FIRST)!.state).toBe('interrupted');
  });

  it('stays on the disk when the window ends, for the next one', async () => {
    const folder = path.join(await temporaryFolder(), 'unfinished');
    jobs.dispose();
    jobs = open(folder);
    const job = unlearn(FIRST);
    await settled();
    engine.begun[0].work.onPart!({ notes: ['the last thing it found'] });
    await unfinished.flush();
    const before = states.length;
    jobs.dispose();
    expect(engine.begun[0].signal.aborted).toBe(true);
    engine.begun[0].fail(crash);
    expect(await job).toBe(crash);
    expect(states).toHaveLength(before);
    expect(await readdir(folder)).toHaveLength(1);

    jobs = open(folder);
    expect(await jobs.findUnfinished(SECOND)).toBe(false);
    expect(await jobs.findUnfinished(FIRST)).toBe(true);
    expect(jobs.unfinished(FIRST)).toMatchObject({
      state: 'interrupted',
      outcome: { notes: ['the last thing it found'] },
    });
    expect(errors).toEqual([]);
  });
});
