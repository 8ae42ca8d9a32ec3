import { describe, expect, it } from 'vitest';
import { Random } from '../../../src/base/random.js';
import { atDepth, type DepthJudgement, deeperFirst, depthFront, readability } from '../../../src/contract/depth.js';
import { refitRecipe } from '../../../src/contract/recipes.js';

function candidate(
  retainAccuracy: number,
  readable: number | null,
  more: Partial<DepthJudgement> = {},
): DepthJudgement {
  return {
    recipe: refitRecipe(100, 10),
    retainAccuracy,
    score: retainAccuracy,
    recoverability: readable === null ? null : { balancedAccuracy: readable, error: 0, auc: readable },
    ...more,
  };
}

/** Candidates with few different values, so that many are equal in one way or in both. */
function some(count: number, random: Random): DepthJudgement[] {
  return Array.from({ length: count }, () => {
    return candidate(0.5 + random.below(8) / 20, 0.5 + random.below(8) / 20, {
      recipe: refitRecipe(1 + random.below(300), 1 + random.below(30)),
    });
  });
}

const beats = (a: DepthJudgement, b: DepthJudgement) =>
  a.retainAccuracy >= b.retainAccuracy &&
  readability(a) <= readability(b) &&
  (a.retainAccuracy > b.retainAccuracy || readability(a) < readability(b));

describe('the candidates by depth', () => {
  it('are those that no other one beats, from the one that keeps most to the deepest', () => {
    const random = new Random(2);
    for (let time = 0; time < 200; time++) {
      const all = some(1 + random.below(30), random);
      const front = depthFront(all);
      const unbeaten = all.filter((one) => !all.some((other) => beats(other, one)));
      const places = (of: readonly DepthJudgement[]) =>
        new Set(of.map((one) => `${one.retainAccuracy} ${readability(one)}`));
      // Of those that are equal there is one.
      expect(places(front)).toEqual(places(unbeaten));
      expect(front.length).toBe(places(front).size);
      for (const [at, one] of front.slice(1).entries()) {
        expect(one.retainAccuracy).toBeLessThan(front[at].retainAccuracy);
        expect(readability(one)).toBeLessThan(readability(front[at]));
      }
    }
  });

  it('are one where nothing can be told of the depth: the one that keeps most', () => {
    const all = [candidate(0.8, null), candidate(0.9, null), candidate(0.7, null)];
    expect(depthFront(all)).toEqual([all[1]]);
    expect(depthFront([])).toEqual([]);
  });

  it('are listed the deepest first; of equals what forgets and keeps better, and changes less', () => {
    const sorted = [
      candidate(0.1, 0.5),
      candidate(0.9, 0.6, { score: 0.9 }),
      candidate(0.9, 0.6, { score: 0.8, recipe: refitRecipe(10, 3) }),
      candidate(0.9, 0.6, { score: 0.8, recipe: refitRecipe(300, 10) }),
      candidate(0.9, 0.6, { score: 0.8, recipe: refitRecipe(100, 10) }),
      candidate(0.9, 0.7, { score: 0.95 }),
    ];
    const random = new Random(4);
    for (let time = 0; time < 20; time++) {
      const shuffled = random.sample(sorted.length, sorted.length).map((at) => sorted[at]);
      expect(shuffled.sort(deeperFirst)).toEqual(sorted);
    }
  });
});

describe('a depth', () => {
  it('goes from the first of them to the last in equal steps', () => {
    const five = ['keeps most', 'keeps much', 'between', 'deep', 'deepest'];
    const depths = [0, 0.12, 0.13, 0.25, 0.5, 0.74, 0.87, 0.88, 1];
    expect(depths.map((depth) => five.indexOf(atDepth(five, depth)!))).toEqual([0, 0, 1, 1, 2, 3, 3, 4, 4]);
    expect([0, 0.5, 1].map((depth) => atDepth(['alone'], depth))).toEqual(['alone', 'alone', 'alone']);
    expect(atDepth([], 0.5)).toBeUndefined();
  });
});
