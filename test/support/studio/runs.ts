import type { CandidateResult } from '../../../src/contract/records.js';
import type { Outcome, StudioRun } from '../../../src/contract/run.js';
import type { StudioSnapshot } from '../../../src/contract/studio.js';
import { begunRun } from '../../../src/extension/jobs/begunRun.js';
import { olderRun, other, otherCandidate, outcome, runs, secondRun, shownRun, twoRuns } from './recorded.js';
import { facts, snapshot, states } from './snapshots.js';

/** A run that goes on, or one that was broken off: the model is measured, and what else is said. */
export function unfinishedRun(state: 'running' | 'interrupted', changes: Partial<Outcome> = {}): StudioRun {
  const { measuredOn, before, confusionBefore, skipped, notes } = outcome;
  const perClass = outcome.perClass.map((entry) => ({ ...entry, after: null }));
  const { created, limits } = shownRun;
  const begun = begunRun(created, outcome.forget, { model: facts.model, forget: outcome.forget }, limits);
  const measured = { measuredOn, before, perClass, confusionBefore, skipped, notes };
  return { ...begun, state, outcome: { ...begun.outcome, ...measured, ...changes } };
}

/** What a run has found that is in the middle of its search. */
const halfSearched: Partial<Outcome> = {
  recoverability: { before: outcome.recoverability!.before, after: null },
  candidates: outcome.candidates.slice(0, 3).map(roughly),
  // Of which candidate their dimensions would be is not known yet.
  layers: outcome.layers.map((layer) => ({
    ...layer,
    retainDimension: null,
    forgetDimension: null,
    removedDimension: null,
    weightChange: null,
  })),
};

/** A candidate as a third of the samples judges it. */
function roughly(candidate: CandidateResult): CandidateResult {
  const samples = Math.round(candidate.samples / 3);
  return { ...candidate, samples, complete: false, chosen: false };
}

const brokenOffRun = unfinishedRun('interrupted', halfSearched);
const brokenOff = { forget: brokenOffRun.outcome.forget, created: brokenOffRun.created };

/** Every state that a shown run can be in, by a name for its picture. */
export const runStates: Readonly<Record<string, StudioSnapshot>> = {
  begun: snapshot({ ...states.running, shown: unfinishedRun('running') }),
  searching: snapshot({ ...states.running, shown: unfinishedRun('running', halfSearched) }),
  interrupted: snapshot({ ...states.evaluated, runs: twoRuns, shown: brokenOffRun, brokenOff }),
  asideOfRecorded: snapshot({ ...states.done, brokenOff }),
  older: snapshot({ ...states.done, shown: olderRun }),
  other: snapshot({ ...states.done, shown: otherCandidate }),
  choosing: snapshot({ ...states.done, choosing: other }),
  deleted: snapshot({
    ...states.done,
    runs: [{ ...runs[0], outputExists: false }],
    shown: { ...shownRun, output: { ...shownRun.output!, exists: false } },
  }),
  made: snapshot({ ...states.verified, runs, shown: shownRun }),
  compared: snapshot({ ...states.done, runs: twoRuns, compared: secondRun }),
};
