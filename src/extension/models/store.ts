import * as vscode from 'vscode';
import { exists } from '../../base/files.js';
import { mainFileOf } from '../../contract/formats.js';
import type { ModelSummary } from '../../contract/models.js';
import { baseName } from '../../contract/names.js';
import type { EngineService } from '../engineService.js';
import type { Log } from '../log.js';
import { apartByAllowOutside } from '../settings.js';
import { findConfigs, findModels, watchModels } from './find.js';

/** A model of the workspace and what is known of it. */
export interface KnownModel {
  readonly uri: vscode.Uri;
  readonly summary: ModelSummary;
}

/** Milliseconds without a further change until the workspace is looked at again: saving a model touches several files. */
const SETTLE = 400;

/** Models described in one request, so that the first ones of many show at once. */
const TOGETHER = 50;

/** Every model of the workspace, kept up to date. It looks at nothing until somebody asks. */
export class ModelStore implements vscode.Disposable {
  readonly #engine: EngineService;
  readonly #log: Log;
  readonly #changed = new vscode.EventEmitter<readonly vscode.Uri[]>();
  /** Fires with the models that were looked at again; with an empty list when one is gone or the list is complete. */
  readonly onDidChange = this.#changed.event;
  readonly #touched = new vscode.EventEmitter<vscode.Uri>();
  /** Fires with a file that was written, made or deleted: a model, a part of one, a `lethe.json`. */
  readonly onDidTouch = this.#touched.event;
  readonly #models = new Map<string, KnownModel>();
  readonly #disposables: vscode.Disposable[] = [this.#changed, this.#touched];
  #loading: Promise<void> | undefined;
  #stale = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(engine: EngineService, log: Log) {
    this.#engine = engine;
    this.#log = log;
  }

  /** All models, sorted by path. Looks for them the first time. */
  async all(): Promise<readonly KnownModel[]> {
    await this.load();
    return [...this.#models.values()].sort((a, b) => (a.uri.path < b.uri.path ? -1 : 1));
  }

  /** What is known of a model now, undefined if it was not looked at yet or is none. */
  get(uri: vscode.Uri): ModelSummary | undefined {
    return this.#models.get(uri.toString())?.summary;
  }

  /** What is known of a model, looking at it if nobody did; also for a file outside of the workspace. */
  async describe(uri: vscode.Uri): Promise<ModelSummary> {
    return this.get(uri) ?? (await this.#describe([uri]))[0];
  }

  /** Looks for the models, once. */
  load(): Promise<void> {
    if (!this.#loading) {
      this.#watch();
      this.#loading = this.#look();
    }
    return this.#loading;
  }

  /** Looks for the models at once if a `lethe.json` is in the workspace. */
  async loadWherePolicy(): Promise<void> {
    if ((await findConfigs()).length > 0) await this.load();
  }

  /** Looks at the whole workspace again, and at every open model outside of it. */
  async refresh(): Promise<void> {
    const before = this.load();
    await before;
    if (this.#loading === before) this.#loading = this.#look();
    await this.#loading;
  }

  dispose(): void {
    clearTimeout(this.#timer);
    vscode.Disposable.from(...this.#disposables).dispose();
  }

  #watch(): void {
    const again = () => {
      this.#stale = true;
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => void this.#refreshIfStale(), SETTLE);
    };
    this.#disposables.push(
      watchModels((file) => {
        if (!file.path.includes('/.lethe/')) this.#touched.fire(file);
        again();
      }),
      vscode.workspace.onDidChangeWorkspaceFolders(({ removed }) => {
        for (const { uri } of removed) this.#forget(uri);
        again();
      }),
      vscode.workspace.onDidGrantWorkspaceTrust(again),
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration('files.exclude') || event.affectsConfiguration('lethe.data')) again();
      }),
    );
  }

  async #refreshIfStale(): Promise<void> {
    if (!this.#stale) return;
    this.#stale = false;
    await this.refresh();
  }

  async #look(): Promise<void> {
    const found = await findModels();
    const present = new Set(found.map(String));
    for (const key of this.#models.keys()) {
      const known = this.#models.get(key)!;
      if (present.has(key)) continue;
      // One outside of the workspace was opened by hand, and stays as long as it is there.
      if (!vscode.workspace.getWorkspaceFolder(known.uri) && (await exists(known.uri.fsPath))) found.push(known.uri);
      else this.#models.delete(key);
    }
    for (let at = 0; at < found.length; at += TOGETHER) {
      const some = found.slice(at, at + TOGETHER);
      try {
        await this.#describe(some);
      } catch (error) {
        this.#log.error('The models of the workspace could not be looked at', error);
        break;
      }
    }
    vscode.commands.executeCommand(
      'setContext',
      'lethe.models',
      [...this.#models.values()].map(({ uri }) => uri.fsPath),
    );
    this.#changed.fire([]);
  }

  /** Of a folder that is no part of the workspace any more. */
  #forget(folder: vscode.Uri): void {
    for (const [key, { uri }] of this.#models) {
      if (uri.path.startsWith(`${folder.path}/`)) this.#models.delete(key);
    }
  }

  async #describe(uris: readonly vscode.Uri[]): Promise<readonly ModelSummary[]> {
    const summaries: ModelSummary[] = [];
    for (const { files, allowOutside } of apartByAllowOutside(uris)) {
      const { models } = await this.#engine.run('describe', {
        models: files.map(({ fsPath }) => fsPath),
        headersOnly: !vscode.workspace.isTrusted,
        allowOutside,
      });
      for (const [at, uri] of files.entries()) this.#keep(uri, models[at]);
      summaries.push(...models);
    }
    this.#changed.fire(uris);
    return summaries;
  }

  /** What may be something else and is no model is nobody's business; a model that can't be read is. */
  #keep(uri: vscode.Uri, summary: ModelSummary): void {
    if (summary.format === null && !mainFileOf(baseName(uri.path))?.isModelForSure) this.#models.delete(uri.toString());
    else this.#models.set(uri.toString(), { uri, summary });
  }
}
