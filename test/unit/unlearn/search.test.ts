import { describe, expect, it } from 'vitest';
import type { Recipe } from '../../../src/contract/candidates.js';
import type { Progress } from '../../../src/contract/progress.js';
import type { ClassAccuracy } from '../../../src/unlearn/candidates.js';
import { alphaGrid } from '../../../src/unlearn/grid.js';
import {
  EXHAUSTIVE,
  type Fidelity,
  RACE,
  type SearchOptions,
  type SearchResult,
  searchCandidates,
} from '../../../src/unlearn/search.js';

const alphaR = [10, 100, 1000];
const alphaF = [1, 10, 100];

/** Accuracies of classes 0, 1, ... on equally many samples. */
const classes = (accuracies: readonly number[], samples = 100): ClassAccuracy[] =>
  accuracies.map((accuracy, index) => ({ class: index, accuracy, samples }));

/** What a search is asked for, its recipes by the alphas that they are made of. */
type Asked = Partial<SearchOptions> & { readonly alphaR?: readonly number[]; readonly alphaF?: readonly number[] };

/** A search over a table of accuracies: class 0 is to be forgotten, 1 and 2 are retained. */
async function search(table: (recipe: Recipe) => readonly number[], asked: Asked = {}): Promise<SearchResult> {
  const { alphaR: r = alphaR, alphaF: f = alphaF, ...options } = asked;
  return searchCandidates({
    recipes: alphaGrid(r, f),
    forget: [{ class: 0 }],
    evaluate: async (recipe) => classes(table(recipe)),
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
const namesOf = (judged: SearchResult['candidates']) => judged.map(({ recipe }) => nameOf(recipe));

describe('the exhaustive search', () => {
  it('judges every pair of the grid once, those with one alpha_r together', async () => {
    const seen: string[] = [];
    const fidelities: Fidelity[] = [];
    const { candidates } = await search(typical, {
      alphaR: [1000, 10, 100, 10],
      alphaF: [10, 1, 100],
      evaluate: async (recipe, fidelity) => {
        seen.push(nameOf(recipe));
        fidelities.push(fidelity);
        return classes(typical(recipe));
      },
    });
    expect(seen).toEqual(alphaR.flatMap((r) => [100, 10, 1].map((f) => `${r}/${f}`)));
    expect(namesOf(candidates)).toEqual(alphaR.flatMap((r) => alphaF.map((f) => `${r}/${f}`)));
    expect(new Set(fidelities.map((fidelity) => JSON.stringify(fidelity)))).toEqual(
      new Set([JSON.stringify({ share: 1, detail: 'full' })]),
    );
    expect(candidates.every(({ complete, samples, share }) => complete && samples === 300 && share === 1)).toBe(true);
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
      evaluate: async () => [
        { class: 0, accuracy: 0.5, samples: 10 },
        { class: 1, accuracy: 0.9, samples: 300 },
        { class: 2, accuracy: 0.5, samples: 100 },
        { class: 3, accuracy: 0, samples: 30 },
        { class: 4, accuracy: 0.7, samples: 50 },
      ],
    });
    expect(candidates[0].retainAccuracy).toBeCloseTo(0.8, 12);
    expect(candidates[0].forgetAccuracy).toBeCloseTo(0.125, 12);
    expect(candidates[0].score).toBeCloseTo(0.8 * 0.875, 12);
  });

  it('chooses the highest score among those that forget, not the highest score', async () => {
    const table: Record<string, number[]> = {
      '10/1': [0.06, 1, 1],
      '10/10': [0.0, 0.9, 0.9],
      '10/100': [0.0, 0.5, 0.5],
    };
    const { best, candidates } = await search((recipe) => table[nameOf(recipe)], { alphaR: [10] });
    expect(candidates[0].score).toBeGreaterThan(candidates[1].score);
    expect(best).toBe(candidates[1]);
  });

  it('prefers a candidate within all limits to one with a better score', async () => {
    const table: Record<string, number[]> = {
      '10/1': [0.02, 0.95, 0.95],
      '10/10': [0.01, 0.9, 0.9],
      '10/100': [0.0, 0.8, 0.95],
    };
    const lookUp = (recipe: Recipe) => table[nameOf(recipe)];
    expect((await search(lookUp, { alphaR: [10] })).best).toMatchObject({ recipe: { alphaF: 10 }, meetsLimits: true });
    const lenient = await search(lookUp, { alphaR: [10], forget: [{ class: 0, maxAccuracy: 0.02 }] });
    expect(lenient.best).toMatchObject({ recipe: { alphaF: 1 } });
    const guarded = await search(lookUp, { alphaR: [10], protect: [{ class: 2, before: 0.95, maxDrop: 0.03 }] });
    expect(guarded.best).toMatchObject({ recipe: { alphaF: 100 }, meetsLimits: true });
    const impossible = await search(lookUp, { alphaR: [10], protect: [{ class: 2, before: 0.99, maxDrop: 0.01 }] });
    expect(impossible.best).toMatchObject({ recipe: { alphaF: 1 }, meetsLimits: false, forgets: true });
  });

  it('takes a limit as met when it is met exactly', async () => {
    const { best } = await search(() => [0.01, 0.92, 0.92], {
      alphaR: [10],
      alphaF: [1],
      protect: [{ class: 1, before: 0.95, maxDrop: 0.03 }],
    });
    expect(best).toMatchObject({ meetsLimits: true });
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
    expect(tolerant.best).toMatchObject({ forgets: true, meetsLimits: false });
  });

  it('finds no best candidate where none forgets', async () => {
    const { best, candidates, front } = await search(() => [0.3, 0.9, 0.9]);
    expect(best).toBeUndefined();
    expect(candidates).toHaveLength(9);
    expect(front).toHaveLength(9);
  });

  it('breaks ties by the smaller alpha_f, then the larger alpha_r', async () => {
    const { best } = await search(() => [0, 0.9, 0.9]);
    expect(best).toMatchObject({ recipe: { alphaF: 1, alphaR: 1000 } });
  });

  it('finds the Pareto front', async () => {
    const points: Record<string, [number, number]> = {
      '10/1': [0.5, 0.95],
      '10/10': [0.1, 0.9],
      '10/100': [0.0, 0.6],
      '100/1': [0.5, 0.94],
      '100/10': [0.2, 0.9],
      '100/100': [0.1, 0.9],
      '1000/1': [0.9, 0.95],
      '1000/10': [0.3, 0.92],
      '1000/100': [0.05, 0.5],
    };
    const { front } = await search((recipe) => {
      const [forget, retain] = points[nameOf(recipe)];
      return [forget, retain, retain];
    });
    expect(namesOf(front)).toEqual(['10/1', '10/10', '10/100', '100/100', '1000/10']);
  });

  it('refuses alphas out of range', async () => {
    for (const [alphas, message] of [
      [[], 'no alpha_f to try'],
      [[1, -3], 'alpha_f = -3 is not over 0 and up to 100000'],
      [[0, 1], 'alpha_f = 0 is not over 0 and up to 100000'],
      [[Number.NaN], 'alpha_f = NaN'],
      [[1e6], 'alpha_f = 1000000'],
    ] as const) {
      await expect(search(typical, { alphaF: alphas })).rejects.toMatchObject({
        code: 'usage',
        message: expect.stringContaining(message),
      });
    }
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
    expect(seen.map(({ recipe }) => recipe)).toEqual(alphaGrid(alphaR, alphaF).slice(0, 4));
  });

  it('tells how far the candidate is that is being judged', async () => {
    const seen: Progress[] = [];
    await search(typical, {
      alphaR: [10],
      alphaF: [1, 10],
      onProgress: (progress) => seen.push(progress),
      evaluate: async (recipe, _, { onProgress }) => {
        for (const done of [30, 60]) onProgress?.({ phase: 'measure', done, total: 120 });
        return classes(typical(recipe));
      },
    });
    expect(seen.map(({ phase, done, total, recipe }) => [phase, recipe!.alphaF, done, total])).toEqual([
      ...[0.25, 0.5, 1].map((done) => ['search', 10, done, 2]),
      ...[1.25, 1.5, 2].map((done) => ['search', 1, done, 2]),
    ]);
  });
});

/** Like `typical`, but with one clear optimum. */
const peaked = (recipe: Recipe) => {
  const [r, f] = [Math.log10(recipe.alphaR), Math.log10(recipe.alphaF)];
  const retain = 0.95 - 0.05 * Math.abs(r - 2) - 0.1 * f ** 2 + 0.1;
  return [f >= 1 ? 0 : 0.5 - 0.4 * f, Math.min(1, retain), Math.min(1, retain)];
};

describe('the race', () => {
  const all = 900;
  const grid = { alphaR: [10, 30, 100, 300, 1000], alphaF: [1, 3, 10, 30, 100] };

  /** Judges on a share of 900 samples a class; what the table says, rounded to whole samples. */
  function racing(table: (recipe: Recipe, fidelity: Fidelity) => readonly number[], rounds = RACE) {
    const calls: { pair: string; share: number; detail: string }[] = [];
    const evaluate = async (recipe: Recipe, fidelity: Fidelity) => {
      calls.push({ pair: nameOf(recipe), share: fidelity.share, detail: fidelity.detail });
      const samples = Math.max(1, Math.round(all * fidelity.share));
      return classes(
        table(recipe, fidelity).map((accuracy) => Math.round(accuracy * samples) / samples),
        samples,
      );
    };
    return { calls, options: { ...grid, rounds, evaluate } satisfies Partial<SearchOptions> };
  }

  it('finds what the exhaustive search finds, at a fraction of the work', async () => {
    const { calls, options } = racing(peaked);
    const race = await search(peaked, options);
    const exhaustive = await search(peaked, { ...grid, rounds: EXHAUSTIVE });
    expect(nameOf(exhaustive.best!.recipe)).toBe('100/10');
    expect(nameOf(race.best!.recipe)).toBe(nameOf(exhaustive.best!.recipe));
    expect(race.best).toMatchObject({ complete: true, samples: 2700, share: 1 });
    const work = calls.reduce((sum, { share }) => sum + share, 0);
    expect(work).toBeLessThan(3);
    // alpha_f = 3 plainly does not forget, so alpha_f = 1 was not tried: 20 pairs, of which 3 went further.
    expect(race.candidates).toHaveLength(20);
    expect(race.candidates.filter(({ samples }) => samples === 90)).toHaveLength(17);
    expect(calls.filter(({ detail }) => detail === 'full')).toHaveLength(1);
  });

  it('never lets a candidate win that was not judged on everything', async () => {
    // On few samples everything looks perfect; the truth is that only two pairs forget.
    const truth = (recipe: Recipe) => [recipe.alphaF === 100 && recipe.alphaR >= 300 ? 0 : 0.2, 0.9, 0.9];
    const { calls, options } = racing((recipe, { share }) => (share === 1 ? truth(recipe) : [0, 0.9, 0.9]));
    const { best, candidates } = await search(truth, options);
    expect(best).toMatchObject({ recipe: { alphaR: 1000, alphaF: 100 }, complete: true });
    // It went on until one did, in the order of merit.
    expect(calls.filter(({ share }) => share === 1).length).toBe(candidates.filter(({ complete }) => complete).length);
  });

  it('goes on past a finalist that breaks a limit, but not past one that nothing can better', async () => {
    const protect = [{ class: 1, before: 0.95, maxDrop: 0.02 }];
    const table = (recipe: Recipe, { share }: Fidelity) => {
      if (recipe.alphaR === 1000 && recipe.alphaF === 30) return [0, 0.94, 0.9];
      return share === 1 ? [0, 0.9, 0.99] : [0, 0.94, 0.98];
    };
    const { options } = racing(table);
    const guarded = await search(() => [], { ...options, protect });
    expect(guarded.best).toMatchObject({ recipe: { alphaR: 1000, alphaF: 30 }, meetsLimits: true });
    const free = racing(table);
    await search(() => [], free.options);
    expect(free.calls.filter(({ share }) => share === 1)).toHaveLength(1);
  });

  it('says that none forgets only of pairs that plainly do not', async () => {
    const { calls, options } = racing((recipe) => [recipe.alphaF === 100 ? 0.06 : 0.5, 0.9, 0.9]);
    const { best } = await search(() => [], options);
    expect(best).toBeUndefined();
    const full = new Set(calls.filter(({ share }) => share === 1).map(({ pair }) => pair));
    // 6% is within the tolerance of few samples, so each such pair had to be judged on all.
    for (const r of grid.alphaR) expect(full.has(`${r}/100`)).toBe(true);
    expect(full.size).toBe(5);
  });

  it('is not led astray by bad luck on few samples', async () => {
    // The best pair misses the limit slightly on the first samples.
    const { options } = racing((recipe, { share }) => {
      if (recipe.alphaR !== 100 || recipe.alphaF < 10) return [0.4, 0.9, 0.9];
      if (recipe.alphaF > 10) return [0, 0.5, 0.5];
      return share < 0.1 ? [0.1, 0.9, 0.9] : [0, 0.9, 0.9];
    });
    expect((await search(() => [], options)).best).toMatchObject({ recipe: { alphaR: 100, alphaF: 10 } });
  });

  it('tries every pair where classes of earlier runs must stay forgotten', async () => {
    const table = (recipe: Recipe) => [0, 0.9, 0.9, recipe.alphaF > 3 ? 0.5 : 0];
    const { options } = racing(table);
    const { best, candidates } = await search(() => [], { ...options, earlier: [{ class: 3 }] });
    expect(candidates).toHaveLength(25);
    expect(best).toMatchObject({ recipe: { alphaR: 1000, alphaF: 1 } });
  });

  it('keeps a candidate judged on few samples from pushing a complete one off the front', async () => {
    const { options } = racing((recipe, { share }) => [0, share === 1 ? 0.9 : 0.95 - recipe.alphaF / 1000, 0.9]);
    const { best, front } = await search(() => [], options);
    expect(front).toContain(best);
  });

  it('insists on a last round that is complete', async () => {
    await expect(search(typical, { rounds: [{ share: 0.5, detail: 'full' }] })).rejects.toThrow('last round');
    await expect(search(typical, { rounds: [] })).rejects.toThrow('last round');
  });
});
