import path from 'node:path';
import * as vscode from 'vscode';
import type { UnlearnRequest } from '../../protocol.js';

/** Puts on the clipboard what would do the same on the command line. */
export async function copyCommandLine(request: UnlearnRequest): Promise<void> {
  await vscode.env.clipboard.writeText(commandLine(request));
  vscode.window.setStatusBarMessage('Command line copied', 3000);
}

/** `lethe unlearn fashion.onnx --forget Shirt --samples 200`, quoted for the shells of this system. */
export function commandLine({ model, forget = [], ...settings }: UnlearnRequest): string {
  const folder = vscode.workspace.getWorkspaceFolder(vscode.Uri.file(model))?.uri.fsPath;
  const words = ['lethe', 'unlearn', folder ? path.relative(folder, model) : model];
  if (forget.length > 0) words.push('--forget', forget.map((name) => String(name).replaceAll(',', '\\,')).join(','));
  const options: readonly (readonly [string, unknown])[] = [
    ['--samples', settings.samples],
    ['--forget-samples', settings.forgetSamples],
    ['--max-patches', settings.maxPatches],
    ['--alpha-r', settings.alphaR?.join(',')],
    ['--alpha-f', settings.alphaF?.join(',')],
    ['--layers', settings.layers],
    ['--seed', settings.seed],
  ];
  for (const [option, value] of options) if (value !== undefined && value !== '') words.push(option, String(value));
  if (settings.allowOutside) words.push('--allow-outside');
  return words.map(quote).join(' ');
}

function quote(word: string): string {
  if (/^[\w./:=,-]+$/.test(word)) return word;
  // PowerShell, the terminal of Windows, doubles a quote; neither shell looks for variables between single ones.
  return `'${word.replaceAll("'", process.platform === 'win32' ? "''" : `'\\''`)}'`;
}
