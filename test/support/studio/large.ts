import { loss } from '../../../src/contract/policy.js';
import { candidateOf, projectionRecipe } from '../../../src/contract/recipes.js';
import type { ClassChange } from '../../../src/contract/records.js';
import type { StudioRun } from '../../../src/contract/run.js';
import type { StudioSnapshot } from '../../../src/contract/studio.js';
import type { ConfusionCounts } from '../../../src/contract/terms.js';
import { outcome, runs, shownRun } from './recorded.js';
import { evaluated, facts, snapshot } from './snapshots.js';

const SAMPLES = 50;

/** A model of 1,000 classes and 60 layers. */
export function large(): StudioSnapshot {
  const classes = Array.from(
    { length: 1000 },
    (_, index) => `n${String(1440764 + 37 * index).padStart(8, '0')} ${WORDS[index % WORDS.length]}`,
  );
  const layers = Array.from({ length: 60 }, (_, at) => ({
    name: `features.denseblock${1 + Math.floor(at / 15)}.denselayer${1 + (at % 15)}.conv2`,
    kind: 'conv' as const,
    in: 1152,
    out: 32,
    groups: 1,
  }));
  const perClass = classes.map((name, index) => ({
    class: name,
    index,
    accuracy: ((index * 37) % 100) / 100,
    count: SAMPLES,
  }));
  return snapshot({
    name: 'densenet121.onnx',
    facts: {
      ...facts,
      classCount: 1000,
      classes,
      layers,
      parameterCount: 7_978_856,
      input: { name: 'x', dims: [null, 3, 224, 224], layout: 'nchw' },
    },
    summary: {
      ...evaluated,
      classCount: 1000,
      classes,
      state: 'evaluated',
      detail: 'accuracy 49.5% on 50,000 test samples',
      policy: [],
      measured: { ...evaluated.measured!, samples: 1000 * SAMPLES, accuracy: 0.495, perClass },
    },
    selected: [3, 500, 999],
  });
}

const WORDS = [
  'tench',
  'goldfish',
  'great white shark',
  'hammerhead',
  'stingray',
  'cock',
  'hen',
  'ostrich',
  'brambling',
  'junco',
];

/** A run on that model: three classes of it were to be forgotten. */
export function largeRun(): StudioSnapshot {
  const base = large();
  const names = base.facts!.classes!;
  const layers = base.facts!.layers;
  const forgotten = new Set(base.selected);
  const perClass = names.map((name, index): ClassChange => {
    const before = 0.4 + ((index * 37) % 60) / 100;
    const lost = ((index * 13) % 29) / 400;
    return {
      class: name,
      index,
      role: forgotten.has(index) ? 'forget' : 'retain',
      before,
      after: forgotten.has(index) ? 0.01 : before - lost,
      count: SAMPLES,
    };
  });
  const run: StudioRun = {
    ...shownRun,
    output: { path: '/home/ada/imagenet/densenet121.forget-3-classes.onnx', exists: true },
    limits: [...forgotten].map((index) => ({ class: names[index], index, reason: null, maxAccuracy: 0.05 })),
    outcome: {
      ...outcome,
      forget: [...forgotten].map((index) => names[index]),
      measuredOn: { split: 'test', heldOut: false, samples: 1000 * SAMPLES },
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
        const { alphaR, alphaF } = from.recipe;
        const recipe = projectionRecipe(alphaR + Math.floor(at / outcome.candidates.length), alphaF);
        return { ...from, ...candidateOf(recipe), complete: at % 3 === 0 };
      }),
      policy: perClass
        .filter(({ role }) => role === 'retain')
        .flatMap(({ class: name, before, after }) => loss(name, before!, after!, null) ?? []),
    },
  };
  return { ...base, runs, shown: run };
}

/** Counts of 50 samples a class of which this share is right, and the others go to five classes near it. */
function spread(accuracies: readonly number[]): ConfusionCounts {
  const size = accuracies.length;
  const counts = new Uint32Array(size * size);
  accuracies.forEach((accuracy, row) => {
    const right = Math.round(SAMPLES * accuracy);
    counts[row * size + row] += right;
    for (let k = right; k < SAMPLES; k++) counts[row * size + ((row + 1 + ((k * 7) % 5)) % size)]++;
  });
  return { size, counts };
}
