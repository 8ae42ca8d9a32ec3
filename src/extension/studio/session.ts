import * as vscode from 'vscode';
import { LetheError } from '../../base/errors.js';
import { exists } from '../../base/files.js';
import { modelPath } from '../../contract/names.js';
import type { FromStudio, ToStudio } from '../../contract/studio.js';
import type { Diagnostics } from '../diagnostics/publisher.js';
import { withLateProgress } from '../jobs/progress.js';
import type { Services } from '../services.js';
import { allowOutside } from '../settings.js';
import { Choices } from './choices.js';
import { affectsContent, backendOf, defaultsOf } from './content.js';
import { ModelFacts } from './facts.js';
import type { StudioContent, StudioHost } from './host.js';
import { type Explained, Questions } from './questions.js';
import { ShownRuns, type ShownRunsPorts } from './shownRuns.js';

/** Does what a message of a Studio asks for. Never rejects. */
export type HandleMessage = (model: vscode.Uri, message: FromStudio, runs: ShownRuns) => Promise<void>;

/** What the Studio's tabs show: the extension owns all of it, a tab only draws it. */
export class StudioSession implements StudioHost, vscode.Disposable {
  readonly #services: Services;
  readonly #diagnostics: Diagnostics;
  readonly #handle: HandleMessage;
  readonly #changed = new vscode.EventEmitter<vscode.Uri | undefined>();
  readonly onDidChange = this.#changed.event;
  readonly #facts: ModelFacts;
  readonly #runs: ShownRuns;
  readonly #listeners: vscode.Disposable;

  constructor(services: Services, diagnostics: Diagnostics, handle: HandleMessage) {
    this.#services = services;
    this.#diagnostics = diagnostics;
    this.#handle = handle;
    this.#facts = new ModelFacts(services.engine, (model) => this.#changed.fire(model));
    this.#runs = new ShownRuns(portsOf(services), (model) => this.#changed.fire(vscode.Uri.file(model)));
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
    this.#runs.open(model.fsPath);
    void this.#facts.look(model);
    void this.#services.models.describe(model).then(
      () => this.#changed.fire(model),
      (error) => this.#services.log.error(`Describing ${model.fsPath}`, error),
    );
  }

  close(model: vscode.Uri): void {
    this.#facts.forget(model);
    this.#runs.close(model.fsPath);
  }

  snapshot(model: vscode.Uri): StudioContent {
    const { models, jobs, selection } = this.#services;
    const { facts, error } = this.#facts.of(model);
    const summary = models.get(model) ?? null;
    const file = model.fsPath;
    return {
      model: file,
      name: modelPath(vscode.workspace.asRelativePath(model)),
      trusted: vscode.workspace.isTrusted,
      facts,
      factsError: error,
      summary,
      findings: this.#diagnostics.about(model),
      selected: selection.ticked(model),
      run: jobs.latest(file) ?? null,
      runs: this.#runs.runs(file),
      shown: this.#runs.shown(file),
      brokenOff: this.#runs.brokenOff(file),
      compared: this.#runs.compared(file),
      choosing: this.#runs.choosing(file),
      defaults: defaultsOf(model),
      backend: backendOf(summary?.format ?? facts?.format),
    };
  }

  handle(model: vscode.Uri, message: FromStudio): Promise<void> {
    return this.#handle(model, message, this.#runs);
  }

  questions(model: vscode.Uri, send: (message: ToStudio) => void): Questions {
    return new Questions(this.#services.engine.run, () => this.#explained(model), send);
  }

  dispose(): void {
    this.#listeners.dispose();
  }

  /** What questions are about. @throws LetheError `usage` in a workspace that is not trusted: nothing is computed there. */
  async #explained(model: vscode.Uri): Promise<Explained> {
    if (!vscode.workspace.isTrusted) {
      throw new LetheError('usage', {
        message: 'Lethe runs no models in restricted mode',
        hint: 'Trust this workspace first.',
      });
    }
    const recorded = await this.#runs.recorded(model.fsPath);
    // A source that was deleted, as it should be, leaves what it has become.
    if (!recorded || !(await exists(recorded.source))) {
      return { model: model.fsPath, allowOutside: allowOutside(model) };
    }
    const { source, folder, candidate } = recorded;
    return {
      model: source,
      run: folder,
      candidate: candidate?.id,
      allowOutside: allowOutside(vscode.Uri.file(source)),
    };
  }
}

function portsOf({ context, engine, jobs, runs, log }: Services): ShownRunsPorts {
  return {
    run: engine.run,
    ...{ jobs, runs, log },
    choices: new Choices(context.workspaceState, (model) => vscode.Uri.file(model).toString()),
    isTrusted: () => vscode.workspace.isTrusted,
    allowOutside: (model) => allowOutside(vscode.Uri.file(model)),
    withLateProgress,
  };
}
