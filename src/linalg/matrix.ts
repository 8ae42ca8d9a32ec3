/** A dense float32 matrix in row-major order: element (r, c) is `data[r * cols + c]`. */
export interface Matrix {
  readonly rows: number;
  readonly cols: number;
  readonly data: Float32Array;
}

/** A matrix of zeros, or around existing data. @throws RangeError if the data's length does not fit. */
export function matrix(rows: number, cols: number, data: Float32Array = new Float32Array(rows * cols)): Matrix {
  if (data.length !== rows * cols) {
    throw new RangeError(`a ${rows} x ${cols} matrix needs ${rows * cols} values, got ${data.length}`);
  }
  return { rows, cols, data };
}

/** Multiplies every element, in place. */
export function scale({ data }: Matrix, factor: number): void {
  for (let at = 0; at < data.length; at++) data[at] *= factor;
}

/** Sum of squares (the squared Frobenius norm), in float64. */
export function squaredNorm({ data }: Matrix): number {
  let sum = 0;
  for (let at = 0; at < data.length; at++) sum += data[at] * data[at];
  return sum;
}

/** The mean of all rows, in float64. */
export function meanRow({ rows, cols, data }: Matrix): Float64Array {
  const mean = new Float64Array(cols);
  for (let at = 0; at < data.length; at++) mean[at % cols] += data[at] / rows;
  return mean;
}

export function identity(size: number): Matrix {
  const eye = matrix(size, size);
  for (let at = 0; at < eye.data.length; at += size + 1) eye.data[at] = 1;
  return eye;
}

export function transposed({ rows, cols, data }: Matrix): Matrix {
  const result = matrix(cols, rows);
  for (let r = 0, at = 0; r < rows; r++) for (let c = 0; c < cols; c++, at++) result.data[c * rows + r] = data[at];
  return result;
}

/** A view of rows `start` to `end` (exclusive; cut at the last row). */
export function rowsOf({ rows, cols, data }: Matrix, start: number, end: number): Matrix {
  const stop = Math.min(rows, end);
  return { rows: stop - start, cols, data: data.subarray(start * cols, stop * cols) };
}
