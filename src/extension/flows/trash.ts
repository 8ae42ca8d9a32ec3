import path from 'node:path';
import * as vscode from 'vscode';
import { dialogs } from '../dialogs.js';

/** To the trash; where there is none, for good, if the user agrees. */
export async function trash(target: vscode.Uri): Promise<void> {
  try {
    await vscode.workspace.fs.delete(target, { recursive: true, useTrash: true });
  } catch {
    const question = `${path.posix.basename(target.path)} can't be moved to the trash. Delete it permanently?`;
    if (!(await dialogs.confirm(question, target.fsPath, 'Delete permanently'))) return;
    await vscode.workspace.fs.delete(target, { recursive: true });
  }
}
