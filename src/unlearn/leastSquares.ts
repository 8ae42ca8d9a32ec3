import { Cholesky } from '../linalg/cholesky.js';
import { gemm } from '../linalg/gemm.js';
import { type Matrix, matrix, scale } from '../linalg/matrix.js';
import { addColumns, addGram, scaledPlusIdentity, symmetricZeros, type Tiling, tilingOf } from '../linalg/tiles.js';
import { notFinite } from './moment.js';
import type { ProjectionProblem } from './stream.js';

/** Rows that a layer is fitted to: input vectors, what is to be added to the layer's outputs for each, and how much a row counts. */
export interface FitRows {
  /** n x (groups * in), as in `VectorBatch`. */
  readonly inputs: Matrix;
  /** n x out: what the fit is to add to the outputs. */
  readonly missing: Matrix;
  /** The weight of each row's squared error; 1 / n makes the sum a mean. */
  readonly weight: number;
}

export interface FitOptions {
  /** Weight of the correction's own squared norm, as a share of the mean diagonal of the first side's second moment. */
  readonly ridge: number;
  /**
   * Whether the layer has a bias that may change too. It counts as one more input that never changes, as large as inputs usually
   * are: so the penalty means the same for it, and the fit is the same whatever unit the inputs are in.
   */
  readonly bias: boolean;
  readonly signal?: AbortSignal;
}

/** What a fit adds to a weight (`out` x `in`) and to a bias. */
export interface Correction {
  readonly weight: Matrix;
  readonly bias?: Float32Array;
}

/**
 * The ridge regression  argmin over D of  sum of weight_i |D x_i - y_i|^2 + penalty |D|^2,  group by group, in the primal
 * (X^T X + penalty I, as large as there are inputs) or in the dual (X X^T + penalty I, as large as there are rows), whichever is
 * smaller. Each is refined once with the residual of the rows themselves, since a factor in float32 alone leaves errors where
 * the penalty is a small share of the largest eigenvalue.
 * @param sides the first one says how large inputs usually are (see `ridge`); a group that it never reaches stays as it is.
 * @throws LetheError `model-corrupt` for values that are not finite; `cancelled`.
 */
export async function fitCorrection(
  problem: ProjectionProblem,
  sides: readonly FitRows[],
  { ridge, bias, signal }: FitOptions,
): Promise<Correction> {
  const { in: size, out, groups } = problem;
  const perGroup = out / groups;
  const weight = matrix(out, size);
  const shift = bias ? new Float32Array(out) : undefined;
  for (let group = 0; group < groups; group++) {
    const square = meanSquare(problem, sides[0].inputs, group);
    if (square === 0) continue;
    const penalty = ridge * square;
    const one = Math.sqrt(square);
    const system = systemOf(problem, sides, group, bias ? one : null);
    const solve = system.rows < system.inputs ? solveDual : solvePrimal;
    const found = await solve(system, penalty, signal);
    for (let r = 0; r < perGroup; r++) {
      const row = found.data.subarray(r * system.inputs, (r + 1) * system.inputs);
      weight.data.set(row.subarray(0, size), (group * perGroup + r) * size);
      if (shift) shift[group * perGroup + r] = row[size] * one;
    }
  }
  return { weight, bias: shift };
}

/** One group's rows, each times the root of its weight, and its targets likewise, as columns (`outputs` x rows). */
interface System {
  readonly rows: number;
  /** The inputs of one row, the constant of the bias included. */
  readonly inputs: number;
  readonly targets: Matrix;
  /** Copies the values of one row to where `stride` says. */
  fill(row: number, to: Float32Array, offset: number, stride: number): void;
}

function systemOf(
  { in: size, out, groups }: ProjectionProblem,
  sides: readonly FitRows[],
  group: number,
  constant: number | null,
): System {
  const used = sides.filter((side) => side.weight > 0 && side.inputs.rows > 0);
  const rows = used.reduce((sum, side) => sum + side.inputs.rows, 0);
  const outputs = out / groups;
  const targets = matrix(outputs, rows);
  const places: { readonly from: Float32Array; readonly at: number; readonly root: number }[] = [];
  for (const { inputs, missing, weight } of used) {
    const root = Math.sqrt(weight);
    for (let r = 0; r < inputs.rows; r++) {
      const row = places.length;
      for (let o = 0; o < outputs; o++) {
        targets.data[o * rows + row] = root * missing.data[r * out + group * outputs + o];
      }
      places.push({ from: inputs.data, at: r * inputs.cols + group * size, root });
    }
  }
  return {
    rows,
    inputs: size + (constant === null ? 0 : 1),
    targets,
    fill(row, to, offset, stride) {
      const { from, at, root } = places[row];
      for (let i = 0; i < size; i++) to[offset + i * stride] = root * from[at + i];
      if (constant !== null) to[offset + size * stride] = root * constant;
    },
  };
}

