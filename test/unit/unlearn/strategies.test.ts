import { describe, expect, it } from 'vitest';
import { Random } from '../../../src/base/random.js';
import type { Recipe } from '../../../src/contract/candidates.js';
import { candidateId, projectionRecipe, refitRecipe } from '../../../src/contract/recipes.js';
import {
  choose,
  type Evaluation,
  type Goals,
  isAdmissible,
  type Judged,
  judge,
  pairedError,
} from '../../../src/unlearn/candidates.js';
import { alphaGrid } from '../../../src/unlearn/grid.js';
import { deepest, leastForgetting, listed } from '../../../src/unlearn/strategies.js';
import { evaluationOf, follow } from '../../support/mathematics/judged.js';

describe('listed candidates', () => {
  it('are judged one after the other, each once', () => {
    const recipes = alphaGrid('projection', [10, 30], [1, 3, 10]);
    const strategy = listed(recipes);
    expect(strategy.expected).toBe(6);
    expect(follow(strategy, () => evaluationOf([0, 0.9])).map(({ recipe }) => recipe)).toEqual(recipes);
  });
});

describe('the deepest on a path', () => {
  const PATH = [300, 170, 100, 55, 30, 17, 10, 5.5, 3, 1.7, 1].map((alpha) => refitRecipe(alpha, 10));
  const START = 2;
  const TOLERANCE = 0.01;

  /** What a step of the path comes to. */
  interface Step {
    /** Accuracy on each of two kept classes, or on one and the other. */
    readonly retain: number | readonly [number, number];
    /** Accuracy on the class to forget; default 0. */
    readonly forget?: number;
    /** On each class; default 1000. */
    readonly samples?: number;
  }

  /** Goes down the path; every step is harder to read than the one before. */
  function descend(steps: (at: number) => Step, more: Partial<Goals> & { readonly start?: number } = {}) {
    const { start = START, ...goals } = more;
    const strategy = deepest(PATH, start, TOLERANCE);
    const landscape = (recipe: Recipe): Evaluation => {
      const at = PATH.indexOf(recipe);
      const { retain, forget = 0, samples = 1000 } = steps(at);
      const kept = typeof retain === 'number' ? [retain, retain] : retain;
      return evaluationOf([forget, ...kept], { samples, readable: 0.9 - at / 100 });
    };
    const judged = follow(strategy, landscape, { forget: [{ class: 0 }], ...goals });
    const best = choose(judged, { tolerance: TOLERANCE, depth: null });
    return {
      expected: strategy.expected,
      judged,
      visited: judged.map(({ recipe }) => PATH.indexOf(recipe)),
      chosen: best ? PATH.indexOf(best.recipe) : null,
    };
  }

  it('is found wherever it is, from wherever the search starts, in as many steps as a bisection takes', () => {
    for (let start = 0; start < PATH.length; start++) {
      for (let last = start; last < PATH.length; last++) {
        const { visited, chosen, expected } = descend((at) => ({ retain: at <= last ? 0.95 : 0.88 }), { start });
        expect({ start, last, chosen }).toEqual({ start, last, chosen: last });
        expect(visited[0]).toBe(start);
        expect(Math.min(...visited)).toBe(start);
        expect(visited.length).toBeLessThanOrEqual(expected);
      }
    }
    expect(deepest(PATH, START, TOLERANCE).expected).toBe(5);
  });

  it('is found where accuracy falls little by little, with some more steps where it is hard to tell', () => {
    for (let slope = 0; slope < 0.02; slope += 0.0007) {
      const steps = (at: number) => ({ retain: 0.95 - slope * at });
      const { judged, chosen, expected } = descend(steps);
      const last = PATH.findLastIndex((_, at) => at >= START && slope * (at - START) <= TOLERANCE + 1e-9);
      expect({ slope, chosen }).toEqual({ slope, chosen: last });
      const [start] = judged;
      const hard = judged.filter((one) => {
        const beyond = start.retainAccuracy - one.retainAccuracy - TOLERANCE;
        return beyond > 0 && beyond <= pairedError(start, one);
      });
      expect(judged.length).toBeLessThanOrEqual(expected + hard.length);
    }
  });

  it('goes shallower where its start breaks a limit of a protected class', () => {
    const protect = [{ class: 1, before: 0.97, maxDrop: 0.01 }];
    for (const last of [0, 1]) {
      const { visited, chosen } = descend((at) => ({ retain: at <= last ? 0.965 : 0.95 }), { protect });
      expect({ last, chosen }).toEqual({ last, chosen: last });
      expect(visited).toEqual([2, 0, 1]);
    }
    // What the start keeps of the other class does not make up for it.
    const uneven = descend((at) => ({ retain: at < 2 ? [0.965, 0.9] : [0.95, 0.97] }), { protect });
    expect([uneven.visited, uneven.chosen]).toEqual([[2, 0, 1], 1]);
    const nowhere = descend(() => ({ retain: 0.95 }), { protect });
    expect(nowhere.visited).toEqual([2, 0]);
    expect(nowhere.judged.some(isAdmissible)).toBe(false);
  });

  it('stops before the first step that breaks such a limit, whatever the tolerance would allow', () => {
    const protect = [{ class: 1, before: 0.95, maxDrop: 0.004 }];
    for (let last = START; last < PATH.length; last++) {
      const { chosen, visited } = descend((at) => ({ retain: at <= last ? 0.95 : 0.945 }), { protect });
      expect({ last, chosen }).toEqual({ last, chosen: last });
      expect(visited.length).toBeLessThanOrEqual(5);
    }
  });

  it('goes deeper where its start does not forget', () => {
    for (const [first, last] of [
      [3, 10],
      [3, 7],
      [6, 9],
      [10, 10],
    ]) {
      const { chosen, visited } = descend((at) => ({ retain: at <= last ? 0.95 : 0.8, forget: at < first ? 0.2 : 0 }));
      expect({ first, last, chosen }).toEqual({ first, last, chosen: last });
      expect(Math.min(...visited)).toBe(START);
    }
    // However much it costs: first of all it must forget.
    const costly = descend((at) => ({ retain: 0.95 - 0.03 * at, forget: at < 10 ? 0.2 : 0 }));
    expect(costly.chosen).toBe(10);
    const never = descend(() => ({ retain: 0.95, forget: 0.2 }));
    // Then none is left out before it is said that none forgets.
    expect(never.visited.slice(0, 5)).toEqual([2, 6, 8, 9, 10]);
    expect([...never.visited].sort((a, b) => a - b)).toEqual([...PATH.keys()]);
    expect(never.chosen).toBeNull();
    // Not the deepest near one that the bisection hit, but near the shallowest that forgets.
    const steep = descend((at) => ({ retain: 0.95 - 0.02 * Math.max(0, at - 3), forget: at < 4 ? 0.2 : 0 }));
    expect(steep.chosen).toBe(4);
  });

  it('does not take one sample of a few for remembering, and tries shallower steps where nothing deeper forgets', () => {
    // 1 of 40 is more than 1%, but says nothing against it.
    const few = descend((at) => ({ retain: at <= 5 ? 0.95 : 0.8, forget: at < 9 ? 1 / 40 : 0, samples: 40 }));
    expect(few.chosen).toBe(5);
    const shallow = descend((at) => ({ retain: 0.95, forget: at === 0 ? 0.05 : 0.3 }));
    expect(shallow.chosen).toBe(0);
  });

  it('asks for as little of a class to forget as its own limit says', () => {
    const steps = (at: number) => ({ retain: 0.95 - at * 0.001, forget: at < 9 ? 0.03 : 0 });
    // Three percent is forgotten, but not what the limit asks for unless that says so.
    expect(descend(steps).chosen).toBeGreaterThanOrEqual(9);
    expect(descend(steps, { forget: [{ class: 0, maxAccuracy: 0.03 }] }).visited).toContain(10);
    const costly = descend((at) => ({ retain: at < 6 ? 0.95 : 0.85, forget: at < 6 ? 0.03 : 0 }));
    expect(costly.chosen).toBe(10);
    const steep = (at: number) => ({ retain: 0.95 - at * 0.02, forget: at < 9 ? 0.03 : 0 });
    expect(descend(steep, { forget: [{ class: 0, maxAccuracy: 0.03 }] }).chosen).toBe(START);
  });

  describe('where a step is beyond the tolerance by less than the error of the difference', () => {
    // 1.5 points on 200 samples, of which one is allowed: three samples, with an error of 0.9 points.
    const bumpy = (retain: (at: number) => number) => (at: number) => ({ retain: retain(at), samples: 100 });

    it('tries the next one, and finds it', () => {
      const { visited, chosen } = descend(bumpy((at) => (at === 6 ? 0.935 : at <= 7 ? 0.95 : 0.85)));
      expect(visited).toEqual([2, 6, 4, 5, 7, 8]);
      expect(chosen).toBe(7);
    });

    it('ends with the first step that is clearly beyond', () => {
      const { visited, chosen } = descend(bumpy((at) => (at < 6 ? 0.95 : at === 6 ? 0.935 : 0.85)));
      expect(visited).toEqual([2, 6, 4, 5, 7]);
      expect(chosen).toBe(5);
    });

    it('ends with it if it breaks a limit', () => {
      const protect = [{ class: 1, before: 0.95, maxDrop: 0.014 }];
      const { visited, chosen } = descend(
        bumpy((at) => (at === 6 ? 0.935 : 0.95)),
        { protect },
      );
      expect(visited).toEqual([2, 6, 4, 5]);
      expect(chosen).toBe(5);
    });

    it('does not, where it is told well enough', () => {
      const { visited } = descend((at) => ({ retain: at < 6 ? 0.95 : 0.935, samples: 10_000 }));
      expect(visited).toEqual([2, 6, 4, 5]);
    });

    it('may come to the end of the path', () => {
      const { visited, chosen } = descend(bumpy((at) => (at === 10 ? 0.935 : 0.95)));
      expect(visited).toEqual([2, 6, 8, 9, 10]);
      expect(chosen).toBe(9);
    });
  });
});

