import type { Eigen } from '../linalg/eigen.js';
import { gemm } from '../linalg/gemm.js';
import { type Matrix, matrix, rowsOf, scale } from '../linalg/matrix.js';
import { addColumns, type SymmetricTiles, splitColumns, timesSymmetric } from '../linalg/tiles.js';
import type { ByteCache } from './cache.js';
import { Factors, isNearOne } from './factors.js';
import type { DualMoment, Moment, PrimalMoment } from './moment.js';

/**
 * The scaled projection P(alpha) = U diag(alpha s / ((alpha - 1) s + 1)) U^T on one group's space (Kodge et al., TMLR 2024;
 * `importance` in src/figures), where s are the normalised squared singular values of the input vectors and U their directions.
 * It is never formed and takes no SVD: P(alpha) = alpha C ((alpha - 1) C + I)^-1, and the matrix to invert has eigenvalues
 * between 1 and alpha (for alpha < 1 the other way round), so that one Cholesky factor in float32 is safe.
 */
export interface GroupSpace {
  /** What `addProjection` needs to know of the rows (m x in), whatever the alpha. Worth keeping for several alphas. */
  coordinates(rows: Matrix, signal?: AbortSignal): Promise<Matrix[]>;
  /** target += sign * rows P(alpha), m x in. P(0) = 0 and P(1) = C. */
  addProjection(
    target: Matrix,
    coordinates: readonly Matrix[],
    alpha: number,
    sign: 1 | -1,
    signal?: AbortSignal,
  ): Promise<void>;
  /** trace P(alpha), the effective dimension. */
  dimension(alpha: number, signal?: AbortSignal): Promise<number>;
  /** The leading eigenvalues and eigenvectors of C. */
  eigen(count: number, signal?: AbortSignal): Promise<Eigen>;
}

/** @param key names the group in the cache, which holds the factors of the alphas in use. */
export function groupSpace(moment: Moment, size: number, cache: ByteCache, key: string): GroupSpace {
  if (moment.form === 'primal') return new PrimalSpace(moment, new Factors(moment.second, cache, key));
  if (moment.form === 'dual') return new DualSpace(moment, new Factors(moment.gram, cache, key));
  return new EmptySpace(size);
}

class PrimalSpace implements GroupSpace {
  readonly #second: SymmetricTiles;
  readonly #factors: Factors;

  constructor({ second }: PrimalMoment, factors: Factors) {
    this.#second = second;
    this.#factors = factors;
  }

  async coordinates(rows: Matrix): Promise<Matrix[]> {
    return splitColumns(rows, this.#second.tiling);
  }

  async addProjection(
    target: Matrix,
    rows: readonly Matrix[],
    alpha: number,
    sign: 1 | -1,
    signal?: AbortSignal,
  ): Promise<void> {
    if (alpha === 0) return;
    const { tiling } = this.#second;
    if (isNearOne(alpha)) {
      const product = await timesSymmetric(rows, this.#second, signal);
      const solved = alpha === 1 ? product : await (await this.#factors.of(alpha, signal)).solve(product, signal);
      addColumns(target, solved, tiling, sign * alpha);
    } else {
      // With M = (alpha - 1) C + I, alpha C M^-1 = alpha / (alpha - 1) (I - M^-1): no product with C.
      const solved = await (await this.#factors.of(alpha, signal)).solve(rows, signal);
      const factor = (sign * alpha) / (alpha - 1);
      addColumns(target, rows, tiling, factor);
      addColumns(target, solved, tiling, -factor);
    }
  }

  dimension(alpha: number, signal?: AbortSignal): Promise<number> {
    return this.#factors.trace(alpha, signal);
  }

  eigen(count: number, signal?: AbortSignal): Promise<Eigen> {
    return this.#factors.eigen(count, signal);
  }
}

/** With X scaled to norm 1, P(alpha) = alpha X^T ((alpha - 1) K + I)^-1 X: the system is as large as there are vectors. */
class DualSpace implements GroupSpace {
  readonly #moment: DualMoment;
  readonly #factors: Factors;

  constructor(moment: DualMoment, factors: Factors) {
    this.#moment = moment;
    this.#factors = factors;
  }

  async coordinates(rows: Matrix, signal?: AbortSignal): Promise<Matrix[]> {
    const products: Matrix[] = [];
    for (const strip of this.#moment.strips) {
      products.push(await gemm(rows, strip, matrix(rows.rows, strip.rows), { transB: true, signal }));
    }
    return products;
  }

  async addProjection(
    target: Matrix,
    coordinates: readonly Matrix[],
    alpha: number,
    sign: 1 | -1,
    signal?: AbortSignal,
  ): Promise<void> {
    if (alpha === 0) return;
    const factor = alpha === 1 ? undefined : await this.#factors.of(alpha, signal);
    const solved = factor ? await factor.solve(coordinates, signal) : coordinates;
    for (const [i, strip] of this.#moment.strips.entries()) {
      if (alpha !== 1) scale(solved[i], alpha);
      await gemm(solved[i], strip, target, { mode: sign === 1 ? 'add' : 'subtract', signal });
    }
  }

  dimension(alpha: number, signal?: AbortSignal): Promise<number> {
    return this.#factors.trace(alpha, signal);
  }

  /** If K v = s v with |v| = 1, then C u = s u for u = X^T v / sqrt(s). */
  async eigen(count: number, signal?: AbortSignal): Promise<Eigen> {
    const { values, vectors } = await this.#factors.eigen(count, signal);
    const kept = values.filter((value) => value > 1e-6 * values[0]).length;
    const { width } = this.#moment.gram.tiling;
    const directions = matrix(kept, this.#moment.strips[0].cols);
    for (const [i, strip] of this.#moment.strips.entries()) {
      const part = matrix(kept, strip.rows);
      for (let r = 0; r < kept; r++) {
        const scaling = 1 / Math.sqrt(values[r]);
        for (let c = 0; c < strip.rows; c++) {
          part.data[r * strip.rows + c] = scaling * vectors.data[r * vectors.cols + i * width + c];
        }
      }
      await gemm(part, strip, directions, { mode: 'add', signal });
    }
    return { values: values.subarray(0, kept), vectors: rowsOf(directions, 0, kept) };
  }
}

class EmptySpace implements GroupSpace {
  readonly #size: number;

  constructor(size: number) {
    this.#size = size;
  }

  async coordinates(): Promise<Matrix[]> {
    return [];
  }

  async addProjection(): Promise<void> {}

  async dimension(): Promise<number> {
    return 0;
  }

  async eigen(): Promise<Eigen> {
    return { values: new Float64Array(0), vectors: matrix(0, this.#size) };
  }
}
