import path from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import * as vscode from 'vscode';
import { tell } from '../../test/host/events.js';
import { engineProcesses } from '../../test/host/support/engineProcesses.js';
import { extension, isOver, lethe, sleep, until } from '../../test/host/support/lethe.js';

/** How long the job beside which the extension host is watched may go on. */
const JOB_MS = 30_000;

/** Runs in the extension host. */
export async function run(): Promise<void> {
  await measureActivation();
  const [workspace] = vscode.workspace.workspaceFolders!;
  await measureFacts(vscode.Uri.joinPath(workspace.uri, 'model100.onnx'), 'the engine starts for it');
  await measureFacts(vscode.Uri.joinPath(workspace.uri, 'again100.onnx'), 'the engine is there');
  await measureDelay(vscode.Uri.file(path.join(process.env.LETHE_BENCH_PROJECT!, 'model500.onnx')));
}

async function measureActivation(): Promise<void> {
  if (extension().isActive) throw new Error('the extension is active already');
  const began = performance.now();
  await extension().activate();
  note(`activation as one who waits for it sees it: ${milliseconds(performance.now() - began)}`);
  const [load, call, finish] = await editorsOwnTimes();
  note(
    `activation as the editor counts it: ${load + call + finish} ms (asked for: < 50 ms), of them ${load} for loading the code, ${call} for the call`,
  );
  await sleep(1000);
  note(`engine processes a second later: ${(await engineProcesses()).length} (asked for: 0)`);
}

/** Milliseconds of the activation from the page of "Developer: Startup Performance": loading the code, the call, and until it was done. */
async function editorsOwnTimes(): Promise<[load: number, call: number, finish: number]> {
  await vscode.commands.executeCommand('perfview.show');
  const row = await until('the row of the extension', () => {
    const text = vscode.workspace.textDocuments.map((document) => document.getText()).join('\n');
    return text.split('\n').find((line) => line.includes(extension().id));
  });
  await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  const [, , , load, call, finish] = row.split('|').map((cell) => cell.trim());
  return [Number(load), Number(call), Number(finish)];
}

async function measureFacts(model: vscode.Uri, circumstances: string): Promise<void> {
  const { size } = await vscode.workspace.fs.stat(model);
  const { studio } = await lethe();
  const began = performance.now();
  const known = new Promise<number>((resolve) => {
    const listener = studio.onDidChange(() => {
      if (!studio.snapshot(model).facts) return;
      listener.dispose();
      resolve(performance.now() - began);
    });
  });
  await vscode.commands.executeCommand('lethe.openStudio', model);
  const taken = milliseconds(await known);
  note(`facts of an ONNX model of ${megabytes(size)} in the Studio, ${circumstances}: ${taken} (asked for: < 1000 ms)`);
}

async function measureDelay(model: vscode.Uri): Promise<void> {
  const { size } = await vscode.workspace.fs.stat(model);
  const { services } = await lethe();
  const delay = monitorEventLoopDelay({ resolution: 5 });
  delay.enable();
  await measureFacts(model, 'the engine is there');
  const began = performance.now();
  const phases = new Set<string>();
  const listener = services.jobs.onDidChange(({ progress }) => phases.add(progress?.phase ?? ''));
  const job = services.jobs.unlearn(model.fsPath, { model: model.fsPath, forget: ['Checker'], maxPatches: 500 });
  const outcome = await Promise.race([job.then(() => 'ended', String), sleep(JOB_MS).then(() => 'was cancelled')]);
  services.jobs.cancel(model.fsPath);
  await job.catch(() => {});
  if (!isOver(services.jobs.latest(model.fsPath)!)) throw new Error('the job does not end');
  listener.dispose();
  delay.disable();
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  note(
    `a job on a model of ${megabytes(size)} ${outcome} after ${seconds} s, phases ${[...phases].filter(Boolean).join(', ')}`,
  );
  const of = (nanoseconds: number) => milliseconds(nanoseconds / 1e6);
  note(
    `event-loop delay meanwhile: ${of(delay.max)} at most (asked for: < 100 ms), ${of(delay.percentile(99))} at the 99th percentile, ${of(delay.mean)} on average, of them 5 ms the timer's own`,
  );
}

function note(text: string): void {
  tell({ kind: 'note', text });
}

function milliseconds(value: number): string {
  return `${value.toFixed(value < 100 ? 1 : 0)} ms`;
}

function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1e6)} MB`;
}
