import { Matrix as DenseMatrix, inverse } from 'ml-matrix';
import { describe, expect, it } from 'vitest';
import { Random } from '../../../src/base/random.js';
import { matrix, meanRow } from '../../../src/linalg/matrix.js';
import { fitDetector, meansApart, rootsOf, withoutDetected } from '../../../src/unlearn/erasure.js';
import { outputsOf } from '../../../src/unlearn/refit.js';
import { relativeError, toDense } from '../../support/mathematics/svdReference.js';
import { randomVectors } from '../../support/mathematics/vectors.js';

const WIDTH = 20;
const random = new Random(4);
const shifted = (rows: number, shift: number) => {
  const { data } = randomVectors(rows, WIDTH, random);
  return matrix(
    rows,
    WIDTH,
    data.map((value, at) => value + (at % WIDTH < 4 ? shift : 1)),
  );
};
const inputs = { retain: shifted(300, 0), forget: shifted(90, 1.5) };

describe('the detector of samples to forget', () => {
  it.each([true, false])(
    'is the ridge regression of their label, both sides counting alike (bias: %s)',
    async (bias) => {
      const found = await fitDetector(inputs, { bias });
      const square = toDense(inputs.retain).pow(2).mean();
      const one = Math.sqrt(square);
      const rowsOf = (side: keyof typeof inputs) => {
        const rows = toDense(inputs[side]);
        return bias ? rows.addColumn(new Array(rows.rows).fill(one)) : rows;
      };
      const [retain, forget] = [rowsOf('retain'), rowsOf('forget')];
      const moment = (rows: DenseMatrix) =>
        rows
          .transpose()
          .mmul(rows)
          .div(2 * rows.rows);
      const system = moment(retain)
        .add(moment(forget))
        .add(DenseMatrix.eye(retain.columns).mul(0.1 * square));
      const expected = DenseMatrix.rowVector(forget.mean('column')).div(2).mmul(inverse(system));
      const whole = [...found.direction, ...(bias ? [found.offset / one] : [])];
      expect(relativeError(DenseMatrix.rowVector(whole), expected)).toBeLessThan(1e-4);
      if (!bias) expect(found.offset).toBe(0);
    },
  );

  it('tells how far it holds the sides apart', async () => {
    const found = await fitDetector(inputs, { bias: true });
    const mean = (side: keyof typeof inputs) =>
      meanRow(inputs[side]).reduce((sum, value, at) => sum + value * found.direction[at], 0);
    expect(meansApart(found, inputs)).toBeCloseTo(mean('forget') - mean('retain'), 6);
    expect(meansApart(found, inputs)).toBeGreaterThan(0.4);
  });

  it('takes the difference of the mean outputs out of a layer, which changes in one direction only', async () => {
    const layer = { weight: randomVectors(7, WIDTH, random), bias: new Float32Array(7).map(() => random.normal()) };
    const problem = { id: 'layer', in: WIDTH, out: 7, groups: 1 };
    const found = await fitDetector(inputs, { bias: true });
    const gap = async (affine: typeof layer) => {
      const [retain, forget] = [inputs.retain, inputs.forget].map((rows) => outputsOf(problem, affine, rows));
      const [kept, forgotten] = [meanRow(await retain), meanRow(await forget)];
      return forgotten.map((value, at) => value - kept[at]);
    };
    const before = await gap(layer);
    const told = meansApart(found, inputs);
    const edit = withoutDetected(
      layer,
      found,
      before.map((value) => value / told),
    );
    const after = await gap({ weight: edit.weight, bias: Float32Array.from(edit.bias!) });
    expect(Math.hypot(...after)).toBeLessThan(1e-4 * Math.hypot(...before));
    const change = DenseMatrix.sub(toDense(layer.weight), toDense(edit.weight)).addColumn([
      ...layer.bias.map((value, at) => value - edit.bias![at]),
    ]);
    const expected = DenseMatrix.columnVector([...before].map((value) => value / told)).mmul(
      DenseMatrix.rowVector([...found.direction, found.offset]),
    );
    expect(relativeError(change, expected)).toBeLessThan(1e-4);
    expect(withoutDetected({ ...layer, bias: null }, found, before).bias).toBeUndefined();
  });
});

describe('roots of many functions at once', () => {
  const functions = [
    (x: number) => 2 - x,
    (x: number) => Math.max(0, 3 - x) + Math.max(0, 0.5 - x) - 1,
    (x: number) => Math.exp(-x) - 0.2,
    () => 0,
  ];
  const evaluate = async (at: Float64Array) => at.map((x, i) => functions[i](x));
  const atZero = Float64Array.from(functions, (of) => of(0));

  it('are found, and none is looked for where the value is known to be zero', async () => {
    const options = { atZero, first: Float64Array.of(1, 1, 1, 0), rounds: 12, enough: 1e-6 };
    const roots = await rootsOf(evaluate, options);
    for (const [i, of] of functions.entries()) expect(Math.abs(of(roots[i]))).toBeLessThan(1e-5);
    expect(roots[3]).toBe(0);
  });

  it('end where they are good enough, and after so many rounds the best places that were seen are told', async () => {
    const seen: Float64Array[] = [];
    const watched = async (at: Float64Array) => {
      seen.push(at.slice());
      return evaluate(at);
    };
    const first = Float64Array.of(2, 1, 1, 0);
    await rootsOf(watched, { atZero, first, rounds: 9, enough: 0.9 });
    expect(seen).toHaveLength(1);
    const best = await rootsOf(watched, { atZero, first: Float64Array.of(40, 1, 1, 0), rounds: 1, enough: 0 });
    // Farther from the root than 0 is.
    expect(best[0]).toBe(0);
    expect(best[1]).toBe(1);
    expect(seen).toHaveLength(2);
  });

  it('are left alone where a function does not change', async () => {
    const constant = async (at: Float64Array) => at.map(() => 1);
    const options = { atZero: Float64Array.of(1), first: Float64Array.of(1), rounds: 4, enough: 0 };
    expect(await rootsOf(constant, options)).toEqual(Float64Array.of(0));
  });
});
