import { cp } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import { LetheError } from '../base/errors.js';
import { exists, writeAtomically } from '../base/files.js';

/** Answers the questions of `openDemoWorkspace` beforehand. */
export interface DemoOptions {
  readonly folder?: string;
  readonly newWindow?: boolean;
}

/**
 * Unpacks the bundled demo (a network, images, a `lethe.json`) into a folder of the user's choice and opens it. Nothing that is
 * there is overwritten.
 * @returns the folder, undefined if the user chose none.
 * @throws LetheError `output-exists` if the folder that `options` names is there already; `file-unwritable`, `disk-full`.
 */
export async function openDemoWorkspace(
  context: vscode.ExtensionContext,
  options: DemoOptions = {},
): Promise<string | undefined> {
  const folder = options.folder ?? (await askForFolder());
  if (folder === undefined) return undefined;
  await unpackDemo(context.asAbsolutePath(path.join('dist', 'demo')), folder);
  const newWindow = options.newWindow ?? vscode.workspace.workspaceFolders !== undefined;
  await vscode.commands.executeCommand('vscode.openFolder', vscode.Uri.file(folder), { forceNewWindow: newWindow });
  return folder;
}

async function askForFolder(): Promise<string | undefined> {
  const usual = await freeName(path.join(os.homedir(), 'lethe-demo'));
  const here = { label: '$(folder) Create it', description: usual, folder: usual };
  const elsewhere = {
    label: '$(folder-opened) Choose a folder...',
    description: 'for a new folder "lethe-demo" in it',
  };
  const chosen = await vscode.window.showQuickPick<vscode.QuickPickItem & { folder?: string }>([here, elsewhere], {
    title: 'Open Demo Workspace',
    placeHolder: 'Where should it go? A small network, 11,000 images and a lethe.json: 6 MB.',
  });
  if (!chosen || chosen.folder) return chosen?.folder;
  const [parent] =
    (await vscode.window.showOpenDialog({
      title: 'Open Demo Workspace',
      openLabel: 'Create the Demo Here',
      canSelectFiles: false,
      canSelectFolders: true,
    })) ?? [];
  return parent && freeName(path.join(parent.fsPath, 'lethe-demo'));
}

/** The name itself, or with the first number that makes it new. */
async function freeName(wanted: string): Promise<string> {
  let name = wanted;
  for (let count = 2; await exists(name); count++) name = `${wanted}-${count}`;
  return name;
}

async function unpackDemo(source: string, folder: string): Promise<void> {
  if (await exists(folder)) {
    throw new LetheError('output-exists', { message: 'exists already', file: folder, hint: 'Name a new folder.' });
  }
  await writeAtomically(folder, (temporary) => cp(source, temporary, { recursive: true }));
}
