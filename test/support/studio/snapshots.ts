import type { Finding } from '../../../src/contract/findings.js';
import type { InspectResult, ModelSummary } from '../../../src/contract/models.js';
import type { RunSummary, StudioRun } from '../../../src/contract/run.js';
import type { StudioSnapshot } from '../../../src/contract/studio.js';
import type { ErrorReport } from '../../../src/contract/terms.js';
import { countsOf } from '../../../src/figures/confusion.js';
import { exampleRecord } from '../engine/runRecord.js';

const MODEL = '/home/ada/fashion/fashion.onnx';
const NEWER = '/home/ada/fashion/fashion.forget-shirt.onnx';
const RUN = '/home/ada/fashion/.lethe/runs/20260131T094500Z-shirt';

const record = exampleRecord();

export const facts: InspectResult = {
  model: MODEL,
  format: 'onnx',
  files: [{ path: MODEL, bytes: 386_112 }],
  input: { name: 'image', dims: [null, 1, 28, 28], layout: 'nchw' },
  classCount: 10,
  parameterCount: 94_810,
  layers: record.result.layers.map(({ name, kind, in: columns, out, groups }) => ({
    name,
    kind,
    in: columns,
    out,
    groups,
  })),
  skipped: record.result.skipped,
  // The host reads headers alone; what lethe.json says is in the summary.
  config: null,
  classes: null,
  forgotten: [],
};

export const summary: ModelSummary = {
  model: MODEL,
  format: 'onnx',
  bytes: 386_112,
  classCount: 10,
  classes: record.classes,
  config: '/home/ada/fashion/lethe.json',
  state: 'unknown',
  detail: 'never evaluated',
  forgotten: [],
  policy: [{ class: 'Shirt', index: 6, maxAccuracy: 0.01, reason: 'DSR-1182' }],
  measured: null,
  supersededBy: null,
  run: null,
  error: null,
};

export const evaluated: ModelSummary = {
  ...summary,
  state: 'forbidden',
  detail: 'Shirt must be forgotten but is recognised 79.5% of the time',
  measured: {
    created: '2026-01-31T09:40:00.000Z',
    split: 'test',
    samples: 10_000,
    accuracy: 0.9305,
    perClass: record.result.perClass.map(({ class: name, index, before, count }) => ({
      class: name,
      index,
      accuracy: before,
      count,
    })),
  },
};

export const violation: Finding = {
  code: 'policy-forget',
  severity: 'error',
  file: '/home/ada/fashion/lethe.json',
  range: { line: 11, column: 5, endLine: 11, endColumn: 70 },
  message: 'class "Shirt" must be forgotten but is recognised 79.5% of the time',
  hint: 'lethe.json allows 1.0%. Reason: DSR-1182.',
  model: MODEL,
  related: [],
  actions: [
    { kind: 'unlearn', model: MODEL, classes: ['Shirt'] },
    { kind: 'evaluate', model: MODEL },
  ],
};

const { confusion, alphaR, alphaF, layers, ...found } = record.result;

/** The example run as the Studio shows it. */
export const shownRun: StudioRun = {
  state: 'recorded',
  folder: RUN,
  id: record.id,
  created: record.created,
  settings: record.settings,
  limits: record.forget,
  output: { path: NEWER, exists: true },
  saved: { alphaR, alphaF },
  outcome: {
    ...found,
    pair: { alphaR, alphaF },
    confusionBefore: countsOf(confusion.before),
    confusionAfter: countsOf(confusion.after),
    layers: layers.map((layer) => ({
      ...layer,
      spectra: { retain: Float32Array.from(layer.spectra.retain), forget: Float32Array.from(layer.spectra.forget) },
    })),
  },
};

export const { outcome } = shownRun;

export const runs: readonly RunSummary[] = [
  {
    folder: RUN,
    id: record.id,
    created: record.created,
    forget: outcome.forget,
    source: MODEL,
    output: NEWER,
    outputExists: true,
    report: `${RUN}/report.html`,
    before: record.result.before,
    after: record.result.after,
    policyMet: true,
  },
];

const run: NonNullable<StudioSnapshot['run']> = {
  id: 1,
  kind: 'unlearn',
  model: MODEL,
  classes: ['Shirt'],
  status: 'running',
  position: 0,
  progress: { phase: 'search', done: 9, total: 20, detail: 'alpha 100, 10' },
  step: 'Trying candidates',
  started: '2026-01-31T09:45:00.000Z',
  secondsLeft: 7.4,
  error: null,
};

const failure: ErrorReport = {
  code: 'no-candidate',
  message: 'no candidate forgets: the closest, with alpha_r 300 and alpha_f 1, still recognises 41.3%',
  file: MODEL,
  hint: 'Nothing was written. Try larger alpha_f or smaller alpha_r, more samples, or all layers.',
};

