import type { Work } from '../contract/progress.js';
import type { AlphaPair } from '../contract/terms.js';
import { type Matrix, matrix, squaredNorm } from '../linalg/matrix.js';
import type { LayerEdit, LayerId, WeightEdits } from '../linalg/weightEdits.js';
import type { SpacePair, SpaceSet } from './collect.js';
import { removedDimension } from './removed.js';
import { coordinateBytes } from './space.js';
import type { ProjectionProblem } from './stream.js';

/** What one pair of alphas does to one layer. */
export interface ProjectionFacts {
  /** Effective dimensions, trace P_r and trace P_f, over all groups. */
  readonly retainDimension: number;
  readonly forgetDimension: number;
  /** trace(P_f (I - P_r)), over all groups. */
  readonly removedDimension: number;
  /** ||W' - W|| / ||W|| (Frobenius), 0 for a weight of zeros. */
  readonly weightChange: number;
  readonly spectra: Spectra;
}

/** The leading 64 normalised squared singular values of each space, largest first (see `Space.spectrum`). */
export interface Spectra {
  readonly retain: readonly number[];
  readonly forget: readonly number[];
}

const SPECTRUM = 64;

/**
 * The projected weights W' = W - W (I - P_r) P_f (Kodge et al., TMLR 2024), computed lazily for the pairs that
 * are asked for. What pairs share (the factors of each alpha, the rows W (I - P_r) of each alpha_r) is kept while there is
 * room, so pairs are best asked for with the same alpha_r one after the other.
 */
export class Projections {
  readonly #spaces: SpaceSet;
  readonly #readWeight: (problem: string) => Promise<Matrix>;
  readonly #spectra = new Map<string, Spectra>();

  /** @param readWeight the original weight of a problem, out x in. */
  constructor(spaces: SpaceSet, readWeight: (problem: string) => Promise<Matrix>) {
    this.#spaces = spaces;
    this.#readWeight = readWeight;
  }

  /** The new weight of every problem, by id; biases stay as they are. @throws LetheError `cancelled`. */
  async edits(pair: AlphaPair, work: Work = {}): Promise<WeightEdits> {
    const edits = new Map<LayerId, LayerEdit>();
    const { problems } = this.#spaces;
    for (const [index, problem] of problems.entries()) {
      edits.set(problem.id, await this.edit(problem.id, pair, work.signal));
      work.onProgress?.({ phase: 'projections', done: index + 1, total: problems.length, detail: problem.id });
    }
    return edits;
  }

  /** The new weight of one problem. @throws LetheError `cancelled`. */
  async edit(id: LayerId, pair: AlphaPair, signal?: AbortSignal): Promise<LayerEdit> {
    const problem = this.#spaces.problems.find((one) => one.id === id)!;
    return { weight: await this.#project(problem, await this.#spaces.pair(problem, signal), pair, signal) };
  }

  /** The spectra of every problem's spaces, by id; found once. */
  async spectra(work: Work = {}): Promise<Map<string, Spectra>> {
    const spectra = new Map<string, Spectra>();
    const { problems } = this.#spaces;
    for (const [index, problem] of problems.entries()) {
      const spaces = await this.#spaces.pair(problem, work.signal);
      spectra.set(problem.id, await this.#spectraOf(problem, spaces, work.signal));
      work.onProgress?.({
        phase: 'spectra',
        done: index + 1,
        total: problems.length,
        detail: problem.id,
      });
    }
    return spectra;
  }

  /** Dimensions, spectra and weight change of every problem, by id, of its spaces. */
  async facts(pair: AlphaPair, work: Work = {}): Promise<Map<string, ProjectionFacts>> {
    const facts = new Map<string, ProjectionFacts>();
    const { problems } = this.#spaces;
    for (const [index, problem] of problems.entries()) {
      facts.set(problem.id, await this.#factsOf(problem, pair, work.signal));
      work.onProgress?.({ phase: 'dimensions', done: index + 1, total: problems.length, detail: problem.id });
    }
    return facts;
  }

  #original(problem: ProjectionProblem): Promise<Matrix> {
    const read = () => this.#readWeight(problem.id);
    return this.#spaces.cache.get(`weight/original/${problem.id}`, read, (weight) => weight.data.byteLength);
  }

  /** What was made is kept, as the pair that wins is asked for again. */
  #project(problem: ProjectionProblem, spaces: SpacePair, pair: AlphaPair, signal?: AbortSignal): Promise<Matrix> {
    const make = () => this.#projectAnew(problem, spaces, pair, signal);
    const key = `weight/projected/${pair.alphaR}/${pair.alphaF}/${problem.id}`;
    return this.#spaces.cache.get(key, make, (weight) => weight.data.byteLength);
  }

  async #projectAnew(
    problem: ProjectionProblem,
    { retain, forget }: SpacePair,
    { alphaR, alphaF }: AlphaPair,
    signal?: AbortSignal,
  ): Promise<Matrix> {
    const { cache } = this.#spaces;
    const weight = await this.#original(problem);
    const ofWeight = () =>
      cache.get(`retain/coordinates/${problem.id}`, () => retain.coordinates(weight, signal), coordinateBytes);
    // W (I - P_r), as the forget space sees it: all that the pairs with one alpha_r share.
    const ofResidual = await cache.get(
      `forget/coordinates/${alphaR}/${problem.id}`,
      async () => {
        const residual = copyOf(weight);
        await retain.addProjection(residual, await ofWeight(), alphaR, -1, signal);
        return forget.coordinates(residual, signal);
      },
      coordinateBytes,
    );
    const projected = copyOf(weight);
    await forget.addProjection(projected, ofResidual, alphaF, -1, signal);
    return projected;
  }

  async #factsOf(problem: ProjectionProblem, pair: AlphaPair, signal?: AbortSignal): Promise<ProjectionFacts> {
    const spaces = await this.#spaces.pair(problem, signal);
    const { retain, forget } = spaces;
    const weight = await this.#original(problem);
    const projected = await this.#project(problem, spaces, pair, signal);
    let removed = 0;
    for (const [g, group] of retain.groups.entries()) {
      removed += await removedDimension(group, forget.groups[g], problem.in, pair, signal);
    }
    return {
      retainDimension: await retain.dimension(pair.alphaR, signal),
      forgetDimension: await forget.dimension(pair.alphaF, signal),
      removedDimension: removed,
      weightChange: relativeChange(weight, projected),
      spectra: await this.#spectraOf(problem, spaces, signal),
    };
  }

  async #spectraOf(problem: ProjectionProblem, spaces: SpacePair, signal?: AbortSignal): Promise<Spectra> {
    const known = this.#spectra.get(problem.id);
    if (known) return known;
    const retain = await spaces.retain.spectrum(SPECTRUM, signal);
    const forget = await spaces.forget.spectrum(SPECTRUM, signal);
    const spectra = { retain, forget };
    this.#spectra.set(problem.id, spectra);
    return spectra;
  }
}

function copyOf({ rows, cols, data }: Matrix): Matrix {
  return matrix(rows, cols, data.slice());
}

/** ||b - a|| / ||a|| (Frobenius), 0 if a is. */
export function relativeChange(a: Matrix, b: Matrix): number {
  let change = 0;
  for (let at = 0; at < a.data.length; at++) change += (b.data[at] - a.data[at]) ** 2;
  return change === 0 ? 0 : Math.sqrt(change / squaredNorm(a));
}
