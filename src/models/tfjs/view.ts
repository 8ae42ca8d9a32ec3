import { type Matrix, matrix } from '../../linalg/matrix.js';

/** One axis of a stored tensor: how many entries, and how far apart in the flat data. */
export interface Axis {
  readonly size: number;
  readonly stride: number;
}

/**
 * Where a weight matrix lies in a stored tensor: rows and columns each run over some of its axes, the first one slowest.
 * TensorFlow keeps kernels as (kernel..., in, out), so rows run over the last axis, columns over the others.
 */
export interface WeightView {
  readonly rows: readonly Axis[];
  readonly cols: readonly Axis[];
}

/** Axes of a tensor in row-major order. */
export function axesOf(shape: readonly number[]): Axis[] {
  const axes: Axis[] = [];
  let stride = 1;
  for (const size of [...shape].reverse()) {
    axes.unshift({ size, stride });
    stride *= size;
  }
  return axes;
}

/** The axes of the same data under another shape, where its elements are still in row-major order; else null. */
export function reshapeAxes(axes: readonly Axis[], shape: readonly number[]): Axis[] | null {
  const rowMajor = axesOf(axes.map((axis) => axis.size));
  const inOrder = axes.every((axis, i) => axis.size === 1 || axis.stride === rowMajor[i].stride);
  return inOrder && count(axes) === shape.reduce((product, size) => product * size, 1) ? axesOf(shape) : null;
}

/** A dense kernel (in, out); also a stack of one, (1, in, out). */
export function denseView(axes: readonly Axis[], transposed = false): WeightView {
  const [ins, outs] = transposed ? [axes.at(-1), axes.at(-2)] : [axes.at(-2), axes.at(-1)];
  return { rows: [outs as Axis], cols: [ins as Axis] };
}

/** A convolution kernel (kernel..., channels, out): input vectors are ordered (channel, kernel position). */
export function convView(axes: readonly Axis[]): WeightView {
  return { rows: axes.slice(-1), cols: [...axes.slice(-2, -1), ...axes.slice(0, -2)] };
}

/** A depthwise kernel (kernel..., channels, multiplier): one group a channel, its rows side by side. */
export function depthwiseView(axes: readonly Axis[]): WeightView {
  return { rows: axes.slice(-2), cols: axes.slice(0, -2) };
}

export function rowCount(view: WeightView): number {
  return count(view.rows);
}

export function columnCount(view: WeightView): number {
  return count(view.cols);
}

/** The matrix that a view shows of flat data. */
export function gather(data: Float32Array, view: WeightView): Matrix {
  const rows = offsets(view.rows);
  const cols = offsets(view.cols);
  const result = matrix(rows.length, cols.length);
  let to = 0;
  for (let r = 0; r < rows.length; r++) {
    const row = rows[r];
    for (let c = 0; c < cols.length; c++) result.data[to++] = data[row + cols[c]];
  }
  return result;
}

/** The flat data that shows as this matrix. */
export function scatter(source: Matrix, view: WeightView): Float32Array<ArrayBuffer> {
  const rows = offsets(view.rows);
  const cols = offsets(view.cols);
  if (source.rows !== rows.length || source.cols !== cols.length) {
    throw new RangeError(`a ${rows.length} x ${cols.length} weight, got ${source.rows} x ${source.cols}`);
  }
  const data = new Float32Array(rows.length * cols.length);
  let from = 0;
  for (let r = 0; r < rows.length; r++) {
    const row = rows[r];
    for (let c = 0; c < cols.length; c++) data[row + cols[c]] = source.data[from++];
  }
  return data;
}

function count(axes: readonly Axis[]): number {
  return axes.reduce((product, axis) => product * axis.size, 1);
}

/** The distance of every combination of entries from the first element, the last axis fastest. */
function offsets(axes: readonly Axis[]): Int32Array {
  let found = new Int32Array(1);
  for (const { size, stride } of axes) {
    const finer = new Int32Array(found.length * size);
    for (let i = 0, to = 0; i < found.length; i++) {
      for (let k = 0; k < size; k++) finer[to++] = found[i] + k * stride;
    }
    found = finer;
  }
  return found;
}
