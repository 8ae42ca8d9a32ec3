import { describe, expect, it } from 'vitest';
import { Random } from '../../../src/base/random.js';
import { type Judgement, pairedError, paretoFront } from '../../../src/unlearn/candidates.js';
import { evaluationOf } from '../../support/mathematics/judged.js';

const rights = (isRight: readonly number[]) => evaluationOf([], { isRight });

/** Two models on the same samples: the second is right in its own way on as many of them as `independence` says. */
function pair(samples: number, [first, second]: readonly [number, number], independence: number, random: Random) {
  const a: number[] = [];
  const b: number[] = [];
  for (let at = 0; at < samples; at++) {
    const difficulty = random.unit();
    a.push(Number(difficulty < first));
    b.push(Number((random.unit() < independence ? random.unit() : difficulty) < second));
  }
  return [a, b] as const;
}

const difference = ([a, b]: readonly (readonly number[])[]) =>
  a.reduce((sum, value, at) => sum + value - b[at], 0) / a.length;

/** Root of the variance of the paired differences over their number. */
function standardError(a: readonly number[], b: readonly number[]): number {
  const differences = a.map((value, at) => value - b[at]);
  const mean = differences.reduce((sum, value) => sum + value, 0) / differences.length;
  const variance = differences.reduce((sum, value) => sum + (value - mean) ** 2, 0) / differences.length;
  return Math.sqrt(variance / differences.length);
}

describe('the error of the difference of two models', () => {
  it('is the standard error of their paired differences', () => {
    const random = new Random(3);
    for (const samples of [1, 2, 7, 300, 5000]) {
      for (const independence of [0, 0.2, 1]) {
        const [a, b] = pair(samples, [0.9, 0.8], independence, random);
        expect(pairedError(rights(a), rights(b))).toBeCloseTo(standardError(a, b), 12);
        expect(pairedError(rights(b), rights(a))).toBeCloseTo(standardError(a, b), 12);
      }
    }
  });

  it('is how far the difference on some samples lies from the one on others', () => {
    const random = new Random(5);
    const draws = Array.from({ length: 2000 }, () => pair(250, [0.92, 0.88], 0.3, random));
    const differences = draws.map(difference);
    const mean = differences.reduce((sum, value) => sum + value, 0) / draws.length;
    const spread = Math.sqrt(differences.reduce((sum, value) => sum + (value - mean) ** 2, 0) / draws.length);
    const errors = draws.map(([a, b]) => pairedError(rights(a), rights(b)));
    const error = Math.sqrt(errors.reduce((sum, value) => sum + value ** 2, 0) / draws.length);
    expect(Math.abs(error / spread - 1)).toBeLessThan(0.06);
  });

  it('is none where they are right on the same samples, or where there are none', () => {
    expect(pairedError(rights([1, 0, 1]), rights([1, 0, 1]))).toBe(0);
    expect(pairedError(rights([]), rights([]))).toBe(0);
  });

  it('tells models that fail on the same samples apart better than others', () => {
    const hundred = (wrong: (at: number) => boolean) =>
      rights(Array.from({ length: 100 }, (_, at) => Number(!wrong(at))));
    const first = hundred((at) => at < 10);
    const same = pairedError(
      first,
      hundred((at) => at < 14),
    );
    const others = pairedError(
      first,
      hundred((at) => at >= 86),
    );
    expect(same).toBeLessThan(others / 2);
  });
});

describe('the Pareto front', () => {
  const judgement = (retainAccuracy: number, more: Partial<Judgement> = {}): Judgement => {
    return { retainAccuracy, forgetAccuracy: 0, recoverability: null, complete: true, samples: 900, ...more };
  };

  it('does not hold less exact judgements against more exact ones, but the other way round', () => {
    const exact = judgement(0.9);
    for (const better of [
      judgement(0.95, { complete: false, samples: 300 }),
      judgement(0.95, { samples: 300 }),
      judgement(0.95, { complete: false }),
    ]) {
      expect(paretoFront([exact, better])).toEqual([exact, better]);
      const worse = { ...better, retainAccuracy: 0.85 };
      expect(paretoFront([exact, worse])).toEqual([exact]);
    }
  });
});
