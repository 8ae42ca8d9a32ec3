import { Matrix as DenseMatrix, inverse } from 'ml-matrix';
import { describe, expect, it } from 'vitest';
import { Random } from '../../../src/base/random.js';
import { type Matrix, matrix } from '../../../src/linalg/matrix.js';
import { type Affine, outputsOf, refitted, withoutClasses, withoutRows } from '../../../src/unlearn/refit.js';
import { relativeError, toDense } from '../../support/mathematics/svdReference.js';
import { columnsOf, randomVectors, sideBySide } from '../../support/mathematics/vectors.js';

interface Case {
  readonly name: string;
  readonly in: number;
  readonly out: number;
  readonly groups: number;
  readonly retain: number;
  readonly forget: number;
  readonly lambda?: number;
}

const cases: Case[] = [
  { name: 'primal', in: 30, out: 12, groups: 1, retain: 150, forget: 80 },
  { name: 'dual', in: 120, out: 12, groups: 1, retain: 40, forget: 30 },
  { name: 'grouped', in: 12, out: 8, groups: 4, retain: 90, forget: 60 },
  { name: 'depthwise', in: 9, out: 16, groups: 16, retain: 90, forget: 60, lambda: 2 },
  { name: 'a forget side that counts little', in: 25, out: 6, groups: 1, retain: 80, forget: 50, lambda: 0.1 },
];

const MU = 0.01;

function build(shape: Case) {
  const random = new Random(9);
  const vectors = (count: number) =>
    sideBySide(
      Array.from({ length: shape.groups }, () => {
        const part = randomVectors(count, shape.in, random);
        return matrix(
          part.rows,
          part.cols,
          part.data.map((value) => Math.max(0, value)),
        );
      }),
    );
  const noisy = ({ rows, cols, data }: Matrix, amount: number) =>
    matrix(
      rows,
      cols,
      data.map((value) => value + amount * random.normal()),
    );
  const retainBefore = vectors(shape.retain);
  const weight = matrix(shape.out, shape.in).data.map(() => random.normal());
  const original: Affine = {
    weight: matrix(shape.out, shape.in, weight),
    bias: new Float32Array(shape.out).map(() => random.normal()),
  };
  const projected = { weight: noisy(original.weight, 0.3), bias: original.bias };
  return { original, projected, retainBefore, retain: noisy(retainBefore, 0.2), forget: vectors(shape.forget) };
}

/** W with its bias as one more column, which weighs an input that is always `one`. */
function withBias({ weight, bias }: Affine, rows: [from: number, to: number], one: number): DenseMatrix {
  const dense = toDense(weight).subMatrix(rows[0], rows[1] - 1, 0, weight.cols - 1);
  if (bias) dense.addColumn([...bias.subarray(...rows)].map((value) => value / one));
  return dense;
}

function withOne(inputs: Matrix, one: number | null): DenseMatrix {
  const dense = toDense(inputs);
  if (one !== null) dense.addColumn(new Array(inputs.rows).fill(one));
  return dense;
}

describe('a refitted layer', () => {
  for (const shape of cases) {
    it.each([true, false])(`is what the closed form says: ${shape.name}, with a bias: %s`, async (isBiased) => {
      const { retainBefore, retain, forget, ...built } = build(shape);
      const [original, projected] = [built.original, built.projected].map(
        (layer): Affine => (isBiased ? layer : { ...layer, bias: null }),
      );
      const problem = { id: 'layer', ...shape };
      const lambda = shape.lambda ?? 1;
      const outputs = await outputsOf(problem, original, retainBefore);
      const found = await refitted(
        problem,
        projected,
        { retain: { inputs: retain, outputs }, forget: { inputs: forget, outputs: null } },
        { lambda, mu: MU },
      );
      const perGroup = shape.out / shape.groups;
      for (let g = 0; g < shape.groups; g++) {
        const rows: [number, number] = [g * perGroup, (g + 1) * perGroup];
        const part = (whole: Matrix) => columnsOf(whole, g * shape.in, (g + 1) * shape.in);
        const square = toDense(part(retain)).pow(2).mean();
        const one = Math.sqrt(square);
        const of = (whole: Matrix) => withOne(part(whole), isBiased ? one : null);
        const [x, now, f] = [of(retainBefore), of(retain), of(forget)];
        const [w, wp] = [withBias(original, rows, one), withBias(projected, rows, one)];
        const mean = (a: DenseMatrix, b: DenseMatrix) => a.transpose().mmul(b).div(a.rows);
        const [crossed, second, forgotten] = [mean(x, now), mean(now, now), mean(f, f).mul(lambda)];
        const ridge = DenseMatrix.eye(second.rows).mul(MU * square);
        const left = w.mmul(crossed).add(wp.mmul(forgotten)).add(wp.mmul(ridge));
        const expected = left.mmul(inverse(DenseMatrix.add(second, forgotten).add(ridge)));
        const edited = withBias({ weight: found.weight, bias: found.bias ?? null }, rows, one);
        expect(relativeError(edited, expected)).toBeLessThan(1e-4);
      }
    });
  }

  it('is wanted to give a forgotten class the smallest of a row’s outputs', () => {
    const outputs = matrix(2, 3, Float32Array.of(5, 1, 2, -1, 0, 7));
    expect([...withoutClasses(outputs, [0]).data]).toEqual([1, 1, 2, -1, 0, 7]);
    expect([...withoutClasses(outputs, [0, 2]).data]).toEqual([1, 1, 1, -1, 0, -1]);
    expect([...outputs.data]).toEqual([5, 1, 2, -1, 0, 7]);
  });
});

it('what a last layer starts from has nothing of the classes to forget', () => {
  const layer = {
    weight: matrix(4, 2, Float32Array.of(1, 2, 30, 40, 5, 6, 70, 80)),
    bias: Float32Array.of(1, 20, 3, 40),
  };
  const { weight, bias } = withoutRows(layer, [1, 3]);
  expect([...weight.data]).toEqual([1, 2, 3, 4, 5, 6, 3, 4]);
  expect([...bias!]).toEqual([1, 2, 3, 2]);
  expect(withoutRows({ ...layer, bias: null }, [0]).bias).toBeNull();
  expect([...layer.weight.data.subarray(2, 4)]).toEqual([30, 40]);
});