/** With X^T X = A: D = Y X (A + penalty I)^-1. */
async function solvePrimal(system: System, penalty: number, signal?: AbortSignal): Promise<Matrix> {
  const { rows, inputs, targets } = system;
  const tiling = tilingOf(inputs);
  const strips = columnStrips(system, tiling);
  const gram = symmetricZeros(tiling);
  await addGram(gram, strips, signal);
  const factor = await Cholesky.factor(scaledPlusIdentity(gram, 1 / penalty), signal);
  /** values (outputs x rows) times X, as panels. */
  const timesRows = async (values: Matrix) => {
    const panels: Matrix[] = [];
    for (const strip of strips) {
      panels.push(await gemm(values, strip, matrix(values.rows, strip.rows), { transB: true, signal }));
    }
    return panels;
  };
  const first = await factor.solve(await timesRows(targets), signal);
  for (const panel of first) scale(panel, 1 / penalty);

  const rest = matrix(targets.rows, rows, targets.data.slice());
  for (const [i, strip] of strips.entries()) await gemm(first[i], strip, rest, { mode: 'subtract', signal });
  const gradient = await timesRows(rest);
  for (const [i, panel] of gradient.entries()) {
    for (let at = 0; at < panel.data.length; at++) panel.data[at] = panel.data[at] / penalty - first[i].data[at];
  }
  const second = await factor.solve(gradient, signal);
  const found = matrix(targets.rows, inputs);
  addColumns(found, first, tiling, 1);
  addColumns(found, second, tiling, 1);
  return found;
}

/** With X X^T = K: D = Y (K + penalty I)^-1 X. */
async function solveDual(system: System, penalty: number, signal?: AbortSignal): Promise<Matrix> {
  const { rows, inputs, targets } = system;
  const tiling = tilingOf(rows);
  const strips = rowStrips(system, tiling);
  const gram = symmetricZeros(tiling);
  await addGram(gram, strips, signal);
  const factor = await Cholesky.factor(scaledPlusIdentity(gram, 1 / penalty), signal);
  const panelsOf = (values: Matrix) => strips.map((strip, i) => columns(values, i * tiling.width, strip.rows));
  /** What coefficients of the rows make of the inputs. */
  const found = matrix(targets.rows, inputs);
  const add = async (coefficients: readonly Matrix[]) => {
    for (const [i, strip] of strips.entries()) await gemm(coefficients[i], strip, found, { mode: 'add', signal });
  };
  const first = await factor.solve(panelsOf(targets), signal);
  for (const panel of first) scale(panel, 1 / penalty);
  await add(first);

  const rest: Matrix[] = [];
  for (const [i, panel] of panelsOf(targets).entries()) {
    await gemm(found, strips[i], panel, { transB: true, mode: 'subtract', signal });
    for (let at = 0; at < panel.data.length; at++) panel.data[at] = panel.data[at] / penalty - first[i].data[at];
    rest.push(panel);
  }
  await add(await factor.solve(rest, signal));
  return found;
}

/** The rows as columns, cut into strips of inputs: products run along memory. */
function columnStrips(system: System, tiling: Tiling): Matrix[] {
  const { rows, inputs } = system;
  const whole = new Float32Array(inputs * rows);
  for (let row = 0; row < rows; row++) system.fill(row, whole, row, rows);
  return stripsOf(matrix(inputs, rows, whole), tiling);
}

function rowStrips(system: System, tiling: Tiling): Matrix[] {
  const { rows, inputs } = system;
  const whole = new Float32Array(rows * inputs);
  for (let row = 0; row < rows; row++) system.fill(row, whole, row * inputs, 1);
  return stripsOf(matrix(rows, inputs, whole), tiling);
}

function stripsOf({ rows, cols, data }: Matrix, { width, count }: Tiling): Matrix[] {
  return Array.from({ length: count }, (_, i) => {
    const end = Math.min(rows, (i + 1) * width);
    return matrix(end - i * width, cols, data.subarray(i * width * cols, end * cols));
  });
}

function columns({ rows, cols, data }: Matrix, from: number, count: number): Matrix {
  const part = matrix(rows, count);
  for (let r = 0; r < rows; r++) part.data.set(data.subarray(r * cols + from, r * cols + from + count), r * count);
  return part;
}

/** The mean diagonal of the second moment of one group's inputs. */
function meanSquare({ id, in: size }: ProjectionProblem, { rows, cols, data }: Matrix, group: number): number {
  let sum = 0;
  for (let r = 0; r < rows; r++) {
    const from = r * cols + group * size;
    for (let at = from; at < from + size; at++) sum += data[at] * data[at];
  }
  if (!Number.isFinite(sum)) throw notFinite(id);
  return sum === 0 ? 0 : sum / rows / size;
}
