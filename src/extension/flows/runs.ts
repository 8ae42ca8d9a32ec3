import path from 'node:path';
import * as vscode from 'vscode';
import type { RunSummary } from '../../contract/run.js';
import { openReportPanel } from '../runs/reportPanel.js';
import type { Services } from '../services.js';
import { showFailure } from './guard.js';

/** Opens the report of a run, given the run or the page's path. A page that is gone is made again from the record. */
export async function openReport(target: RunSummary | string, services: Services): Promise<void> {
  const report = typeof target === 'string' ? target : target.report;
  try {
    await openReportPanel(report).catch(async (error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error;
      await services.engine.run('report', { run: path.dirname(report) });
      await openReportPanel(report);
    });
  } catch (error) {
    await showFailure('Opening the report', error, services);
  }
}

export async function openReportInBrowser(run: RunSummary): Promise<void> {
  await vscode.env.openExternal(vscode.Uri.file(run.report));
}

export async function openRunRecord(run: RunSummary): Promise<void> {
  await vscode.window.showTextDocument(vscode.Uri.file(path.join(run.folder, 'run.json')));
}

export async function openRunOutput(run: RunSummary): Promise<void> {
  await vscode.commands.executeCommand('lethe.openStudio', vscode.Uri.file(run.output));
}

/** Deletes the record of a run, not the models. What it proves can't be shown any more, so the user is asked. */
export async function deleteRun(run: RunSummary, services: Services): Promise<void> {
  const remove = 'Move to trash';
  const chosen = await vscode.window.showWarningMessage(
    `Delete the record of ${path.basename(run.folder)}?`,
    { modal: true, detail: 'It is the proof of what was removed. The models stay.' },
    remove,
  );
  if (chosen !== remove) return;
  await trash(vscode.Uri.file(run.folder));
  await services.models.refresh();
}

/** To the trash; where there is none, for good, if the user agrees. */
export async function trash(target: vscode.Uri): Promise<void> {
  try {
    await vscode.workspace.fs.delete(target, { recursive: true, useTrash: true });
  } catch {
    const remove = 'Delete permanently';
    const question = `${path.posix.basename(target.path)} can't be moved to the trash. Delete it permanently?`;
    const options = { modal: true, detail: target.fsPath };
    if ((await vscode.window.showWarningMessage(question, options, remove)) !== remove) return;
    await vscode.workspace.fs.delete(target, { recursive: true });
  }
}
