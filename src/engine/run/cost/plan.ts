import { stat } from 'node:fs/promises';
import type { FormatName } from '../../../contract/formats.js';
import type { RunSettings } from '../../../contract/settings.js';
import { elementCount } from '../../../linalg/tensor.js';
import type { Classifier, Layer } from '../../../models/classifier.js';
import type { Detail } from '../../../unlearn/collect.js';
import { RACE, type Round } from '../../../unlearn/search.js';
import type { Side } from '../../../unlearn/stream.js';
import type { Probe } from '../../open/probe.js';
import type { Session } from '../../open/session.js';
import type { Pools } from '../pools.js';
import { SKETCH_VECTORS } from '../projection.js';
import { roundsFor } from '../search.js';
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
  /** Numbers of samples. */
  readonly samples: { readonly measured: number; readonly judged: number } & Readonly<Record<Side, number>>;
  /** Values of one stored sample. */
  readonly sampleLength: number;
  readonly rounds: readonly Round[];
  readonly spaces: readonly PlannedSpace[];
}

/** One second moment that is to be collected. */
export interface PlannedSpace {
  readonly layer: Layer;
  readonly side: Side;
  readonly detail: Detail;
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
  const samples = countSamples(pools, settings, rolesOf(run));
  const rounds = roundsFor(costs, samples.judged, run.candidates);
  return {
    format: classifier.format,
    modelBytes: await modelBytes(classifier),
    editedBytes: editedBytes(layers),
    layers,
    settings,
    costs,
    samples: { ...samples, measured: pools.measured.indices.length },
    sampleLength: elementCount(pools.available.dataset.shape),
    rounds,
    spaces: layers.flatMap((layer) =>
      (['retain', 'forget'] as const).flatMap((side): PlannedSpace[] => {
        const positions = sum(costs.positions.get(layer.id)!);
        const count = Math.min(settings.maxPatches, samples[side] * positions);
        const full = { layer, side, detail: 'full' as const, count };
        const sketched = rounds === RACE && Math.min(count, layer.in) >= 2 * SKETCH_VECTORS;
        return sketched ? [full, { layer, side, detail: 'sketch', count: SKETCH_VECTORS }] : [full];
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
  { available: pool, heldOut }: Pools,
  settings: RunSettings,
  { forget, earlier }: { readonly forget: ReadonlySet<number>; readonly earlier: ReadonlySet<number> },
) {
  const { labels } = pool.dataset;
  const available = new Map<number, number>();
  for (const label of labels) available.set(label, (available.get(label) ?? 0) + 1);
  for (const index of heldOut) available.set(labels[index], available.get(labels[index])! - 1);
  const counts = { retain: 0, forget: 0, judged: 0 };
  for (const [label, count] of available) {
    const isForget = forget.has(label);
    const drawn = Math.min(count, isForget || earlier.has(label) ? settings.forgetSamples : settings.samples);
    counts.judged += drawn;
    if (isForget) counts.forget += drawn;
    else if (!earlier.has(label)) counts.retain += drawn;
  }
  return counts;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
