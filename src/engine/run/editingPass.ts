import type { Work } from '../../contract/progress.js';
import type { Matrix } from '../../linalg/matrix.js';
import type { LayerId } from '../../linalg/weightEdits.js';
import type { Classifier, Layer, Stage } from '../../models/classifier.js';
import { ERASURE_LOOKS } from '../../unlearn/erasure.js';
import type { Side } from '../../unlearn/stream.js';
import { batchSize } from '../open/probe.js';
import { inBatches, type SampleSet } from '../open/samples.js';
import type { RunBasis } from './basis.js';
import { meanInputs } from './features.js';
import { LayerRows, stacked } from './rows.js';
import { type Chunk, StagedPass } from './stagedPass.js';
import { passesOf, planStages, type StageCost } from './stagePlan.js';

/** The rows of one layer. */
export type SideRows = Readonly<Record<Side, Matrix>>;

/** The samples of both sides. */
export type SideSamples = Readonly<Record<Side, SampleSet>>;

/** A stage at which some of a run's layers are edited, and whether a pass is interrupted there. */
export interface PlannedStage {
  readonly stage: Stage;
  readonly layers: readonly Layer[];
  readonly isKept: boolean;
}

interface PassBasis extends Pick<RunBasis, 'costs' | 'layers'> {
  readonly classifier: Classifier;
}

const SIDES: readonly Side[] = ['retain', 'forget'];

/** The stages of a run's layers in forward order, and where a pass over them is best interrupted. */
export interface StagePlan {
  readonly stages: readonly PlannedStage[];
  /** How many forward passes that takes. */
  readonly passes: number;
}

/** @param samples any, of which two are run. */
export async function planPass(basis: PassBasis, samples: SampleSet, work: Work): Promise<StagePlan> {
  const chosen = new Map(basis.layers.map((layer) => [layer.id, layer]));
  const { stages } = basis.classifier;
  const costs = await stageCosts(basis, samples, work);
  const planned: Omit<PlannedStage, 'isKept'>[] = [];
  const taken: { operations: number; kept: number | null }[] = [];
  for (const [at, stage] of stages.entries()) {
    const layers = stage.layers.flatMap((id) => chosen.get(id) ?? []);
    if (layers.length > 0) {
      planned.push({ stage, layers });
      taken.push({ ...costs[at] });
    } else if (taken.length > 0) {
      // What lies between two stages with layers to edit is passed on the way from one to the other.
      taken[taken.length - 1].operations += costs[at].operations;
    }
  }
  // Before the last layer, the end of the network is looked at several times (see `erasing`).
  const looks = Array.from({ length: ERASURE_LOOKS }, () => ({ operations: 0, kept: null }));
  taken.splice(-1, 0, ...looks);
  const keeps = planStages(taken);
  const passes = passesOf(taken, keeps);
  keeps.splice(-1 - ERASURE_LOOKS, ERASURE_LOOKS);
  return { stages: planned.map((one, at) => ({ ...one, isKept: keeps[at] })), passes };
}

/** What each stage of the network takes. Two samples tell whether a value holds them one after the other, and so can be kept. */
async function stageCosts(
  { classifier, costs }: PassBasis,
  samples: SampleSet,
  { signal }: Work,
): Promise<StageCost[]> {
  const layers = new Map(classifier.layers.map((layer) => [layer.id, layer]));
  const values = [...new Set(classifier.stages.flatMap((stage) => stage.values ?? []))];
  const two = { ...samples, indices: samples.indices.slice(0, 2) };
  const { value: batch } = await inBatches(two, 2, signal).next();
  const given = new Map([[classifier.input.name, batch.tensor]]);
  const found = await classifier.resume(given, { values, signal });
  const count = batch.labels.length;
  return classifier.stages.map((stage) => {
    let operations = 0;
    for (const id of stage.layers) {
      const { in: columns, out } = layers.get(id)!;
      for (const positions of costs.positions.get(id)!) operations += positions * columns * out;
    }
    // The input is read again, which costs as much as reading what is kept.
    const kept = stage.values?.map((value) => found.values.get(value)!);
    if (!kept?.every(({ dims }) => dims[0] === count)) return { operations, kept: null };
    return { operations, kept: kept.reduce((sum, { data }) => sum + data.length, 0) / count };
  });
}

