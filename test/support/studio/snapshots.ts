import { refitRecipe } from '../../../src/contract/recipes.js';
import { settingsOf } from '../../../src/contract/settings.js';
import type { RunState, StudioSnapshot } from '../../../src/contract/studio.js';
import { goldenAnswers } from '../engine/goldenRecords.js';
import { olderCandidate, runs, shownRun } from './recorded.js';

const { inspect, fresh, superseded, verified, violations, successors, failure, troubles, ...golden } = goldenAnswers();

/** What the headers of the example model tell, and what is known of it before and after it was evaluated. */
export const facts = inspect;
export const summary = fresh;
export const { evaluated } = golden;

/** What stands against it then: it recognises Shirt, which its policy forbids. */
export const [violation] = violations;

/** The class that its policy forbids. */
const SHIRT = summary.policy[0].index;

const run: RunState = {
  id: 1,
  kind: 'unlearn',
  model: facts.model,
  classes: ['Shirt'],
  status: 'running',
  position: 0,
  progress: { phase: 'search', done: 2, total: 5, recipe: refitRecipe(3, 10) },
  step: 'Trying candidates',
  started: shownRun.created,
  secondsLeft: 7.4,
  error: null,
};

/** A Studio of the example model, which nobody has evaluated, as far as nothing else is said. */
export function snapshot(changes: Partial<StudioSnapshot> = {}): StudioSnapshot {
  return {
    sequence: 1,
    model: facts.model,
    name: 'fashion.onnx',
    trusted: true,
    facts,
    factsError: null,
    summary,
    findings: [],
    selected: [],
    run: null,
    runs: [],
    brokenOff: null,
    shown: null,
    compared: null,
    choosing: null,
    defaults: settingsOf({}),
    backend: { title: 'ONNX Runtime, CPU', choice: null },
    ...changes,
  };
}

/** A Studio in which Shirt is ticked, and a job is or was at work. */
function at(changes: Partial<RunState>, others: Partial<StudioSnapshot> = {}): StudioSnapshot {
  return snapshot({ summary: evaluated, selected: [SHIRT], run: { ...run, ...changes }, ...others });
}

const ended = { progress: null, step: '' } as const;

/** Every state that a Studio can be in, by a name for its picture. */
export const states: Readonly<Record<string, StudioSnapshot>> = {
  loading: snapshot({ facts: null, summary: null }),
  fresh: snapshot(),
  evaluated: snapshot({ summary: evaluated, findings: violations, selected: [SHIRT] }),
  queued: at({ status: 'queued', position: 2, progress: null, step: 'Waiting for 2 jobs' }),
  running: at({}, { findings: violations }),
  failed: at({ ...ended, status: 'failed', error: failure }, { findings: violations }),
  cancelled: at({ ...ended, status: 'cancelled' }),
  done: at({ ...ended, status: 'done' }, { summary: superseded, findings: successors, runs, shown: shownRun }),
  verified: snapshot({
    model: verified.model,
    name: 'fashion.forget-shirt.onnx',
    facts: { ...facts, model: verified.model, files: [{ path: verified.model, bytes: verified.bytes }] },
    summary: verified,
  }),
  // A run that saved a candidate which misses a limit.
  missed: at(
    { ...ended, status: 'done' },
    { runs, shown: { ...olderCandidate, saved: olderCandidate.outcome.candidate } },
  ),
  unreadable: snapshot({ facts: null, factsError: troubles.cutShort.error, summary: troubles.cutShort.summary }),
  faulty: snapshot({ summary: troubles.misspelt }),
  // Before the headers are read.
  misconfigured: snapshot({ facts: null, summary: troubles.misconfigured }),
  restricted: snapshot({ trusted: false, summary: troubles.restricted }),
  unset: snapshot({ summary: troubles.unset }),
};
