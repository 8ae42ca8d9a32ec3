import { stat } from 'node:fs/promises';
import type { FormatName } from '../../../contract/formats.js';
import type { RunSettings } from '../../../contract/settings.js';
import { elementCount } from '../../../linalg/tensor.js';
import type { Classifier, Layer } from '../../../models/classifier.js';
import type { Side } from '../../../unlearn/stream.js';
import type { Probe } from '../../open/probe.js';
import type { Session } from '../../open/session.js';
import type { Pools } from '../pools.js';
import { policyOf } from '../targets.js';

/** How much a run will do, as far as that is known before it begins. */
export interface RunPlan {
  readonly format: FormatName;
  /** Bytes of the model's files. */
  readonly modelBytes: number;
  /** Weights of the layers to edit. */
  readonly editedBytes: number;
  readonly layers: readonly Layer[];
  readonly settings: RunSettings;
  readonly costs: Probe;
  /** Numbers of samples: that accuracies are measured on, that have a part in the run, that a candidate is judged on, and is made from. */
  readonly samples: { readonly measured: number; readonly all: number; readonly judged: number } & Readonly<
    Record<Side, number>
  >;
  /** Values of one stored sample. */
  readonly sampleLength: number;
  /** Models that will be made and judged, and how often what they are made from is to be found. */
  readonly candidates: number;
  readonly preparations: number;
  readonly spaces: readonly PlannedSpace[];
}

/** One second moment that is to be collected. */
export interface PlannedSpace {
  readonly layer: Layer;
  readonly side: Side;
  /** Input vectors. */
  readonly count: number;
}

/** What a run is planned from. */
interface Plannable {
  readonly session: Session;
  readonly settings: RunSettings;
  readonly layers: readonly Layer[];
  readonly pools: Pools;
  readonly costs: Probe;
  /** Candidates that will be tried. */
  readonly candidates: number;
  /** Classes that the user named, by index; undefined: what the policy still asks for. */
  readonly forget: readonly number[] | undefined;
  /** Classes that earlier runs made the model forget. */
  readonly earlier: readonly number[];
}

/**
 * Plans a run. Which classes are forgotten already is known for sure only after measuring, so this may plan for more.
 * @throws ConfigError for classes in the policy that the model does not have.
 */
export async function planRun(run: Plannable): Promise<RunPlan> {
  const { session, settings, layers, pools, costs } = run;
  const { classifier } = session;
  const { folds, ...samples } = countSamples(pools, settings, rolesOf(run));
  return {
    format: classifier.format,
    modelBytes: await modelBytes(classifier),
    editedBytes: editedBytes(layers),
    layers,
    settings,
    costs,
    samples: { ...samples, measured: pools.measured.indices.length },
    sampleLength: elementCount(pools.available.dataset.shape),
    // Some of the candidates are judged on every fold, and one is made from all samples in the end.
    candidates: folds === 1 ? run.candidates : run.candidates + 2 * (folds - 1) + 1,
    preparations: folds === 1 ? 1 : folds + 1,
    spaces: layers.flatMap((layer) =>
      (['retain', 'forget'] as const).map((side): PlannedSpace => {
        const positions = sum(costs.positions.get(layer.id)!);
        const count = Math.min(settings.maxPatches, samples[side] * positions);
        return { layer, side, count };
      }),
    ),
  };
}

/** Bytes of a model's files. */
export async function modelBytes({ files }: Classifier): Promise<number> {
  return sum(await Promise.all(files.map(async (file) => (await stat(file)).size)));
}

/** Bytes of the weights of some layers. */
export function editedBytes(layers: readonly Layer[]): number {
  return sum(layers.map((layer) => 4 * layer.in * layer.out));
}

/** Classes to forget, and those forgotten earlier. */
function rolesOf({ session: { config, classes }, forget, earlier }: Plannable) {
  const known = new Set(earlier);
  const policy = policyOf(config, classes).forget.map(({ index }) => index);
  const asked = forget ?? policy.filter((index) => !known.has(index));
  for (const index of asked) known.delete(index);
  return { forget: new Set(asked), earlier: known };
}

function countSamples(
  { available: pool, heldOut: reserved }: Pools,
  settings: RunSettings,
  { forget, earlier }: { readonly forget: ReadonlySet<number>; readonly earlier: ReadonlySet<number> },
) {
  const { labels } = pool.dataset;
  const available = new Map<number, number>();
  for (const label of labels) available.set(label, (available.get(label) ?? 0) + 1);
  for (const index of reserved) available.set(labels[index], available.get(labels[index])! - 1);
  const { samples, forgetSamples, heldOut } = settings;
  const counts = { retain: 0, forget: 0, judged: 0, all: 0 };
  let folds = 1;
  for (const [label, count] of available) {
    const isForget = forget.has(label) || earlier.has(label);
    const drawn = Math.min(count, isForget ? forgetSamples : samples);
    if (drawn > 0 && drawn * heldOut < 1 && heldOut > 0) folds = Math.round(1 / heldOut);
    const judged = heldOut > 0 ? drawn * heldOut : drawn;
    counts.all += drawn;
    counts.judged += judged;
    counts[isForget ? 'forget' : 'retain'] += heldOut > 0 ? drawn - judged : drawn;
  }
  return { ...counts, folds };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
