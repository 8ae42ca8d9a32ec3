import { Matrix as DenseMatrix, solve } from 'ml-matrix';
import { describe, expect, it } from 'vitest';
import { Random } from '../../../src/base/random.js';
import { type Matrix, matrix } from '../../../src/linalg/matrix.js';
import { type FitRows, fitCorrection } from '../../../src/unlearn/leastSquares.js';
import { relativeError, toDense } from '../../support/mathematics/svdReference.js';
import { columnsOf, randomVectors, type Spread, sideBySide } from '../../support/mathematics/vectors.js';

interface Case extends Spread {
  readonly name: string;
  readonly in: number;
  readonly out: number;
  readonly groups?: number;
  readonly retain: number;
  readonly forget: number;
  readonly ridge?: number;
  /** What every input has on average: activations behind a ReLU have one. */
  readonly mean?: number;
}

const cases: Case[] = [
  { name: 'more rows than inputs', in: 40, out: 12, retain: 200, forget: 100 },
  { name: 'several tiles', in: 520, out: 8, retain: 600, forget: 200, decay: 1.5 },
  { name: 'fewer rows than inputs (dual)', in: 300, out: 20, retain: 60, forget: 30 },
  { name: 'dual, several tiles', in: 600, out: 8, retain: 400, forget: 130 },
  { name: 'a large mean', in: 200, out: 15, retain: 500, forget: 200, mean: 5 },
  { name: 'a large mean, dual', in: 400, out: 15, retain: 200, forget: 100, mean: 5 },
  { name: 'rank-deficient', in: 80, out: 10, retain: 300, forget: 50, rank: 5 },
  { name: 'one row a side', in: 30, out: 4, retain: 1, forget: 1 },
  { name: 'no row to forget', in: 30, out: 4, retain: 90, forget: 0 },
  { name: 'grouped', in: 18, out: 24, groups: 4, retain: 150, forget: 100 },
  { name: 'depthwise', in: 9, out: 32, groups: 32, retain: 120, forget: 90 },
  { name: 'depthwise with a multiplier', in: 9, out: 40, groups: 20, retain: 120, forget: 90 },
  { name: 'a strong ridge', in: 60, out: 10, retain: 150, forget: 60, ridge: 1 },
];

const RIDGE = 0.01;

function build(shape: Case) {
  const random = new Random(3);
  const groups = shape.groups ?? 1;
  const problem = { id: 'layer', in: shape.in, out: shape.out, groups };
  const side = (count: number, weight: number): FitRows => {
    const vectors = Array.from({ length: groups }, () => randomVectors(count, shape.in, random, shape));
    const inputs = sideBySide(vectors);
    for (let at = 0; at < inputs.data.length; at++) inputs.data[at] += shape.mean ?? 0;
    const missing = matrix(
      count,
      shape.out,
      Float32Array.from({ length: count * shape.out }, () => random.normal()),
    );
    return { inputs, missing, weight };
  };
  const sides = [side(shape.retain, 1 / shape.retain), side(shape.forget, 0.7 / Math.max(1, shape.forget))];
  return { problem, sides };
}

/** The normal equations in float64, one group's columns of inputs and of targets; a bias weighs an input as large as the others. */
function reference(
  sides: readonly { inputs: Matrix; missing: Matrix; weight: number }[],
  ridge: number,
  bias: boolean,
) {
  const size = sides[0].inputs.cols + (bias ? 1 : 0);
  let left = DenseMatrix.zeros(size, size);
  let right = DenseMatrix.zeros(size, sides[0].missing.cols);
  let [penalty, one] = [0, 0];
  for (const [at, { inputs, missing, weight }] of sides.entries()) {
    if (inputs.rows === 0) continue;
    const x = toDense(inputs);
    if (at === 0) {
      const square = x.transpose().mmul(x).trace() / inputs.rows / inputs.cols;
      penalty = ridge * square;
      one = Math.sqrt(square);
    }
    if (bias) x.addColumn(new Array(inputs.rows).fill(one));
    const second = x.transpose().mmul(x);
    left = left.add(second.mul(weight));
    right = right.add(x.transpose().mmul(toDense(missing)).mul(weight));
  }
  const found = solve(left.add(DenseMatrix.eye(size).mul(penalty)), right).transpose();
  return bias ? found.mulColumn(size - 1, one) : found;
}

describe('a correction', () => {
  for (const shape of cases) {
    it.each([false, true])(`solves the normal equations: ${shape.name}, with a bias: %s`, async (bias) => {
      const { problem, sides } = build(shape);
      const ridge = shape.ridge ?? RIDGE;
      const found = await fitCorrection(problem, sides, { ridge, bias });
      expect(found.bias?.length).toBe(bias ? problem.out : undefined);
      const perGroup = problem.out / problem.groups;
      for (let g = 0; g < problem.groups; g++) {
        const part = (whole: Matrix, width: number) => columnsOf(whole, g * width, (g + 1) * width);
        const group = sides.map(({ inputs, missing, weight }) => {
          return { inputs: part(inputs, problem.in), missing: part(missing, perGroup), weight };
        });
        const rows = Array.from({ length: perGroup }, (_, r) => {
          const row = g * perGroup + r;
          const weights = [...found.weight.data.subarray(row * problem.in, (row + 1) * problem.in)];
          return bias ? [...weights, found.bias![row]] : weights;
        });
        const expected = reference(group, ridge, bias);
        expect(relativeError(new DenseMatrix(rows), expected)).toBeLessThan(1e-4);
      }
    });
  }

  it.each([1e-3, 255])('is the same in other units of the inputs: times %s', async (unit) => {
    const { problem, sides } = build({ ...cases[0], mean: 1 });
    const scaled = sides.map((side) => ({
      ...side,
      inputs: matrix(
        side.inputs.rows,
        side.inputs.cols,
        side.inputs.data.map((value) => unit * value),
      ),
    }));
    const [one, other] = [
      await fitCorrection(problem, sides, { ridge: RIDGE, bias: true }),
      await fitCorrection(problem, scaled, { ridge: RIDGE, bias: true }),
    ];
    const back = matrix(
      problem.out,
      problem.in,
      other.weight.data.map((value) => unit * value),
    );
    expect(relativeError(back, toDense(one.weight))).toBeLessThan(1e-4);
    expect(Math.max(...one.bias!.map((value, at) => Math.abs(value - other.bias![at])))).toBeLessThan(1e-4);
  });

  it('leaves a group alone that no retained row reaches', async () => {
    const inputs = matrix(2, 4, Float32Array.of(1, 2, 0, 0, 3, 1, 0, 0));
    const missing = matrix(2, 2, Float32Array.of(1, 1, 1, 1));
    const sides = [{ inputs, missing, weight: 0.5 }];
    const { weight } = await fitCorrection({ id: 'l', in: 2, out: 2, groups: 2 }, sides, { ridge: 0.1, bias: false });
    expect([...weight.data.subarray(0, 2)].every((value) => value !== 0)).toBe(true);
    expect([...weight.data.subarray(2)]).toEqual([0, 0]);
  });

  it('names the layer that is reached by what is no number', async () => {
    const inputs = matrix(1, 2, Float32Array.of(1, Number.NaN));
    const sides = [{ inputs, missing: matrix(1, 1), weight: 1 }];
    const problem = { id: 'conv1', in: 2, out: 1, groups: 1 };
    await expect(fitCorrection(problem, sides, { ridge: 0.1, bias: true })).rejects.toThrow('layer "conv1"');
  });
});
