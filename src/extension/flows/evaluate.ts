import path from 'node:path';
import * as vscode from 'vscode';
import { percentText } from '../../base/text.js';
import { withNotification } from '../jobs/notification.js';
import type { Services } from '../services.js';
import { allowOutside } from '../settings.js';
import { showFailure } from './failure.js';
import { ensureSetUp } from './setUp.js';
import { targetModel } from './target.js';
import { isTrusted } from './trust.js';

/** Measures the accuracy of each class, so that views and diagnostics know it. */
export async function evaluate(argument: unknown, services: Services): Promise<void> {
  const model = await targetModel(argument, services, 'Which model is to be evaluated?');
  if (!model || !(await isTrusted()) || !(await ensureSetUp(model, services))) return;
  const title = `Evaluating ${path.basename(model.fsPath)}`;
  try {
    const request = { model: model.fsPath, allowOutside: allowOutside(model) };
    const result = await withNotification(services.jobs, model.fsPath, title, () =>
      services.jobs.evaluate(model.fsPath, request),
    );
    services.selection.select(model);
    await services.models.refresh();
    const text = `${path.basename(model.fsPath)} recognises ${percentText(result.accuracy)} of ${result.samples.toLocaleString('en')} ${result.split} samples.`;
    services.log.info(text);
    void vscode.window.showInformationMessage(text);
  } catch (error) {
    await showFailure(title, error, services);
  }
}
