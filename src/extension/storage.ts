import path from 'node:path';
import type { ExtensionContext } from 'vscode';

/** Where TensorFlow is put that the user installs for Lethe. */
export function tensorFlowFolder(context: ExtensionContext): string {
  return path.join(context.globalStorageUri.fsPath, 'tensorflow');
}

/** Where is kept what unfinished runs have found; undefined in a window without a workspace. */
export function unfinishedRunsFolder({ storageUri }: ExtensionContext): string | undefined {
  return storageUri && path.join(storageUri.fsPath, 'unfinished');
}
