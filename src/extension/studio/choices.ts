import type { CandidateId } from '../../contract/recipes.js';

/** What a user has chosen to see of a model. */
export interface Choice {
  /** Folder of the run that is shown; default the latest. */
  readonly run?: string;
  /** The candidate of that run; default the one that was saved. */
  readonly candidate?: CandidateId;
  /** A run that was broken off and is not shown any more, by when it began. */
  readonly aside?: string;
  /** Folder of the run that it is compared with. */
  readonly compared?: string;
}

/** What remembers values beyond the end of the window: of the shape of `vscode.Memento`. */
export interface Memory {
  get<T>(key: string, otherwise: T): T;
  update(key: string, value: unknown): PromiseLike<void>;
}

const KEY = 'lethe.studio.choices';
/** Models that something is remembered of; of more, those that were touched last. */
const MOST = 200;

/** Remembers what was shown of each model, so that a restart of the editor brings the same picture back. */
export class Choices {
  readonly #memory: Memory;
  readonly #nameOf: (model: string) => string;

  /** @param nameOf what the model at a path is remembered by. */
  constructor(memory: Memory, nameOf: (model: string) => string) {
    this.#memory = memory;
    this.#nameOf = nameOf;
  }

  of(model: string): Choice {
    return this.#all()[this.#nameOf(model)] ?? {};
  }

  change(model: string, change: Choice): void {
    const name = this.#nameOf(model);
    const { [name]: before, ...others } = this.#all();
    const choice = Object.fromEntries(
      Object.entries({ ...before, ...change }).filter(([, value]) => value !== undefined),
    );
    const kept = Object.entries(others).slice(-(MOST - 1));
    void this.#memory.update(KEY, Object.fromEntries([...kept, [name, choice]]));
  }

  #all(): Readonly<Record<string, Choice>> {
    return this.#memory.get(KEY, {});
  }
}
