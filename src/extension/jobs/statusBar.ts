import * as vscode from 'vscode';
import { modelName } from '../../contract/names.js';
import type { JobCenter } from './center.js';
import { jobText } from './phases.js';

/** An entry in the status bar while a job runs; clicking it opens the model's Studio, where the job is shown. */
export function showJobsInStatusBar(jobs: JobCenter): vscode.Disposable {
  let item: vscode.StatusBarItem | undefined;
  const listener = jobs.onDidChange(() => {
    const [first, ...waiting] = jobs.active;
    if (!first) {
      item?.dispose();
      item = undefined;
      return;
    }
    item ??= vscode.window.createStatusBarItem('lethe.jobs', vscode.StatusBarAlignment.Left);
    item.name = 'Lethe jobs';
    const name = modelName(first.model);
    item.text = `$(sync~spin) Lethe: ${jobText(first)}`;
    item.tooltip = waiting.length > 0 ? `${name}, and ${waiting.length} more waiting` : name;
    item.command = { command: 'lethe.openStudio', title: 'Open in Studio', arguments: [vscode.Uri.file(first.model)] };
    item.show();
  });
  return { dispose: () => vscode.Disposable.from(listener, ...(item ? [item] : [])).dispose() };
}
