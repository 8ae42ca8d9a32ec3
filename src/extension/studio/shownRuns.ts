import { isDeepStrictEqual } from 'node:util';
import * as vscode from 'vscode';
import type { RunSummary, StudioRun } from '../../contract/run.js';
import type { StudioSnapshot } from '../../contract/studio.js';
import type { AlphaPair } from '../../contract/terms.js';
import { isSamePair, pairText } from '../../project/alphaPair.js';
import { reportOf } from '../../project/errorReport.js';
import { withLateProgress } from '../jobs/progress.js';
import type { Services } from '../services.js';
import { allowOutside } from '../settings.js';
import { type Choice, Choices } from './choices.js';

/** A recorded run that a Studio shows. */
export interface RecordedRun {
  readonly folder: string;
  /** Path of the model that it was made from. */
  readonly source: string;
  readonly run: StudioRun;
  /** The candidate that is shown, undefined for the one that was saved. */
  readonly pair: AlphaPair | undefined;
}

/** A run that is to be shown. */
interface Target {
  readonly folder: string;
  readonly pair: AlphaPair | undefined;
  /** Changes with what else the picture depends on. */
  readonly stamp: string;
}

/** What is loaded of one run. */
interface Slot {
  target: Target | null;
  run: StudioRun | null;
}

interface Entry {
  readonly model: vscode.Uri;
  runs: readonly RunSummary[];
  readonly shown: Slot;
  readonly compared: Slot;
  /** What was found by a run that has just ended, until its record is loaded. */
  held: StudioRun | null;
  choosing: { readonly pair: AlphaPair; readonly controller: AbortController } | null;
}

/** Which runs the Studios of all models show, and what is in them. */
export class ShownRuns implements vscode.Disposable {
  readonly #services: Services;
  readonly #onChange: (model: vscode.Uri) => void;
  readonly #choices: Choices;
  readonly #entries = new Map<string, Entry>();
  /** All runs of the workspace, undefined as long as nobody has looked. */
  #all: readonly RunSummary[] | undefined;
  #look: symbol | undefined;
  /** Settles when the list that was asked for last is there. */
  #listing: Promise<void> = Promise.resolve();
  /** Runs that no list has had time to name: the source of each, by its folder. */
  readonly #fresh = new Map<string, string>();
  readonly #listeners: vscode.Disposable;

  constructor(services: Services, onChange: (model: vscode.Uri) => void) {
    this.#services = services;
    this.#onChange = onChange;
    this.#choices = new Choices(services.context.workspaceState);
    this.#listeners = vscode.Disposable.from(
      services.runs.onDidChange(() => this.#list()),
      services.jobs.onDidUnlearn(({ model, result }) => {
        const entry = this.#entries.get(model.toString());
        if (entry) entry.held = services.jobs.unfinished(model) ?? null;
        this.wrote(model, result.run, model.fsPath);
      }),
    );
  }

