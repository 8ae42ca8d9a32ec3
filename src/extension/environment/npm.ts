import { execFile } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import * as vscode from 'vscode';
import { NATIVE_PACKAGES, NATIVE_VERSION, type NativeKind } from './platforms.js';

// PowerShell would take npm's script for PowerShell, which its execution policy may forbid.
const NPM = process.platform === 'win32' ? 'npm.cmd' : 'npm';

/** The version of the npm on the PATH, undefined if there is none. */
export async function npmVersion(): Promise<string | undefined> {
  try {
    const shell = process.platform === 'win32';
    const { stdout } = await promisify(execFile)(NPM, ['--version'], { shell, timeout: 30_000 });
    return stdout.trim();
  } catch {
    return undefined;
  }
}

/** The command as a user would type it into a terminal. */
export function installCommand(kind: NativeKind, folder: string): string {
  return `npm install --prefix "${folder}" ${NATIVE_PACKAGES[kind].name}@${NATIVE_VERSION}`;
}

/**
 * Installs a package into a folder with the user's npm, in a terminal that they see.
 * @returns npm's exit code; undefined if it was killed.
 */
export async function installPackage(kind: NativeKind, folder: string): Promise<number | undefined> {
  await writeManifest(folder);
  const wanted = `${NATIVE_PACKAGES[kind].name}@${NATIVE_VERSION}`;
  // Not by the task's working folder: in a window without one, VS Code's server starts terminals in the home alone.
  const args = ['install', '--prefix', folder, '--no-audit', '--no-fund', wanted];
  const execution = new vscode.ShellExecution(
    NPM,
    args.map((value) => ({ value, quoting: vscode.ShellQuoting.Strong })),
  );
  const task = new vscode.Task(
    { type: 'lethe', task: 'install-tensorflow' },
    vscode.TaskScope.Workspace,
    'Install TensorFlow',
    'Lethe',
    execution,
  );
  task.presentationOptions = {
    reveal: vscode.TaskRevealKind.Always,
    panel: vscode.TaskPanelKind.Dedicated,
    clear: true,
  };
  return exitCodeOf(task);
}

async function exitCodeOf(task: vscode.Task): Promise<number | undefined> {
  const listeners: vscode.Disposable[] = [];
  try {
    return await new Promise<number | undefined>((resolve, reject) => {
      // By the name and not by the execution: a process may end before `executeTask` has returned.
      const isOurs = ({ execution }: { execution: vscode.TaskExecution }) =>
        execution.task.source === task.source && execution.task.name === task.name;
      listeners.push(
        vscode.tasks.onDidEndTaskProcess((event) => isOurs(event) && resolve(event.exitCode)),
        // Ends also where no process was started.
        vscode.tasks.onDidEndTask((event) => isOurs(event) && setTimeout(() => resolve(undefined), 1000)),
      );
      vscode.tasks.executeTask(task).then(undefined, reject);
    });
  } finally {
    for (const listener of listeners) listener.dispose();
  }
}

/** A package of its own, so that npm looks no further up; it lets the packages run the scripts that download TensorFlow. */
async function writeManifest(folder: string): Promise<void> {
  const file = path.join(folder, 'package.json');
  await mkdir(folder, { recursive: true });
  const before = JSON.parse(await readFile(file, 'utf8').catch(() => '{}')) as object;
  const allowScripts = Object.fromEntries(Object.values(NATIVE_PACKAGES).map(({ name }) => [name, true]));
  await writeFile(file, `${JSON.stringify({ ...before, private: true, allowScripts }, null, 2)}\n`);
}
