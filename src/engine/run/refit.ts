import { ArrayStore, type Stored } from '../../base/arrayStore.js';
import { stopwatch } from '../../base/stopwatch.js';
import type { Recipe } from '../../contract/candidates.js';
import type { Work } from '../../contract/progress.js';
import { candidateId, refitRecipe } from '../../contract/recipes.js';
import type { RunSettings } from '../../contract/settings.js';
import { type Matrix, matrix } from '../../linalg/matrix.js';
import type { LayerEdit, LayerId, WeightEdits } from '../../linalg/weightEdits.js';
import type { Classifier, Layer } from '../../models/classifier.js';
import { collectSpaces } from '../../unlearn/collect.js';
import { alphaGrid } from '../../unlearn/grid.js';
import { Projections, relativeChange } from '../../unlearn/projection.js';
import { type Affine, outputsOf, refitted, withoutClasses } from '../../unlearn/refit.js';
import { deepest, listed } from '../../unlearn/strategies.js';
import type { Side } from '../../unlearn/stream.js';
import { Activations } from './activations.js';
import type { RunBasis } from './basis.js';
import { EditingPass, type PlannedStage, plannedStages, type SideRows, type SideSamples } from './editingPass.js';
import type { CandidateSource, Method } from './method.js';
import { layerChanges } from './results.js';
import { stacked } from './rows.js';
import type { FittedSamples } from './samples.js';
import { indicesOf } from './targets.js';

/** Weight of the forget space where no other is given: with the fit behind it, alpha_r alone decides how deep a candidate goes. */
const ALPHA_F = 10;

/** From what keeps most to what forgets most deeply, in steps of half a decade's half. */
const PATH = [300, 170, 100, 55, 30, 17, 10, 5.5, 3, 1.7, 1];
/** The search begins at 100: nothing that keeps more was ever seen to keep noticeably more. */
const START = 2;

/** Which part of the memory for spaces goes to what: the two sides' samples stand in two places each while they move on. */
const SHARES = { spaces: 1 / 2, outputs: 1 / 8, edits: 1 / 8, standing: 1 / 16 };

/** Weights of the fits (see `refitted`). */
const LAMBDA = 1;
const MU = 0.01;

/** The paper's projection, and then each layer fitted again so that kept samples get the outputs that they had. */
export const refit: Method = { strategy: strategyFor, editing: 0.8, prepare };

function strategyFor({ alphaR, alphaF, depth, tolerance }: RunSettings) {
  if (alphaR || alphaF) return listed(alphaGrid('refit', alphaR ?? PATH, alphaF ?? [ALPHA_F]));
  const path = PATH.map((alpha) => refitRecipe(alpha, ALPHA_F));
  return depth === null ? deepest(path, START, tolerance) : listed(path.filter((_, at) => at % 2 === 0));
}

async function prepare(basis: RunBasis, fitted: FittedSamples, work: Work): Promise<CandidateSource> {
  const { classifier } = basis.session;
  const { settings, layers, costs } = basis;
  const clock = stopwatch();
  const { maxPatches, seed, memory } = settings;
  const samples = sidesOf(fitted);
  const stream = new Activations(classifier, samples, costs, { maxPatches, seed, onProgress: work.onProgress });
  const spaces = await collectSpaces(stream, layers, { ...work, memory: SHARES.spaces * memory });
  const projections = new Projections(spaces, (id) => classifier.readWeight(id));
  const outputs = new ArrayStore(SHARES.outputs * memory);
  const edits = new ArrayStore(SHARES.edits * memory);
  const dispose = async () => {
    for (const one of [spaces, outputs, edits]) await one.dispose();
  };
  try {
    const fits = await Fits.plan({ basis, samples, stream, projections, outputs, edits }, work);
    return {
      basis,
      seconds: { forward: stream.seconds, spaces: clock() - stream.seconds },
      spectra: (more) => projections.spectra(more),
      edits: (recipe, more) => fits.edits(recipe, more),
      async layers(recipe, more) {
        const made = await fits.edits(recipe, more);
        const changes = layerChanges(layers, await projections.facts(recipe, more));
        return Promise.all(
          changes.map(async (change, at) => {
            const { id } = layers[at];
            return {
              ...change,
              weightChange: relativeChange(await classifier.readWeight(id), made.get(id)!.weight),
            };
          }),
        );
      },
      dispose,
    };
  } catch (error) {
    await dispose();
    throw error;
  }
}

/** What was forgotten earlier is to be forgotten still, so its samples join those to forget. */
function sidesOf({ retain, forget, earlier }: FittedSamples): SideSamples {
  return { retain, forget: { ...forget, indices: [...forget.indices, ...earlier.indices] } };
}

/** What the fits of a run are made from. */
interface FitParts {
  readonly basis: RunBasis;
  readonly samples: SideSamples;
  readonly stream: Activations;
  readonly projections: Projections;
  readonly outputs: ArrayStore;
  readonly edits: ArrayStore;
}

/** The rows that a layer is to give; the forget side has some of the last layer alone. */
type WantedOutputs = ReadonlyMap<LayerId, Readonly<Partial<Record<Side, StoredRows>>>>;

interface StoredRows {
  readonly rows: number;
  readonly cols: number;
  readonly stored: Stored;
}

/** The candidates of a run: fitted when they are first asked for, and kept. */
class Fits {
  readonly #parts: FitParts;
  readonly #stages: readonly PlannedStage[];
  readonly #last: Layer | null;
  readonly #wanted: WantedOutputs;
  readonly #known = new Map<string, ReadonlyMap<LayerId, { readonly weight: StoredRows; readonly bias?: Stored }>>();

