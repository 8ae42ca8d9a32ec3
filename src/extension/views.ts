import * as vscode from 'vscode';
import { modelPath } from '../contract/names.js';
import { ClassesTree } from './classes/tree.js';
import { ModelsTree } from './models/tree.js';
import { RunsTree } from './runs/tree.js';
import type { Services } from './services.js';

/** The three trees of the sidebar. */
export function registerViews({ models, runs, selection }: Services): vscode.Disposable {
  const modelsView = vscode.window.createTreeView('lethe.modelsView', { treeDataProvider: new ModelsTree(models) });
  const runsView = vscode.window.createTreeView('lethe.runsView', { treeDataProvider: new RunsTree(runs) });
  const classesView = vscode.window.createTreeView('lethe.classesView', {
    treeDataProvider: new ClassesTree(models, selection),
    // A folder of classes can't be ticked by one click; each is a decision of its own.
    manageCheckboxStateManually: true,
  });
  return vscode.Disposable.from(
    modelsView,
    runsView,
    classesView,
    classesView.onDidChangeCheckboxState(({ items }) => {
      const { model } = selection;
      if (!model) return;
      const ticked = new Set(selection.ticked(model));
      for (const [{ index }, state] of items) {
        if (state === vscode.TreeItemCheckboxState.Checked) ticked.add(index);
        else ticked.delete(index);
      }
      selection.tick(model, [...ticked]);
    }),
    selection.onDidChange((model) => {
      if (model.toString() === selection.model?.toString())
        classesView.description = modelPath(vscode.workspace.asRelativePath(model));
    }),
    models.onDidChange(async () => {
      const forbidden = (await models.all()).filter(({ summary }) => summary.state === 'forbidden').length;
      const tooltip = `${forbidden === 1 ? '1 model knows' : `${forbidden} models know`} what must be forgotten`;
      modelsView.badge = forbidden > 0 ? { value: forbidden, tooltip } : undefined;
    }),
  );
}
