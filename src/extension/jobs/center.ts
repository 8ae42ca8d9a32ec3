import { LetheError } from '../../base/errors.js';
import type { JobInfo, SubmitJob } from '../../client/engine.js';
import type { QueuedJob } from '../../client/jobQueue.js';
import type { Jobs } from '../../contract/jobs.js';
import type { EvaluateRequest, EvaluateResult } from '../../contract/models.js';
import type { Work } from '../../contract/progress.js';
import type { RunStep, StudioRun, UnlearnRequest, UnlearnResult } from '../../contract/run.js';
import type { RunState } from '../../contract/studio.js';
import { reportOf } from '../../project/errorReport.js';
import { type Disposable, Emitter, type Event } from '../emitter.js';
import type { Log } from '../log.js';
import { begunRun, isBrokenOff } from './begunRun.js';
import { stepText } from './phases.js';
import { TimeLeft } from './timeLeft.js';
import type { UnfinishedRuns } from './unfinishedRuns.js';

type Kind = RunState['kind'];

interface Job {
  state: RunState;
  readonly request: Jobs[Kind]['request'];
  /** As long as it is not here, it is on its way to the queue. */
  queued?: QueuedJob<JobInfo>;
  isCancelled: boolean;
  /** Of an unlearning with an estimate, from its start on. */
  timeLeft?: TimeLeft;
  readonly steps: readonly RunStep[] | undefined;
  readonly limits: StudioRun['limits'];
}

/** Where jobs go: an engine with a queue. */
export interface JobEngine {
  readonly submit: SubmitJob;
  /** Fires whenever a job in the queue comes, starts, is cancelled or ends. */
  readonly onDidChangeQueue: Event<void>;
}

/** A run that has come to its end, and what came of it. */
export interface Unlearned {
  /** Path. */
  readonly model: string;
  readonly result: UnlearnResult;
}

/** Milliseconds between two looks at the clock. */
const TICK = 1000;

/**
 * The jobs on models that users asked for, which go by their paths: what each one is at and what came of it. It owns them, so
 * that a view may be closed and opened again while they run. How they wait is the engine's queue, where other long jobs may be
 * before them.
 */
export class JobCenter implements Disposable {
  readonly #engine: JobEngine;
  readonly #log: Pick<Log, 'error'>;
  readonly #unfinished: UnfinishedRuns;
  readonly #changed = new Emitter<RunState>();
  readonly onDidChange = this.#changed.event;
  readonly #unlearned = new Emitter<Unlearned>();
  /** Fires before the job is told to be done. */
  readonly onDidUnlearn = this.#unlearned.event;
  /** Unfinished ones, in the order they were asked for. */
  readonly #active: Job[] = [];
  /** The latest of each model, finished or not. */
  readonly #latest = new Map<string, Job>();
  readonly #listener: Disposable;
  #ticks: NodeJS.Timeout | undefined;
  #nextId = 1;
  #isDisposed = false;

  constructor(engine: JobEngine, unfinished: UnfinishedRuns, log: Pick<Log, 'error'>) {
    this.#engine = engine;
    this.#unfinished = unfinished;
    this.#log = log;
    this.#listener = engine.onDidChangeQueue(() => this.#follow());
  }

  /** Unfinished jobs, the one before the others first. */
  get active(): readonly RunState[] {
    return this.#active.map(({ state }) => state);
  }

  /** The latest job on a model. */
  latest(model: string): RunState | undefined {
    return this.#latest.get(model)?.state;
  }

  /** What the unlearning of a model that goes on, or was broken off, has found so far. */
  unfinished(model: string): StudioRun | undefined {
    return this.#unfinished.get(model);
  }

  /** Looks for a run on the model that the end of an earlier window broke off. @returns whether there is one that was not known. */
  findUnfinished(model: string): Promise<boolean> {
    return this.#unfinished.find(model);
  }

