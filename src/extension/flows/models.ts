import path from 'node:path';
import * as vscode from 'vscode';
import { mainFileOf } from '../../contract/formats.js';
import { baseName, modelName } from '../../contract/names.js';
import { dialogs } from '../dialogs.js';
import type { Services } from '../services.js';
import { STUDIO, STUDIO_OPTION } from '../studio/editor.js';
import { targetModel } from './target.js';
import { trash } from './trash.js';

/** Opens a model in the Studio. */
export async function openStudio(argument: unknown, services: Services): Promise<void> {
  const model = await targetModel(argument, services, 'Which model is to be opened?');
  if (!model) return;
  services.selection.select(model);
  const isModelForSure = mainFileOf(baseName(model.path))?.isModelForSure;
  await vscode.commands.executeCommand('vscode.openWith', model, isModelForSure ? STUDIO : STUDIO_OPTION);
}

/** Opens the model at a path in the Studio. */
export async function openInStudio(model: string): Promise<void> {
  await vscode.commands.executeCommand('lethe.openStudio', vscode.Uri.file(model));
}

/** Shows a model's classes in the tree beside it. */
export function selectModel({ uri }: { readonly uri: vscode.Uri }, services: Services): void {
  services.selection.select(uri);
}

/** Moves a model to the trash after asking: every file that it consists of, and its folder if nothing else lies there. */
export async function deleteModel(argument: unknown, services: Services): Promise<void> {
  const model = await targetModel(argument, services, 'Which model is to be deleted?');
  if (!model) return;
  const files = await filesOf(model, services);
  const detail = files.map(({ fsPath }) => fsPath).join('\n');
  if (!(await dialogs.confirm(`Delete ${modelName(model.path)}?`, detail, 'Move to trash'))) return;
  for (const file of files) await trash(file);
  const folder = vscode.Uri.joinPath(model, '..');
  const isWorkspace = vscode.workspace.workspaceFolders?.some(({ uri }) => uri.toString() === folder.toString());
  if (!isWorkspace && (await vscode.workspace.fs.readDirectory(folder)).length === 0) await trash(folder);
  await services.models.refresh();
}

/** All files of a model; the one alone where it can't be read. */
async function filesOf(model: vscode.Uri, services: Services): Promise<readonly vscode.Uri[]> {
  try {
    const { files } = await services.engine.run('inspect', { model: model.fsPath, headersOnly: true });
    return files.map((file) => vscode.Uri.file(path.resolve(file.path)));
  } catch {
    return [model];
  }
}
