import type { Random } from '../../../src/base/random.js';
import { type Matrix, matrix } from '../../../src/linalg/matrix.js';

export interface Spread {
  /** Number of directions that the vectors span; default all. */
  readonly rank?: number;
  /** Direction i is scaled by (i + 1)^-decay; default 1, as activations have it. */
  readonly decay?: number;
}

/** Random vectors as rows (count x size), whose spread falls off from direction to direction. */
export function randomVectors(
  count: number,
  size: number,
  random: Random,
  { rank = size, decay = 1 }: Spread = {},
): Matrix {
  const directions = Float64Array.from({ length: rank * size }, () => random.normal());
  const vectors = matrix(count, size);
  for (let row = 0; row < count; row++) {
    for (let r = 0; r < rank; r++) {
      const amount = random.normal() * (r + 1) ** -decay;
      for (let c = 0; c < size; c++) vectors.data[row * size + c] += amount * directions[r * size + c];
    }
  }
  return vectors;
}

/** Columns `start` to `end` of a matrix. */
export function columnsOf(whole: Matrix, start: number, end: number): Matrix {
  const part = matrix(whole.rows, end - start);
  for (let r = 0; r < whole.rows; r++) {
    part.data.set(whole.data.subarray(r * whole.cols + start, r * whole.cols + end), r * part.cols);
  }
  return part;
}

/** Matrices of equally many rows side by side. */
export function sideBySide(parts: readonly Matrix[]): Matrix {
  const cols = parts.reduce((sum, part) => sum + part.cols, 0);
  const whole = matrix(parts[0].rows, cols);
  let column = 0;
  for (const part of parts) {
    for (let r = 0; r < part.rows; r++) {
      whole.data.set(part.data.subarray(r * part.cols, (r + 1) * part.cols), r * cols + column);
    }
    column += part.cols;
  }
  return whole;
}
