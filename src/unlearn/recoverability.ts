import { Random } from '../base/random.js';
import type { Recoverability } from '../contract/records.js';
import { gemm } from '../linalg/gemm.js';
import { type Matrix, matrix } from '../linalg/matrix.js';
import { meanOf } from './folds.js';
import { fitCorrection } from './leastSquares.js';

/** Hidden features of samples, n x width: of the classes to forget, and of all others. */
export interface Features {
  readonly forget: Matrix;
  readonly rest: Matrix;
}

/** Penalty of the probe, as a share of a standardised feature's variance: little, but enough for fewer samples than features. */
const RIDGE = 1e-2;

/**
 * A linear probe: ridge regression of +1 (forgotten) and -1 (rest), both sides counting alike, on standardised features; fitted
 * to some samples and judged on others. For labels of two classes that is Fisher's discriminant with a shrunken covariance.
 */
export async function recoverability(
  fitted: Features,
  judged: Features,
  signal?: AbortSignal,
): Promise<Recoverability> {
  const standardise = standardiser([fitted.forget, fitted.rest]);
  const { cols } = fitted.forget;
  const sides = [fitted.forget, fitted.rest].map((features, at) => {
    const missing = matrix(features.rows, 1).data.fill(at === 0 ? 1 : -1);
    return { inputs: standardise(features), missing: matrix(features.rows, 1, missing), weight: 0.5 / features.rows };
  });
  const problem = { id: 'probe', in: cols, out: 1, groups: 1 };
  const probe = await fitCorrection(problem, sides, { ridge: RIDGE, bias: true, signal });
  const scoresOf = async (features: Matrix) => {
    const { data } = await gemm(standardise(features), probe.weight, matrix(features.rows, 1), {
      transB: true,
      signal,
    });
    return data.map((score) => score + probe.bias![0]);
  };
  const [forget, rest] = [await scoresOf(judged.forget), await scoresOf(judged.rest)];
  const [found, spared] = [share(forget, (score) => score > 0), share(rest, (score) => score <= 0)];
  const variance = (found * (1 - found)) / forget.length + (spared * (1 - spared)) / rest.length;
  return { balancedAccuracy: (found + spared) / 2, error: Math.sqrt(variance) / 2, auc: areaUnderCurve(forget, rest) };
}

/** Parts that features are cut into, each judged by a probe that was fitted to the others. */
const PARTS = 4;

/**
 * The same with the samples of both sides cut into parts, so that all of them are judged.
 * @returns null where a side has too few samples to fit and to judge.
 */
export async function crossValidated(features: Features, signal?: AbortSignal): Promise<Recoverability | null> {
  if (Math.min(features.forget.rows, features.rest.rows) < PARTS) return null;
  const partOf = { forget: partsOf(features.forget.rows), rest: partsOf(features.rest.rows) };
  const results: Recoverability[] = [];
  for (let part = 0; part < PARTS; part++) {
    const side = (isJudged: boolean): Features => {
      const within = (name: keyof Features) =>
        rowsOf(features[name], (row) => (partOf[name][row] === part) === isJudged);
      return { forget: within('forget'), rest: within('rest') };
    };
    results.push(await recoverability(side(false), side(true), signal));
  }
  return meanOf(results);
}

/** Parts of almost the same size, mixed: samples may come class by class, or one of each class in turn. */
function partsOf(rows: number): readonly number[] {
  return new Random(1).sample(rows, rows).map((place) => place % PARTS);
}

function rowsOf({ rows, cols, data }: Matrix, is: (row: number) => boolean): Matrix {
  const chosen = Array.from({ length: rows }, (_, row) => row).filter(is);
  const out = matrix(chosen.length, cols);
  for (const [to, from] of chosen.entries()) out.data.set(data.subarray(from * cols, (from + 1) * cols), to * cols);
  return out;
}

/** Brings features to mean 0 and variance 1 over all these samples; those that never change become 0. */
function standardiser(samples: readonly Matrix[]): (features: Matrix) => Matrix {
  const { cols } = samples[0];
  const [mean, square] = [new Float64Array(cols), new Float64Array(cols)];
  let rows = 0;
  for (const { data, rows: count } of samples) {
    rows += count;
    for (let at = 0; at < data.length; at++) {
      mean[at % cols] += data[at];
      square[at % cols] += data[at] * data[at];
    }
  }
  const scale = new Float64Array(cols);
  for (let c = 0; c < cols; c++) {
    mean[c] /= rows;
    const variance = square[c] / rows - mean[c] ** 2;
    scale[c] = variance > 1e-12 * (square[c] / rows) ? 1 / Math.sqrt(variance) : 0;
  }
  return ({ rows: count, data }) =>
    matrix(
      count,
      cols,
      data.map((value, at) => (value - mean[at % cols]) * scale[at % cols]),
    );
}

function share(values: Float32Array, is: (value: number) => boolean): number {
  return values.reduce((count, value) => count + Number(is(value)), 0) / values.length;
}

/** The share of pairs in which the first is larger; ties count half (Mann and Whitney's U over all pairs). */
function areaUnderCurve(positive: Float32Array, negative: Float32Array): number {
  const sorted = Float32Array.from(negative).sort();
  let wins = 0;
  for (const score of positive) wins += (countBelow(sorted, score) + countUpTo(sorted, score)) / 2;
  return wins / (positive.length * negative.length);
}

function countBelow(sorted: Float32Array, value: number): number {
  return bisect(sorted, (other) => other < value);
}

function countUpTo(sorted: Float32Array, value: number): number {
  return bisect(sorted, (other) => other <= value);
}

/** How many at the beginning satisfy a condition that no later one does once one does not. */
function bisect(sorted: Float32Array, is: (value: number) => boolean): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (is(sorted[middle])) low = middle + 1;
    else high = middle;
  }
  return low;
}