  private constructor(parts: FitParts, stages: readonly PlannedStage[], last: Layer | null, wanted: WantedOutputs) {
    this.#parts = parts;
    this.#stages = stages;
    this.#last = last;
    this.#wanted = wanted;
  }

  static async plan(parts: FitParts, work: Work): Promise<Fits> {
    const { basis, samples } = parts;
    const last = lastLayer(basis.session.classifier, basis.layers);
    const stages = await plannedStages(basis, samples.retain, work);
    return new Fits(parts, stages, last, await wantedOutputs(parts, last, work));
  }

  async edits(recipe: Recipe, work: Work): Promise<WeightEdits> {
    const store = this.#parts.edits;
    const id = candidateId(recipe);
    const known = this.#known.get(id);
    if (!known) {
      const made = await this.#fit(recipe, work);
      const kept = new Map<LayerId, { weight: StoredRows; bias?: Stored }>();
      for (const [layer, { weight, bias }] of made) {
        const rows = await putRows(store, weight, work.signal);
        kept.set(layer, { weight: rows, bias: bias && (await store.put(bias, work.signal)) });
      }
      this.#known.set(id, kept);
      return made;
    }
    const edits = new Map<LayerId, LayerEdit>();
    for (const [layer, { weight, bias }] of known) {
      const rows = await getRows(store, weight, work.signal);
      edits.set(layer, { weight: rows, bias: bias && (await store.get(bias, work.signal)) });
    }
    return edits;
  }

  /** Edits one layer after the other, each on what it is given in the network that is edited so far. */
  async #fit(recipe: Recipe, work: Work): Promise<WeightEdits> {
    const { basis, samples, projections } = this.#parts;
    const { classifier } = basis.session;
    const total = basis.layers.length;
    const edits = new Map<LayerId, LayerEdit>();
    const pass = new EditingPass(basis, samples, SHARES.standing * basis.settings.memory);
    let model = await classifier.withWeights(edits);
    try {
      for (const stage of this.#stages) {
        const reached = await pass.reach(stage, model, work);
        for (const layer of stage.layers) {
          const rows = reached.get(layer.id) ?? (await pass.rowsOf(layer, model, work));
          const projected = await projections.edit(layer.id, recipe, work.signal);
          edits.set(layer.id, await this.#fitLayer(layer, projected.weight, rows, work.signal));
          await model.dispose();
          model = await classifier.withWeights(edits);
          work.onProgress?.({ phase: 'projections', done: edits.size, total, detail: layer.id });
        }
      }
    } finally {
      await model.dispose();
      await pass.dispose();
    }
    return edits;
  }

  async #fitLayer(layer: Layer, weight: Matrix, rows: SideRows, signal?: AbortSignal): Promise<LayerEdit> {
    const { basis, outputs } = this.#parts;
    const wanted = this.#wanted.get(layer.id)!;
    const get = async (side: Side) => (wanted[side] ? getRows(outputs, wanted[side], signal) : null);
    const start = { weight, bias: await basis.session.classifier.readBias(layer.id) };
    const sides = {
      retain: { inputs: rows.retain, outputs: await get('retain') },
      forget: { inputs: rows.forget, outputs: await get('forget') },
    };
    const mu = layer === this.#last ? this.#lastMu() : MU;
    return refitted(layer, start, sides, { lambda: LAMBDA, mu, signal });
  }

  /** With few samples of each class, its row of the last layer is little more than those samples: then it is held where it was. */
  #lastMu(): number {
    const { basis, samples } = this.#parts;
    return Math.min(1, Math.max(MU, basis.targets.retain.length / samples.retain.indices.length));
  }
}

/** The layer that gives the logits, if it is among these. */
function lastLayer({ classCount, stages }: Classifier, layers: readonly Layer[]): Layer | null {
  const id = stages.at(-1)?.layers.at(-1);
  return layers.find((layer) => layer.id === id && layer.out === classCount && layer.groups === 1) ?? null;
}

/** What every layer gives for its rows in the original network; the last one with the forgotten classes lowered. */
async function wantedOutputs(
  { basis, stream, outputs }: FitParts,
  last: Layer | null,
  { signal }: Work,
): Promise<WantedOutputs> {
  const { classifier } = basis.session;
  const unknown = indicesOf([...basis.targets.forget, ...basis.targets.earlier]);
  const originals = new Map<LayerId, { readonly layer: Layer; readonly affine: Affine; readonly parts: Matrix[] }>();
  const wanted = new Map<LayerId, Partial<Record<Side, StoredRows>>>();
  for (const [side, layers] of [
    ['retain', basis.layers],
    ['forget', last ? [last] : []],
  ] as const) {
    for (const layer of layers) {
      const affine = { weight: await classifier.readWeight(layer.id), bias: await classifier.readBias(layer.id) };
      originals.set(layer.id, { layer, affine, parts: [] });
    }
    const ids = layers.map(({ id }) => id);
    for await (const { problem, vectors } of stream.vectors(side, ids, signal)) {
      const { layer, affine, parts } = originals.get(problem)!;
      parts.push(await outputsOf(layer, affine, vectors, signal));
    }
    for (const layer of layers) {
      const rows = stacked(originals.get(layer.id)!.parts);
      const stored = await putRows(outputs, layer === last ? withoutClasses(rows, unknown) : rows, signal);
      wanted.set(layer.id, { ...wanted.get(layer.id), [side]: stored });
    }
  }
  return wanted;
}

async function putRows(store: ArrayStore, { rows, cols, data }: Matrix, signal?: AbortSignal): Promise<StoredRows> {
  return { rows, cols, stored: await store.put(data, signal) };
}

async function getRows(store: ArrayStore, { rows, cols, stored }: StoredRows, signal?: AbortSignal): Promise<Matrix> {
  return matrix(rows, cols, await store.get(stored, signal));
}
