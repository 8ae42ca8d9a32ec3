import type * as vscode from 'vscode';
import type { InspectResult } from '../../contract/models.js';
import type { ErrorReport } from '../../contract/terms.js';
import { reportOf } from '../../project/errorReport.js';
import type { EngineService } from '../engineService.js';

export interface Facts {
  readonly facts: InspectResult | null;
  readonly error: ErrorReport | null;
}

const NONE: Facts = { facts: null, error: null };

/** What the headers of models say, as long as a Studio shows them. */
export class ModelFacts {
  readonly #engine: EngineService;
  readonly #onChange: (model: vscode.Uri) => void;
  readonly #facts = new Map<string, Facts>();
  /** The latest look at each model. */
  readonly #looks = new Map<string, { readonly model: vscode.Uri }>();

  constructor(engine: EngineService, onChange: (model: vscode.Uri) => void) {
    this.#engine = engine;
    this.#onChange = onChange;
  }

  of(model: vscode.Uri): Facts {
    return this.#facts.get(model.toString()) ?? NONE;
  }

  async look(model: vscode.Uri): Promise<void> {
    const key = model.toString();
    const look = { model };
    this.#looks.set(key, look);
    const found = await this.#engine.run('inspect', { model: model.fsPath, headersOnly: true }).then(
      (facts): Facts => ({ facts, error: null }),
      (error): Facts => ({ facts: null, error: reportOf(error) }),
    );
    // A later look may have answered first, and the Studio may have been closed.
    if (this.#looks.get(key) !== look) return;
    this.#facts.set(key, found);
    this.#onChange(model);
  }

  /** After anything has changed on the disk. */
  lookAgain(): void {
    for (const { model } of [...this.#looks.values()]) void this.look(model);
  }

  forget(model: vscode.Uri): void {
    this.#facts.delete(model.toString());
    this.#looks.delete(model.toString());
  }
}
