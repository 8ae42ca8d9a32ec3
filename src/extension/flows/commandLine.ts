import * as vscode from 'vscode';
import type { UnlearnRequest } from '../../contract/run.js';
import { commandText } from './commandText.js';

/** Puts on the clipboard what would do the same on the command line, in the folder of the workspace that the model lies in. */
export async function copyCommandLine(request: UnlearnRequest): Promise<void> {
  const folder = vscode.workspace.getWorkspaceFolder(vscode.Uri.file(request.model))?.uri.fsPath;
  await vscode.env.clipboard.writeText(commandText(request, folder));
  vscode.window.setStatusBarMessage('Command line copied', 3000);
}
