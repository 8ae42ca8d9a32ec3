import type { RunSummary } from '../../contract/run.js';
import { type Disposable, Emitter } from '../emitter.js';
import type { Log } from '../log.js';

/** Where all runs of the workspace are listed, newest first. */
export interface RunSource {
  all(): Promise<readonly RunSummary[]>;
}

/** Runs of all models: those that were listed last, and those that no list has had time to name. */
export class RunList implements Disposable {
  readonly #source: RunSource;
  readonly #log: Pick<Log, 'error'>;
  readonly #changed = new Emitter<void>();
  /** Fires when another list has come. */
  readonly onDidChange = this.#changed.event;
  #all: readonly RunSummary[] | undefined;
  #look: symbol | undefined;
  #settled: Promise<void> = Promise.resolve();
  /** The source of each fresh run, by its folder. */
  readonly #fresh = new Map<string, string>();

  constructor(source: RunSource, log: Pick<Log, 'error'>) {
    this.#source = source;
    this.#log = log;
  }

  /** Whether a list has come, and was not dropped since. */
  get isThere(): boolean {
    return this.#all !== undefined;
  }

  /** Settles when the list that was asked for last is there, or can't be. */
  get settled(): Promise<void> {
    return this.#settled;
  }

  /** Runs whose source or output is the model at a path, newest first. */
  of(model: string): readonly RunSummary[] {
    return (this.#all ?? []).filter(({ source, output }) => source === model || output === model);
  }

  /** Whether a model has a run. As long as no list has come, what was there in an earlier window is taken to be there. */
  has(model: string, folder: string): boolean {
    return !this.isThere || this.#fresh.has(folder) || this.of(model).some((run) => run.folder === folder);
  }

  /** Path of what a run of the model was made from, undefined as long as nobody knows. */
  sourceOf(model: string, folder: string | null): string | undefined {
    const listed = this.of(model).find((run) => run.folder === folder);
    return listed?.source ?? this.#fresh.get(folder ?? '');
  }

  /** A run has just been recorded: it is there, although the list does not say so yet. */
  add(folder: string, source: string): void {
    this.#fresh.set(folder, source);
  }

  /** A run that was added has no record that could be read. */
  remove(folder: string): void {
    this.#fresh.delete(folder);
  }

  /** Asks for another list. One that was asked for before and comes later is of no use any more. */
  refresh(): void {
    this.#settled = this.#list();
  }

  /** Nobody needs the list now, and whoever does next must not take it for what is there. */
  drop(): void {
    this.#look = undefined;
    this.#all = undefined;
  }

  dispose(): void {
    this.#look = undefined;
    this.#changed.dispose();
  }

  async #list(): Promise<void> {
    const look = Symbol('look');
    this.#look = look;
    try {
      const all = await this.#source.all();
      if (this.#look !== look) return;
      this.#all = all;
    } catch (error) {
      this.#log.error('The runs of the workspace could not be listed', error);
      return;
    }
    for (const { folder } of this.#all) this.#fresh.delete(folder);
    this.#changed.fire();
  }
}
