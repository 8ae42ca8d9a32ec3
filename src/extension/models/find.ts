import * as vscode from 'vscode';
import { mainFilePatterns, partFilePatterns } from '../../contract/formats.js';

/** Files that may be a model, by their names. What a `model.json` really is, the engine tells from its first bytes. */
const MODELS = `**/{${mainFilePatterns().join(',')}}`;
const CONFIGS = '**/lethe.json';
/** Files with weights beside a model. */
const PARTS = `**/{${partFilePatterns().join(',')}}`;
const CLASS_FILES = '**/{classes,labels}.txt';
/** Files of packages and of Lethe itself, besides what the user's `files.exclude` names. */
const EXCLUDED = '**/{node_modules,.lethe}/**';

/** Far more than anybody keeps in a workspace; beyond it a list is of no use. */
const MOST = 5_000;

/** Every file of the workspace that may be a model, sorted by path. */
export async function findModels(): Promise<vscode.Uri[]> {
  const found = await vscode.workspace.findFiles(MODELS, EXCLUDED, MOST);
  return found.sort((a, b) => (a.path < b.path ? -1 : 1));
}

export function isConfigFile(file: vscode.Uri): boolean {
  return file.path.endsWith('/lethe.json');
}

export async function findConfigs(): Promise<vscode.Uri[]> {
  return vscode.workspace.findFiles(CONFIGS, EXCLUDED, MOST);
}

/**
 * Calls back when a file has changed on which the state of models depends: models and their parts, `lethe.json`, records.
 */
export function watchModels(changed: (file: vscode.Uri) => void): vscode.Disposable {
  const patterns = [MODELS, CONFIGS, PARTS, CLASS_FILES, '**/.lethe/{runs,evaluations}/**'];
  const watchers = patterns.map((pattern) => vscode.workspace.createFileSystemWatcher(pattern));
  for (const watcher of watchers) {
    watcher.onDidChange(changed);
    watcher.onDidCreate(changed);
    watcher.onDidDelete(changed);
  }
  return vscode.Disposable.from(...watchers);
}
