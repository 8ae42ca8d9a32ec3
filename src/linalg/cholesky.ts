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
    const { lower: tiles, tiling } = a;
    const inverses: Matrix[] = [];
    const scratch = new Scratch(tiling.width ** 2);
    for (let k = 0; k < tiling.count; k++) {
      inverses.push(await inverseFactor(tiles[k][k], k * tiling.width, signal));
      for (let i = k + 1; i < tiling.count; i++) {
        await gemm(scratch.copyOf(tiles[i][k]), inverses[k], tiles[i][k], { transB: true, signal });
      }
      for (let i = k + 1; i < tiling.count; i++) {
        for (let j = k + 1; j <= i; j++) {
          await gemm(tiles[i][k], tiles[j][k], tiles[i][j], { transB: true, mode: 'subtract', signal });
        }
      }
    }
    const strictlyLower = tiles.map((row) => row.slice(0, -1));
    return new Cholesky(tiling, strictlyLower, inverses);
  }

  get bytes(): number {
    return symmetricBytes(this.tiling);
  }

  /** rows A^-1, for rows given and returned as panels of columns (see `splitColumns`). The input is left as it is. */
  async solve(rows: readonly Matrix[], signal?: AbortSignal): Promise<Matrix[]> {
    const { count, width } = this.tiling;
    const panels = rows.map((panel) => matrix(panel.rows, panel.cols, panel.data.slice()));
    const scratch = new Scratch(panels[0].rows * width);
    // rows L^-T, from the first panel to the last.
    for (let j = 0; j < count; j++) {
      for (let i = 0; i < j; i++) {
        await gemm(panels[i], this.#lower[j][i], panels[j], { transB: true, mode: 'subtract', signal });
      }
      await gemm(scratch.copyOf(panels[j]), this.#inverses[j], panels[j], { transB: true, signal });
    }
    // That times L^-1, from the last panel to the first.
    for (let j = count - 1; j >= 0; j--) {
      for (let i = j + 1; i < count; i++) {
        await gemm(panels[i], this.#lower[i][j], panels[j], { mode: 'subtract', signal });
      }
      await gemm(scratch.copyOf(panels[j]), this.#inverses[j], panels[j], { signal });
    }
    return panels;
  }

  /** trace(A^-1) = ||L^-1||^2, column of tiles by column of tiles (n^3 / 3 operations, summed in float64). */
  async traceOfInverse(signal?: AbortSignal): Promise<number> {
    const { count, width } = this.tiling;
    const scratch = new Scratch(width ** 2);
    const rows = Array.from({ length: count }, () => new Scratch(width ** 2));
    let trace = 0;
    for (let c = 0; c < count; c++) {
      const column: Matrix[] = [this.#inverses[c]];
      trace += squaredNorm(column[0]);
      for (let i = c + 1; i < count; i++) {
        // (L^-1)_ic = -(L_ii)^-1 sum of L_ij (L^-1)_jc
        const sum = scratch.zeros(tileWidth(this.tiling, i), tileWidth(this.tiling, c));
        for (let j = c; j < i; j++) {
          await gemm(this.#lower[i][j], column[j - c], sum, { mode: 'subtract', signal });
        }
        const tile = await gemm(this.#inverses[i], sum, rows[i].zeros(sum.rows, sum.cols), { signal });
        trace += squaredNorm(tile);
        column.push(tile);
      }
    }
    return trace;
  }
}

/** Memory for one matrix at a time: garbage collection takes long when it has many megabytes of arrays to follow. */
class Scratch {
  readonly #data: Float32Array;

  constructor(length: number) {
    this.#data = new Float32Array(length);
  }

  zeros(rows: number, cols: number): Matrix {
    return matrix(rows, cols, this.#data.subarray(0, rows * cols).fill(0));
  }

  copyOf({ rows, cols, data }: Matrix): Matrix {
    const copy = matrix(rows, cols, this.#data.subarray(0, rows * cols));
    copy.data.set(data);
    return copy;
  }
}
