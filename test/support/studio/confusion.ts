import { type Matrix, matrixOf } from '../../../src/figures/confusion.js';

/** A matrix of such counts: a row for each true class, a column for each answer. */
export function matrix(rows: readonly (readonly number[])[]): Matrix {
  return matrixOf({ size: rows.length, counts: Uint32Array.from(rows.flat()) });
}

/** Four classes before a run, the last without samples. */
export const before = matrix([
  [90, 8, 2, 0],
  [1, 19, 0, 0],
  [0, 5, 5, 0],
  [0, 0, 0, 0],
]);

/** The same after it. */
export const after = matrix([
  [90, 3, 7, 0],
  [1, 19, 0, 0],
  [0, 2, 8, 0],
  [0, 0, 0, 0],
]);
