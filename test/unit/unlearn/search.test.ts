import { describe, expect, it } from 'vitest';
import type { Recipe } from '../../../src/contract/candidates.js';
import type { Progress } from '../../../src/contract/progress.js';
import { type Evaluation, isAdmissible, type Judged } from '../../../src/unlearn/candidates.js';
import { alphaGrid } from '../../../src/unlearn/grid.js';
import { type SearchOptions, type SearchResult, searchCandidates } from '../../../src/unlearn/search.js';
import { listed } from '../../../src/unlearn/strategies.js';
import { evaluationOf } from '../../support/mathematics/judged.js';

const alphaR = [10, 100, 1000];
const alphaF = [1, 10, 100];

/** What a search is asked for, its recipes by the alphas that they are made of. */
type Asked = Partial<SearchOptions> & { readonly alphaR?: readonly number[]; readonly alphaF?: readonly number[] };

/** A search over a table of accuracies: class 0 is to be forgotten, 1 and 2 are retained. */
async function search(table: (recipe: Recipe) => readonly number[], asked: Asked = {}): Promise<SearchResult> {
  const { alphaR: r = alphaR, alphaF: f = alphaF, ...options } = asked;
  return searchCandidates({
    strategy: listed(alphaGrid('projection', r, f)),
    folds: 1,
    tolerance: 0,
    depth: null,
    forget: [{ class: 0 }],
    evaluate: async (recipe) => evaluationOf(table(recipe)),
    ...options,
  });
}

/** More alpha_f forgets more and costs more; more alpha_r protects and forgets less. */
const typical = (recipe: Recipe) => {
  const strength = Math.log10(recipe.alphaF) - Math.log10(recipe.alphaR) / 2;
  const forget = Math.max(0, Math.min(0.9, 0.2 - 0.5 * strength));
  const retain = Math.max(0.1, 0.95 - 0.05 * Math.max(0, strength + 1) ** 2);
  return [forget, retain, retain];
};

const nameOf = ({ alphaR: r, alphaF: f }: Recipe) => `${r}/${f}`;
const namesOf = (judged: readonly Judged[]) => judged.map(({ recipe }) => nameOf(recipe));

