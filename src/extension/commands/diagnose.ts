import * as vscode from 'vscode';
import type { Diagnostics } from '../diagnostics/publisher.js';
import { isTrusted } from './guard.js';

/** Looks at every model of the workspace as deep as it goes: evaluates what a policy binds and scans all tensors. */
export async function diagnoseWorkspace(diagnostics: Diagnostics): Promise<void> {
  if (!(await isTrusted())) return;
  const options = {
    location: vscode.ProgressLocation.Notification,
    title: 'Diagnosing the models of the workspace',
    cancellable: true,
  };
  await vscode.window.withProgress(options, (_, token) => {
    const controller = new AbortController();
    token.onCancellationRequested(() => controller.abort());
    return diagnostics.update({ evaluate: true, scanBytes: Number.MAX_SAFE_INTEGER }, controller.signal);
  });
  await vscode.commands.executeCommand('workbench.actions.view.problems');
}
