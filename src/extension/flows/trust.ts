import * as vscode from 'vscode';

/**
 * Whether the workspace is trusted, which running a model needs: its files decide what is read and computed. If it is not,
 * the user is told and can change that.
 */
export async function isTrusted(): Promise<boolean> {
  if (vscode.workspace.isTrusted) return true;
  const manage = 'Manage workspace trust';
  const chosen = await vscode.window.showWarningMessage(
    'Lethe runs no models in restricted mode: it only looks at the headers of model files.',
    manage,
  );
  if (chosen === manage) await manageTrust();
  return false;
}

/** Opens the editor's page where a workspace is trusted, or not any more. */
export async function manageTrust(): Promise<void> {
  await vscode.commands.executeCommand('workbench.trust.manage');
}
