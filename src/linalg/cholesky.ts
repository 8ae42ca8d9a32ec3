import { gemm } from './gemm.js';
import { inverseFactor } from './inverseFactor.js';
import { type Matrix, matrix, squaredNorm } from './matrix.js';
import { type SymmetricTiles, symmetricBytes, type Tiling, tileWidth } from './tiles.js';

/**
 * A = L L^T of a symmetric positive definite matrix in tiles. The diagonal tiles of L are kept inverted, so that factoring
 * and solving are matrix products throughout.
 */
export class Cholesky {
  readonly tiling: Tiling;
  readonly #lower: readonly (readonly Matrix[])[];
  readonly #inverses: readonly Matrix[];

  private constructor(tiling: Tiling, lower: readonly (readonly Matrix[])[], inverses: readonly Matrix[]) {
    this.tiling = tiling;
    this.#lower = lower;
    this.#inverses = inverses;
  }

  /**
   * Factors `a` (right-looking, n^3 / 3 multiply-adds and as many additions), using up its memory for the factor.
   * @throws LetheError `internal` if it is not positive definite; `cancelled`.
   */
  static async factor(a: SymmetricTiles, signal?: AbortSignal): Promise<Cholesky> {
    const tiles = a.lower.map((row) => [...row]);
    const inverses: Matrix[] = [];
    for (let k = 0; k < a.tiling.count; k++) {
      const inverse = await inverseFactor(tiles[k][k], k * a.tiling.width, signal);
      inverses.push(inverse);
      for (let i = k + 1; i < a.tiling.count; i++) {
        const panel = matrix(tiles[i][k].rows, tiles[i][k].cols);
        tiles[i][k] = await gemm(tiles[i][k], inverse, panel, { transB: true, signal });
      }
      for (let i = k + 1; i < a.tiling.count; i++) {
        for (let j = k + 1; j <= i; j++) {
          await gemm(tiles[i][k], tiles[j][k], tiles[i][j], { transB: true, mode: 'subtract', signal });
        }
      }
    }
    const strictlyLower = tiles.map((row) => row.slice(0, -1));
    return new Cholesky(a.tiling, strictlyLower, inverses);
  }

  get bytes(): number {
    return symmetricBytes(this.tiling);
  }

  /** rows A^-1, for rows given and returned as panels of columns (see `splitColumns`). The input is left as it is. */
  async solve(rows: readonly Matrix[], signal?: AbortSignal): Promise<Matrix[]> {
    return this.#timesInverse(await this.#timesInverseTransposed(rows, signal), signal);
  }

  /** rows L^-T, from the first panel to the last. */
  async #timesInverseTransposed(rows: readonly Matrix[], signal?: AbortSignal): Promise<Matrix[]> {
    const solved: Matrix[] = [];
    for (let j = 0; j < this.tiling.count; j++) {
      const rest = matrix(rows[j].rows, rows[j].cols, rows[j].data.slice());
      for (let i = 0; i < j; i++) {
        await gemm(solved[i], this.#lower[j][i], rest, { transB: true, mode: 'subtract', signal });
      }
      solved.push(await gemm(rest, this.#inverses[j], matrix(rest.rows, rest.cols), { transB: true, signal }));
    }
    return solved;
  }

  /** rows L^-1, from the last panel to the first; uses up the memory of `rows`. */
  async #timesInverse(rows: Matrix[], signal?: AbortSignal): Promise<Matrix[]> {
    for (let j = this.tiling.count - 1; j >= 0; j--) {
      for (let i = j + 1; i < this.tiling.count; i++) {
        await gemm(rows[i], this.#lower[i][j], rows[j], { mode: 'subtract', signal });
      }
      rows[j] = await gemm(rows[j], this.#inverses[j], matrix(rows[j].rows, rows[j].cols), { signal });
    }
    return rows;
  }

  /** trace(A^-1) = ||L^-1||^2, column of tiles by column of tiles (n^3 / 3 operations, summed in float64). */
  async traceOfInverse(signal?: AbortSignal): Promise<number> {
    let trace = 0;
    for (let c = 0; c < this.tiling.count; c++) {
      const column: Matrix[] = [this.#inverses[c]];
      trace += squaredNorm(this.#inverses[c]);
      for (let i = c + 1; i < this.tiling.count; i++) {
        const sum = matrix(tileWidth(this.tiling, i), tileWidth(this.tiling, c));
        for (let j = c; j < i; j++) await gemm(this.#lower[i][j], column[j - c], sum, { mode: 'subtract', signal });
        const tile = await gemm(this.#inverses[i], sum, matrix(sum.rows, sum.cols), { signal });
        trace += squaredNorm(tile);
        column.push(tile);
      }
    }
    return trace;
  }
}
