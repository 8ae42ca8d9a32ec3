import { describe, expect, it } from 'vitest';
import { Random } from '../../../src/base/random.js';
import { planStages, type StageCost } from '../../../src/engine/run/stagePlan.js';

/** What a plan costs, told by walking it. */
function costOf(stages: readonly StageCost[], keeps: readonly boolean[]): number {
  let cost = 0;
  let since = 0;
  for (const [at, { operations, kept }] of stages.entries()) {
    cost += since;
    if (keeps[at]) {
      cost += kept! * 100;
      since = 0;
    }
    since += operations;
  }
  return cost + since;
}

describe('the stages at which a pass is interrupted', () => {
  it('are all but the first, which is as good as the input, where values are small, and none where they are large', () => {
    const stages = (kept: number) => Array.from({ length: 10 }, () => ({ operations: 1e6, kept }));
    expect(planStages(stages(10))).toEqual([false, ...new Array(9).fill(true)]);
    expect(planStages(stages(1e9))).toEqual(new Array(10).fill(false));
  });

  it('are never those whose values can’t be kept', () => {
    const stages = [10, 10, null, 10, null, null].map((kept) => ({ operations: 1e6, kept }));
    expect(planStages(stages)).toEqual([false, true, false, true, false, false]);
  });

  it('cost least, compared with every other choice', () => {
    for (let seed = 0; seed < 40; seed++) {
      const random = new Random(seed);
      const stages = Array.from({ length: 1 + random.below(9) }, () => ({
        operations: 10 ** (3 + 3 * random.unit()),
        kept: random.below(6) === 0 ? null : Math.round(10 ** (1 + 3 * random.unit())),
      }));
      const choices = Array.from({ length: 2 ** stages.length }, (_, bits) =>
        stages.map((_, at) => Boolean((bits >> at) & 1)),
      ).filter((keeps) => keeps.every((keep, at) => !keep || stages[at].kept !== null));
      const least = Math.min(...choices.map((keeps) => costOf(stages, keeps)));
      expect(costOf(stages, planStages(stages)) / least).toBeCloseTo(1, 9);
    }
  });
});
