import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import * as vscode from 'vscode';
import { LetheError } from '../../base/errors.js';
import { exists } from '../../base/files.js';
import { modelName, modelPath } from '../../contract/names.js';
import type { SaveCandidateResult } from '../../contract/run.js';
import type { FromStudio, ToStudio } from '../../contract/studio.js';
import { classesAt } from '../classes/names.js';
import type { Diagnostics } from '../diagnostics/publisher.js';
import { type Dialogs, dialogs as editorDialogs } from '../dialogs.js';
import { runAction } from '../flows/actions.js';
import { copyCommandLine } from '../flows/commandLine.js';
import { requestAgain } from '../flows/commandText.js';
import { isTrusted, showFailure } from '../flows/guard.js';
import { report, saveAs, saveInPlace } from '../flows/saving.js';
import { ensureSetUp } from '../flows/setUp.js';
import { unlearn } from '../flows/unlearn.js';
import type { Services } from '../services.js';
import { allowOutside, setBackend, unlearnSettings } from '../settings.js';
import { affectsContent, backendOf, defaultsOf } from './content.js';
import { ModelFacts } from './facts.js';
import type { StudioContent, StudioHost } from './host.js';
import { type Explained, Questions } from './questions.js';
import { ShownRuns } from './shownRuns.js';

/** The settings of a run and nothing else that a request may hold. */
function settingsOf({ samples, maxPatches, alphaR, alphaF, layers, seed }: StudioSettings): StudioSettings {
  const settings = { samples, maxPatches, alphaR, alphaF, layers, seed };
  // One that is not set must not hide what the editor's settings say.
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined));
}

/** What the Studio's tabs show and do: the extension owns all of it, a tab only draws it. */
export class StudioSession implements StudioHost, vscode.Disposable {
  readonly #services: Services;
  readonly #diagnostics: Diagnostics;
  readonly #dialogs: Dialogs;
  readonly #changed = new vscode.EventEmitter<vscode.Uri | undefined>();
  readonly onDidChange = this.#changed.event;
  readonly #facts: ModelFacts;
  readonly #runs: ShownRuns;
  /** Models that are to be unlearned or saved, from the click on. */
  readonly #asked = new Set<string>();
  readonly #listeners: vscode.Disposable;

  constructor(services: Services, diagnostics: Diagnostics, dialogs: Dialogs = editorDialogs) {
    this.#services = services;
    this.#diagnostics = diagnostics;
    this.#dialogs = dialogs;
    const changed = (model: vscode.Uri) => this.#changed.fire(model);
    this.#facts = new ModelFacts(services.engine, changed);
    this.#runs = new ShownRuns(services, changed);
    const { jobs, models, selection } = services;
    this.#listeners = vscode.Disposable.from(
      this.#runs,
      this.#changed,
      jobs.onDidChange((state) => this.#changed.fire(vscode.Uri.file(state.model))),
      selection.onDidChange((model) => this.#changed.fire(model)),
      models.onDidChange((described) => {
        if (described.length === 0) this.#facts.lookAgain();
      }),
      diagnostics.onDidChange(() => this.#changed.fire(undefined)),
      vscode.workspace.onDidGrantWorkspaceTrust(() => this.#facts.lookAgain()),
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (affectsContent(event)) this.#changed.fire(undefined);
      }),
    );
  }

  open(model: vscode.Uri): void {
    this.#services.selection.select(model);
    this.#runs.open(model);
    void this.#facts.look(model);
    void this.#services.models.describe(model).then(
      () => this.#changed.fire(model),
      (error) => this.#services.log.error(`Describing ${model.fsPath}`, error),
    );
  }

  close(model: vscode.Uri): void {
    this.#facts.forget(model);
    this.#runs.close(model);
  }

  snapshot(model: vscode.Uri): StudioContent {
    const { models, jobs, selection } = this.#services;
    const { facts, error } = this.#facts.of(model);
    const summary = models.get(model) ?? null;
    return {
      model: model.fsPath,
      name: modelPath(vscode.workspace.asRelativePath(model)),
      trusted: vscode.workspace.isTrusted,
      facts,
      factsError: error,
      summary,
      findings: this.#diagnostics.about(model),
      selected: selection.ticked(model),
      run: jobs.latest(model) ?? null,
      runs: this.#runs.runs(model),
      shown: this.#runs.shown(model),
      brokenOff: this.#runs.brokenOff(model),
      compared: this.#runs.compared(model),
      choosing: this.#runs.choosing(model),
      defaults: defaultsOf(model),
      backend: backendOf(summary?.format ?? facts?.format),
    };
  }

