import * as vscode from 'vscode';
import type { Work } from '../base/work.js';
import type { Engine } from '../client/engine.js';
import type { JobName, Jobs } from '../protocol.js';
import type { Log } from './log.js';
import { engineSettings } from './settings.js';
import { tensorFlowFolder } from './storage.js';

/** The engine's processes with the user's settings. Neither their code nor a process is there before it is needed. */
export class EngineService implements vscode.Disposable {
  readonly #context: vscode.ExtensionContext;
  readonly #log: Log;
  readonly #listener: vscode.Disposable;
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
  async run<Name extends JobName>(
    name: Name,
    request: Jobs[Name]['request'],
    work?: Work,
  ): Promise<Jobs[Name]['result']> {
    this.#engine ??= this.#start();
    return (await this.#engine).run(name, request, work);
  }

  /** Ends what runs; the next job starts a new process. */
  async restart(): Promise<void> {
    (await this.#engine)?.restart();
  }

  async dispose(): Promise<void> {
    this.#listener.dispose();
    await (await this.#engine)?.dispose();
  }

  async #start(): Promise<Engine> {
    const { Engine } = await import('../client/engine.js');
    return new Engine({
      entry: this.#context.asAbsolutePath('dist/engine.cjs'),
      onLog: (level, message) => this.#log[level === 'error' ? 'warn' : level](message),
      ...this.#options(),
    });
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
