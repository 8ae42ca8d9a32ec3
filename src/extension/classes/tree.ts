import * as vscode from 'vscode';
import type { ModelSummary } from '../../contract/models.js';
import { countText, limitText, percentText } from '../../contract/text.js';
import type { ModelStore } from '../models/store.js';
import { classesOf } from './names.js';
import type { Selection } from './selection.js';

export interface ClassEntry {
  readonly model: vscode.Uri;
  readonly index: number;
  readonly name: string;
}

/** The tree "Classes": those of the selected model, with a checkbox for each that is to be forgotten. */
export class ClassesTree implements vscode.TreeDataProvider<ClassEntry> {
  readonly #models: ModelStore;
  readonly #selection: Selection;
  readonly #changed = new vscode.EventEmitter<undefined>();
  readonly onDidChangeTreeData = this.#changed.event;

  constructor(models: ModelStore, selection: Selection) {
    this.#models = models;
    this.#selection = selection;
    selection.onDidChange(() => this.#changed.fire(undefined));
    models.onDidChange(() => this.#changed.fire(undefined));
  }

  async getChildren(entry?: ClassEntry): Promise<ClassEntry[]> {
    const { model } = this.#selection;
    // What is known and no more: to look at the model here would change what is shown, and so on for ever.
    const summary = model && this.#models.get(model);
    if (entry || !summary) return [];
    return classesOf(summary).map((name, index) => ({ model, index, name }));
  }

  getTreeItem({ model, index, name }: ClassEntry): vscode.TreeItem {
    const summary = this.#models.get(model);
    const isTicked = this.#selection.ticked(model).includes(index);
    const item = new vscode.TreeItem(name);
    item.id = `${model}#${index}`;
    item.checkboxState = {
      state: isTicked ? vscode.TreeItemCheckboxState.Checked : vscode.TreeItemCheckboxState.Unchecked,
      tooltip: isTicked ? `${name} is to be forgotten` : `Forget ${name}`,
      accessibilityInformation: { label: `Forget ${name}` },
    };
    item.description = description(summary, index, name);
    item.tooltip = tooltip(summary, index, name);
    item.contextValue = 'class';
    return item;
  }
}

function description(summary: ModelSummary | undefined, index: number, name: string): string {
  const accuracy = summary?.measured?.perClass[index]?.accuracy ?? null;
  const parts = accuracy === null ? [] : [percentText(accuracy)];
  if (summary?.forgotten.includes(name)) parts.push('forgotten');
  else if (summary?.policy.some((entry) => entry.index === index)) parts.push('must be forgotten');
  return parts.join(' · ');
}

function tooltip(summary: ModelSummary | undefined, index: number, name: string): string {
  const measured = summary?.measured?.perClass[index];
  const policy = summary?.policy.find((entry) => entry.index === index);
  const lines = [`Output ${index}: ${name}`];
  if (measured?.accuracy != null)
    lines.push(`${percentText(measured.accuracy)} of ${countText(measured.count)} samples are recognised`);
  if (policy)
    lines.push(`lethe.json: at most ${limitText(policy.maxAccuracy)}${policy.reason ? ` (${policy.reason})` : ''}`);
  return lines.join('\n');
}
