import path from 'node:path';
import * as vscode from 'vscode';
import type { Services } from '../services.js';
import { STUDIO, STUDIO_OPTION } from '../studio/editor.js';
import { trash } from './runs.js';
import { targetModel } from './target.js';

/** Opens a model in the Studio. */
export async function openStudio(argument: unknown, services: Services): Promise<void> {
  const model = await targetModel(argument, services, 'Which model is to be opened?');
  if (!model) return;
  services.selection.select(model);
  const isJson = path.posix.extname(model.path) === '.json';
  await vscode.commands.executeCommand('vscode.openWith', model, isJson ? STUDIO_OPTION : STUDIO);
}

/** Shows a model's classes in the tree beside it. */
export function selectModel({ uri }: { readonly uri: vscode.Uri }, services: Services): void {
  services.selection.select(uri);
}

/** Moves a model to the trash after asking: a file, or the folder of one that has several. */
export async function deleteModel(argument: unknown, services: Services): Promise<void> {
  const model = await targetModel(argument, services, 'Which model is to be deleted?');
  if (!model) return;
  const target = await whole(model);
  const remove = 'Move to trash';
  const name = path.posix.basename(target.path);
  const chosen = await vscode.window.showWarningMessage(
    `Delete ${name}?`,
    { modal: true, detail: target.fsPath },
    remove,
  );
  if (chosen !== remove) return;
  await trash(target);
  await services.models.refresh();
}

/** A TensorFlow.js model is its folder, if nothing else lies there. */
async function whole(model: vscode.Uri): Promise<vscode.Uri> {
  if (path.posix.basename(model.path) !== 'model.json') return model;
  const folder = vscode.Uri.joinPath(model, '..');
  const entries = await vscode.workspace.fs.readDirectory(folder);
  const isAlone = entries.every(
    ([name, type]) => type === vscode.FileType.File && /^model\.json$|\.bin$|shard/.test(name),
  );
  return isAlone ? folder : model;
}
