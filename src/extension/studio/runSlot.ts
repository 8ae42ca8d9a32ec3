import { isDeepStrictEqual } from 'node:util';
import type { CandidateId } from '../../contract/recipes.js';
import type { StudioRun } from '../../contract/run.js';
import type { Reading } from './runLoader.js';

/** A run that is to be shown. */
export interface Target {
  readonly folder: string;
  readonly candidate: CandidateId | undefined;
  /** Changes with what else the picture depends on. */
  readonly stamp: string;
}

/** A place for one run in what is shown of a model. Of several that are wanted one after the other, the last counts. */
export class RunSlot {
  readonly #read: (target: Target) => Promise<Reading>;
  readonly #onLoaded: () => void;
  #target: Target | null = null;
  #run: StudioRun | null = null;

  /**
   * @param read never rejects.
   * @param onLoaded called when what is wanted is there, or can't be.
   */
  constructor(read: (target: Target) => Promise<Reading>, onLoaded: () => void) {
    this.#read = read;
    this.#onLoaded = onLoaded;
  }

  /** The run that is wanted, even if it is not there yet. */
  get target(): Target | null {
    return this.#target;
  }

  /** What is there: until what is wanted has come, what was there before. */
  get run(): StudioRun | null {
    return this.#run;
  }

  /** Wants a run, which is read where it is not what is there. */
  want(target: Target | null): void {
    if (isDeepStrictEqual(this.#target, target)) return;
    const isOther = this.#target?.folder !== target?.folder;
    this.#target = target;
    if (target) void this.#load(target, isOther);
    else this.#settle(null, null);
  }

  /** Fills it with a run that was got elsewhere. */
  put(target: Target | null, run: StudioRun | null): void {
    this.#target = target;
    this.#run = run;
  }

  #settle(target: Target | null, run: StudioRun | null): void {
    this.put(target, run);
    this.#onLoaded();
  }

  async #load(target: Target, isOther: boolean): Promise<void> {
    const reading = await this.#read(target);
    if (this.#target !== target) return;
    // What could not be asked for is asked for again when anything changes.
    if (reading.kind === 'unasked') this.#target = null;
    else if (reading.kind === 'run') this.#settle(target, reading.run);
    // What is there of the same run is better than nothing.
    else this.#settle(target, isOther ? null : this.#run);
  }
}
