import { EigenvalueDecomposition, Matrix as SmallMatrix } from 'ml-matrix';
import { Random } from '../base/random.js';
import { gemm } from './gemm.js';
import { identity, type Matrix, matrix, rowsOf } from './matrix.js';

/** Eigenvalues, largest first, and the eigenvectors as the rows of a matrix (count x n). */
export interface Eigen {
  readonly values: Float64Array;
  readonly vectors: Matrix;
}

export interface EigenOptions {
  readonly seed?: number;
  readonly signal?: AbortSignal;
}

/** The Krylov space is spanned by so many blocks of count / 2 vectors. */
const BLOCKS = 6;

/**
 * The `count` largest eigenvalues of a symmetric positive semidefinite matrix of size n, which is known by its products
 * (`multiply(rows)` = rows A). All n of them if `count` is larger.
 *
 * Randomised block Krylov iteration (Musco and Musco, NeurIPS 2015) with full reorthogonalisation, then Rayleigh-Ritz: for
 * the same number of products far more accurate than subspace iteration. Deterministic, as the start is seeded.
 */
export async function leadingEigen(
  multiply: (rows: Matrix) => Promise<Matrix>,
  n: number,
  count: number,
  { seed = 1, signal }: EigenOptions = {},
): Promise<Eigen> {
  const wanted = Math.min(n, count);
  const width = Math.ceil(wanted / 2);
  if (n <= BLOCKS * width) return dense(await multiply(identity(n)), wanted);

  const random = new Random(seed);
  const basis = matrix(BLOCKS * width, n);
  const images = matrix(BLOCKS * width, n);
  let next = randomRows(width, n, random);
  for (let step = 0; step < BLOCKS; step++) {
    const known = rowsOf(basis, 0, step * width);
    let fresh = await orthonormalise(next, known, signal);
    while (fresh.rows < width) {
      // An invariant space is complete (low rank, or equal eigenvalues): go on from a new random start.
      fresh = await orthonormalise(append(fresh, randomRows(width - fresh.rows, n, random)), known, signal);
    }
    next = await multiply(fresh);
    basis.data.set(fresh.data, known.data.length);
    images.data.set(next.data, known.data.length);
  }
  const small = await gemm(images, basis, matrix(basis.rows, basis.rows), { transB: true, signal });
  const ritz = dense(small, wanted);
  return { values: ritz.values, vectors: await gemm(ritz.vectors, basis, matrix(wanted, n), { signal }) };
}

/**
 * An orthonormal basis of what `block` adds to the span of the orthonormal rows of `basis`. Twice, since the first round
 * leaves rounding errors behind. Directions that add nothing are dropped.
 */
async function orthonormalise(block: Matrix, basis: Matrix, signal?: AbortSignal): Promise<Matrix> {
  let rest: Matrix = matrix(block.rows, block.cols, block.data.slice());
  for (let round = 0; round < 2 && rest.rows > 0; round++) {
    const before = largestRowNorm(rest);
    if (basis.rows > 0) {
      const overlap = await gemm(rest, basis, matrix(rest.rows, basis.rows), { transB: true, signal });
      await gemm(overlap, basis, rest, { mode: 'subtract', signal });
    }
    const { values, vectors } = dense(await gemm(rest, rest, matrix(rest.rows, rest.rows), { transB: true, signal }));
    // Squared lengths below rounding noise of what was there before.
    const kept = values.filter((value) => value > (1e-6 * before) ** 2).length;
    const mix = rowsOf(vectors, 0, kept);
    for (let r = 0; r < kept; r++) {
      const scale = 1 / Math.sqrt(values[r]);
      for (let c = 0; c < mix.cols; c++) mix.data[r * mix.cols + c] *= scale;
    }
    rest = kept === 0 ? matrix(0, rest.cols) : await gemm(mix, rest, matrix(kept, rest.cols), { signal });
  }
  return rest;
}

/** All (or the largest) eigenpairs of a small symmetric matrix. */
function dense(a: Matrix, count = a.rows): Eigen {
  const n = a.rows;
  const symmetric = new SmallMatrix(n, n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) symmetric.set(i, j, (a.data[i * n + j] + a.data[j * n + i]) / 2);
  }
  const found = new EigenvalueDecomposition(symmetric, { assumeSymmetric: true });
  const order = found.realEigenvalues.map((_, index) => index);
  order.sort((i, j) => found.realEigenvalues[j] - found.realEigenvalues[i]);
  const values = new Float64Array(count);
  const vectors = matrix(count, n);
  for (let r = 0; r < count; r++) {
    values[r] = found.realEigenvalues[order[r]];
    for (let c = 0; c < n; c++) vectors.data[r * n + c] = found.eigenvectorMatrix.get(c, order[r]);
  }
  return { values, vectors };
}

function randomRows(rows: number, cols: number, random: Random): Matrix {
  return matrix(
    rows,
    cols,
    Float32Array.from({ length: rows * cols }, () => random.normal()),
  );
}

function append(upper: Matrix, lower: Matrix): Matrix {
  const both = matrix(upper.rows + lower.rows, lower.cols);
  both.data.set(upper.data);
  both.data.set(lower.data, upper.data.length);
  return both;
}

function largestRowNorm({ rows, cols, data }: Matrix): number {
  let largest = 0;
  for (let r = 0; r < rows; r++) {
    let sum = 0;
    for (let at = r * cols; at < (r + 1) * cols; at++) sum += data[at] * data[at];
    if (sum > largest) largest = sum;
  }
  return Math.sqrt(largest);
}
