import { breathe } from '../base/abort.js';
import { gemm } from '../linalg/gemm.js';
import { type Matrix, matrix } from '../linalg/matrix.js';
import type { LayerEdit } from '../linalg/weightEdits.js';
import { fitCorrection } from './leastSquares.js';
import type { ProjectionProblem } from './stream.js';

/** A weight and, where the layer has one, its bias. */
export interface Affine {
  readonly weight: Matrix;
  readonly bias: Float32Array | null;
}

/** Rows of one side: what the layer is given in the network edited so far, and what it is to give for that. */
export interface Wanted {
  /** n x (groups * in). */
  readonly inputs: Matrix;
  /** n x out; null: what the projected layer gives. */
  readonly outputs: Matrix | null;
}

export interface RefitOptions {
  /** Weight of the forget side's mean squared error beside that of the retain side. */
  readonly lambda: number;
  /** Weight of the distance from the projected layer, as a share of the mean square of an input. */
  readonly mu: number;
  readonly signal?: AbortSignal;
}

/**
 * Fits a projected layer by least squares, so that retain samples get what is wanted of them while forget samples keep what the
 * projection makes of them:
 *
 *   W' = argmin E_r |W' x' - y|^2 + lambda E_f |W' x' - W_p x'|^2 + mu t |W' - W_p|^2,  t = mean diagonal of E_r[x' x'^T]
 *
 * for W with its bias as one more column and inputs with a constant appended (see `FitOptions`); solved for the difference W' - W_p.
 */
export async function refitted(
  problem: ProjectionProblem,
  projected: Affine,
  sides: { readonly retain: Wanted; readonly forget: Wanted },
  { lambda, mu, signal }: RefitOptions,
): Promise<LayerEdit> {
  const rowsOf = async ({ inputs, outputs }: Wanted, weight: number) => ({
    inputs,
    missing: outputs
      ? difference(outputs, await outputsOf(problem, projected, inputs, signal))
      : matrix(inputs.rows, problem.out),
    weight: weight / Math.max(1, inputs.rows),
  });
  const rows = [await rowsOf(sides.retain, 1), await rowsOf(sides.forget, lambda)];
  const bias = projected.bias !== null;
  const correction = await fitCorrection(problem, rows, { ridge: mu, bias, signal });
  return {
    weight: sum(projected.weight, correction.weight),
    bias: projected.bias?.map((value, at) => value + correction.bias![at]),
  };
}

/** W x + b for every row x: n x out. */
export async function outputsOf(
  { in: size, out, groups }: ProjectionProblem,
  { weight, bias }: Affine,
  inputs: Matrix,
  signal?: AbortSignal,
): Promise<Matrix> {
  const outputs = matrix(inputs.rows, out);
  if (groups === 1) await gemm(inputs, weight, outputs, { transB: true, signal });
  else await multiplyGroups(inputs, weight, outputs, { size, perGroup: out / groups, signal });
  if (bias) {
    for (let at = 0; at < outputs.data.length; at += out) for (let o = 0; o < out; o++) outputs.data[at + o] += bias[o];
  }
  return outputs;
}

/** Multiply-adds in one go: some ten milliseconds. */
const CHUNK = 2e7;

async function multiplyGroups(
  inputs: Matrix,
  weight: Matrix,
  outputs: Matrix,
  { size, perGroup, signal }: { readonly size: number; readonly perGroup: number; readonly signal?: AbortSignal },
): Promise<void> {
  const rows = Math.max(1, Math.floor(CHUNK / (outputs.cols * size)));
  for (let r = 0; r < inputs.rows; r++) {
    if (r % rows === 0) await breathe(signal);
    for (let o = 0; o < outputs.cols; o++) {
      const from = r * inputs.cols + Math.floor(o / perGroup) * size;
      let value = 0;
      for (let i = 0; i < size; i++) value += inputs.data[from + i] * weight.data[o * size + i];
      outputs.data[r * outputs.cols + o] = value;
    }
  }
}

/** The outputs of a last layer with those of the forgotten classes lowered to the smallest of their row. */
export function withoutClasses({ rows, cols, data }: Matrix, classes: readonly number[]): Matrix {
  const lowered = matrix(rows, cols, data.slice());
  for (let at = 0; at < data.length; at += cols) {
    let least = Number.POSITIVE_INFINITY;
    for (let c = at; c < at + cols; c++) least = Math.min(least, data[c]);
    for (const name of classes) lowered.data[at + name] = least;
  }
  return lowered;
}

/** A last layer whose rows for forgotten classes are the mean of the others: nothing holds on to what they were. */
export function withoutRows({ weight: { rows, cols, data }, bias }: Affine, classes: readonly number[]): Affine {
  const kept = Array.from({ length: rows }, (_, row) => row).filter((row) => !classes.includes(row));
  const replaced = (values: Float32Array, width: number) => {
    const all = values.slice();
    for (const row of classes) {
      for (let at = 0; at < width; at++) {
        all[row * width + at] = kept.reduce((sum, other) => sum + values[other * width + at], 0) / kept.length;
      }
    }
    return all;
  };
  return { weight: matrix(rows, cols, replaced(data, cols)), bias: bias && replaced(bias, 1) };
}

function difference(a: Matrix, b: Matrix): Matrix {
  return matrix(
    a.rows,
    a.cols,
    a.data.map((value, at) => value - b.data[at]),
  );
}

function sum(a: Matrix, b: Matrix): Matrix {
  return matrix(
    a.rows,
    a.cols,
    a.data.map((value, at) => value + b.data[at]),
  );
}
