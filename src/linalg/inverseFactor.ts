import { LetheError } from '../base/errors.js';
import { gemm } from './gemm.js';
import { type Matrix, matrix } from './matrix.js';

/** Up to this size plain loops are faster than splitting further. */
const LEAF = 64;

/**
 * L^-1 for one tile A = L L^T, with zeros above the diagonal. Only the lower half of A is read. Works by halving:
 * with A = [A11 .; A21 A22], L21 = A21 L11^-T and L22 L22^T = A22 - L21 L21^T,
 * L^-1 = [L11^-1 0; -L22^-1 L21 L11^-1  L22^-1].
 * @param offset index of the tile's first row in the whole matrix, for the error.
 * @throws LetheError `internal` if the matrix is not positive definite.
 */
export async function inverseFactor(a: Matrix, offset: number, signal?: AbortSignal): Promise<Matrix> {
  const n = a.rows;
  if (n <= LEAF) return invertLeaf(a, offset);
  const half = Math.ceil(n / 32) * 16;
  const rest = n - half;
  const first = await inverseFactor(block(a, 0, 0, half, half), offset, signal);
  const below = await gemm(block(a, half, 0, rest, half), first, matrix(rest, half), { transB: true, signal });
  const corner = block(a, half, half, rest, rest);
  await gemm(below, below, corner, { transB: true, mode: 'subtract', signal });
  const second = await inverseFactor(corner, offset + half, signal);
  const product = await gemm(second, below, matrix(rest, half), { signal });
  const coupling = await gemm(product, first, matrix(rest, half), { signal });
  return assemble(first, coupling, second);
}

function invertLeaf(a: Matrix, offset: number): Matrix {
  const n = a.rows;
  const lower = new Float64Array(n * n);
  const inverse = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let rest = a.data[i * n + j];
      for (let k = 0; k < j; k++) rest -= lower[i * n + k] * lower[j * n + k];
      if (i > j) lower[i * n + j] = rest / lower[j * n + j];
      else if (rest > 0) lower[i * n + i] = Math.sqrt(rest);
      else throw notPositiveDefinite(offset + i, rest);
    }
  }
  for (let i = 0; i < n; i++) {
    const pivot = lower[i * n + i];
    for (let j = 0; j < i; j++) {
      let sum = 0;
      for (let k = j; k < i; k++) sum += lower[i * n + k] * inverse[k * n + j];
      inverse[i * n + j] = -sum / pivot;
    }
    inverse[i * n + i] = 1 / pivot;
  }
  return matrix(n, n, Float32Array.from(inverse));
}

function notPositiveDefinite(row: number, pivot: number): LetheError {
  return new LetheError('internal', {
    message: `the matrix to factor is not positive definite: pivot ${row} is ${pivot.toPrecision(3)}`,
    hint: 'Use smaller alphas: above about 100,000 the precision of 32-bit floats runs out.',
  });
}

function block(a: Matrix, row: number, col: number, rows: number, cols: number): Matrix {
  const part = matrix(rows, cols);
  for (let r = 0; r < rows; r++) {
    const from = (row + r) * a.cols + col;
    part.data.set(a.data.subarray(from, from + cols), r * cols);
  }
  return part;
}

/** [first 0; -coupling second] */
function assemble(first: Matrix, coupling: Matrix, second: Matrix): Matrix {
  const half = first.rows;
  const n = half + second.rows;
  const whole = matrix(n, n);
  for (let r = 0; r < half; r++) whole.data.set(first.data.subarray(r * half, (r + 1) * half), r * n);
  for (let r = 0; r < second.rows; r++) {
    const to = (half + r) * n;
    for (let c = 0; c < half; c++) whole.data[to + c] = -coupling.data[r * half + c];
    whole.data.set(second.data.subarray(r * second.cols, (r + 1) * second.cols), to + half);
  }
  return whole;
}
