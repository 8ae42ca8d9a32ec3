import { createHash } from 'node:crypto';
import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { deserialize, serialize } from 'node:v8';
import { exists, writeFileAtomically } from '../../base/files.js';
import type { StudioRun, UnlearnPart } from '../../contract/run.js';

/** Milliseconds between two writes of the same run at least. */
const PAUSE = 1000;

/** Of the files that runs are kept in; another one is not read. */
const VERSION = 2;

interface Entry {
  run: StudioRun;
  timer?: NodeJS.Timeout;
  /** When it was written last. */
  written: number;
}

/**
 * What runs that are not finished have found so far, by the path of their model. It is written to a folder as well, from where
 * the next window finds again what the end of the editor broke off.
 */
export class UnfinishedRuns {
  readonly #folder: string | undefined;
  readonly #onError: (tried: string, error: unknown) => void;
  readonly #entries = new Map<string, Entry>();
  /** Models whose file was looked for. */
  readonly #looked = new Set<string>();
  /** What is being done to files, one thing after the other. */
  #files: Promise<unknown> = Promise.resolve();

  /** @param folder undefined where nothing can be kept: a window without a workspace. */
  constructor(folder: string | undefined, onError: (tried: string, error: unknown) => void) {
    this.#folder = folder;
    this.#onError = onError;
  }

  get(model: string): StudioRun | undefined {
    return this.#entries.get(model)?.run;
  }

  /** A run begins; what an earlier one of the model has left is gone. */
  begin(model: string, run: StudioRun): void {
    this.#stop(model);
    this.#entries.set(model, { run, written: 0 });
    this.#save(model);
  }

  /** It has found out more. */
  add(model: string, part: UnlearnPart): void {
    const entry = this.#entries.get(model);
    if (!entry) return;
    entry.run = { ...entry.run, outcome: { ...entry.run.outcome, ...part } };
    this.#save(model);
  }

  /** It was broken off, and no one can say any more what became of it. */
  interrupt(model: string): void {
    const entry = this.#entries.get(model);
    if (!entry) return;
    entry.run = { ...entry.run, state: 'interrupted' };
    this.#save(model);
  }

  /** It has ended, and its record tells the rest. */
  end(model: string): void {
    this.#stop(model);
    this.#entries.delete(model);
    this.#looked.add(model);
    const file = this.#fileOf(model);
    if (file) this.#then('Removing', file, () => rm(file, { force: true }));
  }

  /** Looks for what an earlier window has left of a run on a model. @returns whether there is something now that was not known. */
  async find(model: string): Promise<boolean> {
    const file = this.#fileOf(model);
    if (!file || this.#looked.has(model) || this.#entries.has(model)) return false;
    this.#looked.add(model);
    const run = await this.#read(file, model);
    // A run may have begun meanwhile.
    if (!run || this.#entries.has(model)) return false;
    this.#entries.set(model, { run: { ...run, state: 'interrupted' }, written: 0 });
    return true;
  }

  /** Waits until everything is on the disk. */
  async flush(): Promise<void> {
    for (const [model, { timer }] of this.#entries) if (timer) this.#write(model);
    await this.#files;
  }

  /** Lets what is on the disk be. */
  dispose(): void {
    for (const model of this.#entries.keys()) this.#stop(model);
  }

  #fileOf(model: string): string | undefined {
    return (
      this.#folder && path.join(this.#folder, `${createHash('sha256').update(model).digest('hex').slice(0, 32)}.run`)
    );
  }

  #save(model: string): void {
    const entry = this.#entries.get(model)!;
    if (!this.#folder || entry.timer) return;
    const wait = Math.max(0, entry.written + PAUSE - Date.now());
    entry.timer = setTimeout(() => this.#write(model), wait);
  }

  #write(model: string): void {
    this.#stop(model);
    const entry = this.#entries.get(model);
    const file = this.#fileOf(model);
    if (!entry || !file) return;
    entry.written = Date.now();
    const bytes = serialize({ version: VERSION, model, run: entry.run });
    this.#then('Keeping', file, () => writeFileAtomically(file, bytes));
  }

  async #read(file: string, model: string): Promise<StudioRun | undefined> {
    try {
      if (!(await exists(file))) return undefined;
      const kept = deserialize(await readFile(file));
      return kept.version === VERSION && kept.model === model ? kept.run : undefined;
    } catch (error) {
      this.#onError(`Reading ${file}`, error);
      return undefined;
    }
  }

  #stop(model: string): void {
    const entry = this.#entries.get(model);
    if (!entry) return;
    clearTimeout(entry.timer);
    entry.timer = undefined;
  }

  #then(what: string, file: string, task: () => Promise<void>): void {
    this.#files = this.#files.then(task).catch((error) => this.#onError(`${what} ${file}`, error));
  }
}
