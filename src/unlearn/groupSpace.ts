import type { Eigen } from '../linalg/eigen.js';
import { gemm } from '../linalg/gemm.js';
import { type Matrix, matrix, rowsOf, scale } from '../linalg/matrix.js';
import { joinColumns, type SymmetricTiles, splitColumns, timesSymmetric } from '../linalg/tiles.js';
import type { ByteCache } from './cache.js';
import { Factors, isNearOne } from './factors.js';
import type { DualMoment, Moment, PrimalMoment } from './moment.js';

/**
 * The scaled projection P(alpha) = U diag(alpha s / ((alpha - 1) s + 1)) U^T on one group's space (Kodge et al., TMLR 2024,
 * equations 2 and 3), where s are the normalised squared singular values of the input vectors and U their directions.
 * It is never formed and takes no SVD: P(alpha) = alpha C ((alpha - 1) C + I)^-1, and the matrix to invert has eigenvalues
 * between 1 and alpha, so that one Cholesky factor in float32 is safe.
 */
export interface GroupSpace {
  /** What `project` needs to know of the rows (m x in), whatever the alpha. Worth keeping for several alphas. */
  coordinates(rows: Matrix, signal?: AbortSignal): Promise<Matrix[]>;
  /** rows P(alpha), m x in. P(0) = 0 and P(1) = C. */
  project(coordinates: readonly Matrix[], alpha: number, signal?: AbortSignal): Promise<Matrix>;
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

  async project(rows: readonly Matrix[], alpha: number, signal?: AbortSignal): Promise<Matrix> {
    const { tiling } = this.#second;
    if (alpha === 0) return matrix(rows[0].rows, tiling.length);
    if (!isNearOne(alpha)) {
      // With M = (alpha - 1) C + I, alpha C M^-1 = alpha / (alpha - 1) (I - M^-1): no product with C.
      const solved = await (await this.#factors.of(alpha, signal)).solve(rows, signal);
      for (const [i, panel] of solved.entries()) combine(panel, rows[i], alpha / (alpha - 1));
      return joinColumns(solved, tiling);
    }
    const product = await timesSymmetric(rows, this.#second, signal);
    if (alpha === 1) return joinColumns(product, tiling);
    const solved = await (await this.#factors.of(alpha, signal)).solve(product, signal);
    for (const panel of solved) scale(panel, alpha);
    return joinColumns(solved, tiling);
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

  async project(coordinates: readonly Matrix[], alpha: number, signal?: AbortSignal): Promise<Matrix> {
    const { strips } = this.#moment;
    const result = matrix(coordinates[0].rows, strips[0].cols);
    if (alpha === 0) return result;
    const solved = alpha === 1 ? coordinates : await (await this.#factors.of(alpha, signal)).solve(coordinates, signal);
    for (const [i, strip] of strips.entries()) await gemm(solved[i], strip, result, { mode: 'add', signal });
    scale(result, alpha);
    return result;
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

  async coordinates(rows: Matrix): Promise<Matrix[]> {
    return [matrix(rows.rows, 0)];
  }

  async project(coordinates: readonly Matrix[]): Promise<Matrix> {
    return matrix(coordinates[0].rows, this.#size);
  }

  async dimension(): Promise<number> {
    return 0;
  }

  async eigen(): Promise<Eigen> {
    return { values: new Float64Array(0), vectors: matrix(0, this.#size) };
  }
}

/** solved = factor * (rows - solved) */
function combine(solved: Matrix, rows: Matrix, factor: number): void {
  for (let at = 0; at < solved.data.length; at++) solved.data[at] = factor * (rows.data[at] - solved.data[at]);
}
