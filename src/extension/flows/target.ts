import * as vscode from 'vscode';
import { isMainFileName } from '../../contract/formats.js';
import { baseName, modelPath } from '../../contract/names.js';
import type { Services } from '../services.js';

/**
 * The model that a command is about: the one it was called on (explorer, tree, editor title), else the one in the active
 * editor, else the selected one if the user agrees by picking it, else one of the workspace that the user picks.
 * @returns undefined if the user picks none.
 */
export async function targetModel(
  argument: unknown,
  services: Services,
  placeHolder: string,
): Promise<vscode.Uri | undefined> {
  const model = uriOf(argument) ?? activeModel();
  return model?.scheme === 'file' ? model : pickModel(services, placeHolder);
}

/** What the explorer, a tree or a caller hands over, as a URI. */
function uriOf(argument: unknown): vscode.Uri | undefined {
  if (argument instanceof vscode.Uri) return argument;
  if (typeof argument === 'string') return vscode.Uri.file(argument);
  const { uri, model } = (argument ?? {}) as { uri?: unknown; model?: unknown };
  return [uri, model].find((value) => value instanceof vscode.Uri) as vscode.Uri | undefined;
}

/** The model that the active tab shows: in the Studio, or as the text of its main file. */
function activeModel(): vscode.Uri | undefined {
  const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
  if (input instanceof vscode.TabInputCustom && input.viewType.startsWith('lethe.studio')) return input.uri;
  return input instanceof vscode.TabInputText && isMainFileName(baseName(input.uri.path)) ? input.uri : undefined;
}

async function pickModel(services: Services, placeHolder: string): Promise<vscode.Uri | undefined> {
  const models = await services.models.all();
  if (models.length === 0) {
    const demo = 'Open demo workspace';
    const chosen = await vscode.window.showInformationMessage(
      'There is no ONNX or TensorFlow.js model in this workspace.',
      demo,
    );
    if (chosen === demo) await vscode.commands.executeCommand('lethe.openDemo');
    return undefined;
  }
  if (models.length === 1) return models[0].uri;
  const selected = services.selection.model?.toString();
  const items = models.map(({ uri, summary }) => ({
    label: modelPath(vscode.workspace.asRelativePath(uri)),
    description: summary.detail,
    uri,
  }));
  items.sort((a, b) => Number(b.uri.toString() === selected) - Number(a.uri.toString() === selected));
  return (await vscode.window.showQuickPick(items, { placeHolder, matchOnDescription: true }))?.uri;
}