  /**
   * @param steps how long the parts of the run should take, if that was estimated.
   * @param limits the classes to forget as views show them.
   * @throws LetheError as the job, `cancelled` among them; the state tells the same.
   */
  async unlearn(
    model: string,
    request: UnlearnRequest,
    steps?: readonly RunStep[],
    limits: StudioRun['limits'] = [],
  ): Promise<UnlearnResult> {
    const job = this.#add('unlearn', model, request, (request.forget ?? []).map(String), steps, limits);
    const onPart = (part: Partial<StudioRun['outcome']>) => {
      this.#unfinished.add(model, part);
      this.#changed.fire(job.state);
    };
    try {
      const result = await this.#run(job, 'unlearn', request, { onPart });
      if (!this.#isDisposed) this.#unlearned.fire({ model, result });
      this.#end(job, { status: 'done' });
      return result;
    } catch (error) {
      throw this.#fail(job, error);
    }
  }

  /** @throws LetheError as the job. */
  async evaluate(model: string, request: EvaluateRequest): Promise<EvaluateResult> {
    const job = this.#add('evaluate', model, request, []);
    try {
      const result = await this.#run(job, 'evaluate', request, {});
      this.#end(job, { status: 'done' });
      return result;
    } catch (error) {
      throw this.#fail(job, error);
    }
  }

  /** Cancels the unfinished job of a model, or every one. */
  cancel(model?: string): void {
    for (const job of [...this.#active]) {
      if (model && job.state.model !== model) continue;
      job.isCancelled = true;
      this.#update(job, { status: 'cancelling' });
      job.queued?.cancel();
    }
  }

  /** Ends the jobs. What an unlearning has found so far stays on the disk for the next window. */
  dispose(): void {
    this.#isDisposed = true;
    clearInterval(this.#ticks);
    for (const { queued } of this.#active) queued?.cancel();
    this.#unfinished.dispose();
    for (const part of [this.#listener, this.#changed, this.#unlearned]) part.dispose();
  }

  #add(
    kind: Kind,
    model: string,
    request: Jobs[Kind]['request'],
    classes: readonly string[],
    steps?: readonly RunStep[],
    limits: StudioRun['limits'] = [],
  ): Job {
    if (this.#active.some(({ state }) => state.model === model)) {
      throw new LetheError('usage', {
        message: 'Lethe is at work on this model already',
        file: model,
        hint: 'Wait for it, or cancel it.',
      });
    }
    const waits = { status: 'queued', position: 0, progress: null } as const;
    const state = {
      ...{ id: this.#nextId++, kind, model, classes, ...waits, step: stepText(waits) },
      ...{ started: null, secondsLeft: null, error: null },
    };
    const job: Job = { state, request, steps, limits, isCancelled: false };
    this.#active.push(job);
    this.#latest.set(model, job);
    this.#update(job, {});
    return job;
  }

  async #run<Name extends Kind>(
    job: Job,
    name: Name,
    request: Jobs[Name]['request'],
    work: Work,
  ): Promise<Jobs[Name]['result']> {
    const onProgress: Work['onProgress'] = (progress) => {
      if (job.state.status !== 'running') return;
      job.timeLeft?.progress(progress, now());
      this.#update(job, { progress, secondsLeft: job.timeLeft?.at(now()) ?? null });
    };
    const queued = await this.#engine.submit(name, request, { ...work, onProgress });
    job.queued = queued;
    if (job.isCancelled || this.#isDisposed) queued.cancel();
    this.#follow();
    return queued.promise;
  }

  /** Takes over how the jobs stand in the queue. */
  #follow(): void {
    for (const job of [...this.#active]) {
      const { queued, state } = job;
      if (!queued || job.isCancelled) continue;
      const { status, position } = queued;
      if (status === 'running' && state.status === 'queued') this.#start(job);
      else if (position !== state.position) this.#update(job, { position });
    }
  }

  #start(job: Job): void {
    const started = new Date().toISOString();
    if (job.steps) {
      job.timeLeft = new TimeLeft(job.steps, now());
      this.#ticks ??= setInterval(() => this.#tick(), TICK);
    }
    if (job.state.kind === 'unlearn') {
      const { classes, model } = job.state;
      this.#unfinished.begin(model, begunRun(started, classes, job.request as UnlearnRequest, job.limits));
    }
    this.#update(job, { status: 'running', position: 0, started, secondsLeft: job.timeLeft?.at(now()) ?? null });
  }

  /** Time goes on, also where there is no progress. */
  #tick(): void {
    const running = this.#active.filter(({ state, timeLeft }) => timeLeft && state.status === 'running');
    for (const job of running) this.#update(job, { secondsLeft: job.timeLeft!.at(now()) });
    if (running.length > 0) return;
    clearInterval(this.#ticks);
    this.#ticks = undefined;
  }

  /** @returns the error, for throwing it. */
  #fail(job: Job, error: unknown): unknown {
    if (this.#isDisposed) return error;
    const report = reportOf(error);
    if (report.code !== 'cancelled') this.#log.error(`${job.state.kind} ${job.state.model}`, error);
    this.#end(job, { status: report.code === 'cancelled' ? 'cancelled' : 'failed', error: report });
    return error;
  }

  #end(job: Job, change: Pick<RunState, 'status'> & Partial<RunState>): void {
    if (this.#isDisposed) return;
    const { kind, model } = job.state;
    if (kind === 'unlearn' && this.#unfinished.get(model)?.state === 'running') {
      if (isBrokenOff(change.error, this.#unfinished.get(model)!)) this.#unfinished.interrupt(model);
      else this.#unfinished.end(model);
    }
    this.#active.splice(this.#active.indexOf(job), 1);
    this.#update(job, { ...change, progress: null, secondsLeft: null });
  }

  #update(job: Job, change: Partial<RunState>): void {
    const state = { ...job.state, ...change };
    job.state = { ...state, step: stepText(state) };
    this.#changed.fire(job.state);
  }
}

/** Seconds on a clock that does not go back. */
function now(): number {
  return performance.now() / 1000;
}
