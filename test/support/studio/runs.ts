import type { CandidateResult, ClassChange } from '../../../src/contract/records.js';
import type { Outcome, RunSummary, StudioRun } from '../../../src/contract/run.js';
import type { StudioSnapshot } from '../../../src/contract/studio.js';
import type { AlphaPair, ConfusionCounts } from '../../../src/contract/terms.js';
import { large, outcome, runs, shownRun, snapshot, states } from './snapshots.js';

/** What a run knows when it has measured the model and tried nothing yet. */
const barelyBegun: Outcome = {
  forget: outcome.forget,
  earlier: [],
  pair: null,
  measuredOn: outcome.measuredOn,
  before: outcome.before,
  after: null,
  perClass: outcome.perClass.map((entry) => ({ ...entry, after: null })),
  confusionBefore: outcome.confusionBefore,
  confusionAfter: null,
  layers: [],
  skipped: [],
  candidates: [],
  policy: [],
  notes: [],
  seconds: null,
};

/** A run that goes on, or one that was broken off. */
export function unfinishedRun(state: 'running' | 'interrupted', changes: Partial<Outcome> = {}): StudioRun {
  return {
    ...shownRun,
    state,
    folder: null,
    id: null,
    output: null,
    saved: null,
    outcome: { ...barelyBegun, ...changes },
  };
}

/** A candidate of the example run that was not saved. */
export const otherPair: AlphaPair = { alphaR: 30, alphaF: 10 };

/** The example run with that candidate looked at. */
export const otherCandidate: StudioRun = {
  ...shownRun,
  outcome: {
    ...outcome,
    pair: otherPair,
    after: { retainAccuracy: 0.9321, forgetAccuracy: 0.022 },
    perClass: outcome.perClass.map((entry) =>
      entry.role === 'forget' ? { ...entry, after: 0.022 } : { ...entry, after: entry.after! - 0.06 },
    ),
    policy: [
      {
        code: 'forget-limit',
        severity: 'error',
        class: 'Shirt',
        limit: 0.01,
        value: 0.022,
        message: 'Shirt is still recognised 2.2% of the time, more than 1.0%',
      },
    ],
  },
};

/** A second run of the same model: it forgets another class, with other settings. */
export const secondRun: StudioRun = {
  ...shownRun,
  folder: '/home/ada/fashion/.lethe/runs/20260202T081000Z-bag',
  id: '20260202T081000Z-bag',
  created: '2026-02-02T08:10:00.000Z',
  settings: { ...shownRun.settings!, samples: 20, alphaF: [3, 10, 30], layers: 'block2.*' },
  limits: [{ class: 'Bag', index: 8, reason: null, maxAccuracy: 0.05 }],
  output: { path: '/home/ada/fashion/fashion.forget-bag.onnx', exists: false },
  saved: { alphaR: 100, alphaF: 30 },
  outcome: {
    ...outcome,
    forget: ['Bag'],
    pair: { alphaR: 100, alphaF: 30 },
    before: { retainAccuracy: 0.9243, forgetAccuracy: 0.988 },
    after: { retainAccuracy: 0.9187, forgetAccuracy: 0.021 },
    perClass: outcome.perClass.map((entry) => ({
      ...entry,
      role: entry.class === 'Bag' ? ('forget' as const) : ('retain' as const),
      after: entry.class === 'Bag' ? 0.021 : entry.before! - 0.004,
    })),
    layers: outcome.layers.map((layer) => ({ ...layer, removedDimension: layer.removedDimension! * 1.4 + 0.1 })),
    candidates: outcome.candidates
      .filter(({ alphaF }) => alphaF !== 1 && alphaF !== 100)
      .map((candidate) => ({
        ...candidate,
        retainAccuracy: candidate.retainAccuracy - 0.015,
        chosen: candidate.alphaR === 100 && candidate.alphaF === 30,
      })),
    policy: [],
    notes: [],
  },
};

export const twoRuns: readonly RunSummary[] = [
  {
    ...runs[0],
    folder: secondRun.folder!,
    id: secondRun.id!,
    created: secondRun.created,
    forget: ['Bag'],
    output: secondRun.output!.path,
    outputExists: false,
    before: secondRun.outcome.before!,
    after: secondRun.outcome.after!,
  },
  ...runs,
];

const brokenOffRun = unfinishedRun('interrupted', {
  candidates: outcome.candidates.slice(0, 9).map(roughly),
  layers: undecided(),
});
const brokenOff = { forget: brokenOffRun.outcome.forget, created: brokenOffRun.created };

