import * as vscode from 'vscode';
import { pageText, writePage } from './page.js';
import type { EnvironmentServices } from './services.js';

const SCHEME = 'lethe-environment';
const PAGE = vscode.Uri.from({ scheme: SCHEME, path: '/Lethe Environment' });

const outdated = new vscode.EventEmitter<vscode.Uri>();

/** Provides the page, also to an editor that was left open and comes back with its window. */
export function registerEnvironment(services: EnvironmentServices): vscode.Disposable {
  const options = { location: vscode.ProgressLocation.Window, title: 'Lethe: looking at the environment' };
  return vscode.workspace.registerTextDocumentContentProvider(SCHEME, {
    onDidChange: outdated.event,
    provideTextDocumentContent: () =>
      vscode.window.withProgress(options, async () => pageText(await writePage(services))),
  });
}

/** Opens the page "Lethe Environment" with what is so now: plain text, read-only, to be read, searched and copied. */
export async function showEnvironment(): Promise<void> {
  const isOpen = vscode.workspace.textDocuments.some(({ uri }) => uri.toString() === PAGE.toString());
  if (isOpen) outdated.fire(PAGE);
  await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(PAGE), { preview: false });
}
