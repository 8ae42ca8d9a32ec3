import * as vscode from 'vscode';
import { cancelled } from '../../base/abort.js';
import type { ModelSummary } from '../../contract/models.js';
import { modelName } from '../../contract/names.js';
import type { EstimateResult, UnlearnRequest, UnlearnResult } from '../../contract/run.js';
import type { AskedSettings } from '../../contract/settings.js';
import { aboutText, listText, memoryText, percentText, sizeText } from '../../contract/text.js';
import { errorOf } from '../../project/errorReport.js';
import { classesAt, classesOf, limitsAt } from '../classes/names.js';
import { dialogs } from '../dialogs.js';
import { withNotification } from '../jobs/notification.js';
import { withCancel } from '../jobs/progress.js';
import type { Services } from '../services.js';
import { allowOutside, unlearnSettings } from '../settings.js';
import { plainText } from '../text.js';
import { showFailure } from './failure.js';
import { openInStudio } from './models.js';
import { replacing } from './replacing.js';
import { ensureSetUp } from './setUp.js';
import { targetModel } from './target.js';
import { isTrusted } from './trust.js';

/** Seconds above which the user is asked before a run begins. */
const LONG = 300;

/** Asks which classes a model is to forget, and does it. */
export async function unlearnClasses(argument: unknown, services: Services): Promise<void> {
  const model = await targetModel(argument, services, 'Which model is to forget?');
  if (!model || !(await isTrusted())) return;
  const summary = await ensureSetUp(model, services);
  if (!summary) return;
  const classes = await pickClasses(model, summary, services);
  if (classes) await unlearn(model, classes, services);
}

/** Makes a model forget the classes that are ticked in the Classes tree. */
export async function unlearnTicked(argument: unknown, services: Services): Promise<void> {
  const model = argument instanceof vscode.Uri ? argument : services.selection.model;
  if (!model || !(await isTrusted())) return;
  const summary = await ensureSetUp(model, services);
  if (!summary) return;
  const classes = classesAt(summary, services.selection.ticked(model));
  if (classes.length === 0) await unlearnClasses(model, services);
  else await unlearn(model, classes, services);
}

/**
 * Makes a model forget classes: tells what it would take, refuses what would not fit, asks before anything is replaced, and
 * shows what came of it.
 */
export async function unlearn(
  model: vscode.Uri,
  classes: readonly (string | number)[],
  services: Services,
  settings: AskedSettings = {},
): Promise<UnlearnResult | undefined> {
  const name = modelName(model.fsPath);
  const request: UnlearnRequest = {
    model: model.fsPath,
    allowOutside: allowOutside(model),
    forget: classes,
    ...unlearnSettings(model),
    ...settings,
  };
  const title = `Unlearning ${listText(classes.map(String))} from ${name}`;
  const summary = services.models.get(model);
  const limits = summary ? limitsAt(summary, classes) : [];
  try {
    const estimate = await confirm(request, services);
    if (!estimate) return undefined;
    const expected = `${plainText(title)} (${aboutText(estimate.seconds)}, ${memoryText(estimate.memoryBytes)})`;
    const result = await withNotification(services.jobs, model.fsPath, expected, (isCancelled) =>
      replacing((force) => {
        if (isCancelled()) throw cancelled();
        return services.jobs.unlearn(model.fsPath, { ...request, force }, estimate.steps, limits);
      }, dialogs),
    );
    services.selection.tick(model, []);
    await services.models.refresh();
    void showOutcome(result, services);
    return result;
  } catch (error) {
    await showFailure(title, error, services);
    return undefined;
  }
}

/**
 * Estimates what a run would take, and asks before a long one.
 * @returns undefined if the user would rather not. @throws LetheError for what it would run out of.
 */
async function confirm(request: UnlearnRequest, services: Services): Promise<EstimateResult | undefined> {
  const estimate = await withCancel(`Looking at ${modelName(request.model)}`, (signal) =>
    services.engine.run('estimate', request, { signal }),
  );
  const { seconds, memoryBytes, diskBytes, refusals } = estimate;
  const text = `${aboutText(seconds)}, ${memoryText(memoryBytes)} of memory and ${sizeText(diskBytes)} on the disk`;
  services.log.info(`${request.model}: the run would take ${text}`);
  if (refusals.length > 0) {
    throw errorOf(refusals[0]);
  }
  if (seconds < LONG) return estimate;
  const go = 'Start';
  const chosen = await vscode.window.showInformationMessage(
    `This will take ${aboutText(seconds)}.`,
    { modal: true, detail: `It needs ${text}. You can go on working meanwhile, and cancel at any time.` },
    go,
  );
  return chosen === go ? estimate : undefined;
}

async function pickClasses(
  model: vscode.Uri,
  summary: ModelSummary,
  services: Services,
): Promise<readonly (string | number)[] | undefined> {
  const names = classesOf(summary);
  const ticked = new Set(services.selection.ticked(model));
  const due = summary.policy.filter((entry) => !summary.forgotten.includes(entry.class)).map((entry) => entry.index);
  const items = names.map((label, index) => ({
    label,
    index,
    description: [
      accuracyText(summary, index),
      summary.forgotten.includes(label) ? 'forgotten already' : due.includes(index) ? 'must be forgotten' : '',
    ]
      .filter(Boolean)
      .join(' · '),
    picked: ticked.size > 0 ? ticked.has(index) : due.includes(index),
  }));
  const picked = await vscode.window.showQuickPick(items, {
    canPickMany: true,
    title: `Unlearn classes from ${modelName(model.fsPath)}`,
    placeHolder: 'Classes to forget; the model file itself stays as it is',
    matchOnDescription: true,
  });
  if (!picked || picked.length === 0) return undefined;
  services.selection.select(model);
  services.selection.tick(
    model,
    picked.map(({ index }) => index),
  );
  return classesAt(
    summary,
    picked.map(({ index }) => index),
  );
}

/** Nothing where it was not measured. */
function accuracyText({ measured }: ModelSummary, index: number): string {
  const accuracy = measured?.perClass[index]?.accuracy ?? null;
  return accuracy === null ? '' : percentText(accuracy);
}

async function showOutcome(result: UnlearnResult, services: Services): Promise<void> {
  const { before, after, policy } = result;
  const lines = [
    `${listText(result.forget)} forgotten: ${percentText(before.forgetAccuracy)} → ${percentText(after.forgetAccuracy)}.`,
    `Kept classes: ${percentText(before.retainAccuracy)} → ${percentText(after.retainAccuracy)}.`,
    `The new model is ${modelName(result.output)}.`,
    ...policy.map((finding) => `${finding.message}.`),
  ];
  const show = policy.some((finding) => finding.severity === 'error')
    ? vscode.window.showWarningMessage
    : vscode.window.showInformationMessage;
  const [open, report] = ['Open new model', 'Open report'];
  const chosen = await show(plainText(lines.join(' ')), open, report);
  if (chosen === open) await openInStudio(result.output);
  if (chosen === report) await vscode.commands.executeCommand('lethe.openReport', result.report);
  services.log.info(lines.join(' '));
}
