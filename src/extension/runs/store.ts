import path from 'node:path';
import * as vscode from 'vscode';
import type { RunSummary } from '../../contract/run.js';
import type { EngineService } from '../engineService.js';
import type { Log } from '../log.js';
import type { ModelStore } from '../models/store.js';

/** The runs that are recorded beside the models of the workspace. */
export class RunStore implements vscode.Disposable {
  readonly #engine: EngineService;
  readonly #models: ModelStore;
  readonly #log: Log;
  readonly #changed = new vscode.EventEmitter<void>();
  readonly onDidChange = this.#changed.event;
  readonly #listener: vscode.Disposable;
  /** The list, asked for once until something has changed. */
  #list: Promise<readonly RunSummary[]> | undefined;

  constructor(engine: EngineService, models: ModelStore, log: Log) {
    this.#engine = engine;
    this.#models = models;
    this.#log = log;
    // Whenever a run has ended or a record was deleted, the models were looked at again.
    this.#listener = models.onDidChange((changed) => {
      if (changed.length > 0) return;
      this.#list = undefined;
      this.#changed.fire();
    });
  }

  /** Newest first. Records are data of the workspace, so nothing is read in an untrusted one. */
  async all(): Promise<readonly RunSummary[]> {
    if (!vscode.workspace.isTrusted) return [];
    const list = this.#list ?? this.#ask();
    this.#list = list;
    list.catch(() => {
      if (this.#list === list) this.#list = undefined;
    });
    return list;
  }

  dispose(): void {
    vscode.Disposable.from(this.#changed, this.#listener).dispose();
  }

  async #ask(): Promise<readonly RunSummary[]> {
    const models = await this.#models.all();
    const folders = new Set(
      models.flatMap(({ uri }) => [path.dirname(uri.fsPath), path.dirname(path.dirname(uri.fsPath))]),
    );
    for (const folder of vscode.workspace.workspaceFolders ?? []) folders.add(folder.uri.fsPath);
    const { runs, broken } = await this.#engine.run('runs', { folders: [...folders] });
    for (const { file, message } of broken) this.#log.warn(`A run record can't be read: ${file}: ${message}`);
    return runs;
  }
}
