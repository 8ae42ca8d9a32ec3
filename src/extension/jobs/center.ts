import * as vscode from 'vscode';
import { LetheError } from '../../base/errors.js';
import { reportOf } from '../../project/errorReport.js';
import type { EvaluateRequest, EvaluateResult, RunState, UnlearnRequest, UnlearnResult } from '../../protocol.js';
import type { EngineService } from '../engineService.js';
import type { Log } from '../log.js';

interface Job {
  state: RunState;
  readonly controller: AbortController;
}

/**
 * The jobs on models that users asked for: what each one is at and what came of it. It owns them, so that a view may be closed
 * and opened again while they run. One runs at a time; the others wait their turn.
 */
export class JobCenter implements vscode.Disposable {
  readonly #engine: EngineService;
  readonly #log: Log;
  readonly #changed = new vscode.EventEmitter<RunState>();
  readonly onDidChange = this.#changed.event;
  /** Unfinished ones, in the order they were asked for. */
  readonly #active: Job[] = [];
  /** The latest of each model, finished or not. */
  readonly #latest = new Map<string, Job>();
  readonly #results = new Map<string, UnlearnResult>();
  #nextId = 1;

  constructor(engine: EngineService, log: Log) {
    this.#engine = engine;
    this.#log = log;
  }

  /** Unfinished jobs; the first one runs. */
  get active(): readonly RunState[] {
    return this.#active.map(({ state }) => state);
  }

  /** The latest job on a model. */
  latest(model: vscode.Uri): RunState | undefined {
    return this.#latest.get(model.fsPath)?.state;
  }

  /** What the latest unlearning of a model came to in this session of the editor; it stays while later jobs run. */
  lastResult(model: vscode.Uri): UnlearnResult | undefined {
    return this.#results.get(model.fsPath);
  }

  /** @throws LetheError as the job, `cancelled` among them; the state tells the same. */
  unlearn(model: vscode.Uri, request: UnlearnRequest): Promise<UnlearnResult> {
    return this.#run('unlearn', model, (request.forget ?? []).map(String), (job, work) =>
      this.#engine.run('unlearn', request, { ...work, signal: job.controller.signal }),
    );
  }

  /** @throws LetheError as the job. */
  evaluate(model: vscode.Uri, request: EvaluateRequest): Promise<EvaluateResult> {
    return this.#run('evaluate', model, [], (job, work) =>
      this.#engine.run('evaluate', request, { ...work, signal: job.controller.signal }),
    );
  }

  /** Cancels the unfinished job of a model, or every one. */
  cancel(model?: vscode.Uri): void {
    for (const job of [...this.#active]) {
      if (model && job.state.model !== model.fsPath) continue;
      this.#update(job, { status: 'cancelling' });
      job.controller.abort();
    }
  }

  dispose(): void {
    for (const { controller } of this.#active) controller.abort();
    this.#changed.dispose();
  }

  async #run<T extends EvaluateResult | UnlearnResult>(
    kind: RunState['kind'],
    model: vscode.Uri,
    classes: readonly string[],
    start: (job: Job, work: { onProgress: (progress: RunState['progress'] & {}) => void }) => Promise<T>,
  ): Promise<T> {
    const busy = this.#active.find(({ state }) => state.model === model.fsPath);
    if (busy) {
      throw new LetheError('usage', {
        message: 'Lethe is at work on this model already',
        file: model.fsPath,
        hint: 'Wait for it, or cancel it.',
      });
    }
    const job: Job = {
      controller: new AbortController(),
      state: {
        id: this.#nextId++,
        kind,
        model: model.fsPath,
        classes,
        status: 'queued',
        position: 0,
        progress: null,
        started: null,
        error: null,
      },
    };
    this.#active.push(job);
    this.#latest.set(model.fsPath, job);
    this.#order();
    try {
      const result = await start(job, {
        onProgress: (progress) => {
          if (job.state.status === 'running') this.#update(job, { progress });
        },
      });
      if ('candidates' in result) this.#results.set(model.fsPath, result);
      this.#finish(job, { status: 'done' });
      return result;
    } catch (error) {
      const report = reportOf(error);
      if (report.code !== 'cancelled') this.#log.error(`${kind} ${model.fsPath}`, error);
      this.#finish(job, { status: report.code === 'cancelled' ? 'cancelled' : 'failed', error: report });
      throw error;
    }
  }

  #finish(job: Job, change: Partial<RunState>): void {
    this.#active.splice(this.#active.indexOf(job), 1);
    this.#update(job, { ...change, progress: null });
    this.#order();
  }

  /** Tells every waiting job its place; the first one runs. */
  #order(): void {
    for (const [position, job] of this.#active.entries()) {
      const starts = position === 0 && job.state.status === 'queued';
      if (starts) this.#update(job, { position, status: 'running', started: new Date().toISOString() });
      else if (job.state.position !== position) this.#update(job, { position });
    }
    vscode.commands.executeCommand('setContext', 'lethe.busy', this.#active.length > 0);
  }

  #update(job: Job, change: Partial<RunState>): void {
    job.state = { ...job.state, ...change };
    this.#changed.fire(job.state);
  }
}
