import * as vscode from 'vscode';
import { LetheError } from '../../base/errors.js';
import type { JobInfo } from '../../client/engine.js';
import type { QueuedJob } from '../../client/jobQueue.js';
import type { Jobs } from '../../contract/jobs.js';
import type { EvaluateRequest, EvaluateResult } from '../../contract/models.js';
import type { Work } from '../../contract/progress.js';
import type { RunStep, StudioRun, UnlearnRequest, UnlearnResult } from '../../contract/run.js';
import { settingsOf } from '../../contract/settings.js';
import type { RunState } from '../../contract/studio.js';
import type { ErrorReport } from '../../contract/terms.js';
import { reportOf } from '../../project/errorReport.js';
import type { EngineService } from '../engineService.js';
import type { Log } from '../log.js';
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

/** A run that has come to its end, and what came of it. */
export interface Unlearned {
  readonly model: vscode.Uri;
  readonly result: UnlearnResult;
}

/** Milliseconds between two looks at the clock. */
const TICK = 1000;

/**
 * The jobs on models that users asked for: what each one is at and what came of it. It owns them, so that a view may be closed
 * and opened again while they run. How they wait is the engine's queue, where other long jobs may be before them.
 */
export class JobCenter implements vscode.Disposable {
  readonly #engine: EngineService;
  readonly #log: Log;
  readonly #unfinished: UnfinishedRuns;
  readonly #changed = new vscode.EventEmitter<RunState>();
  readonly onDidChange = this.#changed.event;
  readonly #unlearned = new vscode.EventEmitter<Unlearned>();
  /** Fires before the job is told to be done. */
  readonly onDidUnlearn = this.#unlearned.event;
  /** Unfinished ones, in the order they were asked for. */
  readonly #active: Job[] = [];
  /** The latest of each model, finished or not. */
  readonly #latest = new Map<string, Job>();
  readonly #listener: vscode.Disposable;
  #ticks: NodeJS.Timeout | undefined;
  #nextId = 1;
  #isBusy = false;
  #isDisposed = false;

  constructor(engine: EngineService, unfinished: UnfinishedRuns, log: Log) {
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
  latest(model: vscode.Uri): RunState | undefined {
    return this.#latest.get(model.fsPath)?.state;
  }

  /** What the unlearning of a model that goes on, or was broken off, has found so far. */
  unfinished(model: vscode.Uri): StudioRun | undefined {
    return this.#unfinished.get(model.fsPath);
  }

  /** Looks for a run on the model that the end of an earlier window broke off. @returns whether there is one that was not known. */
  findUnfinished(model: vscode.Uri): Promise<boolean> {
    return this.#unfinished.find(model.fsPath);
  }

  /**
   * @param steps how long the parts of the run should take, if that was estimated.
   * @param limits the classes to forget as views show them.
   * @throws LetheError as the job, `cancelled` among them; the state tells the same.
   */
  async unlearn(
    model: vscode.Uri,
    request: UnlearnRequest,
    steps?: readonly RunStep[],
    limits: StudioRun['limits'] = [],
  ): Promise<UnlearnResult> {
    const job = this.#add('unlearn', model, request, (request.forget ?? []).map(String), steps, limits);
    const onPart = (part: Partial<StudioRun['outcome']>) => {
      this.#unfinished.add(model.fsPath, part);
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
  async evaluate(model: vscode.Uri, request: EvaluateRequest): Promise<EvaluateResult> {
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
  cancel(model?: vscode.Uri): void {
    for (const job of [...this.#active]) {
      if (model && job.state.model !== model.fsPath) continue;
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
    vscode.Disposable.from(this.#listener, this.#changed, this.#unlearned).dispose();
  }

  #add(
    kind: Kind,
    model: vscode.Uri,
    request: Jobs[Kind]['request'],
    classes: readonly string[],
    steps?: readonly RunStep[],
    limits: StudioRun['limits'] = [],
  ): Job {
    if (this.#active.some(({ state }) => state.model === model.fsPath)) {
      throw new LetheError('usage', {
        message: 'Lethe is at work on this model already',
        file: model.fsPath,
        hint: 'Wait for it, or cancel it.',
      });
    }
    const waits = { status: 'queued', position: 0, progress: null } as const;
    const state = {
      ...{ id: this.#nextId++, kind, model: model.fsPath, classes, ...waits, step: stepText(waits) },
      ...{ started: null, secondsLeft: null, error: null },
    };
    const job: Job = { state, request, steps, limits, isCancelled: false };
    this.#active.push(job);
    this.#latest.set(model.fsPath, job);
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
      this.#unfinished.begin(model, begun(started, classes, job.request as UnlearnRequest, job.limits));
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
    this.#tellIfBusy();
    this.#changed.fire(job.state);
  }

  /** For the menus; only when it changes, as progress comes often. */
  #tellIfBusy(): void {
    const isBusy = this.#active.length > 0;
    if (isBusy === this.#isBusy) return;
    this.#isBusy = isBusy;
    vscode.commands.executeCommand('setContext', 'lethe.busy', isBusy);
  }
}

/** Whether a run ended with its process. One that does not fit into memory is refused before it has found anything. */
function isBrokenOff(error: ErrorReport | null | undefined, { outcome }: StudioRun): boolean {
  return error?.code === 'engine-crashed' || (error?.code === 'out-of-memory' && outcome.before !== null);
}

const NOTHING_FOUND: Omit<StudioRun['outcome'], 'forget'> = {
  earlier: [],
  candidate: null,
  measuredOn: null,
  before: null,
  after: null,
  perClass: [],
  confusionBefore: null,
  confusionAfter: null,
  layers: [],
  skipped: [],
  candidates: [],
  policy: [],
  notes: [],
  seconds: null,
};

/** A run of which nothing is known yet. */
function begun(
  created: string,
  classes: readonly string[],
  request: UnlearnRequest,
  limits: StudioRun['limits'],
): StudioRun {
  return {
    state: 'running',
    folder: null,
    id: null,
    created,
    settings: settingsOf(request),
    limits,
    output: null,
    saved: null,
    outcome: { ...NOTHING_FOUND, forget: classes },
  };
}

/** Seconds on a clock that does not go back. */
function now(): number {
  return performance.now() / 1000;
}
