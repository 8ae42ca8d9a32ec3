import path from 'node:path';
import * as vscode from 'vscode';
import type { Candidate } from '../../contract/candidates.js';
import { modelName } from '../../contract/names.js';
import { recipeText } from '../../contract/recipes.js';
import type { SaveCandidateResult } from '../../contract/run.js';
import { listText } from '../../contract/text.js';
import type { Dialogs } from '../dialogs.js';
import { withJobProgress } from '../jobs/progress.js';
import { openReportPanel } from '../runs/reportPanel.js';
import type { Services } from '../services.js';
import { allowOutside } from '../settings.js';
import type { RecordedRun } from '../studio/shownRuns.js';
import { replacing } from './replacing.js';

/**
 * Saves the shown candidate of a run in place of the model that the run wrote, after asking.
 * @returns undefined if the user would rather not. @throws LetheError as the job `saveCandidate`.
 */
export async function saveInPlace(
  recorded: RecordedRun,
  services: Services,
  dialogs: Dialogs,
): Promise<SaveCandidateResult | undefined> {
  const { output, saved } = recorded.run;
  if (!output) return saveAs(recorded, services, dialogs);
  const name = modelName(output.path);
  if (output.exists) {
    if (!recorded.candidate) {
      void vscode.window.showInformationMessage(`${name} holds this candidate already.`);
      return undefined;
    }
    const change = saved ? `It holds the candidate with ${recipeText(saved.recipe)}; ` : '';
    const detail = `${change}the one with ${recipeText(recorded.candidate.recipe)} takes its place.\n${output.path}`;
    if (!(await dialogs.confirm(`Replace ${name}?`, detail, 'Replace'))) return undefined;
    return save(recorded, output.path, true, services);
  }
  // Something else may lie there by now, such as a candidate that was saved since.
  return replacing((force) => save(recorded, output.path, force, services), dialogs);
}

/**
 * Saves the shown candidate of a run where the user wants it.
 * @returns undefined if that is nowhere. @throws LetheError as the job `saveCandidate`.
 */
export async function saveAs(
  recorded: RecordedRun,
  services: Services,
  dialogs: Dialogs,
): Promise<SaveCandidateResult | undefined> {
  const { run, source } = recorded;
  const { files } = await services.engine.run('inspect', { model: source, headersOnly: true });
  const isFolder = files.length > 1;
  const target = await dialogs.saveAs({
    title: isFolder ? 'Save the candidate as a folder' : 'Save the candidate as a model',
    saveLabel: 'Save',
    defaultUri: vscode.Uri.file(suggestion(run.output?.path ?? source, run.outcome.candidate, isFolder)),
    filters: isFolder ? undefined : { Model: [path.extname(source).slice(1)] },
  });
  if (!target) return undefined;
  // The editor asks itself before a file is replaced, but not before what a folder holds.
  const write = (force: boolean) => save(recorded, target.fsPath, force || !isFolder, services);
  return replacing(write, dialogs);
}

/**
 * Writes the report of the shown candidate, with its explanations, and opens it. Pictures of what was to be forgotten are put
 * into it only after asking again.
 * @throws LetheError as the job `report`.
 */
export async function report(
  { run, folder, source, candidate }: RecordedRun,
  wantsPictures: boolean,
  services: Services,
  dialogs: Dialogs,
): Promise<void> {
  const classes = listText(run.outcome.forget);
  if (wantsPictures) {
    const detail =
      'The report will hold pictures of what was to be forgotten. Whoever has the report has them, so delete it when it is not needed any more.';
    if (!(await dialogs.confirm(`Include pictures of ${classes}?`, detail, 'Include pictures'))) return;
  }
  const request = {
    ...{ run: folder, candidate: candidate?.id, explanations: true, forgottenPictures: wantsPictures },
    allowOutside: allowOutside(vscode.Uri.file(source)),
  };
  const written = await withJobProgress(`Writing the report on ${classes}`, (work) =>
    services.engine.run('report', request, work),
  );
  await openReportPanel(written.report);
}

async function save(
  { folder, source, run }: RecordedRun,
  out: string,
  force: boolean,
  services: Services,
): Promise<SaveCandidateResult> {
  const request = {
    ...{ run: folder, candidate: run.outcome.candidate!.id, out, force },
    // Of the model that is read, wherever the new one goes.
    allowOutside: allowOutside(vscode.Uri.file(source)),
  };
  return withJobProgress(`Saving ${modelName(out)}`, (work) => services.engine.run('saveCandidate', request, work));
}

/** A name beside the run's own output that says which candidate it is. */
function suggestion(output: string, candidate: Candidate | null, isFolder: boolean): string {
  const own = isFolder && path.extname(output) !== '' ? path.dirname(output) : output;
  const extension = isFolder ? '' : path.extname(own);
  const stem = path.basename(own, extension);
  return path.join(path.dirname(own), `${stem}-${candidate?.id}${extension}`);
}
