import * as vscode from 'vscode';
import type { ModelStore } from '../models/store.js';
import { classesOf, stillThere } from './names.js';

const NONE: readonly number[] = [];

/** Which model the views speak of, and which of its classes are ticked. Shared by the Classes tree and the Studio. */
export class Selection implements vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<vscode.Uri>();
  /** Fires with the model whose ticks changed, or that was selected. */
  readonly onDidChange = this.#changed.event;
  readonly #ticked = new Map<string, readonly number[]>();
  /** The classes of each model with ticks, as they were called when it was looked at last. */
  readonly #names = new Map<string, readonly string[]>();
  readonly #models: ModelStore;
  readonly #listener: vscode.Disposable;
  #model: vscode.Uri | undefined;

  constructor(models: ModelStore) {
    this.#models = models;
    this.#listener = models.onDidChange(() => this.#follow());
  }

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
    const summary = this.#models.get(model);
    if (summary) this.#names.set(model.toString(), classesOf(summary));
    this.#publish(model);
  }

  dispose(): void {
    vscode.Disposable.from(this.#listener, this.#changed).dispose();
  }

  /** Other classes than were ticked may stand at their places by now. */
  #follow(): void {
    for (const [key, ticked] of this.#ticked) {
      const model = vscode.Uri.parse(key);
      const summary = this.#models.get(model);
      if (!summary || ticked.length === 0) continue;
      const names = classesOf(summary);
      const before = this.#names.get(key);
      this.#names.set(key, names);
      const kept = stillThere(ticked, before, names);
      if (kept.length < ticked.length || kept.some((index, at) => index !== ticked[at])) this.tick(model, kept);
    }
  }

  #publish(model: vscode.Uri): void {
    if (this.#model?.toString() === model.toString()) {
      vscode.commands.executeCommand('setContext', 'lethe.hasTickedClasses', this.ticked(model).length > 0);
    }
    this.#changed.fire(model);
  }
}
