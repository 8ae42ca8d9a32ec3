import * as vscode from 'vscode';
import type { ModelSummary } from '../../contract/models.js';
import type { Services } from '../services.js';
import { failureText, showFailure } from './failure.js';
import { targetModel } from './target.js';
import { isTrusted } from './trust.js';

/** Guides through writing a `lethe.json` for a model. */
export async function setUp(argument: unknown, services: Services): Promise<void> {
  const model = await targetModel(argument, services, 'Which model is to be set up?');
  if (model && (await isTrusted())) await guide(model, services);
}

/**
 * What is known of a model, once it has a `lethe.json`: offers to write one if it has none.
 * @returns undefined if the model can't be worked with, after the user was told.
 */
export async function ensureSetUp(model: vscode.Uri, services: Services): Promise<ModelSummary | undefined> {
  const summary = await services.models.describe(model);
  if (summary.error && summary.state === 'unreadable') {
    void vscode.window.showErrorMessage(`Lethe can not work on this model: ${failureText(summary.error)}`);
    return undefined;
  }
  if (summary.config !== null) return summary;
  const go = 'Set up';
  const chosen = await vscode.window.showInformationMessage(
    'Lethe needs to know where samples of the classes are.',
    {
      modal: true,
      detail:
        'There is no lethe.json beside this model yet. Setting up looks for data near it, checks that the model recognises it, and writes that file.',
    },
    go,
  );
  if (chosen !== go || !(await guide(model, services))) return undefined;
  const described = await services.models.describe(model);
  return described.config === null ? undefined : described;
}

async function guide(model: vscode.Uri, services: Services): Promise<boolean> {
  try {
    const { setUpModel } = await import('../setup/setUpModel.js');
    const written = await setUpModel(model, {
      run: services.engine.run,
      root: (of) => vscode.workspace.getWorkspaceFolder(of)?.uri ?? vscode.Uri.joinPath(of, '..'),
      extensionUri: services.context.extensionUri,
      failureText,
    });
    if (!written) return false;
    await services.models.refresh();
    return true;
  } catch (error) {
    await showFailure('Setting up the model', error, services);
    return false;
  }
}
