import { stopwatch } from '../../base/stopwatch.js';
import type { Recipe } from '../../contract/candidates.js';
import type { Work } from '../../contract/progress.js';
import type { Matrix } from '../../linalg/matrix.js';
import type { LayerEdit, LayerId, WeightEdits } from '../../linalg/weightEdits.js';
import type { Classifier, Layer } from '../../models/classifier.js';
import { collectSpaces } from '../../unlearn/collect.js';
import { alphaGrid } from '../../unlearn/grid.js';
import { Projections } from '../../unlearn/projection.js';
import { type Affine, outputsOf, refitted, withoutClasses } from '../../unlearn/refit.js';
import { Activations } from './activations.js';
import type { RunBasis } from './basis.js';
import { EditingPass, type PlannedStage, plannedStages, type SideRows } from './editingPass.js';
import type { CandidateSource, Method } from './method.js';
import { layerChanges } from './results.js';
import { stacked } from './rows.js';
import { indicesOf } from './targets.js';

/** The paper's projection, and then each layer fitted again so that retain samples get the outputs that they had. */
export const refit: Method = { recipes: ({ alphaR, alphaF }) => alphaGrid(alphaR, alphaF), prepare };

const WEIGHTS = {
  lambda: Number(process.env.LAMBDA ?? 1),
  mu: Number(process.env.MU ?? 0.01),
  muLast: Number(process.env.MU_LAST ?? 0.01),
};

async function prepare(basis: RunBasis, _sketches: boolean, work: Work): Promise<CandidateSource> {
  const { classifier } = basis.session;
  const { settings, layers, samples, costs } = basis;
  const clock = stopwatch();
  const { maxPatches, seed, memory } = settings;
  const stream = new Activations(classifier, samples, costs, { maxPatches, seed, onProgress: work.onProgress });
  const spaces = await collectSpaces(stream, layers, { ...work, memory });
  const projections = new Projections(spaces, (id) => classifier.readWeight(id));
  const originals = new Map<LayerId, Affine>();
  for (const { id } of layers) {
    originals.set(id, { weight: await classifier.readWeight(id), bias: await classifier.readBias(id) });
  }
  const wanted = await wantedOutputs(basis, stream, originals, work);
  const stages = await plannedStages(basis, work);
  const known = new Map<Recipe, WeightEdits>();
  return {
    basis,
    seconds: { forward: stream.seconds, spaces: clock() - stream.seconds },
    spectra: (more) => projections.spectra(more),
    async edits(recipe, _detail, more) {
      const projected = await projections.edits(recipe, 'full', more);
      const edits = known.get(recipe) ?? (await fitLayers(basis, stages, originals, projected, wanted, more));
      known.set(recipe, edits);
      return edits;
    },
    layers: async (recipe, more) => layerChanges(layers, await projections.facts(recipe, more)),
    dispose: () => spaces.dispose(),
  };
}

/** What layers are to give for the rows of each side, by layer; the forget side has some of the last layer alone. */
type WantedOutputs = ReadonlyMap<LayerId, { readonly retain: Matrix; readonly forget: Matrix | null }>;

/** What every layer gives for its rows in the original network; the last one with the forgotten classes lowered. */
async function wantedOutputs(
  { session: { classifier }, layers, targets }: RunBasis,
  stream: Activations,
  originals: ReadonlyMap<LayerId, Affine>,
  work: Work,
): Promise<WantedOutputs> {
  const byId = new Map(layers.map((layer) => [layer.id, layer]));
  const last = lastLayer(classifier, byId);
  const gather = async (side: 'retain' | 'forget', ids: readonly LayerId[]) => {
    const parts = new Map<LayerId, Matrix[]>(ids.map((id) => [id, []]));
    for await (const { problem, vectors } of stream.vectors(side, ids, work.signal)) {
      parts.get(problem)!.push(await outputsOf(byId.get(problem)!, originals.get(problem)!, vectors, work.signal));
    }
    return new Map([...parts].map(([id, list]) => [id, stacked(list)]));
  };
  const unknown = indicesOf([...targets.forget, ...targets.earlier]);
  const retain = await gather('retain', [...byId.keys()]);
  const forget = last ? await gather('forget', [last]) : null;
  const wanted = [...retain].map(([id, outputs]) => {
    if (id !== last) return [id, { retain: outputs, forget: null }] as const;
    const lowered = { retain: withoutClasses(outputs, unknown), forget: withoutClasses(forget!.get(id)!, unknown) };
    return [id, lowered] as const;
  });
  return new Map<LayerId, { readonly retain: Matrix; readonly forget: Matrix | null }>(wanted);
}

/** The layer that gives the logits, if it is among these. */
function lastLayer({ classCount, stages }: Classifier, layers: ReadonlyMap<LayerId, Layer>): LayerId | undefined {
  const layer = layers.get(stages.at(-1)?.layers.at(-1) ?? '');
  return layer?.out === classCount && layer.groups === 1 ? layer.id : undefined;
}

/** Edits one layer after the other, each on what it is given in the network that is edited so far. */
async function fitLayers(
  basis: RunBasis,
  stages: readonly PlannedStage[],
  originals: ReadonlyMap<LayerId, Affine>,
  projected: WeightEdits,
  wanted: WantedOutputs,
  work: Work,
): Promise<WeightEdits> {
  const { classifier } = basis.session;
  const pass = new EditingPass(basis);
  const edits = new Map<LayerId, LayerEdit>();
  let model = await classifier.withWeights(edits);
  try {
    for (const stage of stages) {
      const reached = await pass.reach(stage, model, work);
      for (const layer of stage.layers) {
        const rows = reached.get(layer.id) ?? (await pass.rowsOf(layer, model, work));
        edits.set(layer.id, await fitLayer(layer, rows));
        await model.dispose();
        model = await classifier.withWeights(edits);
      }
    }
  } finally {
    await model.dispose();
  }
  return edits;

  function fitLayer(layer: Layer, { retain, forget }: SideRows): Promise<LayerEdit> {
    const outputs = wanted.get(layer.id)!;
    const start = { weight: projected.get(layer.id)!.weight, bias: originals.get(layer.id)!.bias };
    const sides = {
      retain: { inputs: retain, outputs: outputs.retain },
      forget: { inputs: forget, outputs: outputs.forget },
    };
    const mu = outputs.forget ? WEIGHTS.muLast : WEIGHTS.mu;
    return refitted(layer, start, sides, { lambda: WEIGHTS.lambda, mu, signal: work.signal });
  }
}
