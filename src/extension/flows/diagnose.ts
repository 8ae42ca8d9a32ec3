import * as vscode from 'vscode';
import { modelName } from '../../contract/names.js';
import type { Diagnostics } from '../diagnostics/publisher.js';
import { withCancel } from '../jobs/progress.js';
import { isConfigFile } from '../models/find.js';
import { isTrusted } from './trust.js';

const DEEP = { evaluate: true, scanBytes: Number.MAX_SAFE_INTEGER };

/**
 * Looks as deep as it goes, evaluates what a policy binds and scans all tensors: at the model or the folder of the `lethe.json`
 * that it was called on, else at every model of the workspace.
 */
export async function diagnose(argument: unknown, diagnostics: Diagnostics): Promise<void> {
  if (!(await isTrusted())) return;
  const called = argument instanceof vscode.Uri ? argument : undefined;
  const target = called && isConfigFile(called) ? vscode.Uri.joinPath(called, '..') : called;
  const name = called && modelName(called.path);
  const title = name ? `Diagnosing ${name}` : 'Diagnosing the models of the workspace';
  await withCancel(title, (signal) =>
    target ? diagnostics.lookAt(target, DEEP, signal) : diagnostics.update(DEEP, signal),
  );
  await vscode.commands.executeCommand('workbench.actions.view.problems');
}