/** Samples in a chunk of such a pass. Whoever takes rows to go with its rows must take as many at a time: places that share a weight take turns. */
export function passStep({ costs, layers }: Pick<RunBasis, 'costs' | 'layers'>): number {
  return batchSize(costs, layers);
}

/** One pass of a run's samples through a network whose layers are edited as they come to them. Dispose of it when done. */
export class EditingPass {
  readonly #basis: RunBasis;
  readonly #samples: SideSamples;
  readonly #passes: Readonly<Record<Side, StagedPass>>;

  /** @param memory bytes that the samples of one side may take where they stand. */
  constructor(basis: RunBasis, samples: SideSamples, memory: number) {
    const { session } = basis;
    const options = { source: session.classifier.input.name, step: passStep(basis), memory };
    this.#basis = basis;
    this.#samples = samples;
    this.#passes = {
      retain: new StagedPass(samples.retain, options),
      forget: new StagedPass(samples.forget, options),
    };
  }

  /**
   * Goes on to a stage, and takes the rows of its layers there.
   * @param model with all layers edited that lie before.
   * @returns the rows of those layers that read what the first one does. The others, which may lie behind it, are asked for one by
   *   one when they are come to (`rowsOf`).
   */
  async reach({ stage, layers, isKept }: PlannedStage, model: Classifier, work: Work): Promise<Map<LayerId, SideRows>> {
    const first = layers[0].sites.map(({ tap }) => tap);
    const alike = layers.filter(({ sites }) => sites.every(({ tap }) => first.includes(tap)));
    return this.#take(alike, isKept ? stage.values : null, model, work);
  }

  async rowsOf(layer: Layer, model: Classifier, work: Work): Promise<SideRows> {
    return (await this.#take([layer], null, model, work)).get(layer.id)!;
  }

  /** What layers read of each sample, from where the samples stand (see `meanInputs`). */
  async meansOf(
    layers: readonly Layer[],
    model: Classifier,
    { signal }: Work,
  ): Promise<Map<LayerId, Record<Side, Matrix>>> {
    const { readTokens } = this.#basis.costs;
    const means = (layer: Layer) => (taps: Chunk['values'], samples: number) => {
      return meanInputs(layer, taps, samples, readTokens);
    };
    return this.#gather(layers, means, null, model, signal);
  }

  async dispose(): Promise<void> {
    for (const side of SIDES) await this.#passes[side].dispose();
  }

  async #take(
    layers: readonly Layer[],
    keep: Stage['values'],
    model: Classifier,
    { signal }: Work,
  ): Promise<Map<LayerId, SideRows>> {
    const { costs, settings } = this.#basis;
    const rowsOf = (layer: Layer, side: Side) => {
      const rows = LayerRows.of(layer, side, this.#samples[side].indices.length, costs, settings);
      return (taps: Chunk['values'], samples: number) => rows.take(taps, samples);
    };
    return this.#gather(layers, rowsOf, keep, model, signal);
  }

  /** Runs both sides as far as layers read, and takes matrices of each chunk, one below the other. */
  async #gather(
    layers: readonly Layer[],
    takerOf: (layer: Layer, side: Side) => (taps: Chunk['values'], samples: number) => Matrix | null,
    keep: Stage['values'],
    model: Classifier,
    signal?: AbortSignal,
  ): Promise<Map<LayerId, Record<Side, Matrix>>> {
    const taps = layers.flatMap(({ sites }) => sites.map(({ tap }) => tap));
    const wanted = [...new Set([...taps, ...(keep ?? [])])];
    const found = new Map<LayerId, Record<Side, Matrix>>();
    for (const side of SIDES) {
      const gathered = layers.map((layer) => ({ layer, take: takerOf(layer, side), parts: [] as Matrix[] }));
      for await (const { values, samples } of this.#passes[side].run(model, wanted, keep, signal)) {
        for (const { take, parts } of gathered) parts.push(take(values, samples)!);
      }
      for (const { layer, parts } of gathered) {
        found.set(layer.id, { ...found.get(layer.id), [side]: stacked(parts) } as Record<Side, Matrix>);
      }
    }
    return found;
  }
}
