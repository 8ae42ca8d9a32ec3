import type { ArrayStore, Stored } from '../../base/arrayStore.js';
import type { Recipe } from '../../contract/candidates.js';
import type { Work } from '../../contract/progress.js';
import { candidateId } from '../../contract/recipes.js';
import type { Matrix } from '../../linalg/matrix.js';
import type { LayerEdit, LayerId, WeightEdits } from '../../linalg/weightEdits.js';
import type { Layer } from '../../models/classifier.js';
import type { Projections } from '../../unlearn/projection.js';
import { refitted, withoutRows } from '../../unlearn/refit.js';
import type { RunBasis } from './basis.js';
import { EditingPass, type PlannedStage, type SideRows, type SideSamples } from './editingPass.js';
import { erasing } from './erasure.js';
import { REFIT_SHARES } from './memoryShares.js';
import { getMatrix, putMatrix, type StoredMatrix } from './storedMatrix.js';
import type { WantedOutputs } from './wantedOutputs.js';
import type { Writer } from './writers.js';

/** Weights of the fits (see `refitted`). */
const LAMBDA = 1;
const MU = 0.01;

/** Of the difference between the mean hidden features of samples to forget and to keep, the share that always stays. */
const LEAST_LEFT = 0.3;
/** What stays: less in candidates that forget more deeply, 0.4 at alpha_r 100. A network that never saw a class tells it apart, too. */
const leftOf = ({ alphaR }: Recipe) => Math.min(1, Math.max(LEAST_LEFT, 0.2 * Math.log10(alphaR)));

/** What the candidates of a run are fitted with. */
export interface FitParts {
  readonly basis: RunBasis;
  readonly samples: SideSamples;
  readonly projections: Projections;
  readonly stages: readonly PlannedStage[];
  /** Of the last hidden features; they are edited before the last layer. */
  readonly writers: readonly Writer[];
  readonly wanted: WantedOutputs;
  readonly edits: ArrayStore;
}

/** The candidates of a run: fitted when they are first asked for, and kept. */
export class Fits {
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
    const { basis, samples, projections, stages, writers, wanted } = this.#parts;
    const { classifier } = basis.session;
    const total = basis.layers.length;
    const edits = new Map<LayerId, LayerEdit>();
    const pass = new EditingPass(basis, samples, REFIT_SHARES.standing * basis.settings.memory);
    let model = await classifier.withWeights(edits);
    try {
      for (const stage of stages) {
        if (writers.length > 0 && wanted.isLast(stage.layers[0])) {
          const erasure = { pass, classifier, writers, last: stage.layers[0], left: leftOf(recipe) };
          for (const [id, edit] of await erasing(erasure, edits, work)) edits.set(id, edit);
          await model.dispose();
          model = await classifier.withWeights(edits);
        }
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
    const found = { weight, bias: await basis.session.classifier.readBias(layer.id) };
    const start = wanted.isLast(layer) ? withoutRows(found, wanted.forgotten) : found;
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
