import type * as vscode from 'vscode';
import type { AlphaPair } from '../../contract/terms.js';

/** What a user has chosen to see of a model. */
export interface Choice {
  /** Folder of the run that is shown; default the latest. */
  readonly run?: string;
  /** The candidate of that run; default the one that was saved. */
  readonly pair?: AlphaPair;
  /** A run that was broken off and is not shown any more, by when it began. */
  readonly aside?: string;
  /** Folder of the run that it is compared with. */
  readonly compared?: string;
}

const KEY = 'lethe.studio.choices';
/** Models that something is remembered of; of more, those that were touched last. */
const MOST = 200;

/** Remembers what was shown of each model, so that a restart of the editor brings the same picture back. */
export class Choices {
  readonly #state: vscode.Memento;

  constructor(state: vscode.Memento) {
    this.#state = state;
  }

  of(model: vscode.Uri): Choice {
    return this.#all()[model.toString()] ?? {};
  }

  change(model: vscode.Uri, change: Choice): void {
    const key = model.toString();
    const { [key]: before, ...others } = this.#all();
    const choice = Object.fromEntries(
      Object.entries({ ...before, ...change }).filter(([, value]) => value !== undefined),
    );
    const kept = Object.entries(others).slice(-(MOST - 1));
    void this.#state.update(KEY, Object.fromEntries([...kept, [key, choice]]));
  }

  #all(): Readonly<Record<string, Choice>> {
    return this.#state.get(KEY, {});
  }
}