/** Every state that a shown run can be in, by a name for its picture. */
export const runStates: Readonly<Record<string, StudioSnapshot>> = {
  begun: snapshot({ ...states.running, shown: unfinishedRun('running') }),
  searching: snapshot({
    ...states.running,
    shown: unfinishedRun('running', { candidates: outcome.candidates.slice(0, 9).map(roughly), layers: undecided() }),
  }),
  interrupted: snapshot({ ...states.evaluated, runs: twoRuns, shown: brokenOffRun, brokenOff }),
  asideOfRecorded: snapshot({ ...states.done, brokenOff }),
  other: snapshot({ ...states.done, shown: otherCandidate }),
  choosing: snapshot({ ...states.done, choosing: otherPair }),
  deleted: snapshot({
    ...states.done,
    runs: [{ ...runs[0], outputExists: false }],
    shown: { ...shownRun, output: { ...shownRun.output!, exists: false } },
  }),
  made: snapshot({ ...states.verified, model: shownRun.output!.path, runs, shown: shownRun }),
  compared: snapshot({ ...states.done, runs: twoRuns, compared: secondRun }),
};

/** Layers of a run that has found their spaces and has not chosen a pair yet. */
function undecided(): Outcome['layers'] {
  return outcome.layers.map((layer) => ({
    ...layer,
    retainDimension: null,
    forgetDimension: null,
    removedDimension: null,
    weightChange: null,
  }));
}

/** A candidate as the first round of a race judges it. */
function roughly(candidate: CandidateResult): CandidateResult {
  return { ...candidate, samples: 130, complete: false, chosen: false };
}

/** A run on the model of 1,000 classes and 60 layers: three classes of it were to be forgotten. */
export function largeRun(): StudioSnapshot {
  const base = large();
  const names = base.facts!.classes!;
  const layers = base.facts!.layers;
  const forgotten = new Set(base.selected);
  const perClass = names.map((name, index): ClassChange => {
    const before = 0.4 + ((index * 37) % 60) / 100;
    const loss = ((index * 13) % 29) / 400;
    return {
      class: name,
      index,
      role: forgotten.has(index) ? 'forget' : 'retain',
      before,
      after: forgotten.has(index) ? 0.01 : before - loss,
      count: 50,
    };
  });
  const run: StudioRun = {
    ...shownRun,
    output: { path: '/home/ada/imagenet/densenet121.forget-3-classes.onnx', exists: true },
    limits: [...forgotten].map((index) => ({ class: names[index], index, reason: null, maxAccuracy: 0.05 })),
    outcome: {
      ...outcome,
      forget: [...forgotten].map((index) => names[index]),
      measuredOn: { split: 'test', heldOut: false, samples: 50_000 },
      before: { retainAccuracy: 0.6951, forgetAccuracy: 0.6733 },
      after: { retainAccuracy: 0.6602, forgetAccuracy: 0.01 },
      perClass,
      confusionBefore: spread(perClass.map(({ before }) => before!)),
      confusionAfter: spread(perClass.map(({ after }) => after!)),
      layers: layers.map((layer, at) => ({
        ...layer,
        retainDimension: 12 + 1.9 * at,
        forgetDimension: 3 + 0.2 * at,
        removedDimension: 0.6 + 0.09 * ((at * 7) % 20),
        weightChange: 0.01 + 0.004 * ((at * 11) % 30),
        spectra: {
          retain: Float32Array.from({ length: 128 }, (_, k) => 0.5 * Math.exp(-0.05 * k)),
          forget: Float32Array.from({ length: 128 }, (_, k) => 0.7 * Math.exp(-0.15 * k)),
        },
      })),
      candidates: Array.from({ length: 100 }, (_, at) => {
        const from = outcome.candidates[at % outcome.candidates.length];
        const alphaR = from.alphaR + Math.floor(at / outcome.candidates.length);
        return { ...from, alphaR, complete: at % 3 === 0, chosen: at === 19 };
      }),
      policy: perClass
        .filter(({ role, before, after }) => role === 'retain' && before! - after! > 0.05)
        .map(({ class: name, before, after }) => ({
          code: 'retain-drop' as const,
          severity: 'warning' as const,
          class: name,
          limit: 0.05,
          value: before! - after!,
          message: `${name} loses ${(100 * (before! - after!)).toFixed(1)} points`,
        })),
    },
  };
  return { ...base, runs, shown: run };
}

/** Counts of 50 samples a class of which this share is right, and the others go to five classes near it. */
function spread(accuracies: readonly number[]): ConfusionCounts {
  const size = accuracies.length;
  const counts = new Uint32Array(size * size);
  accuracies.forEach((accuracy, row) => {
    const right = Math.round(50 * accuracy);
    counts[row * size + row] += right;
    for (let k = right; k < 50; k++) counts[row * size + ((row + 1 + ((k * 7) % 5)) % size)]++;
  });
  return { size, counts };
}
