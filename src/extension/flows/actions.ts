import { realpath } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import { exists } from '../../base/files.js';
import type { FindingAction } from '../../contract/findings.js';
import { dialogs } from '../dialogs.js';
import type { Services } from '../services.js';
import { isTrusted } from './trust.js';
import { unlearn } from './unlearn.js';

/** Does what a quick fix or the Studio's banner offers. */
export async function runAction(action: FindingAction, services: Services): Promise<void> {
  switch (action.kind) {
    case 'evaluate':
      await vscode.commands.executeCommand('lethe.evaluate', vscode.Uri.file(action.model));
      return;
    case 'unlearn':
      if (await isTrusted()) await unlearn(vscode.Uri.file(action.model), action.classes, services);
      return;
    case 'open-report':
      await vscode.commands.executeCommand('lethe.openReport', action.report);
      return;
    case 'choose-shard':
      if (await isTrusted()) await chooseShard(action.model, action.location, services);
      return;
    case 'delete-model':
      await vscode.commands.executeCommand('lethe.deleteModel', vscode.Uri.file(action.model));
  }
}

/**
 * Lets the user pick the file that a manifest misses, and copies it to where the manifest names it. The manifest is not
 * edited: other tools read it too.
 */
async function chooseShard(model: string, location: string, services: Services): Promise<void> {
  const folder = path.dirname(model);
  const target = vscode.Uri.file(path.resolve(folder, location));
  if (!(await isBeside(folder, location))) {
    void vscode.window.showErrorMessage('The manifest names a place outside of the folder of the model.');
    return;
  }
  const picked = await vscode.window.showOpenDialog({
    title: `Choose the file for ${location}`,
    openLabel: 'Copy beside the model',
    defaultUri: vscode.Uri.file(folder),
    canSelectMany: false,
  });
  if (!picked) return;
  const isTaken = await exists(target.fsPath);
  if (isTaken && !(await dialogs.confirm(`Replace ${location}?`, target.fsPath, 'Replace'))) return;
  await vscode.workspace.fs.copy(picked[0], target, { overwrite: isTaken });
  await services.models.refresh();
}

/** What a manifest says must not decide where files are written: below the model's folder, through no link, nothing hidden. */
async function isBeside(folder: string, location: string): Promise<boolean> {
  const target = path.resolve(folder, location);
  const steps = path.relative(folder, target).split(path.sep);
  if (path.isAbsolute(location) || steps.some((step) => step.startsWith('.'))) return false;
  const parent = path.dirname(target);
  const [real, home] = await Promise.all([parent, folder].map((name) => realpath(name).catch(() => undefined)));
  return real !== undefined && real === path.join(home ?? '', path.relative(folder, parent));
}
