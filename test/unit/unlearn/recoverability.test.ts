import { Matrix as DenseMatrix, solve } from 'ml-matrix';
import { describe, expect, it } from 'vitest';
import { Random } from '../../../src/base/random.js';
import { type Matrix, matrix } from '../../../src/linalg/matrix.js';
import { crossValidated, type Features, recoverability } from '../../../src/unlearn/recoverability.js';
import { toDense } from '../../support/mathematics/svdReference.js';

const WIDTH = 6;

/** Normal features around a centre; feature 5 never changes, feature 4 is a thousand times as large as the others. */
function features(count: number, centre: number, random: Random): Matrix {
  const values = Float32Array.from({ length: count * WIDTH }, (_, at) => {
    const column = at % WIDTH;
    if (column === 5) return 3;
    return (column === 0 ? centre : 0) + random.normal() * (column === 4 ? 1000 : 1);
  });
  return matrix(count, WIDTH, values);
}

const both = (forget: number, rest: number, distance: number, random: Random) => ({
  forget: features(forget, distance, random),
  rest: features(rest, 0, random),
});

describe('recoverability', () => {
  it.each([
    // Two normal distributions that lie so far apart: Phi(d / 2) are told rightly, and the area is Phi(d / sqrt 2).
    [0, 0.5, 0.5],
    [1, 0.691, 0.76],
    [2, 0.841, 0.921],
    [4, 0.977, 0.998],
  ])('is that of two normal distributions at a distance of %s', async (distance, accuracy, area) => {
    const random = new Random(4);
    const found = await recoverability(both(2000, 6000, distance, random), both(4000, 9000, distance, random));
    expect(found.balancedAccuracy).toBeCloseTo(accuracy, 1);
    expect(Math.abs(found.balancedAccuracy - accuracy)).toBeLessThan(4 * found.error + 0.01);
    expect(Math.abs(found.auc - area)).toBeLessThan(0.02);
    const expected = Math.sqrt((accuracy * (1 - accuracy)) / 4000 + (accuracy * (1 - accuracy)) / 9000) / 2;
    expect(found.error / expected).toBeGreaterThan(0.9);
    expect(found.error / expected).toBeLessThan(1.1);
  });

  it('does not hang on how many samples there are of each side', async () => {
    const random = new Random(6);
    const even = await recoverability(both(500, 500, 1.5, random), both(3000, 3000, 1.5, random));
    const uneven = await recoverability(both(500, 9000, 1.5, random), both(3000, 3000, 1.5, random));
    expect(Math.abs(even.balancedAccuracy - uneven.balancedAccuracy)).toBeLessThan(0.03);
  });

  it('is a guess where all features are the same', async () => {
    const same = { forget: matrix(3, 2, new Float32Array(6).fill(1)), rest: matrix(4, 2, new Float32Array(8).fill(1)) };
    const { balancedAccuracy, auc } = await recoverability(same, same);
    expect([balancedAccuracy, auc]).toEqual([0.5, 0.5]);
  });
});

/**
 * The same probe by the normal equations in float64: standardised features and one that never changes, +1 for what is to be
 * forgotten and -1 for the rest, both sides counting one half.
 */
function reference(fitted: Features, judged: Features) {
  const [forget, rest] = [toDense(fitted.forget), toDense(fitted.rest)];
  const all = new DenseMatrix([...forget.to2DArray(), ...rest.to2DArray()]);
  const mean = all.mean('column');
  const deviation = all.standardDeviation('column', { unbiased: false });
  const standardised = (features: DenseMatrix) => {
    const rows = features.to2DArray().map((row) => {
      return row.map((value, c) => (deviation[c] < 1e-9 ? 0 : (value - mean[c]) / deviation[c]));
    });
    return new DenseMatrix(rows);
  };
  // The constant is as large as features of the forget side usually are, and so is the penalty.
  const square = standardised(forget).pow(2).mean();
  const inputs = (features: DenseMatrix) => {
    const rows = standardised(features);
    return rows.addColumn(new Array(rows.rows).fill(Math.sqrt(square)));
  };
  const sides = [inputs(forget), inputs(rest)];
  const size = all.columns + 1;
  const system = DenseMatrix.eye(size).mul(0.01 * square);
  const right = DenseMatrix.zeros(size, 1);
  for (const [at, rows] of sides.entries()) {
    const transposed = rows.transpose();
    system.add(transposed.mmul(rows).mul(0.5 / rows.rows));
    right.add(transposed.mmul(DenseMatrix.ones(rows.rows, 1)).mul(((at === 0 ? 1 : -1) * 0.5) / rows.rows));
  }
  const weights = solve(system, right);
  const scores = [judged.forget, judged.rest].map((features) => inputs(toDense(features)).mmul(weights).to1DArray());
  const shares = [
    scores[0].filter((score) => score > 0).length / scores[0].length,
    scores[1].filter((score) => score <= 0).length / scores[1].length,
  ];
  let wins = 0;
  for (const a of scores[0]) for (const b of scores[1]) wins += a > b ? 1 : a === b ? 0.5 : 0;
  const variance = shares.reduce((sum, share, at) => sum + (share * (1 - share)) / scores[at].length, 0);
  return {
    balancedAccuracy: (shares[0] + shares[1]) / 2,
    error: Math.sqrt(variance) / 2,
    auc: wins / (scores[0].length * scores[1].length),
  };
}

