import { stopwatch } from '../../base/stopwatch.js';
import type { Recipe } from '../../contract/candidates.js';
import type { Work } from '../../contract/progress.js';
import type { Matrix } from '../../linalg/matrix.js';
import type { LayerEdit, LayerId, WeightEdits } from '../../linalg/weightEdits.js';
import type { Classifier, Layer, Stage } from '../../models/classifier.js';
import { collectSpaces } from '../../unlearn/collect.js';
import { alphaGrid } from '../../unlearn/grid.js';
import { Projections } from '../../unlearn/projection.js';
import { type Affine, outputsOf, refitted, withoutClasses } from '../../unlearn/refit.js';
import type { Side } from '../../unlearn/stream.js';
import { batchSize } from '../open/probe.js';
import { Activations } from './activations.js';
import type { RunBasis } from './basis.js';
import type { CandidateSource, Method } from './method.js';
import { layerChanges } from './results.js';
import { LayerRows, stacked } from './rows.js';
import { StagedPass } from './stagedPass.js';
import { indicesOf } from './targets.js';

const SIDES: readonly Side[] = ['retain', 'forget'];

export const refit: Method = { recipes: ({ alphaR, alphaF }) => alphaGrid(alphaR, alphaF), prepare };

/** lambda and mu of the hidden layers, mu of the last one. */
const WEIGHTS = { lambda: 1, mu: Number(process.env.MU ?? 0.01), muLast: Number(process.env.MU_LAST ?? 0.01) };

async function prepare(basis: RunBasis, _sketches: boolean, work: Work): Promise<CandidateSource> {
  const { classifier } = basis.session;
  const { settings, layers, samples, costs, targets } = basis;
  const clock = stopwatch();
  const { maxPatches, seed, memory } = settings;
  const stream = new Activations(classifier, samples, costs, { maxPatches, seed, onProgress: work.onProgress });
  const spaces = await collectSpaces(stream, layers, { ...work, memory });
  const projections = new Projections(spaces, (id) => classifier.readWeight(id));

  const last = lastLayer(classifier, layers);
  const original = new Map<LayerId, Affine>();
  for (const { id } of layers) {
    original.set(id, { weight: await classifier.readWeight(id), bias: await classifier.readBias(id) });
  }
  const wanted = new Map<string, Matrix>();
  for (const side of SIDES) {
    const asked = side === 'retain' ? layers.map(({ id }) => id) : last ? [last.id] : [];
    const parts = new Map<string, Matrix[]>();
    if (asked.length === 0) continue;
    for await (const { problem, vectors } of stream.vectors(side, asked, work.signal)) {
      const layer = layers.find(({ id }) => id === problem)!;
      const outputs = await outputsOf(layer, original.get(problem)!, vectors, work.signal);
      parts.set(problem, [...(parts.get(problem) ?? []), outputs]);
    }
    for (const [id, list] of parts) {
      const outputs = stacked(list);
      const isLast = id === last?.id;
      wanted.set(
        `${side}/${id}`,
        isLast ? withoutClasses(outputs, indicesOf([...targets.forget, ...targets.earlier])) : outputs,
      );
    }
  }

  const known = new Map<string, WeightEdits>();
  const fit = async (recipe: Recipe, more: Work): Promise<WeightEdits> => {
    const key = `${recipe.alphaR}/${recipe.alphaF}`;
    const found = known.get(key) ?? (await fitAll(recipe, more));
    known.set(key, found);
    return found;
  };

  const fitAll = async (recipe: Recipe, more: Work): Promise<WeightEdits> => {
    const projected = await projections.edits(recipe, 'full', more);
    const passes = SIDES.map((side) => new StagedPass(samples[side], classifier.input.name, batchSize(costs)));
    const edits = new Map<LayerId, LayerEdit>();
    let model: Classifier = await classifier.withWeights(edits);
    try {
      for (const stage of classifier.stages) {
        const chosen = stage.layers
          .map((id) => layers.find((layer) => layer.id === id))
          .filter((layer) => layer !== undefined);
        if (chosen.length === 0) continue;
        const gathered = await gatherRows(stage, chosen, passes, model, more);
        for (const layer of chosen) {
          const [retain, forget] =
            gathered.get(layer.id) ?? (await gatherRows(null, [layer], passes, model, more)).get(layer.id)!;
          const start: Affine = {
            weight: projected.get(layer.id)!.weight,
            bias: original.get(layer.id)!.bias,
          };
          const isLast = layer.id === last?.id;
          const edit = await refitted(
            layer,
            start,
            {
              retain: { inputs: retain, outputs: wanted.get(`retain/${layer.id}`)! },
              forget: { inputs: forget, outputs: wanted.get(`forget/${layer.id}`) ?? null },
            },
            { lambda: WEIGHTS.lambda, mu: isLast ? WEIGHTS.muLast : WEIGHTS.mu, signal: more.signal },
          );
          edits.set(layer.id, edit);
          await model.dispose();
          model = await classifier.withWeights(edits);
        }
      }
    } finally {
      await model.dispose();
    }
    return edits;
  };

  /** By layer: retain, forget. Those whose taps are not there when the stage is reached are left out. */
  const gatherRows = async (
    stage: Stage | null,
    chosen: readonly Layer[],
    passes: readonly StagedPass[],
    model: Classifier,
    more: Work,
  ): Promise<Map<LayerId, Matrix[]>> => {
    const values = stage?.values ?? null;
    const ready =
      stage === null || values === null
        ? chosen
        : chosen.filter(({ sites }) => sites.every(({ tap }) => values.includes(tap)));
    const found = new Map<LayerId, Matrix[]>(ready.map(({ id }) => [id, []]));
    for (const [at, side] of SIDES.entries()) {
      const rows = ready.map((layer) => {
        return new LayerRows(
          layer,
          costs.positions.get(layer.id)!,
          samples[side].indices.length,
          maxPatches,
          `${seed}/${side}/${layer.id}`,
        );
      });
      const parts: Matrix[][] = ready.map(() => []);
      const taps = [...new Set(ready.flatMap(({ sites }) => sites.map(({ tap }) => tap)))];
      const chunks = values
        ? passes[at].advance(model, values, more.signal)
        : passes[at].look(model, taps, more.signal);
      for await (const chunk of chunks) {
        for (const [i, one] of rows.entries()) parts[i].push(one.take(chunk.values, chunk.samples)!);
      }
      for (const [i, { id }] of ready.entries()) found.get(id)!.push(stacked(parts[i]));
    }
    return found;
  };

  return {
    basis,
    seconds: { forward: stream.seconds, spaces: clock() - stream.seconds },
    spectra: (more) => projections.spectra(more),
    edits: (recipe, _detail, more) => fit(recipe, more),
    layers: async (recipe, more) => layerChanges(layers, await projections.facts(recipe, more)),
    dispose: () => spaces.dispose(),
  };
}

/** The layer that gives the logits. */
function lastLayer({ classCount, stages }: Classifier, layers: readonly Layer[]): Layer | undefined {
  const id = stages.at(-1)?.layers.at(-1);
  const layer = layers.find((one) => one.id === id);
  return layer && layer.out === classCount && layer.groups === 1 ? layer : undefined;
}
