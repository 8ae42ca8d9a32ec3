import path from 'node:path';
import * as vscode from 'vscode';
import type { RunSummary } from '../../contract/run.js';
import { dialogs } from '../dialogs.js';
import { openReportPanel } from '../runs/reportPanel.js';
import type { Services } from '../services.js';
import { showFailure } from './failure.js';
import { openInStudio } from './models.js';
import { trash } from './trash.js';

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
  await openInStudio(run.output);
}

/** Deletes the record of a run, not the models. What it proves can't be shown any more, so the user is asked. */
export async function deleteRun(run: RunSummary, services: Services): Promise<void> {
  const question = `Delete the record of ${path.basename(run.folder)}?`;
  const detail = 'It is the proof of what was removed. The models stay.';
  if (!(await dialogs.confirm(question, detail, 'Move to trash'))) return;
  await trash(vscode.Uri.file(run.folder));
  await services.models.refresh();
}
