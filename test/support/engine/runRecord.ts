import { candidateOf, projectionRecipe } from '../../../src/contract/recipes.js';
import type { CandidateResult, ClassChange, RunRecord } from '../../../src/contract/records.js';

const names = [
  'T-shirt/top',
  'Trouser',
  'Pullover',
  'Dress',
  'Coat',
  'Sandal',
  'Shirt',
  'Sneaker',
  'Bag',
  'Ankle boot',
];
const forgotten = 6;
const digest = (digit: string) => digit.repeat(64);

/** A record as a run on Fashion-MNIST leaves it, with numbers of the right size; for tests of what reads records. */
export function exampleRecord(): RunRecord {
  const before = [0.881, 0.985, 0.902, 0.934, 0.893, 0.987, 0.795, 0.976, 0.988, 0.964];
  const after = [0.931, 0.984, 0.871, 0.928, 0.888, 0.986, 0.004, 0.975, 0.983, 0.965];
  const perClass = names.map(
    (name, index): ClassChange => ({
      class: name,
      index,
      role: index === forgotten ? 'forget' : 'retain',
      before: before[index],
      after: after[index],
      count: 1000,
    }),
  );
  const confusion = (accuracy: readonly number[]) =>
    names.map((_, row) => {
      const right = Math.round(accuracy[row] * 1000);
      return names.map((_, column) => {
        if (column === row) return right;
        return column === (row === forgotten ? 0 : (row + 2) % 10) ? 1000 - right : 0;
      });
    });
  const candidates = [10, 30, 100, 300, 1000].flatMap((alphaR, i) =>
    [1, 3, 10, 30, 100].map((alphaF, j): CandidateResult => {
      const forgetAccuracy = Math.max(0, 0.8 - 0.06 * (i + 1) - 0.24 * j + 0.02 * i * j);
      const retainAccuracy = 0.95 - 0.004 * j * j * (5 - i) - 0.002 * j;
      const chosen = alphaR === 300 && alphaF === 100;
      const score = retainAccuracy * (1 - forgetAccuracy);
      return {
        ...candidateOf(projectionRecipe(alphaR, alphaF)),
        retainAccuracy,
        forgetAccuracy,
        score,
        samples: 1300,
        complete: true,
        forgets: forgetAccuracy <= 0.05,
        admissible: forgetAccuracy <= 0.01,
        pareto: chosen || j === 2,
        chosen,
      };
    }),
  );
  const layers = [
    'stem',
    'block1.depthwise',
    'block1.pointwise',
    'block2.depthwise',
    'block2.pointwise',
    'residual',
    'dense',
    'logits',
  ];
  return {
    version: 2,
    id: '20260131T094500Z-shirt',
    created: '2026-01-31T09:45:00.000Z',
    versions: { lethe: '0.1.0', node: '20.20.2', platform: 'linux x64', 'onnxruntime-node': '1.30.0' },
    source: {
      path: 'fashion.onnx',
      format: 'onnx',
      files: [{ path: 'fashion.onnx', bytes: 386_112, sha256: digest('a') }],
    },
    output: {
      path: 'fashion.forget-shirt.onnx',
      files: [{ path: 'fashion.forget-shirt.onnx', bytes: 386_112, sha256: digest('b') }],
    },
    config: { path: 'lethe.json', bytes: 812, sha256: digest('c') },
    data: [
      { path: 'train-images-idx3-ubyte.gz', bytes: 26_421_880, sha256: digest('d') },
      { path: 't10k-images-idx3-ubyte.gz', bytes: 4_422_102, sha256: digest('e') },
    ],
    classes: names,
    forget: [{ class: 'Shirt', index: forgotten, reason: 'DSR-1182', maxAccuracy: 0.01 }],
    earlier: [],
    settings: {
      alphaR: [10, 30, 100, 300, 1000],
      alphaF: [1, 3, 10, 30, 100],
      samples: 100,
      forgetSamples: 100,
      maxPatches: 2000,
      layers: null,
      seed: 1,
      memory: 2 ** 31,
    },
    result: {
      forget: ['Shirt'],
      earlier: [],
      candidate: candidateOf(projectionRecipe(300, 100)),
      measuredOn: { split: 'test', heldOut: false, samples: 10_000 },
      before: { retainAccuracy: 0.9459, forgetAccuracy: 0.795 },
      after: { retainAccuracy: 0.9457, forgetAccuracy: 0.004 },
      perClass,
      confusion: { before: confusion(before), after: confusion(after) },
      layers: layers.map((name, at) => ({
        name,
        kind: name.includes('depthwise') ? 'depthwise' : at > 5 ? 'dense' : 'conv',
        in: 9 * (at + 1),
        out: 16 * (at + 1),
        groups: name.includes('depthwise') ? 16 * (at + 1) : 1,
        retainDimension: 5 + 4.7 * at,
        forgetDimension: 1.5 + 0.15 * at,
        removedDimension: 0.2 + 0.12 * at,
        weightChange: 0.02 + 0.03 * at,
        spectra: {
          retain: Array.from({ length: 64 }, (_, k) => 0.6 * Math.exp(-0.16 * k)),
          forget: Array.from({ length: 64 }, (_, k) => 0.8 * Math.exp(-0.3 * k)),
        },
      })),
      skipped: [{ name: 'embedding', kind: 'Gather', reason: 'weight is looked up, not multiplied' }],
      candidates,
      policy: [
        {
          code: 'retain-drop',
          severity: 'warning',
          class: 'Pullover',
          limit: 0.03,
          value: 0.031,
          message: 'Pullover loses 3.1 points, more than 3.0',
        },
      ],
      notes: ['the source model is superseded: delete it or move it away'],
      seconds: { load: 0.4, measure: 2.2, forward: 2.1, spaces: 3.2, search: 6.8, total: 12.9 },
    },
  };
}
