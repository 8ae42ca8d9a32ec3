import * as vscode from 'vscode';
import { modelName } from '../../contract/names.js';
import type { CheckSetupResult, FindDataResult } from '../../contract/setup.js';
import { countText, percentText } from '../../contract/text.js';
import { reportOf } from '../../project/errorReport.js';
import { dialogs } from '../dialogs.js';
import { allowOutside } from '../settings.js';
import { type Answers, choicesOf, withScaling } from './answers.js';
import { classStep } from './classStep.js';
import { type Data, testStep, trainStep } from './dataSteps.js';
import { type Draft, draftOf, type Scaling, settingsText } from './draft.js';
import { layoutStep, normalisationStep, orderStep, rangeStep } from './inputSteps.js';
import { runSteps } from './multiStep.js';
import { SetupPanel, viewOf } from './panel.js';
import { unlessCancelled } from './progress.js';
import type { SetupServices } from './services.js';

export type { SetupServices } from './services.js';

/**
 * Guides through writing a `lethe.json` for a model: finds data, asks what it can't know, shows what the network sees and how
 * well it does, and writes the file.
 * @returns the file that was written, undefined if the user gave up. @throws LetheError for what is wrong with the model.
 */
export async function setUpModel(model: vscode.Uri, services: SetupServices): Promise<vscode.Uri | undefined> {
  const name = modelName(model.fsPath);
  const request = {
    model: model.fsPath,
    root: services.root(model).fsPath,
    allowOutside: allowOutside(model),
  };
  const found = await unlessCancelled(`Looking for data near ${name}`, (work) =>
    services.run('findData', request, work),
  );
  if (!found) return undefined;
  const steps = stepsOf({ request, found, shown: [] }, services);
  const flow = new Flow(model, services, found, request.allowOutside);
  try {
    let answers: Answers = {};
    for (;;) {
      const given = await runSteps(`Set up ${name}`, steps, answers);
      const tried = given ? await flow.check(given) : 'given up';
      answers = given ?? answers;
      if (tried === 'change') continue;
      // Whoever gives up changing the settings is back at those that were checked before.
      const outcome = await flow.decide();
      if (outcome !== 'change') return outcome;
      answers = flow.answers;
    }
  } finally {
    flow.dispose();
  }
}

function stepsOf(data: Data, services: SetupServices) {
  return [
    trainStep(data, services),
    testStep(data, services),
    layoutStep(data.found),
    classStep(data.found),
    rangeStep(),
    orderStep(),
    normalisationStep(),
  ];
}

/** Settings that were tried. */
interface Tried {
  readonly answers: Answers;
  readonly draft: Draft;
  readonly result: CheckSetupResult;
}

/** What comes after the questions: check, show, and write or go back. */
class Flow {
  readonly #model: vscode.Uri;
  readonly #services: SetupServices;
  readonly #found: FindDataResult;
  readonly #allowOutside: boolean;
  #panel: SetupPanel | undefined;
  #tried: Tried | undefined;

  constructor(model: vscode.Uri, services: SetupServices, found: FindDataResult, allowOutside: boolean) {
    this.#model = model;
    this.#services = services;
    this.#found = found;
    this.#allowOutside = allowOutside;
  }

  /** The answers that were checked last. */
  get answers(): Answers {
    return this.#tried?.answers ?? {};
  }

  /** Tries the settings. @returns `change` if they do not work and the user wants to answer otherwise. */
  async check(answers: Answers): Promise<'done' | 'change' | 'given up'> {
    const name = modelName(this.#model.fsPath);
    const draft = draftOf(this.#model.fsPath, this.#found, choicesOf(answers));
    const request = { model: this.#model.fsPath, ...this.#asText(draft) };
    try {
      const result = await unlessCancelled(`Checking what ${name} makes of the data`, (work) =>
        this.#services.run('checkSetup', request, work),
      );
      if (!result) return 'given up';
      this.#tried = { answers, draft, result };
      return 'done';
    } catch (error) {
      const text = `These settings don't work: ${this.#services.failureText(reportOf(error))}`;
      const change = 'Change settings';
      return (await vscode.window.showErrorMessage(text, change)) === change ? 'change' : 'given up';
    }
  }

  /** Shows what was tried until the user decides. @returns the file that was written, undefined if none is wanted. */
  async decide(): Promise<vscode.Uri | 'change' | undefined> {
    for (;;) {
      if (!this.#tried) return undefined;
      const panel = this.#show(this.#tried);
      const action = await panel.action();
      if (!action) return undefined;
      if (action.kind === 'change') {
        panel.busy('Changing settings');
        return 'change';
      }
      if (action.kind === 'write') {
        const file = await this.#write(this.#tried);
        if (file) return file;
        continue;
      }
      const suggestion = this.#tried.result.suggestions[action.suggestion];
      if (!suggestion) continue;
      panel.busy(`Checking ${suggestion.title}`);
      const better = withScaling(this.#tried.answers, suggestion.input as Scaling);
      if ((await this.check(better)) === 'change') return 'change';
    }
  }

  #show({ answers, result }: Tried): SetupPanel {
    if (!this.#panel || this.#panel.closed) this.#panel = new SetupPanel(this.#services.extensionUri);
    this.#panel.show(viewOf(modelName(this.#model.fsPath), settingsText(choicesOf(answers)), result));
    return this.#panel;
  }

  #asText({ folder, config }: Draft) {
    return { folder, config: JSON.stringify(config), allowOutside: this.#allowOutside };
  }

  dispose(): void {
    this.#panel?.dispose();
  }

  async #write({ draft, result: { accuracy, samples } }: Tried): Promise<vscode.Uri | undefined> {
    const request = this.#asText(draft);
    const file = await this.#writeOrReplace(request);
    if (!file) return undefined;
    const uri = vscode.Uri.file(file);
    await vscode.window.showTextDocument(uri, { preview: false });
    const name = modelName(this.#model.fsPath);
    void vscode.window.showInformationMessage(
      `${name} is set up: it recognises ${percentText(accuracy)} of ${countText(samples)} samples.`,
    );
    return uri;
  }

  async #writeOrReplace(request: {
    folder: string;
    config: string;
    allowOutside: boolean;
  }): Promise<string | undefined> {
    try {
      return (await this.#services.run('writeSetup', request)).file;
    } catch (error) {
      if (reportOf(error).code !== 'output-exists') throw error;
    }
    const detail = `The one in ${request.folder} is lost then, with all that it says of other models.`;
    if (!(await dialogs.confirm('There is a lethe.json already.', detail, 'Replace'))) return undefined;
    return (await this.#services.run('writeSetup', { ...request, overwrite: true })).file;
  }
}
