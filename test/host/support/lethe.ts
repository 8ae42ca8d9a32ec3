import path from 'node:path';
import * as vscode from 'vscode';
import type { ModelSummary } from '../../../src/contract/models.js';
import type { RunState } from '../../../src/contract/studio.js';
import type { ExtensionParts } from '../../../src/extension/extension.js';

/** The extension as it is installed in this editor. */
export function extension(): vscode.Extension<ExtensionParts> {
  const found = vscode.extensions.all.find(({ packageJSON }) => packageJSON.name === 'lethe');
  if (!found) throw new Error('Lethe is not installed in this editor');
  return found;
}

/** What the running extension is made of. */
export async function lethe(): Promise<ExtensionParts> {
  return extension().activate();
}

/** A file of the first workspace folder. */
export function file(name: string): vscode.Uri {
  return vscode.Uri.joinPath(vscode.workspace.workspaceFolders![0].uri, ...name.split('/'));
}

export function nameOf(uri: vscode.Uri): string {
  return path.basename(uri.fsPath);
}

export async function isThere(uri: vscode.Uri): Promise<boolean> {
  return vscode.workspace.fs.stat(uri).then(
    () => true,
    () => false,
  );
}

/** Waits until `probe` gives something, and gives that. @throws Error saying what it waited for, and what there was instead. */
export async function until<T>(
  what: string,
  probe: () => T | undefined | false | null | Promise<T | undefined | false | null>,
  otherwise: () => unknown = () => '',
  milliseconds = 20_000,
): Promise<T> {
  for (const end = Date.now() + milliseconds; ; await sleep(50)) {
    const value = await probe();
    if (value) return value;
    if (Date.now() > end)
      throw new Error(`Waited ${milliseconds} ms for ${what}. ${JSON.stringify(otherwise()) ?? ''}`);
  }
}

export function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, milliseconds);
  });
}

/** What the extension knows of a model, once it is in a state. */
export async function modelInState(model: vscode.Uri, state: ModelSummary['state']): Promise<ModelSummary> {
  const { services } = await lethe();
  const known = () => services.models.get(model);
  return until(
    `${model.path} to be ${state}`,
    () => (known()?.state === state ? known() : undefined),
    () => known(),
  );
}

/** The latest job of a model, once it satisfies a condition. */
export async function jobWhere(model: vscode.Uri, condition: (state: RunState) => boolean): Promise<RunState> {
  const { services } = await lethe();
  const latest = () => services.jobs.latest(model.fsPath);
  return until(
    `a job on ${model.path} where ${condition}`,
    () => {
      const state = latest();
      return state && condition(state) ? state : undefined;
    },
    () => latest(),
  );
}

export function isOver({ status }: RunState): boolean {
  return status === 'done' || status === 'failed' || status === 'cancelled';
}

/** Evaluates a model as the command does. */
export async function evaluated(model: vscode.Uri): Promise<void> {
  await vscode.commands.executeCommand('lethe.evaluate', model);
}

/** What was found about a file, the latest. */
export function findings(uri: vscode.Uri): vscode.Diagnostic[] {
  return vscode.languages.getDiagnostics(uri).filter(({ source }) => source === 'Lethe');
}

/** The findings of a file, once they satisfy a condition; the Problems view follows the files with a delay. */
export async function findingsWhere(
  uri: vscode.Uri,
  condition: (found: vscode.Diagnostic[]) => boolean,
): Promise<vscode.Diagnostic[]> {
  return until(
    `findings in ${uri.path} where ${condition}`,
    () => {
      const found = findings(uri);
      return condition(found) ? found : undefined;
    },
    () => findings(uri).map(describeFinding),
  );
}

/** `error shard-missing 3:5-3:9 message`, for comparing and for reading. */
export function describeFinding({ severity, code, range, message }: vscode.Diagnostic): string {
  const { start, end } = range;
  const place = `${start.line}:${start.character}-${end.line}:${end.character}`;
  return `${vscode.DiagnosticSeverity[severity].toLowerCase()} ${codeOf({ code })} ${place} ${message}`;
}

export function codeOf({ code }: Pick<vscode.Diagnostic, 'code'>): string {
  return String(typeof code === 'object' ? code.value : code);
}

/** Closes editors and the messages that tests leave behind. */
export async function tidyUp(): Promise<void> {
  await vscode.commands.executeCommand('notifications.clearAll');
  await vscode.commands.executeCommand('workbench.action.closeAllEditors');
}
