import path from 'node:path';
import type { ExtensionContext } from 'vscode';

/** Where TensorFlow is put that the user installs for Lethe. */
export function tensorFlowFolder(context: ExtensionContext): string {
  return path.join(context.globalStorageUri.fsPath, 'tensorflow');
}
