import type { Candidate } from '../../contract/candidates.js';
import { type CandidateId, isSameCandidate } from '../../contract/recipes.js';
import type { RunSummary, StudioRun } from '../../contract/run.js';
import type { StudioSnapshot } from '../../contract/studio.js';
import type { Disposable, Event } from '../emitter.js';
import type { Unlearned } from '../jobs/center.js';
import type { Log } from '../log.js';
import type { Choice, Choices } from './choices.js';
import { RunList, type RunSource } from './runList.js';
import { type LoaderPorts, type Reading, RunLoader } from './runLoader.js';
import { RunSlot, type Target } from './runSlot.js';

/** A recorded run that a Studio shows. */
export interface RecordedRun {
  readonly folder: string;
  /** Path of the model that it was made from. */
  readonly source: string;
  readonly run: StudioRun;
  /** The candidate that is shown, undefined for the one that was saved. */
  readonly candidate: Candidate | undefined;
}

/** The jobs on models, as far as their runs are shown. */
export interface RunningJobs {
  /** What the unlearning of a model that goes on, or was broken off, has found so far. */
  unfinished(model: string): StudioRun | undefined;
  findUnfinished(model: string): Promise<boolean>;
  readonly onDidUnlearn: Event<Unlearned>;
}

/** What the shown runs need of the rest of the extension. */
export interface ShownRunsPorts extends LoaderPorts {
  readonly jobs: RunningJobs;
  /** The runs of the workspace, and when to list them again. */
  readonly runs: RunSource & { readonly onDidChange: Event<void> };
  readonly choices: Choices;
  readonly log: Pick<Log, 'error'>;
  /** Records are data of the workspace: nothing is read in one that is not trusted. */
  isTrusted(): boolean;
}

/** What is shown of one model. */
interface Entry {
  readonly shown: RunSlot;
  readonly compared: RunSlot;
  /** What was found by a run that has just ended, until its record is loaded. */
  held: StudioRun | null;
  choosing: { readonly candidate: Candidate; readonly controller: AbortController } | null;
}

/** Which runs the Studios of all models show, and what is in them. Models go by their paths. */
export class ShownRuns implements Disposable {
  readonly #jobs: RunningJobs;
  readonly #choices: Choices;
  readonly #list: RunList;
  readonly #loader: RunLoader;
  readonly #isTrusted: () => boolean;
  readonly #onChange: (model: string) => void;
  /** Of the models that a Studio shows. */
  readonly #entries = new Map<string, Entry>();
  readonly #parts: readonly Disposable[];

