import { describe, expect, it } from 'vitest';
import { candidateOf, refitRecipe } from '../../../src/contract/recipes.js';
import type { CandidateResult } from '../../../src/contract/records.js';
import { candidatePicture, depthChoices, effectText, isMixed, leftOf } from '../../../src/figures/candidates.js';
import { exampleRecord, olderRecord, secondRecord } from '../../support/engine/runRecord.js';

/** A candidate that does what it must, judged on everything. */
function candidate(alphaR: number, changes: Partial<CandidateResult> & { readonly read?: number }): CandidateResult {
  const { read = 0.8, ...others } = changes;
  const [retainAccuracy, forgetAccuracy] = [0.9, 0];
  return {
    ...candidateOf(refitRecipe(alphaR, 10)),
    ...{ retainAccuracy, forgetAccuracy, score: retainAccuracy * (1 - forgetAccuracy), samples: 100 },
    ...{ complete: true, forgets: true, admissible: true, pareto: false, chosen: false },
    recoverability: { balancedAccuracy: read, error: 0.01, auc: read },
    ...others,
  };
}

const kept = candidate(100, { retainAccuracy: 0.95, read: 0.9 });
const middle = candidate(10, { retainAccuracy: 0.94, read: 0.8 });
/** Keeps less than the one before, and more can be read from it. */
const beaten = candidate(30, { retainAccuracy: 0.93, read: 0.85 });
const deepest = candidate(1, { retainAccuracy: 0.9, read: 0.7 });
const rough = candidate(3, { retainAccuracy: 0.99, read: 0.5, complete: false });
const unforgetting = candidate(300, { retainAccuracy: 0.97, read: 0.6, forgets: false, admissible: false });
const breaking = candidate(17, { retainAccuracy: 0.96, read: 0.6, admissible: false });
const all = [deepest, breaking, kept, rough, unforgetting, middle, beaten];

describe('candidates to choose from by depth', () => {
  it('are those that no other one beats, of those that do all that they must, from what keeps most to the deepest', () => {
    expect(depthChoices(all)).toEqual([kept, middle, deepest]);
  });

  it('are those that forget at least, where all break a limit', () => {
    const broken = all.map((one) => ({ ...one, admissible: false }));
    expect(depthChoices(broken).map(({ id }) => id)).toEqual([breaking.id]);
    expect(depthChoices([unforgetting, rough])).toEqual([]);
  });

  it('hold the one that a run has chosen', () => {
    for (const { result } of [exampleRecord(), secondRecord()]) {
      expect(depthChoices(result.candidates).map(({ id }) => id)).toContain(result.candidate.id);
    }
  });
});

describe('a picture of candidates', () => {
  it('has those apart that do not do what they must, and the others by how well they were judged', () => {
    expect(candidatePicture(all)).toEqual({
      against: 'recoverability',
      front: [kept, middle, deepest],
      complete: [deepest, kept, middle, beaten],
      rough: [rough],
      apart: [breaking, unforgetting],
    });
    expect(leftOf(kept, 'recoverability')).toBe(0.9);
  });

  it('falls back on what is recognised where nobody knows what can be read from one of them', () => {
    const { candidates } = olderRecord().result;
    for (const listed of [candidates, [...all, ...candidates]]) {
      const { against, front, complete, apart } = candidatePicture(listed);
      expect(against).toBe('forgetAccuracy');
      expect(new Set(front)).toEqual(new Set(listed.filter(({ pareto }) => pareto)));
      expect(front.map(({ forgetAccuracy }) => forgetAccuracy)).toEqual(
        front.map(({ forgetAccuracy }) => forgetAccuracy).sort((a, b) => a - b),
      );
      expect(complete).toEqual(listed.filter((one) => one.complete));
      expect(apart).toEqual([]);
    }
    expect(leftOf(candidates[0], 'forgetAccuracy')).toBe(candidates[0].forgetAccuracy);
    expect(candidatePicture([]).against).toBe('forgetAccuracy');
  });

  it('says what a candidate does', () => {
    expect(effectText(middle, 'recoverability')).toBe('kept classes 94.0%, forgotten 0.0%, readable 80.0% ± 1.0');
    expect(effectText(middle, 'forgetAccuracy')).toBe('kept classes 94.0%, forgotten 0.0%');
  });

  it('knows whether methods have to be told apart', () => {
    expect(isMixed(all)).toBe(false);
    expect(isMixed([...all, secondRecord().result.candidates[0]])).toBe(true);
  });
});
