import { CholeskyDecomposition, Matrix as DenseMatrix, inverse } from 'ml-matrix';
import { describe, expect, it } from 'vitest';
import { Random } from '../../../src/base/random.js';
import { Cholesky } from '../../../src/linalg/cholesky.js';
import { inverseFactor } from '../../../src/linalg/inverseFactor.js';
import { type Matrix, matrix } from '../../../src/linalg/matrix.js';
import {
  joinColumns,
  type SymmetricTiles,
  scaledPlusIdentity,
  splitColumns,
  symmetricBytes,
  symmetricTimes,
  symmetricZeros,
  tilingOf,
  timesSymmetric,
  traceOf,
} from '../../../src/linalg/tiles.js';
import { normals } from '../../support/data/arrays.js';
import { relativeError, toDense } from '../../support/mathematics/svdReference.js';

const random = new Random(5);
const sample = (rows: number, cols: number) => matrix(rows, cols, normals(rows * cols, random));

/** A symmetric positive definite matrix with condition number about `condition`, as tiles and in float64. */
function positiveDefinite(
  size: number,
  widest: number,
  condition = 100,
): { tiles: SymmetricTiles; dense: DenseMatrix } {
  const x = toDense(sample(2 * size, size));
  const dense = x
    .transpose()
    .mmul(x)
    .div(2 * size);
  dense.mul(condition / 5).add(DenseMatrix.eye(size));
  const tiles = symmetricZeros(tilingOf(size, widest));
  const { width } = tiles.tiling;
  for (const [i, row] of tiles.lower.entries()) {
    for (const [j, tile] of row.entries()) {
      for (let r = 0; r < tile.rows; r++) {
        for (let c = 0; c < tile.cols; c++) {
          tile.data[r * tile.cols + c] = dense.get(i * width + r, j * width + c);
        }
      }
    }
  }
  return { tiles, dense };
}

function copyOf(tiles: SymmetricTiles): SymmetricTiles {
  const lower = tiles.lower.map((row) => row.map((tile) => matrix(tile.rows, tile.cols, tile.data.slice())));
  return { tiling: tiles.tiling, lower };
}

const shapes = [
  [1, 512],
  [9, 512],
  [64, 512],
  [65, 512],
  [200, 512],
  [200, 64],
  [130, 32],
];

describe('symmetric tiles', () => {
  it('cover every length exactly', () => {
    for (const length of [1, 15, 16, 17, 27, 512, 513, 576, 3600, 4608]) {
      const { width, count } = tilingOf(length);
      expect(width).toBeLessThanOrEqual(512);
      expect(count * width).toBeGreaterThanOrEqual(length);
      expect((count - 1) * width).toBeLessThan(length);
    }
    // 9 tiles of 512 on an axis: 45 on and below the diagonal, 1 MiB each.
    expect(symmetricBytes(tilingOf(4608))).toBe(45 * 2 ** 20);
  });

  it('multiply as the whole matrix does, from the left and from the right', async () => {
    for (const [size, widest] of shapes) {
      const { tiles, dense } = positiveDefinite(size, widest);
      const rows = sample(7, size);
      const product = joinColumns(await timesSymmetric(splitColumns(rows, tiles.tiling), tiles), tiles.tiling);
      expect(relativeError(product, toDense(rows).mmul(dense))).toBeLessThan(1e-6);
      const columns = sample(size, 5);
      expect(relativeError(await symmetricTimes(tiles, columns), dense.mmul(toDense(columns)))).toBeLessThan(1e-6);
      expect(traceOf(tiles)).toBeCloseTo(dense.trace(), 1);
    }
  });

  it('come back from splitting and joining as they were', () => {
    const rows = sample(5, 1100);
    const tiling = tilingOf(1100);
    expect(tiling.count).toBe(3);
    expect(joinColumns(splitColumns(rows, tiling), tiling).data).toEqual(rows.data);
  });
});

describe('inverseFactor', () => {
  it('inverts the Cholesky factor', async () => {
    for (const size of [1, 40, 64, 65, 100, 257]) {
      const { tiles, dense } = positiveDefinite(size, 512);
      const expected = inverse(new CholeskyDecomposition(dense).lowerTriangularMatrix);
      expect(relativeError(await inverseFactor(tiles.lower[0][0], 0), expected)).toBeLessThan(1e-5);
    }
  });
});

describe('Cholesky', () => {
  for (const [size, widest] of shapes) {
    it(`solves and inverts a matrix of ${size} in tiles of at most ${widest}`, async () => {
      const { tiles, dense } = positiveDefinite(size, widest);
      const factor = await Cholesky.factor(copyOf(tiles));
      const rows = sample(13, size);
      const panels = splitColumns(rows, tiles.tiling);
      const solution = joinColumns(await factor.solve(panels), tiles.tiling);
      const exact = inverse(dense);
      expect(relativeError(solution, toDense(rows).mmul(exact))).toBeLessThan(2e-5);
      expect(joinColumns(panels, tiles.tiling).data).toEqual(rows.data);
      expect(Math.abs((await factor.traceOfInverse()) / exact.trace() - 1)).toBeLessThan(1e-5);
      expect(factor.bytes).toBe(symmetricBytes(tiles.tiling));
    });
  }

  it('stays accurate at the condition of the largest alphas', async () => {
    const { tiles, dense } = positiveDefinite(150, 64, 1e5);
    const factor = await Cholesky.factor(copyOf(tiles));
    const rows: Matrix = sample(4, 150);
    const solution = joinColumns(await factor.solve(splitColumns(rows, tiles.tiling)), tiles.tiling);
    expect(relativeError(toDense(solution).mmul(dense), rows)).toBeLessThan(1e-3);
  });

  it('says which pivot shows that a matrix is not positive definite', async () => {
    const { tiles } = positiveDefinite(100, 32);
    tiles.lower[2][2].data[0] = -3;
    await expect(Cholesky.factor(tiles)).rejects.toMatchObject({
      code: 'internal',
      message: expect.stringMatching(/not positive definite: pivot 64 is -/),
    });
    const nan = positiveDefinite(20, 32).tiles;
    nan.lower[0][0].data[0] = Number.NaN;
    await expect(Cholesky.factor(nan)).rejects.toThrow('pivot 0 is NaN');
  });

  it('can be cancelled', async () => {
    const { tiles } = positiveDefinite(200, 64);
    await expect(Cholesky.factor(tiles, AbortSignal.abort())).rejects.toMatchObject({ code: 'cancelled' });
  });

  it('adds the identity to a scaled matrix without touching it', () => {
    const { tiles, dense } = positiveDefinite(40, 16);
    const before = copyOf(tiles);
    const shifted = scaledPlusIdentity(tiles, 3);
    expect(traceOf(shifted)).toBeCloseTo(3 * dense.trace() + 40, 2);
    expect(shifted.lower[1][0].data[5]).toBeCloseTo(3 * tiles.lower[1][0].data[5], 5);
    expect(tiles).toEqual(before);
  });
});
