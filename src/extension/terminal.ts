import path from 'node:path';
import * as vscode from 'vscode';
import { engineSettings } from './settings.js';
import { tensorFlowFolder } from './storage.js';

/** Makes `lethe` a command of the integrated terminal, run by the editor's own Node and with the editor's settings. */
export function putLetheOnPath(context: vscode.ExtensionContext): void {
  const folder = context.asAbsolutePath('bin');
  const collection = context.environmentVariableCollection;
  collection.description = 'Puts the command `lethe` on the PATH.';
  // Also when the shell has started: some, like zsh on macOS, put the system's folders in front as they do.
  const both = { applyAtProcessCreation: true, applyAtShellIntegration: true };
  collection.prepend('PATH', folder + path.delimiter, both);
  collection.replace('LETHE_NODE', process.execPath);
  collection.replace('LETHE_TENSORFLOW_PATH', tensorFlowFolder(context));
  collection.replace('LETHE_TENSORFLOW', engineSettings().tensorflow);
  context.subscriptions.push(
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration('lethe.tensorflow')) {
        collection.replace('LETHE_TENSORFLOW', engineSettings().tensorflow);
      }
    }),
  );
}