describe('the probe', () => {
  it.each([
    ['many samples', 300, 900],
    ['one side much smaller', 20, 900],
    ['fewer samples than features', 3, 2],
    ['one sample of each side', 1, 1],
  ])('is what the normal equations in double precision say: %s', async (_, forget, rest) => {
    const random = new Random(forget + rest);
    const of = (count: number, centre: number) => features(count, centre, random);
    const fitted = { forget: of(forget, 1.5), rest: of(rest, 0) };
    const judged = { forget: of(200, 1.5), rest: of(500, 0) };
    const found = await recoverability(fitted, judged);
    const expected = reference(fitted, judged);
    expect(found.balancedAccuracy).toBeCloseTo(expected.balancedAccuracy, 12);
    expect(found.error).toBeCloseTo(expected.error, 12);
    expect(found.auc).toBeCloseTo(expected.auc, 4);
  });
});

describe('recoverability from one set of samples', () => {
  it('is a guess where there is nothing to tell, and certain where all is told', async () => {
    const random = new Random(8);
    const guessed = (await crossValidated(both(400, 900, 0, random)))!;
    expect(Math.abs(guessed.balancedAccuracy - 0.5)).toBeLessThan(4 * guessed.error);
    expect(Math.abs(guessed.auc - 0.5)).toBeLessThan(0.08);
    const told = (await crossValidated(both(400, 900, 40, random)))!;
    expect(told.balancedAccuracy).toBe(1);
    expect(told.auc).toBe(1);
    expect(told.error).toBe(0);
  });

  it('is what a probe finds that is judged on other samples', async () => {
    const random = new Random(9);
    for (const distance of [0.5, 1, 2]) {
      const found = (await crossValidated(both(600, 1200, distance, random)))!;
      const other = await recoverability(both(600, 1200, distance, random), both(20_000, 20_000, distance, random));
      expect(Math.abs(found.balancedAccuracy - other.balancedAccuracy)).toBeLessThan(4 * found.error);
    }
  });

  it('is not what a probe finds that is judged on its own samples', async () => {
    const random = new Random(10);
    // More features than samples, so that any labels can be told from these alone.
    const noise = (count: number) =>
      matrix(
        count,
        200,
        new Float32Array(count * 200).map(() => random.normal()),
      );
    const samples = { forget: noise(40), rest: noise(60) };
    expect((await recoverability(samples, samples)).balancedAccuracy).toBe(1);
    const found = (await crossValidated(samples))!;
    expect(Math.abs(found.balancedAccuracy - 0.5)).toBeLessThan(4 * found.error);
  });

  it.each([
    ['class by class', (at: number, count: number) => Math.floor((at * 4) / count)],
    ['one of each class in turn', (at: number) => at % 4],
  ])('does not hang on the order of the samples: %s', async (_, kindOf) => {
    // The rest are of four kinds, each told by a feature of its own: a probe that has never seen one does not tell it.
    const random = new Random(12);
    const samples = (count: number, isRest: boolean) => {
      const values = new Float32Array(count * 4).map(() => 0.3 * random.normal());
      for (let at = 0; isRest && at < count; at++) values[at * 4 + kindOf(at, count)] += 4;
      return matrix(count, 4, values);
    };
    const { balancedAccuracy } = (await crossValidated({ forget: samples(200, false), rest: samples(400, true) }))!;
    expect(balancedAccuracy).toBeGreaterThan(0.98);
  });

  it('has an error that shrinks with the samples, as the one of two shares does', async () => {
    const random = new Random(13);
    const errors: number[] = [];
    for (const count of [100, 400, 1600]) {
      const { error } = (await crossValidated(both(count, 3 * count, 1, random)))!;
      // About seven in ten of both sides are told rightly.
      const expected = Math.sqrt((0.69 * 0.31) / count + (0.69 * 0.31) / (3 * count)) / 2;
      expect(error / expected).toBeGreaterThan(0.85);
      expect(error / expected).toBeLessThan(1.15);
      errors.push(error);
    }
    expect(errors[0] / errors[1]).toBeCloseTo(2, 0);
    expect(errors[1] / errors[2]).toBeCloseTo(2, 0);
  });

  it('is not told from too few samples to fit and to judge', async () => {
    const random = new Random(14);
    for (const [forget, rest] of [
      [3, 100],
      [100, 3],
      [0, 100],
      [100, 0],
    ]) {
      expect(await crossValidated(both(forget, rest, 5, random))).toBeNull();
    }
    const least = (await crossValidated(both(4, 4, 50, random)))!;
    expect(least.balancedAccuracy).toBeGreaterThan(0.5);
  });

  it('is the same for the same samples', async () => {
    const samples = both(50, 90, 1, new Random(15));
    expect(await crossValidated(samples)).toEqual(await crossValidated(samples));
  });

  it('stops when told to', async () => {
    const many = matrix(400, 400, new Float32Array(400 * 400).fill(1));
    const job = crossValidated({ forget: many, rest: many }, AbortSignal.abort());
    await expect(job).rejects.toMatchObject({ code: 'cancelled' });
  });
});
