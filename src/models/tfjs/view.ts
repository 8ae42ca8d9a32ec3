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
  const result = matrix(rowCount(view), columnCount(view));
  copyTiles(result.data, data, view, true);
  return result;
}

/** The flat data that shows as this matrix. */
export function scatter(source: Matrix, view: WeightView): Float32Array<ArrayBuffer> {
  const [rows, cols] = [rowCount(view), columnCount(view)];
  if (source.rows !== rows || source.cols !== cols) {
    throw new RangeError(`a ${rows} x ${cols} weight, got ${source.rows} x ${source.cols}`);
  }
  const data = new Float32Array(rows * cols);
  copyTiles(source.data, data, view, false);
  return data;
}

/** Side of a tile: 32 x 32 float32 values lie well within the first cache. */
const TILE = 32;

/**
 * Copies between a row-major matrix and flat data, in tiles: most views transpose, and element by element every access of a
 * large weight would miss the cache.
 */
function copyTiles(matrixData: Float32Array, data: Float32Array, view: WeightView, toMatrix: boolean): void {
  const rows = offsets(view.rows);
  const cols = offsets(view.cols);
  for (let top = 0; top < rows.length; top += TILE) {
    const bottom = Math.min(rows.length, top + TILE);
    for (let left = 0; left < cols.length; left += TILE) {
      const right = Math.min(cols.length, left + TILE);
      for (let r = top; r < bottom; r++) {
        const row = rows[r];
        let at = r * cols.length + left;
        if (toMatrix) for (let c = left; c < right; c++) matrixData[at++] = data[row + cols[c]];
        else for (let c = left; c < right; c++) data[row + cols[c]] = matrixData[at++];
      }
    }
  }
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
