import { cp } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import { LetheError } from '../../base/errors.js';
import { exists, writeAtomically } from '../../base/files.js';

/** A bundled workspace to try Lethe in. */
interface Demo {
  /** Its folder in `dist`, and the one that is made of it. */
  readonly source: string;
  readonly name: string;
  readonly title: string;
  readonly description: string;
  /** What is in it. */
  readonly content: string;
}

const DEMOS = {
  'fashion-mnist': {
    source: 'demo',
    name: 'lethe-demo',
    title: 'Fashion-MNIST',
    description: 'a network that knows ten kinds of clothes, and is to forget shirts',
    content: 'A small network, 11,000 images and a lethe.json: 6 MB.',
  },
  'four-clusters': {
    source: 'demo-clusters',
    name: 'lethe-demo-clusters',
    title: 'Four clusters',
    description: 'points of a plane, where you see the region of a forgotten class go to its neighbours',
    content: 'A network of five layers, its points and a lethe.json: less than 100 kB.',
  },
} as const satisfies Readonly<Record<string, Demo>>;

export type DemoName = keyof typeof DEMOS;

/** Answers the questions of `openDemoWorkspace` beforehand. */
export interface DemoOptions {
  /** Default the first one, where a folder is named. */
  readonly demo?: DemoName;
  readonly folder?: string;
  readonly newWindow?: boolean;
}

/**
 * Unpacks a bundled demo (a network, its data, a `lethe.json`) into a folder of the user's choice and opens it. Nothing that is
 * there is overwritten.
 * @returns the folder, undefined if the user chose none.
 * @throws LetheError `output-exists` if the folder that `options` names is there already; `file-unwritable`, `disk-full`.
 */
export async function openDemoWorkspace(
  context: vscode.ExtensionContext,
  options: DemoOptions = {},
): Promise<string | undefined> {
  const demo: Demo | undefined =
    options.demo || options.folder ? DEMOS[options.demo ?? 'fashion-mnist'] : await askForDemo();
  if (!demo) return undefined;
  const folder = options.folder ?? (await askForFolder(demo));
  if (folder === undefined) return undefined;
  await unpackDemo(context.asAbsolutePath(path.join('dist', demo.source)), folder);
  const newWindow = options.newWindow ?? vscode.workspace.workspaceFolders !== undefined;
  await vscode.commands.executeCommand('vscode.openFolder', vscode.Uri.file(folder), { forceNewWindow: newWindow });
  return folder;
}

async function askForDemo(): Promise<Demo | undefined> {
  const items = Object.values(DEMOS).map((demo) => ({ label: demo.title, description: demo.description, demo }));
  const options = { title: 'Open Demo Workspace', placeHolder: 'Which demo?' };
  return (await vscode.window.showQuickPick(items, options))?.demo;
}

async function askForFolder({ name, content }: Demo): Promise<string | undefined> {
  const usual = await freeName(path.join(os.homedir(), name));
  const here = { label: '$(folder) Create it', description: usual, folder: usual };
  const elsewhere = {
    label: '$(folder-opened) Choose a folder...',
    description: `for a new folder "${name}" in it`,
  };
  const chosen = await vscode.window.showQuickPick<vscode.QuickPickItem & { folder?: string }>([here, elsewhere], {
    title: 'Open Demo Workspace',
    placeHolder: `Where should it go? ${content}`,
  });
  if (!chosen || chosen.folder) return chosen?.folder;
  const [parent] =
    (await vscode.window.showOpenDialog({
      title: 'Open Demo Workspace',
      openLabel: 'Create the Demo Here',
      canSelectFiles: false,
      canSelectFolders: true,
    })) ?? [];
  return parent && freeName(path.join(parent.fsPath, name));
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
