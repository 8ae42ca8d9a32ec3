import { ArrayStore, type Stored } from '../../base/arrayStore.js';
import { stopwatch } from '../../base/stopwatch.js';
import type { Recipe } from '../../contract/candidates.js';
import type { Work } from '../../contract/progress.js';
import { candidateId, refitRecipe } from '../../contract/recipes.js';
import type { LayerChange } from '../../contract/records.js';
import type { RunSettings } from '../../contract/settings.js';
import type { Matrix } from '../../linalg/matrix.js';
import type { LayerEdit, LayerId, WeightEdits } from '../../linalg/weightEdits.js';
import type { Layer } from '../../models/classifier.js';
import { collectSpaces, type SpaceSet } from '../../unlearn/collect.js';
import { alphaGrid } from '../../unlearn/grid.js';
import { Projections, relativeChange } from '../../unlearn/projection.js';
import { refitted } from '../../unlearn/refit.js';
import { deepest, listed } from '../../unlearn/strategies.js';
import { Activations } from './activations.js';
import type { RunBasis } from './basis.js';
import { EditingPass, type PlannedStage, passStep, planPass, type SideRows, type SideSamples } from './editingPass.js';
import { REFIT_SHARES } from './memoryShares.js';
import type { CandidateSource, Method } from './method.js';
import { layerChanges } from './results.js';
import type { FittedSamples } from './samples.js';
import { getMatrix, putMatrix, type StoredMatrix } from './storedMatrix.js';
import { WantedOutputs } from './wantedOutputs.js';

/** Weight of the forget space where no other is given: with the fit behind it, alpha_r alone decides how deep a candidate goes. */
const ALPHA_F = 10;

/** From what keeps most to what forgets most deeply, in steps of half a decade's half. */
const PATH = [300, 170, 100, 55, 30, 17, 10, 5.5, 3, 1.7, 1];
/** The search begins at 100: nothing that keeps more was ever seen to keep noticeably more. */
const START = 2;

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
  const step = passStep(basis);
  const stream = new Activations(classifier, samples, costs, { maxPatches, seed, step, onProgress: work.onProgress });
  const wanted = new WantedOutputs(basis, REFIT_SHARES.outputs * memory);
  const edits = new ArrayStore(REFIT_SHARES.edits * memory);
  let spaces: SpaceSet | undefined;
  const dispose = async () => {
    for (const one of [spaces, wanted, edits]) await one?.dispose();
  };
  try {
    const share = REFIT_SHARES.spaces;
    spaces = await collectSpaces(wanted.passing(stream), layers, { ...work, memory: share * memory, share });
    const projections = new Projections(spaces, (id) => classifier.readWeight(id));
    const { stages } = await planPass({ classifier, layers, costs }, samples.retain, work);
    const fits = new Fits({ basis, samples, projections, stages, wanted, edits });
    return {
      basis,
      seconds: { forward: stream.seconds, spaces: clock() - stream.seconds },
      spectra: (more) => projections.spectra(more),
      edits: (recipe, more) => fits.edits(recipe, more),
      async layers(recipe, more) {
        const made = await fits.edits(recipe, more);
        const changes: LayerChange[] = [];
        for (const [at, change] of layerChanges(layers, await projections.facts(recipe, more)).entries()) {
          const original = await classifier.readWeight(layers[at].id);
          const edited = made.get(layers[at].id)?.weight ?? original;
          changes.push({ ...change, weightChange: relativeChange(original, edited) });
        }
        return changes;
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

/** What the candidates of a run are fitted with. */
interface FitParts {
  readonly basis: RunBasis;
  readonly samples: SideSamples;
  readonly projections: Projections;
  readonly stages: readonly PlannedStage[];
  readonly wanted: WantedOutputs;
  readonly edits: ArrayStore;
}

/** The candidates of a run: fitted when they are first asked for, and kept. */
class Fits {
  readonly #parts: FitParts;
  readonly #known = new Map<string, ReadonlyMap<LayerId, { readonly weight: StoredMatrix; readonly bias?: Stored }>>();

  constructor(parts: FitParts) {
    this.#parts = parts;
  }

  async edits(recipe: Recipe, work: Work): Promise<WeightEdits> {
    const store = this.#parts.edits;
    const id = candidateId(recipe);
    const known = this.#known.get(id);
    if (!known) {
      const made = await this.#fit(recipe, work);
      const kept = new Map<LayerId, { weight: StoredMatrix; bias?: Stored }>();
      for (const [layer, { weight, bias }] of made) {
        const rows = await putMatrix(store, weight, work.signal);
        kept.set(layer, { weight: rows, bias: bias && (await store.put(bias, work.signal)) });
      }
      this.#known.set(id, kept);
      return made;
    }
    const edits = new Map<LayerId, LayerEdit>();
    for (const [layer, { weight, bias }] of known) {
      const rows = await getMatrix(store, weight, work.signal);
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
    const pass = new EditingPass(basis, samples, REFIT_SHARES.standing * basis.settings.memory);
    let model = await classifier.withWeights(edits);
    try {
      for (const stage of this.#parts.stages) {
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
    const { basis, wanted } = this.#parts;
    const start = { weight, bias: await basis.session.classifier.readBias(layer.id) };
    const sides = {
      retain: { inputs: rows.retain, outputs: await wanted.get(layer, 'retain', signal) },
      forget: { inputs: rows.forget, outputs: await wanted.get(layer, 'forget', signal) },
    };
    const mu = wanted.isLast(layer) ? this.#lastMu() : MU;
    return refitted(layer, start, sides, { lambda: LAMBDA, mu, signal });
  }

  /** With few samples of each class, its row of the last layer is little more than those samples: then it is held where it was. */
  #lastMu(): number {
    const { basis, samples } = this.#parts;
    return Math.min(1, Math.max(MU, basis.targets.retain.length / samples.retain.indices.length));
  }
}
