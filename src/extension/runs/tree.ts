import * as vscode from 'vscode';
import { modelName } from '../../contract/names.js';
import type { RunSummary } from '../../contract/run.js';
import { dateTimeText, listText, percentText } from '../../contract/text.js';
import type { RunStore } from './store.js';

/** The tree "Runs": what was forgotten, when and by which model, newest first. */
export class RunsTree implements vscode.TreeDataProvider<RunSummary> {
  readonly #store: RunStore;
  readonly #changed = new vscode.EventEmitter<undefined>();
  readonly onDidChangeTreeData = this.#changed.event;

  constructor(store: RunStore) {
    this.#store = store;
    store.onDidChange(() => this.#changed.fire(undefined));
  }

  async getChildren(run?: RunSummary): Promise<RunSummary[]> {
    return run ? [] : [...(await this.#store.all())];
  }

  getTreeItem(run: RunSummary): vscode.TreeItem {
    const item = new vscode.TreeItem(listText(run.forget));
    item.id = run.folder;
    item.iconPath = run.policyMet
      ? new vscode.ThemeIcon('pass', new vscode.ThemeColor('testing.iconPassed'))
      : new vscode.ThemeIcon('warning', new vscode.ThemeColor('list.warningForeground'));
    const time = dateTimeText(run.created);
    item.description = `${modelName(run.source)} · ${percentText(run.before.forgetAccuracy)} → ${percentText(run.after.forgetAccuracy)} · ${time}`;
    item.tooltip = [
      `${run.source} forgot ${run.forget.join(', ')}`,
      `Forgotten: ${percentText(run.before.forgetAccuracy)} → ${percentText(run.after.forgetAccuracy)}`,
      `Kept: ${percentText(run.before.retainAccuracy)} → ${percentText(run.after.retainAccuracy)}`,
      run.outputExists ? run.output : `${run.output} is gone`,
      run.policyMet ? 'Every limit is kept' : 'A limit of the policy is not kept',
    ].join('\n');
    item.contextValue = run.outputExists ? 'run hasOutput' : 'run';
    item.command = { command: 'lethe.openReport', title: 'Open Report', arguments: [run] };
    return item;
  }
}
