import * as vscode from 'vscode';

const NONE: readonly number[] = [];

/** Which model the views speak of, and which of its classes are ticked. Shared by the Classes tree and the Studio. */
export class Selection implements vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<vscode.Uri>();
  /** Fires with the model whose ticks changed, or that was selected. */
  readonly onDidChange = this.#changed.event;
  readonly #ticked = new Map<string, readonly number[]>();
  #model: vscode.Uri | undefined;

  /** The model that was selected last. */
  get model(): vscode.Uri | undefined {
    return this.#model;
  }

  select(model: vscode.Uri): void {
    if (this.#model?.toString() === model.toString()) return;
    this.#model = model;
    this.#publish(model);
  }

  /** Indices of the ticked classes, ascending. */
  ticked(model: vscode.Uri): readonly number[] {
    return this.#ticked.get(model.toString()) ?? NONE;
  }

  tick(model: vscode.Uri, classes: readonly number[]): void {
    const sorted = [...new Set(classes)].sort((a, b) => a - b);
    this.#ticked.set(model.toString(), sorted);
    this.#publish(model);
  }

  dispose(): void {
    this.#changed.dispose();
  }

  #publish(model: vscode.Uri): void {
    if (this.#model?.toString() === model.toString()) {
      vscode.commands.executeCommand('setContext', 'lethe.hasTickedClasses', this.ticked(model).length > 0);
    }
    this.#changed.fire(model);
  }
}
