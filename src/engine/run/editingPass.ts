import type { Work } from '../../contract/progress.js';
import type { Matrix } from '../../linalg/matrix.js';
import type { LayerId } from '../../linalg/weightEdits.js';
import type { Classifier, Layer, Stage } from '../../models/classifier.js';
import type { Side } from '../../unlearn/stream.js';
import { batchSize } from '../open/probe.js';
import { inBatches } from '../open/samples.js';
import type { RunBasis } from './basis.js';
import { LayerRows, stacked } from './rows.js';
import { StagedPass } from './stagedPass.js';
import { planStages, type StageCost } from './stagePlan.js';

/** The rows of one layer. */
export type SideRows = Readonly<Record<Side, Matrix>>;

/** A stage at which some of a run's layers are edited, and whether a pass is interrupted there. */
export interface PlannedStage {
  readonly stage: Stage;
  readonly layers: readonly Layer[];
  readonly isKept: boolean;
}

const SIDES: readonly Side[] = ['retain', 'forget'];

/** The stages of a run's layers in forward order, and where a pass over them is best interrupted. */
export async function plannedStages(basis: RunBasis, work: Work): Promise<PlannedStage[]> {
  const chosen = new Map(basis.layers.map((layer) => [layer.id, layer]));
  const stages = basis.session.classifier.stages
    .map((stage) => ({ stage, layers: stage.layers.flatMap((id) => chosen.get(id) ?? []) }))
    .filter(({ layers }) => layers.length > 0);
  const keeps = planStages(await stageCosts(basis, stages, work));
  return stages.map((one, at) => ({ ...one, isKept: keeps[at] }));
}

/** What each stage takes. Two samples tell whether a value holds them one after the other, and so can be kept. */
async function stageCosts(
  { session: { classifier }, samples, costs }: RunBasis,
  stages: readonly Omit<PlannedStage, 'isKept'>[],
  work: Work,
): Promise<StageCost[]> {
  const values = [...new Set(stages.flatMap(({ stage }) => stage.values ?? []))];
  const two = { ...samples.retain, indices: samples.retain.indices.slice(0, 2) };
  const { value: batch } = await inBatches(two, 2, work.signal).next();
  const given = new Map([[classifier.input.name, batch.tensor]]);
  const found = await classifier.resume(given, { values, signal: work.signal });
  const count = batch.labels.length;
  return stages.map(({ stage, layers }) => {
    let operations = 0;
    for (const { id, in: columns, out } of layers) {
      for (const positions of costs.positions.get(id)!) operations += positions * columns * out;
    }
    const kept = stage.values?.map((value) => found.values.get(value)!);
    if (!kept?.every(({ dims }) => dims[0] === count)) return { operations, kept: null };
    return { operations, kept: kept.reduce((sum, { data }) => sum + data.length, 0) / count };
  });
}

/** One pass of a run's samples through a network whose layers are edited as they come to them. */
export class EditingPass {
  readonly #basis: RunBasis;
  readonly #passes: Readonly<Record<Side, StagedPass>>;

  constructor(basis: RunBasis) {
    const { session, samples, costs } = basis;
    const passOf = (side: Side) =>
      new StagedPass(samples[side], session.classifier.input.name, batchSize(costs, basis.layers));
    this.#basis = basis;
    this.#passes = { retain: passOf('retain'), forget: passOf('forget') };
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

  async #take(
    layers: readonly Layer[],
    keep: Stage['values'],
    model: Classifier,
    { signal }: Work,
  ): Promise<Map<LayerId, SideRows>> {
    const { samples, costs, settings } = this.#basis;
    const taps = layers.flatMap(({ sites }) => sites.map(({ tap }) => tap));
    const wanted = [...new Set([...taps, ...(keep ?? [])])];
    const found = new Map<LayerId, Record<Side, Matrix>>();
    for (const side of SIDES) {
      const collected = layers.map((layer) => ({ layer, rows: rowsFor(layer, side), parts: [] as Matrix[] }));
      for await (const chunk of this.#passes[side].run(model, wanted, keep, signal)) {
        for (const { rows, parts } of collected) parts.push(rows.take(chunk.values, chunk.samples)!);
      }
      for (const { layer, parts } of collected) {
        found.set(layer.id, { ...found.get(layer.id), [side]: stacked(parts) } as Record<Side, Matrix>);
      }
    }
    return found;

    function rowsFor(layer: Layer, side: Side): LayerRows {
      const count = samples[side].indices.length;
      const { seed, maxPatches } = settings;
      return new LayerRows(layer, costs.positions.get(layer.id)!, count, maxPatches, `${seed}/${side}/${layer.id}`);
    }
  }
}