  async handle(model: vscode.Uri, message: FromStudio): Promise<void> {
    try {
      await this.#handle(model, message);
    } catch (error) {
      await showFailure(modelName(model.fsPath), error, this.#services);
    }
  }

  questions(model: vscode.Uri, send: (message: ToStudio) => void): Questions {
    const { engine } = this.#services;
    return new Questions(
      (name, request, work) => engine.run(name, request, work),
      () => this.#explained(model),
      send,
    );
  }

  dispose(): void {
    this.#listeners.dispose();
  }

  async #handle(model: vscode.Uri, message: FromStudio): Promise<void> {
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
        await this.#once(model, () => this.#unlearn(model, settingsOf(message.settings)));
        return;
      case 'cancel':
        this.#runs.cancelChoosing(model);
        jobs.cancel(model);
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
        await this.#open(model, message.what);
        return;
      case 'copyCommandLine':
        await copyCommandLine({
          model: model.fsPath,
          allowOutside: allowOutside(model),
          forget: await this.#ticked(model),
          ...unlearnSettings(model),
          ...settingsOf(message.settings),
        });
        return;
      case 'copyRunCommandLine':
        await this.#copyRun(model);
        return;
      case 'show':
        this.#runs.show(model, message.run);
        return;
      case 'compare':
        this.#runs.compare(model, message.run);
        return;
      case 'choose':
        // At once: another run may be asked for in the next message.
        if (vscode.workspace.isTrusted || (await isTrusted())) await this.#runs.choose(model, message.pair);
        return;
      case 'save':
        await this.#once(model, () => this.#save(model, message.as));
        return;
      case 'report':
        await this.#once(model, () => this.#report(model, message.forgottenPictures === true));
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

  async #unlearn(model: vscode.Uri, settings: StudioSettings): Promise<void> {
    if (!(await isTrusted()) || !(await ensureSetUp(model, this.#services))) return;
    await unlearn(model, await this.#ticked(model), this.#services, settings);
  }

  async #ticked(model: vscode.Uri): Promise<readonly (string | number)[]> {
    return classesAt(await this.#services.models.describe(model), this.#services.selection.ticked(model));
  }

  async #save(model: vscode.Uri, as: boolean): Promise<void> {
    const recorded = await this.#runs.recorded(model);
    if (!recorded || !(await isTrusted())) return;
    const saved = await (as ? saveAs : saveInPlace)(recorded, this.#services, this.#dialogs);
    if (!saved) return;
    // A model that went elsewhere is none of the output's runs.
    const isOwn = [recorded.source, saved.output].includes(model.fsPath);
    if (isOwn) this.#runs.wrote(model, saved.run, recorded.source);
    await this.#services.models.refresh();
    void this.#tellSaved(saved);
  }

  async #tellSaved({ output }: SaveCandidateResult): Promise<void> {
    const open = 'Open new model';
    const text = `The candidate is saved as ${modelPath(vscode.workspace.asRelativePath(output))}.`;
    if ((await vscode.window.showInformationMessage(text, open)) === open) {
      await vscode.commands.executeCommand('lethe.openStudio', vscode.Uri.file(output));
    }
  }

  async #report(model: vscode.Uri, forgottenPictures: boolean): Promise<void> {
    const recorded = await this.#runs.recorded(model);
    if (!recorded || !(await isTrusted())) return;
    await report(recorded, forgottenPictures, this.#services, this.#dialogs);
  }

  async #copyRun(model: vscode.Uri): Promise<void> {
    const recorded = await this.#runs.recorded(model);
    if (!recorded) return;
    const { source, run } = recorded;
    const { settings, limits, outcome } = run;
    if (!settings || !outcome.pair) return;
    const { classes } = await this.#services.models.describe(vscode.Uri.file(source));
    const forget = classes ? outcome.forget : limits.map(({ index }) => index);
    const outside = { allowOutside: allowOutside(vscode.Uri.file(source)) };
    await copyCommandLine({ ...requestAgain(source, forget, settings, outcome.pair), ...outside });
  }

  async #open(model: vscode.Uri, what: (FromStudio & { kind: 'open' })['what']): Promise<void> {
    const { models, log } = this.#services;
    switch (what) {
      case 'output': {
        const output = (await this.#runs.recorded(model))?.run.output;
        if (output) await vscode.commands.executeCommand('lethe.openStudio', vscode.Uri.file(output.path));
        return;
      }
      case 'successor': {
        const { supersededBy } = await models.describe(model);
        if (supersededBy) await vscode.commands.executeCommand('lethe.openStudio', vscode.Uri.file(supersededBy));
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
        await vscode.commands.executeCommand('workbench.trust.manage');
    }
  }

  /** What questions are about. @throws LetheError `usage` in a workspace that is not trusted: nothing is computed there. */
  async #explained(model: vscode.Uri): Promise<Explained> {
    if (!vscode.workspace.isTrusted) {
      throw new LetheError('usage', {
        message: 'Lethe runs no models in restricted mode',
        hint: 'Trust this workspace first.',
      });
    }
    const recorded = await this.#runs.recorded(model);
    // A source that was deleted, as it should be, leaves what it has become.
    if (!recorded || !(await exists(recorded.source))) {
      return { model: model.fsPath, allowOutside: allowOutside(model) };
    }
    const { source, folder, pair } = recorded;
    return { model: source, run: folder, pair, allowOutside: allowOutside(vscode.Uri.file(source)) };
  }
}