describe('the least forgetting that forgets', () => {
  const ALPHA_R = [10, 30, 100, 300];
  const ALPHA_F = [1, 1.7, 3, 5.5, 10, 17, 30, 55, 100];

  const GOALS: Goals = { forget: [{ class: 0 }] };

  type Landscape = (recipe: Recipe) => Evaluation;

  /** A sum of steps of all widths, which grows with alpha_f and falls with alpha_r; from 0 to 1. */
  function rising(random: Random): (recipe: Recipe) => number {
    const steps = Array.from({ length: 1 + random.below(4) }, () => ({
      f: random.unit(),
      r: random.unit(),
      at: 3 * random.unit() - 1,
      width: 0.02 + random.unit(),
      height: random.unit(),
    }));
    const all = steps.reduce((sum, { height }) => sum + height, 0);
    return ({ alphaR: r, alphaF: f }) =>
      steps.reduce((sum, step) => {
        const place = step.f * Math.log10(f) - step.r * Math.log10(r) + step.at;
        return sum + step.height / all / (1 + Math.exp(-place / step.width));
      }, 0);
  }

  const landscapeOf =
    (forget: (recipe: Recipe) => number, retain: (recipe: Recipe) => number): Landscape =>
    (recipe) => ({
      classes: [forget(recipe), retain(recipe)].map((accuracy, index) => ({ class: index, accuracy, samples: 100 })),
      isRight: new Uint8Array(0),
      recoverability: null,
    });

  function randomLandscape(random: Random): Landscape {
    const [forgetting, loss] = [rising(random), rising(random)];
    return landscapeOf(
      (recipe) => Math.max(0, 0.95 * (1 - 1.3 * forgetting(recipe))),
      (recipe) => 0.95 * (1 - loss(recipe)),
    );
  }

  const bestOf = (judged: readonly Judged[]) =>
    Math.max(0, ...judged.filter(isAdmissible).map(({ retainAccuracy }) => retainAccuracy));
  const namesOf = (judged: readonly Judged[]) => judged.map(({ recipe }) => candidateId(recipe));
  /** Every pair of these alphas, tried. */
  const exhaustively = (landscape: Landscape, alphaR = ALPHA_R, alphaF = ALPHA_F) =>
    alphaGrid('projection', alphaR, alphaF).map((recipe) => judge(recipe, landscape(recipe), GOALS, true));

  it('keeps as much as the best of the whole grid, in about a third of the trials', () => {
    const random = new Random(11);
    const trials: number[] = [];
    let better = 0;
    while (trials.length < 200) {
      const landscape = randomLandscape(random);
      const exhaustive = exhaustively(landscape);
      const judged = follow(leastForgetting('projection', ALPHA_R, ALPHA_F), landscape);
      expect(judged.some(isAdmissible)).toBe(exhaustive.some(isAdmissible));
      if (!judged.some(isAdmissible)) continue;
      expect(bestOf(judged)).toBeGreaterThanOrEqual(bestOf(exhaustive) - 1e-12);
      if (bestOf(judged) > bestOf(exhaustive)) better++;
      trials.push(judged.length);
    }
    expect(trials.reduce((sum, count) => sum + count, 0) / trials.length).toBeLessThan(13);
    expect(Math.max(...trials)).toBeLessThanOrEqual(18);
    // Half-way between two weights of the grid it often finds more than the grid has.
    expect(better).toBeGreaterThan(20);
  });

  it('tries half-way to both neighbours of the best alpha_r', () => {
    // Best between 30 and 100; with 55 it takes no more alpha_f than with 30.
    const landscape = landscapeOf(
      ({ alphaR: r, alphaF: f }) => (f >= r / 10 ? 0 : 0.5),
      ({ alphaR: r, alphaF: f }) => 0.9 - Math.abs(Math.log10(r / 55)) / 5 - f / 1000,
    );
    const judged = follow(leastForgetting('projection', ALPHA_R, ALPHA_F), landscape);
    const tried = [...new Set(judged.map(({ recipe }) => recipe.alphaR))].sort((a, b) => a - b);
    expect(tried).toEqual([10, 17, 30, 55, 100, 300]);
    const best = judged.reduce((a, b) => (bestOf([b]) > bestOf([a]) ? b : a));
    expect(best.recipe).toEqual(projectionRecipe(55, 5.5));
    expect(bestOf(judged)).toBeGreaterThan(bestOf(exhaustively(landscape)));
  });

  it('tries half-way all weights that lie between those of the neighbours, both of these too', () => {
    for (const least of [3, 5.5, 10]) {
      const bound = (r: number) => (r <= 30 ? 3 : r < 100 ? least : 10);
      const landscape = landscapeOf(
        ({ alphaR: r, alphaF: f }) => (f >= bound(r) ? 0 : 0.5),
        ({ alphaR: r }) => (r > 100 ? 0.1 : r / 200),
      );
      const names = namesOf(follow(leastForgetting('projection', ALPHA_R, ALPHA_F), landscape));
      expect(names).toContain(`projection-55-${least}`);
    }
  });

  it('finds the least alpha_f of every alpha_r, wherever that is', () => {
    for (const least of [0, 1, 4, 7, 8]) {
      for (const next of [0, 1, 3]) {
        const bound = (r: number) => ALPHA_F[Math.min(8, least + (r > 10 ? next : 0))];
        const landscape = landscapeOf(
          ({ alphaR: r, alphaF: f }) => (f >= bound(r) ? 0.01 : 0.02),
          ({ alphaF: f }) => 0.9 - f / 1000,
        );
        const names = namesOf(follow(leastForgetting('projection', ALPHA_R, ALPHA_F), landscape));
        for (const r of ALPHA_R) expect(names).toContain(candidateId(projectionRecipe(r, bound(r))));
      }
    }
  });

  it('ends where nothing forgets, and where no larger alpha_r does', () => {
    const never = landscapeOf(
      () => 0.5,
      () => 0.9,
    );
    const tried = follow(leastForgetting('projection', ALPHA_R, ALPHA_F), never);
    expect(tried.map(({ recipe }) => recipe.alphaR)).toEqual([10, 10, 10, 10]);
    expect(tried.at(-1)!.recipe.alphaF).toBe(100);
    const small = landscapeOf(
      ({ alphaR: r, alphaF: f }) => (r < 100 && f >= r ? 0 : 0.5),
      () => 0.9,
    );
    const names = namesOf(follow(leastForgetting('projection', ALPHA_R, ALPHA_F), small));
    expect(names).toContain('projection-10-10');
    expect(names).toContain('projection-30-30');
    expect(names.some((name) => name.startsWith('projection-100-'))).toBe(true);
    expect(names.some((name) => name.startsWith('projection-300-'))).toBe(false);
  });

  it.each([
    ['one alpha_r', [30], ALPHA_F],
    ['one alpha_f', ALPHA_R, [10]],
    ['one of each', [30], [10]],
    ['two that lie close together', [10, 10.4], [1, 1.1]],
    ['very many', Array.from({ length: 12 }, (_, at) => 2 + at), Array.from({ length: 30 }, (_, at) => 1 + at)],
  ])('ends with what the grid finds, judging nothing twice: %s', (_, alphaR, alphaF) => {
    const random = new Random(alphaR.length + alphaF.length);
    let forgot = 0;
    for (let time = 0; time < 40; time++) {
      const landscape = randomLandscape(random);
      const judged = follow(leastForgetting('projection', alphaR, alphaF), landscape);
      const exhaustive = exhaustively(landscape, alphaR, alphaF);
      expect(bestOf(judged)).toBeGreaterThanOrEqual(bestOf(exhaustive) - 1e-12);
      if (judged.some(isAdmissible)) forgot++;
    }
    expect(forgot).toBeGreaterThan(0);
  });

  it('takes what falls short of a limit as not forgotten', () => {
    const landscape = landscapeOf(
      ({ alphaF: f }) => (f >= 30 ? 0.005 : 0.04),
      ({ alphaF: f }) => 0.9 - f / 1000,
    );
    const strict = follow(leastForgetting('projection', [10], ALPHA_F), landscape);
    expect(bestOf(strict)).toBeCloseTo(0.87, 12);
    const lenient = follow(leastForgetting('projection', [10], ALPHA_F), landscape, {
      forget: [{ class: 0, maxAccuracy: 0.04 }],
    });
    const kept = lenient.filter(isAdmissible).map(({ retainAccuracy }) => retainAccuracy);
    expect(Math.max(...kept)).toBeCloseTo(0.899, 12);
  });
});
