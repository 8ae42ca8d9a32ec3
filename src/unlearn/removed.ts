import { Random } from '../base/random.js';
import { gemm } from '../linalg/gemm.js';
import { identity, type Matrix, matrix, rowsOf } from '../linalg/matrix.js';
import type { GroupSpace } from './groupSpace.js';

/** Up to this size the trace is taken exactly, row by row. */
const EXACT = 1024;
/** Rows in one go. */
const STRIP = 256;
/** Leading directions of the forget space that the estimate takes exactly. */
const LEADING = 64;
/** Random probes in one go, and at most. */
const PROBES = 64;
const MOST_PROBES = 1024;
/** Standard error at which the estimate is good enough, relative to the result and to the forget dimension. */
const TOLERANCE = { relative: 1.5e-3, ofForget: 1e-4 };

/**
 * What of a forget space is removed: trace(P_f (I - P_r)) = trace P_f - trace(P_f P_r), for one group of `size` inputs.
 *
 * Exact for `size` up to 1024. Above, trace(P_f P_r) = trace(Q^T P_f P_r Q) + trace of the rest, where Q are the leading 64
 * eigenvectors of the forget space, taken exactly, and the rest is estimated with random signs orthogonal to Q (Meyer et
 * al., Hutch++, SOSA 2021). Most of the trace is in the first part; probes are added until the standard error is below 0.15%
 * of the result. The signs are seeded, so equal spaces give equal numbers.
 */
export async function removedDimension(
  retain: GroupSpace,
  forget: GroupSpace,
  size: number,
  { alphaR, alphaF }: { readonly alphaR: number; readonly alphaF: number },
  signal?: AbortSignal,
): Promise<number> {
  const apply = async (space: GroupSpace, rows: Matrix, alpha: number) => {
    const projected = matrix(rows.rows, size);
    await space.addProjection(projected, await space.coordinates(rows, signal), alpha, 1, signal);
    return projected;
  };
  /** q P_f P_r q^T for each of the rows q, as both are symmetric. */
  const overlaps = async (rows: Matrix) =>
    rowProducts(await apply(forget, rows, alphaF), await apply(retain, rows, alphaR));

  const dimension = await forget.dimension(alphaF, signal);
  if (dimension === 0) return 0;

  if (size <= EXACT) {
    const directions = identity(size);
    let overlap = 0;
    for (let row = 0; row < size; row += STRIP) overlap += sum(await overlaps(rowsOf(directions, row, row + STRIP)));
    return dimension - overlap;
  }

  const leading = (await forget.eigen(LEADING, signal)).vectors;
  const known = sum(await overlaps(leading));
  const random = new Random(1);
  const samples: number[] = [];
  for (;;) {
    samples.push(...(await overlaps(await probes(size, leading, random, signal))));
    const { mean, error } = statistics(samples);
    const removed = dimension - known - mean;
    const goal = Math.max(TOLERANCE.relative * Math.abs(removed), TOLERANCE.ofForget * dimension);
    if (error <= goal || samples.length >= MOST_PROBES) return removed;
  }
}

/** Rows of random signs, made orthogonal to the orthonormal rows of `leading`. */
async function probes(size: number, leading: Matrix, random: Random, signal?: AbortSignal): Promise<Matrix> {
  const signs = matrix(PROBES, size);
  for (let at = 0; at < signs.data.length; at++) signs.data[at] = random.below(2) * 2 - 1;
  const shares = await gemm(signs, leading, matrix(PROBES, leading.rows), { transB: true, signal });
  return gemm(shares, leading, signs, { mode: 'subtract', signal });
}

/** The scalar product of each row of `a` with the same row of `b`. */
function rowProducts(a: Matrix, b: Matrix): number[] {
  const products = new Array<number>(a.rows);
  for (let r = 0; r < a.rows; r++) {
    let product = 0;
    for (let at = r * a.cols; at < (r + 1) * a.cols; at++) product += a.data[at] * b.data[at];
    products[r] = product;
  }
  return products;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function statistics(samples: readonly number[]): { mean: number; error: number } {
  const mean = sum(samples) / samples.length;
  const variance = sum(samples.map((value) => (value - mean) ** 2)) / (samples.length - 1);
  return { mean, error: Math.sqrt(variance / samples.length) };
}
