import * as vscode from 'vscode';
import { modelName } from '../../contract/names.js';
import { countText, percentText } from '../../contract/text.js';
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
  const title = `Evaluating ${modelName(model.fsPath)}`;
  try {
    const request = { model: model.fsPath, allowOutside: allowOutside(model) };
    const result = await withNotification(services.jobs, model.fsPath, title, () =>
      services.jobs.evaluate(model.fsPath, request),
    );
    services.selection.select(model);
    await services.models.refresh();
    const text = `${modelName(model.fsPath)} recognises ${percentText(result.accuracy)} of ${countText(result.samples)} ${result.split} samples.`;
    services.log.info(text);
    void vscode.window.showInformationMessage(text);
  } catch (error) {
    await showFailure(title, error, services);
  }
}
