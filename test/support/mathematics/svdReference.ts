import { Matrix as DenseMatrix, SingularValueDecomposition } from 'ml-matrix';
import { importance } from '../../../src/figures/importance.js';
import type { Matrix } from '../../../src/linalg/matrix.js';

/**
 * The method as the paper writes it, in float64 and by singular value decomposition: slow, and independent of everything
 * under src/linalg and src/unlearn.
 */
export class SvdSpace {
  readonly #directions: DenseMatrix;
  /** Normalised squared singular values, largest first. */
  readonly spectrum: number[];

  /** @param vectors n x in, a row an input vector. */
  constructor(vectors: Matrix) {
    const x = toDense(vectors).transpose();
    const svd = new SingularValueDecomposition(x, { autoTranspose: true });
    const squares = svd.diagonal.map((value) => value * value);
    const total = squares.reduce((sum, value) => sum + value, 0);
    this.#directions = svd.leftSingularVectors;
    this.spectrum = squares.map((value) => (total === 0 ? 0 : value / total));
  }

  importances(alpha: number): number[] {
    return this.spectrum.map((s) => importance(s, alpha));
  }

  /** U diag(l) U^T, in x in. */
  projection(alpha: number): DenseMatrix {
    const u = this.#directions;
    return u.mmul(DenseMatrix.diag(this.importances(alpha))).mmul(u.transpose());
  }

  dimension(alpha: number): number {
    return this.importances(alpha).reduce((sum, value) => sum + value, 0);
  }
}

/** W' = W - W (I - P_r) P_f. */
export function projectedWeight(weight: Matrix, retain: DenseMatrix, forget: DenseMatrix): DenseMatrix {
  const w = toDense(weight);
  const kept = DenseMatrix.eye(weight.cols).sub(retain);
  return w.clone().sub(w.mmul(kept).mmul(forget));
}

export function toDense({ rows, cols, data }: Matrix): DenseMatrix {
  return new DenseMatrix(Array.from({ length: rows }, (_, r) => Array.from(data.subarray(r * cols, (r + 1) * cols))));
}

/** ||a - b|| / ||b|| (Frobenius). */
export function relativeError(a: Matrix | DenseMatrix, b: Matrix | DenseMatrix): number {
  const [x, y] = [a, b].map((m) => (m instanceof DenseMatrix ? m : toDense(m)));
  const difference = x.clone().sub(y).norm('frobenius');
  return difference === 0 ? 0 : difference / y.norm('frobenius');
}