  /** Finds out what there is to show of a model. */
  open(model: vscode.Uri): void {
    const entry = this.#entry(model);
    this.#update(entry);
    if (!this.#all) this.#list();
    void this.#services.jobs.findUnfinished(model).then((isFound) => {
      if (isFound) this.#onChange(model);
    });
  }

  /** No Studio shows the model any more. */
  close(model: vscode.Uri): void {
    this.#entries.get(model.toString())?.choosing?.controller.abort();
    this.#entries.delete(model.toString());
  }

  /** Runs whose source or output is the model, newest first. */
  runs(model: vscode.Uri): readonly RunSummary[] {
    return this.#entry(model).runs;
  }

  shown(model: vscode.Uri): StudioRun | null {
    const { held, shown } = this.#entry(model);
    const brokenOff = this.brokenOff(model);
    const isAside = brokenOff !== null && brokenOff.created === this.#choices.of(model).aside;
    return (isAside ? undefined : this.#services.jobs.unfinished(model)) ?? held ?? shown.run;
  }

  /** The run of the model that was broken off, as long as no other one has begun. */
  brokenOff(model: vscode.Uri): StudioSnapshot['brokenOff'] {
    const unfinished = this.#services.jobs.unfinished(model);
    if (unfinished?.state !== 'interrupted') return null;
    return { forget: unfinished.outcome.forget, created: unfinished.created };
  }

  compared(model: vscode.Uri): StudioRun | null {
    return this.#entry(model).compared.run;
  }

  choosing(model: vscode.Uri): AlphaPair | null {
    return this.#entry(model).choosing?.pair ?? null;
  }

  /** The run that is shown, if it is a recorded one. */
  async recorded(model: vscode.Uri): Promise<RecordedRun | undefined> {
    const shown = this.shown(model);
    // A model that was made by the run: what from, the list says.
    if (shown?.output?.path === model.fsPath && !this.#sourceOf(model, shown.folder)) await this.#listing;
    return this.#recorded(model);
  }

  /** Shows a recorded run of the model, or the one that was broken off. */
  show(model: vscode.Uri, folder: string | null): void {
    const entry = this.#entry(model);
    if (folder === null) this.#choose(entry, { aside: undefined });
    else if (entry.runs.some((run) => run.folder === folder)) {
      this.#choose(entry, { run: folder, pair: undefined, aside: this.brokenOff(model)?.created });
    }
  }

  /** A run of the model has just been recorded, made from `source`: it is shown from now on. */
  wrote(model: vscode.Uri, folder: string, source: string): void {
    this.#fresh.set(folder, source);
    const entry = this.#entries.get(model.toString());
    const choice = { run: folder, pair: undefined };
    if (entry) this.#choose(entry, choice);
    else this.#choices.change(model, choice);
  }

  /** Compares what is shown with another run of the model, or with none. */
  compare(model: vscode.Uri, folder: string | null): void {
    const entry = this.#entry(model);
    if (folder !== null && !entry.runs.some((run) => run.folder === folder)) return;
    this.#choose(entry, { compared: folder ?? undefined });
  }

  /** Makes another candidate of the shown run what is shown. @throws LetheError as the job `candidate`. */
  async choose(model: vscode.Uri, pair: AlphaPair): Promise<void> {
    const entry = this.#entry(model);
    const recorded = this.#recorded(model);
    // It comes from a page: only what the run has tried.
    if (!recorded?.run.outcome.candidates.some((candidate) => isSamePair(candidate, pair))) return;
    entry.choosing?.controller.abort();
    const { alphaR, alphaF } = pair;
    const choosing = { pair: { alphaR, alphaF }, controller: new AbortController() };
    entry.choosing = choosing;
    this.#onChange(model);
    try {
      const run = await this.#candidate(recorded, choosing.pair, choosing.controller.signal);
      // A result may come after the cancellation; whatever was chosen since must not be lost to it.
      if (entry.choosing !== choosing || choosing.controller.signal.aborted) return;
      const choice = { run: recorded.folder, pair: isSamePair(pair, run.saved) ? undefined : choosing.pair };
      this.#choices.change(model, choice);
      entry.shown.run = run;
      entry.shown.target = this.#target(entry);
    } catch (error) {
      if (entry.choosing === choosing && !choosing.controller.signal.aborted) throw error;
    } finally {
      if (entry.choosing === choosing) entry.choosing = null;
      this.#onChange(model);
    }
  }

  /** Stays with the candidate that is shown. */
  cancelChoosing(model: vscode.Uri): void {
    this.#entries.get(model.toString())?.choosing?.controller.abort();
  }

  dispose(): void {
    for (const { choosing } of this.#entries.values()) choosing?.controller.abort();
    this.#listeners.dispose();
  }

  #recorded(model: vscode.Uri): RecordedRun | undefined {
    const { shown } = this.#entry(model);
    const run = this.shown(model);
    if (run?.state !== 'recorded' || !run.folder || run !== shown.run) return undefined;
    const { folder, saved, outcome } = run;
    const source = this.#sourceOf(model, folder) ?? model.fsPath;
    return { folder, source, run, pair: outcome.pair && !isSamePair(outcome.pair, saved) ? outcome.pair : undefined };
  }

  /** What a run of the model was made from, undefined as long as nobody knows. */
  #sourceOf(model: vscode.Uri, folder: string | null): string | undefined {
    const listed = this.#entry(model).runs.find((run) => run.folder === folder);
    return listed?.source ?? this.#fresh.get(folder ?? '');
  }

  async #candidate({ folder, source }: RecordedRun, pair: AlphaPair, signal: AbortSignal): Promise<StudioRun> {
    const { engine } = this.#services;
    try {
      return await engine.run('showRun', { run: folder, pair });
    } catch {
      // Nobody has looked at it before.
      const request = { run: folder, pair, allowOutside: allowOutside(vscode.Uri.file(source)) };
      const title = `Looking at the candidate with ${pairText(pair)}`;
      return withLateProgress(title, signal, (work) => engine.run('candidate', request, work));
    }
  }

  #entry(model: vscode.Uri): Entry {
    const key = model.toString();
    const known = this.#entries.get(key);
    if (known) return known;
    const slot = (): Slot => ({ target: null, run: null });
    const entry: Entry = { model, runs: [], shown: slot(), compared: slot(), held: null, choosing: null };
    this.#entries.set(key, entry);
    entry.runs = this.#runsOf(model);
    return entry;
  }

  #runsOf({ fsPath }: vscode.Uri): readonly RunSummary[] {
    return (this.#all ?? []).filter(({ source, output }) => source === fsPath || output === fsPath);
  }

  #list(): void {
    this.#listing = this.#listAll();
  }

  async #listAll(): Promise<void> {
    const look = Symbol('look');
    this.#look = look;
    if (this.#entries.size === 0) {
      // The next Studio must not take an old list for what there is.
      this.#all = undefined;
      return;
    }
    try {
      const all = await this.#services.runs.all();
      if (this.#look !== look) return;
      this.#all = all;
    } catch (error) {
      this.#services.log.error('The runs of the workspace could not be listed', error);
      return;
    }
    for (const { folder } of this.#all) this.#fresh.delete(folder);
    for (const entry of this.#entries.values()) {
      entry.runs = this.#runsOf(entry.model);
      this.#update(entry);
      this.#onChange(entry.model);
    }
  }

  #choose(entry: Entry, choice: Choice): void {
    this.#choices.change(entry.model, choice);
    if ('run' in choice) this.cancelChoosing(entry.model);
    this.#update(entry);
    this.#onChange(entry.model);
  }

  /** Loads what is to be shown, where that is not what is there. */
  #update(entry: Entry): void {
    void this.#load(entry, entry.shown, this.#target(entry));
    void this.#load(entry, entry.compared, this.#comparedTarget(entry));
  }

  #target({ model, runs }: Entry): Target | null {
    if (!vscode.workspace.isTrusted) return null;
    const { run, pair } = this.#choices.of(model);
    if (run !== undefined && this.#isThere(run, runs)) return this.#targetOf(run, pair, runs);
    const latest = runs.find(({ source }) => source === model.fsPath) ?? runs[0];
    return latest ? this.#targetOf(latest.folder, undefined, runs) : null;
  }

  #comparedTarget(entry: Entry): Target | null {
    const { model, runs } = entry;
    const { compared } = this.#choices.of(model);
    const isWanted = compared !== undefined && vscode.workspace.isTrusted && this.#isThere(compared, runs);
    return isWanted && compared !== entry.shown.target?.folder ? this.#targetOf(compared, undefined, runs) : null;
  }

  /** As long as no list has come, what was there in an earlier window is taken to be there. */
  #isThere(folder: string, runs: readonly RunSummary[]): boolean {
    return this.#all === undefined || this.#fresh.has(folder) || runs.some((run) => run.folder === folder);
  }

  #targetOf(folder: string, pair: AlphaPair | undefined, runs: readonly RunSummary[]): Target {
    const summary = runs.find((run) => run.folder === folder);
    return { folder, pair, stamp: `${summary?.created} ${summary?.outputExists ?? true}` };
  }

  async #load(entry: Entry, slot: Slot, target: Target | null): Promise<void> {
    if (isDeepStrictEqual(slot.target, target)) return;
    const isFirstOfFolder = slot.target?.folder !== target?.folder;
    slot.target = target;
    if (!target) slot.run = null;
    const run = target && (await this.#read(entry.model, target));
    // Something else may be wanted by now, and the Studio may have been closed.
    if (slot.target !== target) return;
    if (slot === entry.shown) entry.held = null;
    // What could not be asked for is asked for again when anything changes.
    if (run === undefined) {
      slot.target = null;
      return;
    }
    if (run || isFirstOfFolder) slot.run = run;
    this.#onChange(entry.model);
  }

  /** @returns null if the record can't be read, undefined if there was no engine to read it. */
  async #read(model: vscode.Uri, { folder, pair, stamp }: Target): Promise<StudioRun | null | undefined> {
    const { engine, log } = this.#services;
    try {
      return await engine.run('showRun', { run: folder, pair });
    } catch (error) {
      const { code } = reportOf(error);
      if (code === 'cancelled') return undefined;
      log.error(`The run in ${folder} could not be shown`, error);
      if (code.startsWith('engine-')) return undefined;
      if (pair) {
        // What is known of the candidate is gone; the run itself may be there.
        if (this.#choices.of(model).run === folder) this.#choices.change(model, { pair: undefined });
        return this.#read(model, { folder, pair: undefined, stamp });
      }
      this.#fresh.delete(folder);
      return null;
    }
  }
}
