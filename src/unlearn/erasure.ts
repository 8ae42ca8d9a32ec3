import { type Matrix, matrix } from '../linalg/matrix.js';
import type { LayerEdit } from '../linalg/weightEdits.js';
import { fitCorrection } from './leastSquares.js';
import type { Affine } from './refit.js';
import type { Side } from './stream.js';

/** A linear function of what a layer reads: near 1 for samples to forget, near 0 for others. */
export interface Detector {
  readonly direction: Float32Array;
  /** 0 where the layer has no bias that could take it up. */
  readonly offset: number;
}

/** At most so often are the hidden features looked at for one candidate: once as they are, then to see what an erasure does. */
export const ERASURE_LOOKS = 6;

/** Penalty of the detector, as a share of the mean square of an input. */
const RIDGE = 0.1;

/**
 * Ridge regression of 1 (forget) and 0 (retain) on what a layer reads, both sides counting alike.
 * @param inputs a vector a sample: n x in.
 * @param options whether the layer has a bias that may change.
 */
export async function fitDetector(
  inputs: Readonly<Record<Side, Matrix>>,
  { bias, signal }: { readonly bias: boolean; readonly signal?: AbortSignal },
): Promise<Detector> {
  const sides = [inputs.retain, inputs.forget].map((rows, wanted) => {
    const missing = matrix(rows.rows, 1, new Float32Array(rows.rows).fill(wanted));
    return { inputs: rows, missing, weight: 0.5 / rows.rows };
  });
  const problem = { id: 'detector', in: inputs.retain.cols, out: 1, groups: 1 };
  const found = await fitCorrection(problem, sides, { ridge: RIDGE, bias, signal });
  return { direction: found.weight.data, offset: found.bias?.[0] ?? 0 };
}

/** How much more the detector gives for samples to forget, on average. */
export function meansApart({ direction }: Detector, { retain, forget }: Readonly<Record<Side, Matrix>>): number {
  const mean = ({ rows, cols, data }: Matrix) => {
    return data.reduce((sum, value, at) => sum + value * direction[at % cols], 0) / rows;
  };
  return mean(forget) - mean(retain);
}

/**
 * The layer less what the detector tells, channel by channel: W x + b - v (u x + c). With v the difference of the two sides' mean
 * outputs this takes that difference out and little else (linear concept erasure; Belrose et al., LEACE, NeurIPS 2023, arXiv
 * 2306.03819); another v makes up for what activation functions do behind the layer.
 * @param amounts v, one a channel.
 */
export function withoutDetected(
  { weight, bias }: Affine,
  { direction, offset }: Detector,
  amounts: Float64Array,
): LayerEdit {
  const { rows, cols, data } = weight;
  const changed = data.slice();
  for (let o = 0; o < rows; o++) for (let i = 0; i < cols; i++) changed[o * cols + i] -= amounts[o] * direction[i];
  return { weight: matrix(rows, cols, changed), bias: bias?.map((value, o) => value - amounts[o] * offset) };
}

export interface RootOptions {
  /** Values at 0, which are known. */
  readonly atZero: Float64Array;
  /** Where to look next. */
  readonly first: Float64Array;
  readonly rounds: number;
  /** A round that leaves no more than this share of the values at 0 is the last. */
  readonly enough: number;
}

/** Many places, and the value of each one's function there. */
interface Evaluated {
  readonly at: Float64Array;
  readonly values: Float64Array;
}

/** A step of the secant method may be so many times as long as the one before: functions may be flat where they are looked at. */
const LONGEST_STEP = 3;

/**
 * The roots of many functions of one variable each, which are evaluated at once (secant method).
 * @returns for each function the place of its smallest value that was seen.
 */
export async function rootsOf(
  evaluate: (at: Float64Array) => Promise<Float64Array>,
  { atZero, first, rounds, enough }: RootOptions,
): Promise<Float64Array> {
  const best: Evaluated = { at: new Float64Array(first.length), values: atZero.slice() };
  let last: Evaluated = { at: best.at.slice(), values: atZero };
  let next = first;
  for (let round = 0; round < rounds; round++) {
    const here = { at: next, values: await evaluate(next) };
    for (const [i, value] of here.values.entries()) {
      if (Math.abs(value) >= Math.abs(best.values[i])) continue;
      best.at[i] = here.at[i];
      best.values[i] = value;
    }
    if (Math.hypot(...best.values) <= enough * Math.hypot(...atZero)) break;
    const before = last;
    next = here.at.map((at, i) => {
      const step = at - before.at[i];
      const rise = here.values[i] - before.values[i];
      if (step === 0 || rise === 0) return at;
      const most = LONGEST_STEP * Math.abs(step);
      return at - Math.max(-most, Math.min(most, (here.values[i] * step) / rise));
    });
    last = here;
  }
  return best.at;
}