describe('a search', () => {
  it('judges what its strategy asks for, and nothing else', async () => {
    const seen: [string, number][] = [];
    const { candidates } = await search(typical, {
      alphaR: [1000, 10, 100, 10],
      alphaF: [10, 1, 100],
      evaluate: async (recipe, fold) => {
        seen.push([nameOf(recipe), fold]);
        return evaluationOf(typical(recipe));
      },
    });
    expect(seen).toEqual(alphaR.flatMap((r) => [100, 10, 1].map((f) => [`${r}/${f}`, 0])));
    expect(namesOf(candidates)).toEqual(alphaR.flatMap((r) => alphaF.map((f) => `${r}/${f}`)));
    expect(candidates.every(({ complete, samples }) => complete && samples === 300)).toBe(true);
  });

  it('lets its strategy know what was judged so far', async () => {
    const known: (readonly string[])[] = [];
    const plain = listed(alphaGrid('projection', [10], alphaF));
    const strategy = {
      ...plain,
      next: (judged: readonly Judged[]) => {
        known.push(namesOf(judged));
        return judged.length < 2 ? plain.next(judged) : null;
      },
    };
    const { candidates } = await search(typical, { strategy });
    expect(known).toEqual([[], ['10/100'], ['10/100', '10/10']]);
    expect(namesOf(candidates)).toEqual(['10/10', '10/100']);
  });

  it('tells what was judged so far, in order and with the front', async () => {
    const told: { readonly names: string[]; readonly front: string[] }[] = [];
    const { candidates, front } = await search(typical, {
      onJudged: (judged) => {
        const so = judged();
        told.push({ names: namesOf(so.candidates), front: namesOf(so.front) });
      },
    });
    expect(told.map(({ names }) => names.length)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(told[1].names).toEqual(['10/10', '10/100']);
    expect(told.at(-1)).toEqual({ names: namesOf(candidates), front: namesOf(front) });
  });

  it('weighs the classes by their samples, and leaves earlier forgotten ones out of both accuracies', async () => {
    const { candidates } = await search(typical, {
      alphaR: [10],
      alphaF: [1],
      forget: [{ class: 0 }, { class: 3 }],
      earlier: [{ class: 4 }],
      evaluate: async () => ({
        ...evaluationOf([]),
        classes: [
          { class: 0, accuracy: 0.5, samples: 10 },
          { class: 1, accuracy: 0.9, samples: 300 },
          { class: 2, accuracy: 0.5, samples: 100 },
          { class: 3, accuracy: 0, samples: 30 },
          { class: 4, accuracy: 0.7, samples: 50 },
        ],
      }),
    });
    expect(candidates[0].retainAccuracy).toBeCloseTo(0.8, 12);
    expect(candidates[0].forgetAccuracy).toBeCloseTo(0.125, 12);
    expect(candidates[0].score).toBeCloseTo(0.8 * 0.875, 12);
    expect(candidates[0].samples).toBe(490);
  });

  it('stops when it is cancelled and reports progress', async () => {
    const controller = new AbortController();
    const seen: Progress[] = [];
    const onProgress = (progress: Progress) => {
      seen.push(progress);
      if (seen.length === 4) controller.abort();
    };
    await expect(search(typical, { signal: controller.signal, onProgress })).rejects.toMatchObject({
      code: 'cancelled',
    });
    expect(seen.map(({ done, total }) => [done, total])).toEqual([1, 2, 3, 4].map((done) => [done, 9]));
    expect(seen[0].detail).toBe('α retain 10, α forget 100');
    expect(seen.map(({ recipe }) => recipe)).toEqual(alphaGrid('projection', alphaR, alphaF).slice(0, 4));
  });

  it('tells how far the candidate is that is being judged', async () => {
    const seen: Progress[] = [];
    await search(typical, {
      alphaR: [10],
      alphaF: [1, 10],
      onProgress: (progress) => seen.push(progress),
      evaluate: async (recipe, _, { onProgress }) => {
        for (const done of [30, 60]) onProgress?.({ phase: 'measure', done, total: 120 });
        return evaluationOf(typical(recipe));
      },
    });
    expect(seen.map(({ phase, done, total, recipe }) => [phase, recipe!.alphaF, done, total])).toEqual([
      ...[0.25, 0.5, 1].map((done) => ['search', 10, done, 2]),
      ...[1.25, 1.5, 2].map((done) => ['search', 1, done, 2]),
    ]);
  });

  it('never counts beyond its end, also where it takes more candidates than expected', async () => {
    const seen: Progress[] = [];
    const recipes = alphaGrid('projection', [10], alphaF);
    const strategy = { ...listed(recipes), expected: 1 };
    await search(typical, { strategy, onProgress: (progress) => seen.push(progress) });
    expect(seen.map(({ done, total }) => [done, total])).toEqual([1, 2, 3].map((done) => [done, done]));
  });

  it('passes on what goes wrong with a candidate', async () => {
    const evaluate = async () => Promise.reject(new Error('the model broke'));
    await expect(search(typical, { evaluate })).rejects.toThrow('the model broke');
  });
});

describe('the grid', () => {
  it('refuses alphas out of range', () => {
    for (const [alphas, message] of [
      [[], 'no alpha_f to try'],
      [[1, -3], 'alpha_f = -3 is not over 0 and up to 100000'],
      [[0, 1], 'alpha_f = 0 is not over 0 and up to 100000'],
      [[Number.NaN], 'alpha_f = NaN'],
      [[1e6], 'alpha_f = 1000000'],
    ] as const) {
      const refusal = expect.objectContaining({ code: 'usage', message: expect.stringContaining(message) });
      expect(() => alphaGrid('projection', alphaR, alphas)).toThrow(refusal);
    }
    expect(() => alphaGrid('refit', [0], alphaF)).toThrow('alpha_r = 0 is not over 0');
  });

  it('is one of the method that is asked for', () => {
    expect(alphaGrid('refit', [3], [10, 1])).toEqual([
      { method: 'refit', alphaR: 3, alphaF: 10 },
      { method: 'refit', alphaR: 3, alphaF: 1 },
    ]);
  });
});

describe('the choice', () => {
  it('is the one that keeps most among those that forget, not among all', async () => {
    const table: Record<string, number[]> = {
      '10/1': [0.06, 1, 1],
      '10/10': [0.0, 0.9, 0.9],
      '10/100': [0.0, 0.5, 0.5],
    };
    const { best, candidates } = await search((recipe) => table[nameOf(recipe)], { alphaR: [10] });
    expect(candidates[0].score).toBeGreaterThan(candidates[1].score);
    expect(best).toBe(candidates[1]);
  });

  it('prefers a candidate within all limits to one that keeps more', async () => {
    const table: Record<string, number[]> = {
      '10/1': [0.02, 0.95, 0.95],
      '10/10': [0.01, 0.9, 0.9],
      '10/100': [0.0, 0.8, 0.95],
    };
    const lookUp = (recipe: Recipe) => table[nameOf(recipe)];
    const strict = await search(lookUp, { alphaR: [10] });
    expect(strict.best).toMatchObject({ recipe: { alphaF: 10 }, meetsForgetLimits: true, meetsProtectLimits: true });
    expect(strict.candidates.map(({ meetsForgetLimits }) => meetsForgetLimits)).toEqual([false, true, true]);
    const lenient = await search(lookUp, { alphaR: [10], forget: [{ class: 0, maxAccuracy: 0.02 }] });
    expect(lenient.best).toMatchObject({ recipe: { alphaF: 1 } });
    const guarded = await search(lookUp, { alphaR: [10], protect: [{ class: 2, before: 0.95, maxDrop: 0.03 }] });
    expect(guarded.best).toMatchObject({ recipe: { alphaF: 100 } });
    expect(guarded.candidates.map(({ meetsProtectLimits }) => meetsProtectLimits)).toEqual([true, false, true]);
    const impossible = await search(lookUp, { alphaR: [10], protect: [{ class: 2, before: 0.99, maxDrop: 0.01 }] });
    expect(impossible.best).toMatchObject({ recipe: { alphaF: 1 }, meetsProtectLimits: false, forgets: true });
  });

  it('takes a limit as met when it is met exactly', async () => {
    const { best } = await search(() => [0.01, 0.92, 0.92], {
      alphaR: [10],
      alphaF: [1],
      protect: [{ class: 1, before: 0.95, maxDrop: 0.03 }],
    });
    expect(isAdmissible(best!)).toBe(true);
  });

  it('asks for every class to forget, and for those of earlier runs, not for their mean', async () => {
    const accuracies = [0.0, 0.9, 0.9, 0.09, 0.0];
    const options = { alphaR: [10], alphaF: [1] };
    const group = await search(() => accuracies, { ...options, forget: [{ class: 0 }, { class: 3 }] });
    expect(group.candidates[0].forgetAccuracy).toBeLessThan(0.05);
    expect(group.best).toBeUndefined();
    const before = await search(() => accuracies, { ...options, forget: [{ class: 0 }], earlier: [{ class: 3 }] });
    expect(before.best).toBeUndefined();
    const tolerant = await search(() => accuracies, { ...options, earlier: [{ class: 3 }], forgetLimit: 0.1 });
    expect(tolerant.best).toMatchObject({ forgets: true, meetsForgetLimits: false });
  });

  it('does not win with a class to forget that it has no samples of, but is not turned down for others', async () => {
    const options = { alphaR: [10], alphaF: [1] };
    const unseen = await search(() => [0, 0.9, 0.9], { ...options, forget: [{ class: 0 }, { class: 7 }] });
    expect(unseen.best).toBeUndefined();
    const protect = [{ class: 8, before: 0.9, maxDrop: 0 }];
    const others = await search(() => [0, 0.9, 0.9], { ...options, earlier: [{ class: 7 }], protect });
    expect(isAdmissible(others.best!)).toBe(true);
  });

  it('is none where none forgets', async () => {
    const { best, candidates, front } = await search(() => [0.3, 0.9, 0.9]);
    expect(best).toBeUndefined();
    expect(candidates).toHaveLength(9);
    expect(front).toHaveLength(9);
  });

  it('breaks ties by the smaller alpha_f, then the larger alpha_r', async () => {
    const { best } = await search(() => [0, 0.9, 0.9]);
    expect(best).toMatchObject({ recipe: { alphaF: 1, alphaR: 1000 } });
  });

  /** What a candidate keeps, and how well its forgotten class can be read, by alpha_f. */
  const depths: Readonly<Record<number, readonly [retain: number, readable: number | null]>> = {
    1: [0.95, 0.9],
    3: [0.94, 0.8],
    10: [0.93, 0.85],
    30: [0.92, 0.6],
    100: [0.8, 0.55],
  };
  const byDepth = (options: Asked) => {
    return search(() => [], {
      ...{ alphaR: [10], alphaF: [1, 3, 10, 30, 100] },
      evaluate: async ({ alphaF: f }) =>
        evaluationOf([0, depths[f][0], depths[f][0]], { samples: 1000, readable: depths[f][1] }),
      ...options,
    });
  };

  it.each([
    [0, 1],
    [0.01, 3],
    [0.0199, 3],
    [0.02, 3],
    [0.03, 30],
    [0.1, 30],
    [0.15, 100],
    [1, 100],
  ])('is the deepest within a tolerance of %s', async (tolerance, expected) => {
    expect((await byDepth({ tolerance })).best!.recipe.alphaF).toBe(expected);
  });

  it.each([
    [0, 1],
    [0.16, 1],
    [0.17, 3],
    [0.5, 30],
    [0.84, 100],
    [1, 100],
  ])('is at a depth of %s among those that none other beats, whatever the tolerance', async (depth, expected) => {
    for (const tolerance of [0, 1]) expect((await byDepth({ depth, tolerance })).best!.recipe.alphaF).toBe(expected);
  });

  it('measures the tolerance from the best that keeps all limits', async () => {
    // What keeps most recognises the class too often; 0.94 is then what can be had.
    const evaluate = async ({ alphaF: f }: Recipe) => {
      const [retain, readable] = depths[f];
      return evaluationOf([f === 1 ? 0.03 : 0, retain, retain], { samples: 1000, readable });
    };
    expect((await byDepth({ tolerance: 0.02, evaluate })).best!.recipe.alphaF).toBe(30);
    expect((await byDepth({ depth: 0, evaluate })).best!.recipe.alphaF).toBe(3);
  });

  it('is the best score within the tolerance where nothing can be told of the depth', async () => {
    const evaluate = async ({ alphaF: f }: Recipe) =>
      evaluationOf([f > 3 ? 0 : 0.01, depths[f][0], depths[f][0]], { samples: 1000, readable: null });
    expect((await byDepth({ tolerance: 0.2, evaluate })).best!.recipe.alphaF).toBe(1);
    const equal = async () => evaluationOf([0, 0.9, 0.9], { readable: null });
    expect((await byDepth({ tolerance: 0.2, evaluate: equal })).best!.recipe.alphaF).toBe(1);
    for (const depth of [0, 1]) expect((await byDepth({ depth, evaluate })).best!.recipe.alphaF).toBe(1);
  });
});

describe('the front', () => {
  /** By accuracy on the class to forget, accuracy on the others, and how well it can be read. */
  const frontOf = async (points: Readonly<Record<string, readonly [number, number, number | null]>>) => {
    const { front } = await search(() => [], {
      evaluate: async (recipe) => {
        const [forget, retain, readable] = points[nameOf(recipe)];
        return evaluationOf([forget, retain, retain], { readable });
      },
    });
    return namesOf(front);
  };

  it('holds those that no other one beats in both accuracies', async () => {
    const front = await frontOf({
      '10/1': [0.5, 0.95, null],
      '10/10': [0.1, 0.9, null],
      '10/100': [0.0, 0.6, null],
      '100/1': [0.5, 0.94, null],
      '100/10': [0.2, 0.9, null],
      '100/100': [0.1, 0.9, null],
      '1000/1': [0.9, 0.95, null],
      '1000/10': [0.3, 0.92, null],
      '1000/100': [0.05, 0.5, null],
    });
    expect(front).toEqual(['10/1', '10/10', '10/100', '100/100', '1000/10']);
  });

  it('holds what is beaten in both accuracies, but forgets more deeply', async () => {
    const front = await frontOf({
      '10/1': [0, 0.9, 0.7],
      '10/10': [0.01, 0.8, 0.6],
      '10/100': [0.01, 0.8, 0.7],
      '100/1': [0, 0.9, 0.71],
      '100/10': [0.02, 0.7, 0.6],
      '100/100': [0, 0.1, 0.5],
      '1000/1': [1, 0.9, 0.7],
      '1000/10': [0, 0.91, 0.9],
      '1000/100': [0, 0.9, 0.7],
    });
    expect(front).toEqual(['10/1', '10/10', '100/100', '1000/10', '1000/100']);
  });
});

describe('a search over several parts of the samples', () => {
  const SAMPLES = 100;

  /** Whether a model is right, for each kept sample of two classes: on all but those at these places. */
  const rightBut = (...wrong: (readonly [from: number, to: number])[]) =>
    Array.from({ length: 2 * SAMPLES }, (_, at) => Number(!wrong.some(([from, to]) => at >= from && at < to)));

  const share = (right: readonly number[]) => right.reduce((sum, value) => sum + value, 0) / right.length;

  /** A search whose candidates, by alpha_f, are right on these samples of each part; none recognises the class to forget. */
  async function over(
    parts: Readonly<Record<number, readonly (readonly number[])[]>>,
    options: Asked & { readonly made?: (alphaF: number, fold: number) => Partial<Evaluation> } = {},
  ) {
    const calls: string[] = [];
    const folds = Object.values(parts)[0].length;
    const result = await search(() => [], {
      ...{ alphaR: [10], alphaF: Object.keys(parts).map(Number), folds, tolerance: 0.01 },
      evaluate: async ({ alphaF: f }, fold) => {
        calls.push(`${f}/${fold}`);
        const isRight = parts[f][fold];
        const kept = [isRight.slice(0, SAMPLES), isRight.slice(SAMPLES)].map(share);
        return { ...evaluationOf([0, ...kept], { isRight, samples: SAMPLES }), ...options.made?.(f, fold) };
      },
      ...options,
    });
    return { ...result, calls };
  }

  it('goes on with what may be the choice: behind by no more than the tolerance and the error of the difference', async () => {
    // All three are right on 174 of 200 samples, where the best is on 180. The second and the best disagree on 26 samples, so
    // that their difference of 3 points has a standard error of 2.5; the third is wrong on 6 more of the same, which has one of 1.2.
    const best = rightBut([0, 20]);
    const uncertain = rightBut([10, 36]);
    const behind = rightBut([0, 26]);
    expect([best, uncertain, behind].map(share)).toEqual([0.9, 0.87, 0.87]);
    const all = (right: readonly number[]) => [right, right, right];
    const parts = { 1: all(behind), 2: all(uncertain), 3: all(best) };
    // What keeps less is deeper: else there would be no point in going on with it.
    const made = (f: number) => ({ recoverability: { balancedAccuracy: 0.5 + f / 10, error: 0, auc: 1 } });
    const { calls, candidates, best: chosen } = await over(parts, { made });
    expect(calls).toEqual(['3/0', '2/0', '1/0', '3/1', '2/1', '3/2']);
    // On both parts together, the second one's difference is known well enough.
    expect(candidates.map(({ recipe, complete, samples }) => [recipe.alphaF, complete, samples])).toEqual([
      [1, false, 300],
      [2, false, 600],
      [3, true, 900],
    ]);
    expect(chosen!.recipe.alphaF).toBe(3);
    const generous = await over(parts, { made, tolerance: 0.025 });
    expect(generous.calls.slice(3)).toEqual(['3/1', '2/1', '1/1', '3/2', '2/2', '1/2']);
  });

  it('never chooses one that was judged on the first part alone, however the others end', async () => {
    const poor = rightBut([0, 100]);
    const { best, candidates, front } = await over({
      1: [rightBut([0, 40]), rightBut(), rightBut()],
      2: [rightBut([0, 20]), poor, poor],
    });
    const [dropped, judged] = candidates;
    expect(dropped).toMatchObject({ complete: false, samples: 300 });
    expect(dropped.retainAccuracy).toBeGreaterThan(judged.retainAccuracy);
    expect(best).toBe(judged);
    // It does not push the other one off the front either.
    expect(front).toContain(judged);
  });

  it('goes on only with those that forget on the first part, if any does', async () => {
    const forgetful = (forgets: boolean) => ({
      classes: evaluationOf([forgets ? 0 : 0.5, 0.9, 0.9]).classes,
    });
    const all = [rightBut([0, 20]), rightBut([0, 20])];
    const some = await over({ 1: all, 2: all }, { made: (f) => forgetful(f === 2) });
    expect(some.calls).toEqual(['2/0', '1/0', '2/1']);
    const none = await over({ 1: all, 2: all }, { made: (_, fold) => forgetful(fold === 1) });
    expect(none.calls).toEqual(['2/0', '1/0', '2/1', '1/1']);
    // A quarter of the samples is recognised: that is too many.
    expect(none.best).toBeUndefined();
    expect(none.candidates.map(({ forgetAccuracy }) => forgetAccuracy)).toEqual([0.25, 0.25]);
  });

  it('goes on with one that keeps all limits, also where one that breaks them keeps more', async () => {
    const all = (right: readonly number[]) => [right, right];
    const made = (f: number) => ({
      classes: evaluationOf([f === 1 ? 0.04 : 0, f === 1 ? 0.9 : 0.7, f === 1 ? 0.9 : 0.7]).classes,
    });
    const { best, calls } = await over({ 1: all(rightBut([0, 20])), 2: all(rightBut([0, 60])) }, { made });
    expect(calls).toContain('2/1');
    expect(best).toMatchObject({ recipe: { alphaF: 2 }, complete: true });
    expect(isAdmissible(best!)).toBe(true);
  });

  it('does not go on with what is less deep than one that is surely within the tolerance, but with the one that keeps most', async () => {
    const all = (right: readonly number[]) => [right, right];
    const parts = {
      1: all(rightBut([0, 21])),
      2: all(rightBut([0, 21])),
      3: all(rightBut([0, 20])),
      4: all(rightBut([0, 45])),
    };
    const depths: Readonly<Record<number, number>> = { 1: 0.8, 2: 0.6, 3: 0.9, 4: 0.5 };
    const made = (f: number) => ({ recoverability: { balancedAccuracy: depths[f], error: 0, auc: 1 } });
    const sure = await over(parts, { made, tolerance: 0.02 });
    expect(sure.calls.slice(4)).toEqual(['3/1', '2/1']);
    expect(sure.best!.recipe.alphaF).toBe(2);
    // Half a point behind, with an error of as much: it is not sure to be within 0.8 points.
    const unsure = await over(parts, { made, tolerance: 0.008 });
    expect(unsure.calls.slice(4)).toEqual(['3/1', '2/1', '1/1']);
  });

  it('goes on with what keeps all limits, also where a deeper one breaks them', async () => {
    const all = [rightBut([0, 20]), rightBut([0, 20])];
    const depths: Readonly<Record<number, number>> = { 1: 0.6, 2: 0.7, 3: 0.9 };
    const made = (f: number) => ({
      classes: evaluationOf([f === 1 ? 0.04 : 0, 0.9, 0.9]).classes,
      recoverability: { balancedAccuracy: depths[f], error: 0, auc: 1 },
    });
    const { best, calls } = await over({ 1: all, 2: all, 3: all }, { made });
    expect(calls.slice(3)).toEqual(['3/1', '2/1', '1/1']);
    expect(best!.recipe.alphaF).toBe(2);
  });

  it('goes on with all that forget where a depth is asked for', async () => {
    const all = (right: readonly number[]) => [right, right];
    const readable = (f: number) => ({ recoverability: { balancedAccuracy: 1 - f / 10, error: 0, auc: 1 } });
    const parts = { 1: all(rightBut()), 2: all(rightBut([0, 90])), 3: all(rightBut([0, 170])) };
    const { best, candidates } = await over(parts, { depth: 1, made: readable });
    expect(candidates.every(({ complete }) => complete)).toBe(true);
    expect(best!.recipe.alphaF).toBe(3);
  });

  it('judges on all parts together, each by its samples', async () => {
    const wanted = [
      { class2: 0.9, samples: 300, readable: { balancedAccuracy: 0.7, error: 0.03, auc: 0.8 } },
      { class2: 0.6, samples: 100, readable: null },
      { class2: 0.5, samples: 100, readable: { balancedAccuracy: 0.6, error: 0.04, auc: 0.6 } },
    ];
    const rights = [[1, 0, 1], [0, 0], [1]];
    const { best } = await search(() => [], {
      ...{ alphaR: [10], alphaF: [1], folds: 3 },
      evaluate: async (_, fold) => {
        const { class2, samples, readable } = wanted[fold];
        return {
          // Class 1 has samples in the last part only.
          classes: [
            { class: 0, accuracy: fold === 0 ? 0.01 : 0, samples },
            ...(fold === 2 ? [{ class: 1, accuracy: 1, samples: 20 }] : []),
            { class: 2, accuracy: class2, samples },
          ],
          isRight: Uint8Array.from(rights[fold]),
          recoverability: readable,
        };
      },
    });
    const [forgotten, first, second, ...others] = best!.classes;
    expect(forgotten.accuracy).toBeCloseTo(0.006, 12);
    expect(forgotten).toMatchObject({ class: 0, samples: 500 });
    expect(first).toEqual({ class: 1, accuracy: 1, samples: 20 });
    expect(second.accuracy).toBeCloseTo(380 / 500, 12);
    expect(second).toMatchObject({ class: 2, samples: 500 });
    expect(others).toEqual([]);
    expect(best!.retainAccuracy).toBeCloseTo(400 / 520, 12);
    expect(best!.samples).toBe(1020);
    expect([...best!.isRight]).toEqual([1, 0, 1, 0, 0, 1]);
    const { balancedAccuracy, error, auc } = best!.recoverability!;
    expect(balancedAccuracy).toBeCloseTo(0.65, 12);
    expect(auc).toBeCloseTo(0.7, 12);
    // That of the mean of two: root of the sum of squares, over two.
    expect(error).toBeCloseTo(Math.hypot(0.03, 0.04) / 2, 12);
  });

  it('counts what is still to do once it knows with what it goes on', async () => {
    const seen: Progress[] = [];
    const all = (right: readonly number[]) => [right, right, right];
    await over(
      { 1: all(rightBut([0, 90])), 2: all(rightBut([0, 20])), 3: all(rightBut([0, 20])) },
      { onProgress: (progress) => seen.push(progress) },
    );
    expect(seen.map(({ done, total, recipe }) => [recipe!.alphaF, done, total])).toEqual([
      ...[3, 2, 1].map((f, at) => [f, at + 1, 3]),
      ...[3, 2, 3, 2].map((f, at) => [f, at + 4, 7]),
    ]);
  });

  it('can be cancelled between the parts', async () => {
    const controller = new AbortController();
    const all = [rightBut(), rightBut()];
    const stopped = over(
      { 1: all, 2: all },
      { signal: controller.signal, onProgress: ({ done }) => done === 3 && controller.abort() },
    );
    await expect(stopped).rejects.toMatchObject({ code: 'cancelled' });
  });
});
