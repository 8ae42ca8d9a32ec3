import * as vscode from 'vscode';
import type { JobCenter } from './center.js';

/** Keeps the context key `lethe.busy`, which menus ask, at whether there is a job. */
export function tellIfBusy(jobs: JobCenter): vscode.Disposable {
  let wasBusy = false;
  return jobs.onDidChange(() => {
    const isBusy = jobs.active.length > 0;
    // Progress comes often.
    if (isBusy === wasBusy) return;
    wasBusy = isBusy;
    vscode.commands.executeCommand('setContext', 'lethe.busy', isBusy);
  });
}