  /** @param onChange told of a model when something else is to be shown of it. */
  constructor(ports: ShownRunsPorts, onChange: (model: string) => void) {
    const { jobs, runs, choices, log } = ports;
    this.#jobs = jobs;
    this.#choices = choices;
    this.#list = new RunList(runs, log);
    this.#loader = new RunLoader(ports);
    this.#isTrusted = () => ports.isTrusted();
    this.#onChange = onChange;
    this.#parts = [
      this.#list,
      this.#list.onDidChange(() => {
        for (const [model, entry] of this.#entries) {
          this.#update(model, entry);
          this.#onChange(model);
        }
      }),
      runs.onDidChange(() => {
        if (this.#entries.size > 0) this.#list.refresh();
        else this.#list.drop();
      }),
      jobs.onDidUnlearn(({ model, result }) => {
        const entry = this.#entries.get(model);
        if (entry) entry.held = jobs.unfinished(model) ?? null;
        this.wrote(model, result.run, model);
      }),
    ];
  }

  /** Finds out what there is to show of a model. */
  open(model: string): void {
    const entry = this.#entries.get(model) ?? this.#add(model);
    this.#update(model, entry);
    if (!this.#list.isThere) this.#list.refresh();
    void this.#jobs.findUnfinished(model).then((isFound) => {
      if (isFound) this.#onChange(model);
    });
  }

  /** No Studio shows the model any more. */
  close(model: string): void {
    this.cancelChoosing(model);
    this.#entries.delete(model);
  }

  /** Runs whose source or output is the model, newest first. */
  runs(model: string): readonly RunSummary[] {
    return this.#list.of(model);
  }

  shown(model: string): StudioRun | null {
    const entry = this.#entries.get(model);
    const brokenOff = this.brokenOff(model);
    const isAside = brokenOff !== null && brokenOff.created === this.#choices.of(model).aside;
    return (isAside ? undefined : this.#jobs.unfinished(model)) ?? entry?.held ?? entry?.shown.run ?? null;
  }

  /** The run of the model that was broken off, as long as no other one has begun. */
  brokenOff(model: string): StudioSnapshot['brokenOff'] {
    const unfinished = this.#jobs.unfinished(model);
    if (unfinished?.state !== 'interrupted') return null;
    return { forget: unfinished.outcome.forget, created: unfinished.created };
  }

  compared(model: string): StudioRun | null {
    return this.#entries.get(model)?.compared.run ?? null;
  }

  /** The candidate that is being looked at and will be shown then. */
  choosing(model: string): Candidate | null {
    return this.#entries.get(model)?.choosing?.candidate ?? null;
  }

  /** The run that is shown, if it is a recorded one. */
  async recorded(model: string): Promise<RecordedRun | undefined> {
    const shown = this.shown(model);
    // A model that was made by the run: what from, the list says.
    if (shown?.output?.path === model && !this.#list.sourceOf(model, shown.folder)) await this.#list.settled;
    return this.#recorded(model);
  }

  /** Shows a recorded run of the model, or the one that was broken off. */
  show(model: string, folder: string | null): void {
    if (folder === null) this.#choose(model, { aside: undefined });
    else if (this.#isListed(model, folder)) {
      this.#choose(model, { run: folder, candidate: undefined, aside: this.brokenOff(model)?.created });
    }
  }

  /** A run of the model has just been recorded, made from `source`: it is shown from now on. */
  wrote(model: string, folder: string, source: string): void {
    this.#list.add(folder, source);
    this.#choose(model, { run: folder, candidate: undefined });
  }

  /** Compares what is shown with another run of the model, or with none. */
  compare(model: string, folder: string | null): void {
    if (folder === null || this.#isListed(model, folder)) this.#choose(model, { compared: folder ?? undefined });
  }

  /** Makes another candidate of the shown run what is shown. @throws LetheError as the jobs `showRun` and `candidate`. */
  async choose(model: string, id: CandidateId): Promise<void> {
    const entry = this.#entries.get(model);
    const recorded = this.#recorded(model);
    // It comes from a page: only what the run has tried.
    const tried = recorded?.run.outcome.candidates.find((candidate) => candidate.id === id);
    if (!entry || !recorded || !tried) return;
    const candidate: Candidate = { id, recipe: tried.recipe };
    entry.choosing?.controller.abort();
    const choosing = { candidate, controller: new AbortController() };
    const { signal } = choosing.controller;
    entry.choosing = choosing;
    this.#onChange(model);
    try {
      const run = await this.#loader.candidate(recorded.folder, recorded.source, candidate, signal);
      // A result may come after the cancellation; whatever was chosen since must not be lost to it.
      if (signal.aborted) return;
      this.#choices.change(model, {
        run: recorded.folder,
        candidate: isSameCandidate(candidate, run.saved) ? undefined : id,
      });
      entry.shown.put(this.#target(model), run);
    } catch (error) {
      if (!signal.aborted) throw error;
    } finally {
      if (entry.choosing === choosing) entry.choosing = null;
      this.#onChange(model);
    }
  }

  /** Stays with the candidate that is shown. */
  cancelChoosing(model: string): void {
    this.#entries.get(model)?.choosing?.controller.abort();
  }

  dispose(): void {
    for (const { choosing } of this.#entries.values()) choosing?.controller.abort();
    for (const part of this.#parts) part.dispose();
  }

  #add(model: string): Entry {
    const read = (target: Target) => this.#read(model, target);
    const changed = () => this.#onChange(model);
    const loaded = () => {
      entry.held = null;
      changed();
    };
    const entry: Entry = {
      shown: new RunSlot(read, loaded),
      compared: new RunSlot(read, changed),
      held: null,
      choosing: null,
    };
    this.#entries.set(model, entry);
    return entry;
  }

  #recorded(model: string): RecordedRun | undefined {
    const run = this.shown(model);
    if (run?.state !== 'recorded' || !run.folder || run !== this.#entries.get(model)?.shown.run) return undefined;
    const { folder, saved, outcome } = run;
    const source = this.#list.sourceOf(model, folder) ?? model;
    const { candidate } = outcome;
    return { folder, source, run, candidate: candidate && !isSameCandidate(candidate, saved) ? candidate : undefined };
  }

  #isListed(model: string, folder: string): boolean {
    return this.#list.of(model).some((run) => run.folder === folder);
  }

  #choose(model: string, choice: Choice): void {
    this.#choices.change(model, choice);
    const entry = this.#entries.get(model);
    if (!entry) return;
    if ('run' in choice) this.cancelChoosing(model);
    this.#update(model, entry);
    this.#onChange(model);
  }

  /** Loads what is to be shown, where that is not what is there. */
  #update(model: string, { shown, compared }: Entry): void {
    shown.want(this.#target(model));
    compared.want(this.#comparedTarget(model, shown.target));
  }

  #target(model: string): Target | null {
    if (!this.#isTrusted()) return null;
    const { run, candidate } = this.#choices.of(model);
    if (run !== undefined && this.#list.has(model, run)) return this.#targetOf(model, run, candidate);
    const runs = this.#list.of(model);
    const latest = runs.find(({ source }) => source === model) ?? runs[0];
    return latest ? this.#targetOf(model, latest.folder, undefined) : null;
  }

  #comparedTarget(model: string, shown: Target | null): Target | null {
    const { compared } = this.#choices.of(model);
    const isWanted = compared !== undefined && this.#isTrusted() && this.#list.has(model, compared);
    return isWanted && compared !== shown?.folder ? this.#targetOf(model, compared, undefined) : null;
  }

  #targetOf(model: string, folder: string, candidate: CandidateId | undefined): Target {
    const summary = this.#list.of(model).find((run) => run.folder === folder);
    return { folder, candidate, stamp: `${summary?.created} ${summary?.outputExists ?? true}` };
  }

  async #read(model: string, { folder, candidate }: Pick<Target, 'folder' | 'candidate'>): Promise<Reading> {
    const reading = await this.#loader.read(folder, candidate);
    if (reading.kind === 'run' || reading.kind === 'unasked') return reading;
    if (candidate) {
      // What is known of the candidate is gone; the run itself may be there.
      if (this.#choices.of(model).run === folder) this.#choices.change(model, { candidate: undefined });
      return this.#read(model, { folder, candidate: undefined });
    }
    this.#list.remove(folder);
    return reading;
  }
}
