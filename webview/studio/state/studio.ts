import type { FromStudio, QuestionName, StudioQuestions, StudioSnapshot } from '../../../src/contract/studio.js';
import type { Answer } from './answers.js';
import type { ViewState } from './viewState.js';

/** What every view is drawn from, and what it can do. */
export interface Studio {
  readonly snapshot: StudioSnapshot;
  readonly view: ViewState;
  /** Indices of the ticked classes, ascending. */
  readonly selected: readonly number[];
  send(message: FromStudio): void;
  select(selected: Iterable<number>): void;
  change(view: Partial<ViewState>): void;
  /** What is known of the answer to a question about the shown run and its pair; asks for it if need be (see `Answers`). */
  ask<Name extends QuestionName>(name: Name, question: StudioQuestions[Name]['question']): Answer<Name>;
  /** Asks again what could not be answered. */
  retry<Name extends QuestionName>(name: Name, question: StudioQuestions[Name]['question']): void;
}

/** The `lethe.json` that covers the model: null if there is none, undefined as long as nobody knows. */
export function configOf({ facts, summary }: StudioSnapshot): string | null | undefined {
  return facts?.config ?? summary?.config ?? (summary ? null : undefined);
}

/** Whether samples of the model can be looked at: there is a `lethe.json`, and it may be read. */
export function hasData(snapshot: StudioSnapshot): boolean {
  return snapshot.trusted && typeof configOf(snapshot) === 'string';
}

/** What answers depend on: a new run, another candidate or a file that changed makes them void. */
export function contextOf({ shown, summary, facts }: StudioSnapshot): string {
  const run = shown?.state === 'recorded' ? `${shown.folder} ${shown.outcome.candidate?.id}` : 'none';
  return [run, summary?.config, facts?.files.map(({ bytes }) => bytes)].join(' ');
}

/** Whether a job on the model waits or runs. */
export function isBusy({ run }: StudioSnapshot): boolean {
  return run !== null && ['queued', 'running', 'cancelling'].includes(run.status);
}
