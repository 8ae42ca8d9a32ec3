import { Cholesky } from '../linalg/cholesky.js';
import { type Eigen, leadingEigen } from '../linalg/eigen.js';
import { identity, type Matrix, transposed } from '../linalg/matrix.js';
import {
  joinColumns,
  type SymmetricTiles,
  scaledPlusIdentity,
  splitColumns,
  symmetricTimes,
  timesSymmetric,
  traceOf,
} from '../linalg/tiles.js';
import type { ByteCache } from './cache.js';

/** Near alpha = 1 the short form S M^-1 = (I - M^-1) / (alpha - 1) loses digits. */
export const isNearOne = (alpha: number) => Math.abs(alpha - 1) < 0.5;

/** What is derived from a moment S (C, or K in the dual) and kept in the cache: factors of (alpha - 1) S + I, eigenpairs. */
export class Factors {
  readonly #symmetric: SymmetricTiles;
  readonly #cache: ByteCache;
  readonly #key: string;

  constructor(symmetric: SymmetricTiles, cache: ByteCache, key: string) {
    this.#symmetric = symmetric;
    this.#cache = cache;
    this.#key = key;
  }

  /** The factor of M = (alpha - 1) S + I. */
  of(alpha: number, signal?: AbortSignal): Promise<Cholesky> {
    return this.#cache.get(
      `${this.#key}/factor/${alpha}`,
      () => Cholesky.factor(scaledPlusIdentity(this.#symmetric, alpha - 1), signal),
      (factor) => factor.bytes,
    );
  }

  /** trace of alpha S M^-1, which is that of P(alpha) in the primal and in the dual. */
  async trace(alpha: number, signal?: AbortSignal): Promise<number> {
    if (alpha === 0) return 0;
    if (alpha === 1) return traceOf(this.#symmetric);
    const { tiling } = this.#symmetric;
    const factor = await this.of(alpha, signal);
    if (!isNearOne(alpha)) return (alpha / (alpha - 1)) * (tiling.length - (await factor.traceOfInverse(signal)));
    const product = await timesSymmetric(splitColumns(identity(tiling.length), tiling), this.#symmetric, signal);
    const { data } = joinColumns(await factor.solve(product, signal), tiling);
    let trace = 0;
    for (let at = 0; at < data.length; at += tiling.length + 1) trace += data[at];
    return alpha * trace;
  }

  eigen(count: number, signal?: AbortSignal): Promise<Eigen> {
    const { tiling } = this.#symmetric;
    const multiply = async (rows: Matrix) =>
      transposed(await symmetricTimes(this.#symmetric, transposed(rows), signal));
    return this.#cache.get(
      `${this.#key}/eigen/${count}`,
      () => leadingEigen(multiply, tiling.length, count, { signal }),
      ({ vectors }) => vectors.data.byteLength,
    );
  }
}
