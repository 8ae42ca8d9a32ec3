import { describe, expect, it } from 'vitest';
import { Random } from '../../../src/base/random.js';
import { type Matrix, matrix } from '../../../src/linalg/matrix.js';
import { recoverability } from '../../../src/unlearn/recoverability.js';

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
