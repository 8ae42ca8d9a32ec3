import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import * as vscode from 'vscode';
import type { SaveCandidateResult } from '../../contract/run.js';
import { type AskedSettings, askedSettings } from '../../contract/settings.js';
import type { FromStudio } from '../../contract/studio.js';
import { classesAt } from '../classes/names.js';
import type { Diagnostics } from '../diagnostics/publisher.js';
import type { Dialogs } from '../dialogs.js';
import type { Services } from '../services.js';
import { allowOutside, setBackend, unlearnSettings } from '../settings.js';
import type { ShownRuns } from '../studio/shownRuns.js';
import { runAction } from './actions.js';
import { copyCommandLine } from './commandLine.js';
import { requestAgain } from './commandText.js';
import { showFailure } from './failure.js';
import { openInStudio } from './models.js';
import { report, saveAs, saveInPlace } from './saving.js';
import { ensureSetUp } from './setUp.js';
import { isTrusted, manageTrust } from './trust.js';
import { unlearn } from './unlearn.js';

/** What the messages of Studios do. */
export class StudioMessages {
  readonly #services: Services;
  readonly #diagnostics: Diagnostics;
  readonly #dialogs: Dialogs;
  /** Models that are to be unlearned or saved, from the click on. */
  readonly #asked = new Set<string>();

  constructor(services: Services, diagnostics: Diagnostics, dialogs: Dialogs) {
    this.#services = services;
    this.#diagnostics = diagnostics;
    this.#dialogs = dialogs;
  }

  /**
   * Does what a user asked for in the Studio of a model. Never rejects: what goes wrong is shown to the user.
   * @param runs which runs that Studio shows.
   */
  async handle(model: vscode.Uri, message: FromStudio, runs: ShownRuns): Promise<void> {
    try {
      await this.#handle(model, message, runs);
    } catch (error) {
      await showFailure(path.basename(model.fsPath), error, this.#services);
    }
  }

  async #handle(model: vscode.Uri, message: FromStudio, runs: ShownRuns): Promise<void> {
    const { selection, jobs } = this.#services;
    switch (message.kind) {
      // These are about one tab, which deals with them itself.
      case 'ready':
      case 'ask':
      case 'dropQuestion':
        return;
      case 'select':
        selection.tick(model, message.selected);
        return;
      case 'evaluate':
        await vscode.commands.executeCommand('lethe.evaluate', model);
        return;
      case 'unlearn':
        await this.#once(model, () => this.#unlearn(model, askedSettings(message.settings)));
        return;
      case 'cancel':
        runs.cancelChoosing(model.fsPath);
        jobs.cancel(model.fsPath);
        return;
      case 'setUp':
        await vscode.commands.executeCommand('lethe.setUp', model);
        return;
      case 'action': {
        // Only what was offered.
        const offered = this.#diagnostics.about(model).flatMap(({ actions }) => actions);
        if (offered.some((action) => isDeepStrictEqual(action, message.action))) {
          await runAction(message.action, this.#services);
        }
        return;
      }
      case 'open':
        await this.#open(model, message.what, runs);
        return;
      case 'copyCommandLine':
        await copyCommandLine({
          model: model.fsPath,
          allowOutside: allowOutside(model),
          forget: await this.#ticked(model),
          ...unlearnSettings(model),
          ...askedSettings(message.settings),
        });
        return;
      case 'copyRunCommandLine':
        await this.#copyRun(model, runs);
        return;
      case 'show':
        runs.show(model.fsPath, message.run);
        return;
      case 'compare':
        runs.compare(model.fsPath, message.run);
        return;
      case 'choose':
        // At once: another run may be asked for in the next message.
        if (vscode.workspace.isTrusted || (await isTrusted())) await runs.choose(model.fsPath, message.candidate);
        return;
      case 'save':
        await this.#once(model, () => this.#save(model, message.as, runs));
        return;
      case 'report':
        await this.#once(model, () => this.#report(model, message.forgottenPictures === true, runs));
        return;
      case 'setBackend':
        await setBackend(message.backend);
    }
  }

  /** A double click asks twice, before the first one shows. */
  async #once(model: vscode.Uri, task: () => Promise<void>): Promise<void> {
    if (this.#asked.has(model.fsPath)) return;
    this.#asked.add(model.fsPath);
    try {
      await task();
    } finally {
      this.#asked.delete(model.fsPath);
    }
  }

  async #unlearn(model: vscode.Uri, settings: AskedSettings): Promise<void> {
    if (!(await isTrusted()) || !(await ensureSetUp(model, this.#services))) return;
    await unlearn(model, await this.#ticked(model), this.#services, settings);
  }

  async #ticked(model: vscode.Uri): Promise<readonly (string | number)[]> {
    return classesAt(await this.#services.models.describe(model), this.#services.selection.ticked(model));
  }

  async #save(model: vscode.Uri, as: boolean, runs: ShownRuns): Promise<void> {
    const recorded = await runs.recorded(model.fsPath);
    if (!recorded || !(await isTrusted())) return;
    const saved = await (as ? saveAs : saveInPlace)(recorded, this.#services, this.#dialogs);
    if (!saved) return;
    // A model that went elsewhere is none of the output's runs.
    const isOwn = [recorded.source, saved.output].includes(model.fsPath);
    if (isOwn) runs.wrote(model.fsPath, saved.run, recorded.source);
    await this.#services.models.refresh();
    void tellSaved(saved);
  }

  async #report(model: vscode.Uri, forgottenPictures: boolean, runs: ShownRuns): Promise<void> {
    const recorded = await runs.recorded(model.fsPath);
    if (!recorded || !(await isTrusted())) return;
    await report(recorded, forgottenPictures, this.#services, this.#dialogs);
  }

  async #copyRun(model: vscode.Uri, runs: ShownRuns): Promise<void> {
    const recorded = await runs.recorded(model.fsPath);
    if (!recorded) return;
    const { source, run } = recorded;
    const { settings, limits, outcome } = run;
    if (!settings || !outcome.candidate) return;
    const { classes } = await this.#services.models.describe(vscode.Uri.file(source));
    const forget = classes ? outcome.forget : limits.map(({ index }) => index);
    const outside = { allowOutside: allowOutside(vscode.Uri.file(source)) };
    await copyCommandLine({ ...requestAgain(source, forget, settings, outcome.candidate.recipe), ...outside });
  }

  async #open(model: vscode.Uri, what: (FromStudio & { kind: 'open' })['what'], runs: ShownRuns): Promise<void> {
    const { models, log } = this.#services;
    switch (what) {
      case 'output': {
        const output = (await runs.recorded(model.fsPath))?.run.output;
        if (output) await openInStudio(output.path);
        return;
      }
      case 'successor': {
        const { supersededBy } = await models.describe(model);
        if (supersededBy) await openInStudio(supersededBy);
        return;
      }
      case 'config': {
        const { config } = await models.describe(model);
        const beside = path.join(path.dirname(model.fsPath), 'lethe.json');
        await vscode.window.showTextDocument(vscode.Uri.file(config ?? beside));
        return;
      }
      case 'log':
        log.show();
        return;
      case 'trust':
        await manageTrust();
    }
  }
}

async function tellSaved({ output }: SaveCandidateResult): Promise<void> {
  const open = 'Open new model';
  const text = `The candidate is saved as ${vscode.workspace.asRelativePath(output)}.`;
  if ((await vscode.window.showInformationMessage(text, open)) === open) await openInStudio(output);
}
