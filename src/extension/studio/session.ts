import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import * as vscode from 'vscode';
import { reportOf } from '../../project/errorReport.js';
import type { ErrorReport, FromStudio, InspectResult, StudioSettings, StudioSnapshot } from '../../protocol.js';
import { classesAt } from '../classes/names.js';
import { copyCommandLine } from '../commands/commandLine.js';
import { isTrusted, showFailure } from '../commands/guard.js';
import { ensureSetUp } from '../commands/setUp.js';
import { unlearn } from '../commands/unlearn.js';
import { runAction } from '../diagnostics/actions.js';
import type { Diagnostics } from '../diagnostics/publisher.js';
import type { Services } from '../services.js';
import { allowOutside, unlearnSettings } from '../settings.js';
import type { StudioHost } from './host.js';

interface Facts {
  readonly facts: InspectResult | null;
  readonly error: ErrorReport | null;
}

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
  readonly #changed = new vscode.EventEmitter<vscode.Uri | undefined>();
  readonly onDidChange = this.#changed.event;
  readonly #facts = new Map<string, Facts>();
  /** The latest look at each model that a Studio shows. */
  readonly #looks = new Map<string, symbol>();
  /** Models that are to be unlearned, from the click on. */
  readonly #asked = new Set<string>();
  readonly #listeners: vscode.Disposable;

  constructor(services: Services, diagnostics: Diagnostics) {
    this.#services = services;
    this.#diagnostics = diagnostics;
    const { jobs, models, selection } = services;
    this.#listeners = vscode.Disposable.from(
      this.#changed,
      jobs.onDidChange((state) => this.#changed.fire(vscode.Uri.file(state.model))),
      selection.onDidChange((model) => this.#changed.fire(model)),
      models.onDidChange((changed) => {
        if (changed.length === 0) this.#lookAgain();
      }),
      diagnostics.onDidChange(() => this.#changed.fire(undefined)),
      vscode.workspace.onDidGrantWorkspaceTrust(() => this.#lookAgain()),
    );
  }

  open(model: vscode.Uri): void {
    this.#services.selection.select(model);
    void this.#look(model);
    void this.#services.models.describe(model).then(
      () => this.#changed.fire(model),
      (error) => this.#services.log.error(`Describing ${model.fsPath}`, error),
    );
  }

  close(model: vscode.Uri): void {
    this.#facts.delete(model.toString());
    this.#looks.delete(model.toString());
  }

  snapshot(model: vscode.Uri): Omit<StudioSnapshot, 'sequence'> {
    const { models, jobs, selection } = this.#services;
    const known = this.#facts.get(model.toString());
    const summary = models.get(model) ?? null;
    return {
      model: model.fsPath,
      name: vscode.workspace.asRelativePath(model),
      trusted: vscode.workspace.isTrusted,
      facts: known?.facts ?? null,
      factsError: known?.error ?? null,
      summary,
      findings: this.#diagnostics.about(model),
      selected: selection.ticked(model),
      run: jobs.latest(model) ?? null,
      result: jobs.lastResult(model) ?? null,
    };
  }

  async handle(model: vscode.Uri, message: FromStudio): Promise<void> {
    try {
      await this.#handle(model, message);
    } catch (error) {
      await showFailure(path.basename(model.fsPath), error, this.#services);
    }
  }

  async #handle(model: vscode.Uri, message: FromStudio): Promise<void> {
    const { selection, jobs } = this.#services;
    switch (message.kind) {
      case 'ready':
        return;
      case 'select':
        selection.tick(model, message.selected);
        return;
      case 'evaluate':
        await vscode.commands.executeCommand('lethe.evaluate', model);
        return;
      case 'unlearn':
        await this.#unlearn(model, settingsOf(message.settings));
        return;
      case 'cancel':
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
    }
  }

  dispose(): void {
    this.#listeners.dispose();
  }

  async #unlearn(model: vscode.Uri, settings: StudioSettings): Promise<void> {
    // A double click asks twice, before the first one shows.
    if (this.#asked.has(model.fsPath)) return;
    this.#asked.add(model.fsPath);
    try {
      if (!(await isTrusted()) || !(await ensureSetUp(model, this.#services))) return;
      await unlearn(model, await this.#ticked(model), this.#services, settings);
    } finally {
      this.#asked.delete(model.fsPath);
    }
  }

  async #ticked(model: vscode.Uri): Promise<readonly (string | number)[]> {
    return classesAt(await this.#services.models.describe(model), this.#services.selection.ticked(model));
  }

  async #open(model: vscode.Uri, what: (FromStudio & { kind: 'open' })['what']): Promise<void> {
    const { jobs, models, log } = this.#services;
    const result = jobs.lastResult(model);
    switch (what) {
      case 'report':
        if (result) await vscode.commands.executeCommand('lethe.openReport', result.report);
        return;
      case 'output':
        if (result) await vscode.commands.executeCommand('lethe.openStudio', vscode.Uri.file(result.output));
        return;
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

  /** After anything has changed on the disk. */
  #lookAgain(): void {
    for (const key of this.#facts.keys()) void this.#look(vscode.Uri.parse(key));
  }

  async #look(model: vscode.Uri): Promise<void> {
    const key = model.toString();
    const turn = Symbol(key);
    this.#looks.set(key, turn);
    const found = await this.#services.engine.run('inspect', { model: model.fsPath, headersOnly: true }).then(
      (facts): Facts => ({ facts, error: null }),
      (error): Facts => ({ facts: null, error: reportOf(error) }),
    );
    // A later look may have answered first, and the Studio may have been closed.
    if (this.#looks.get(key) !== turn) return;
    this.#facts.set(key, found);
    this.#changed.fire(model);
  }
}