/** A Studio of the demo's model, as far as nothing else is said. */
export function snapshot(changes: Partial<StudioSnapshot> = {}): StudioSnapshot {
  return {
    sequence: 1,
    model: MODEL,
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
    defaults: {
      samples: 100,
      maxPatches: 2000,
      alphaR: [10, 30, 100, 300],
      alphaF: [1, 3, 10, 30, 100],
      layers: null,
      seed: 1,
    },
    backend: { title: 'ONNX Runtime, CPU', choice: null },
    ...changes,
  };
}

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
    count: 50,
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
      measured: { ...evaluated.measured!, samples: 50_000, accuracy: 0.495, perClass },
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

/** Every state that a Studio can be in, by a name for its picture. */
export const states: Readonly<Record<string, StudioSnapshot>> = {
  loading: snapshot({ facts: null, summary: null }),
  fresh: snapshot(),
  evaluated: snapshot({ summary: evaluated, findings: [violation], selected: [6] }),
  queued: snapshot({
    summary: evaluated,
    selected: [6],
    run: { ...run, status: 'queued', position: 2, progress: null, step: 'Waiting for 2 jobs' },
  }),
  running: snapshot({ summary: evaluated, findings: [violation], selected: [6], run }),
  failed: snapshot({
    summary: evaluated,
    findings: [violation],
    selected: [6],
    run: { ...run, status: 'failed', progress: null, step: '', error: failure },
  }),
  cancelled: snapshot({
    summary: evaluated,
    selected: [6],
    run: { ...run, status: 'cancelled', progress: null, step: '' },
  }),
  done: snapshot({
    summary: {
      ...evaluated,
      state: 'superseded',
      detail: 'superseded by fashion.forget-shirt.onnx: delete it or move it away',
      supersededBy: NEWER,
    },
    selected: [6],
    run: { ...run, status: 'done', progress: null, step: '' },
    runs,
    shown: shownRun,
  }),
  verified: snapshot({
    name: 'fashion.forget-shirt.onnx',
    summary: {
      ...evaluated,
      state: 'verified',
      detail: 'forgot Shirt; accuracy 85.2% on 10,000 test samples',
      forgotten: ['Shirt'],
      measured: {
        ...evaluated.measured!,
        accuracy: 0.852,
        perClass: outcome.perClass.map(({ class: name, index, after, count }) => ({
          class: name,
          index,
          accuracy: after,
          count,
        })),
      },
    },
  }),
  missed: snapshot({
    summary: evaluated,
    selected: [3, 6],
    run: { ...run, status: 'done', progress: null, step: '' },
    runs,
    shown: {
      ...shownRun,
      outcome: {
        ...outcome,
        forget: ['Dress', 'Shirt'],
        policy: [
          {
            code: 'forget-limit',
            severity: 'error',
            class: 'Shirt',
            limit: 0.01,
            value: 0.024,
            message: 'Shirt is still recognised 2.4% of the time, more than 1.0%',
          },
          ...outcome.policy,
        ],
      },
    },
  }),
  unreadable: snapshot({
    facts: null,
    factsError: {
      code: 'model-corrupt',
      message: 'the tensor needs 4,608 bytes but only 1,024 are left',
      file: MODEL,
      place: 'tensor "block2.pointwise.weight", byte 371,200',
      hint: 'The file was cut short. Copy or download it again.',
    },
    summary: { ...summary, state: 'unreadable', detail: 'the file is damaged', classes: null },
  }),
  faulty: snapshot({
    summary: {
      ...summary,
      policy: [],
      error: {
        code: 'config-invalid',
        message: 'there is no class "Shrit"',
        file: '/home/ada/fashion/lethe.json',
        place: 'line 12, column 5',
        hint: 'Did you mean "Shirt"?',
      },
    },
  }),
  misconfigured: snapshot({
    facts: null,
    factsError: {
      code: 'config-invalid',
      message: '2 problems',
      file: '/home/ada/fashion/lethe.json',
      problems: [
        {
          file: '/home/ada/fashion/lethe.json',
          line: 4,
          column: 15,
          length: 9,
          message: '"layout" must be nchw or nhwc',
          hint: 'Write "nchw".',
        },
        {
          file: '/home/ada/fashion/lethe.json',
          line: 12,
          column: 5,
          length: 6,
          message: 'there is no class "Shrit"',
          hint: 'Did you mean "Shirt"?',
        },
      ],
    },
    summary: null,
  }),
  restricted: snapshot({
    trusted: false,
    summary: { ...summary, config: null, classes: null, policy: [] },
  }),
  unset: snapshot({
    summary: { ...summary, config: null, classes: null, policy: [] },
  }),
  large: large(),
};
