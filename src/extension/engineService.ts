import * as vscode from 'vscode';
import type { Engine, SubmitJob } from '../client/engine.js';
import type { RunJob } from '../contract/jobs.js';
import type { Log } from './log.js';
import { engineSettings } from './settings.js';
import { tensorFlowFolder } from './storage.js';

/** The engine's processes with the user's settings. Neither their code nor a process is there before it is needed. */
export class EngineService implements vscode.Disposable {
  readonly #context: vscode.ExtensionContext;
  readonly #log: Log;
  readonly #listener: vscode.Disposable;
  readonly #queueChanged = new vscode.EventEmitter<void>();
  /** Fires whenever a long job comes, starts, is cancelled or ends, whoever asked for it. */
  readonly onDidChangeQueue = this.#queueChanged.event;
  #engine: Promise<Engine> | undefined;

  constructor(context: vscode.ExtensionContext, log: Log) {
    this.#context = context;
    this.#log = log;
    this.#listener = vscode.workspace.onDidChangeConfiguration(async (event) => {
      if (event.affectsConfiguration('lethe.engine') || event.affectsConfiguration('lethe.tensorflow')) {
        (await this.#engine)?.configure(this.#options());
      }
    });
  }

  /** Where packages are put that the user installs for Lethe. */
  get storage(): string {
    return tensorFlowFolder(this.#context);
  }

  /** Runs a job. Long ones wait for each other; looks at files never wait. @throws LetheError as the job. */
  readonly run: RunJob = async (name, request, work) => (await this.#ready()).run(name, request, work);

  /** Puts a long job into the queue, and tells how it stands there. */
  readonly submit: SubmitJob = async (name, request, work) => (await this.#ready()).submit(name, request, work);

  /** Ends what runs; the next job starts a new process. */
  async restart(): Promise<void> {
    (await this.#engine)?.restart();
  }

  async dispose(): Promise<void> {
    vscode.Disposable.from(this.#listener, this.#queueChanged).dispose();
    await (await this.#engine)?.dispose();
  }

  #ready(): Promise<Engine> {
    this.#engine ??= this.#start();
    return this.#engine;
  }

  async #start(): Promise<Engine> {
    const { Engine } = await import('../client/engine.js');
    const engine = new Engine({
      entry: this.#context.asAbsolutePath('dist/engine.cjs'),
      onLog: (level, message) => this.#log[level === 'error' ? 'warn' : level](message),
      ...this.#options(),
    });
    engine.queue.onDidChange(() => this.#queueChanged.fire());
    return engine;
  }

  #options() {
    const { nodePath, memoryLimitBytes, threads, tensorflow } = engineSettings();
    return {
      nodePath,
      memoryLimitBytes,
      threads,
      env: { LETHE_TENSORFLOW: tensorflow, LETHE_TENSORFLOW_PATH: this.storage },
    };
  }
}
