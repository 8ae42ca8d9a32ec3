import type { Recipe } from '../contract/candidates.js';
import { candidateId } from '../contract/recipes.js';
import { isAdmissible, type Judged, pairedError } from './candidates.js';

/** Decides what a search tries. */
export interface Strategy {
  /** About how many candidates that will be. */
  readonly expected: number;
  /** The next one to judge, after those that were; null when no other one is worth it. */
  next(judged: readonly Judged[]): Recipe | null;
}

/** Each of some candidates. */
export function listed(recipes: readonly Recipe[]): Strategy {
  return {
    expected: recipes.length,
    next: (judged) => {
      const known = byId(judged);
      return recipes.find((recipe) => !known.has(candidateId(recipe))) ?? null;
    },
  };
}

/**
 * Bisects a path on which every step forgets more deeply and costs more retain accuracy: for the deepest step that is within a
 * tolerance of the best that forgets. Where the first one beyond is so by less than the error of the difference, the next one is
 * tried too. Where the start does not forget, the shallowest step that does is bisected before; and if none does, all are tried.
 * @param path from the shallowest to the deepest.
 * @param start where to begin: it should be shallow enough to tell what retain accuracy can be had.
 */
export function deepest(path: readonly Recipe[], start: number, tolerance: number): Strategy {
  return {
    expected: 1 + Math.ceil(Math.log2(path.length - start)),
    next(judged) {
      const known = byId(judged);
      const at = path.map((recipe) => known.get(candidateId(recipe)));
      if (!at[start]) return path[start];
      let first = start;
      if (at[start].remembers) {
        const forgets = at.findIndex((one, index) => one && index > start && !one.remembers);
        first = forgets < 0 ? path.length : forgets;
        const last = at.findLastIndex((one, index) => one?.remembers && index < first);
        if (first - last > 1) return path[(last + first) >> 1];
        if (first === path.length) return judged.some(({ forgets }) => forgets) ? null : untried(path, at);
      }
      const step = deepestFrom(at, tolerance);
      if (step !== null) return path[step];
      return judged.some(({ forgets }) => forgets) ? null : untried(path, at);
    },
  };
}

/** The next one to judge on the way to the deepest, once one that forgets is known; null when the deepest is. */
function deepestFrom(at: readonly (Judged | undefined)[], tolerance: number): number | null {
  const candidates = at.flatMap((one) => (one && !one.remembers ? one : []));
  const best = candidates.reduce((a, b) => (rank(b) > rank(a) ? b : a));
  const loss = (one: Judged) => best.retainAccuracy - one.retainAccuracy - tolerance;
  const isTooDeep = (one: Judged) => !one.remembers && (!one.meetsProtectLimits || loss(one) > 0);
  const tooDeep = at.findIndex((one) => one && isTooDeep(one));
  let beyond = tooDeep < 0 ? at.length : tooDeep;
  const within = at.findLastIndex((one, index) => one && index < beyond);
  if (beyond - within > 1) return (within + beyond) >> 1;
  for (; beyond < at.length; beyond++) {
    const one = at[beyond];
    if (!one) return beyond;
    if (!one.meetsProtectLimits || loss(one) > pairedError(best, one)) return null;
  }
  return null;
}

function untried(path: readonly Recipe[], at: readonly (Judged | undefined)[]): Recipe | null {
  return path.find((_, index) => !at[index]) ?? null;
}

/** By retain accuracy, those that do what they must before the others. */
function rank(one: Judged): number {
  return one.retainAccuracy + 2 * Number(one.forgets) + 4 * Number(isAdmissible(one));
}

function forgetsEnough({ forgets, meetsForgetLimits }: Judged): boolean {
  return forgets && meetsForgetLimits;
}

/**
 * For each alpha_r, bisects for the least alpha_f that forgets: P_f grows with alpha_f in every direction, so forgetting does, and
 * what is lost with it. With a larger alpha_r it takes a larger alpha_f. Then the same half-way to the neighbours of the best
 * alpha_r.
 * @param alphaR, alphaF ascending.
 */
export function leastForgetting(
  method: Recipe['method'],
  alphaR: readonly number[],
  alphaF: readonly number[],
): Strategy {
  const bisections = Math.ceil(Math.log2(alphaF.length + 1));
  return {
    expected: 2 * bisections + alphaR.length + 2,
    next(judged) {
      const known = byId(judged);
      const recipe = (r: number, f: number): Recipe => ({ method, alphaR: r, alphaF: alphaF[f] });
      const at = (r: number, f: number) => known.get(candidateId(recipe(r, f)));
      /** Goes on with one alpha_r, between the bounds that others set: what to try next, or the least that forgets. */
      const row = (r: number, from: number, to: number): { readonly open: Recipe } | { readonly least: number } => {
        let [fails, forgets] = [from - 1, to];
        for (let f = from; f < forgets; f++) {
          const one = at(r, f);
          if (!one) continue;
          if (forgetsEnough(one)) forgets = f;
          else fails = f;
        }
        return forgets - fails > 1 ? { open: recipe(r, (fails + forgets) >> 1) } : { least: forgets };
      };
      const rows: { readonly r: number; readonly least: number }[] = [];
      for (const r of alphaR) {
        const found = row(r, rows.at(-1)?.least ?? 0, alphaF.length);
        if ('open' in found) return found.open;
        if (found.least === alphaF.length) break;
        rows.push({ r, least: found.least });
      }
      const kept = rows.map(({ r, least }) => at(r, least)?.retainAccuracy ?? 0);
      const best = kept.indexOf(Math.max(...kept));
      for (const [a, b] of [
        [rows[best - 1], rows[best]],
        [rows[best], rows[best + 1]],
      ]) {
        if (!a || !b) continue;
        const found = row(between(a.r, b.r), a.least, b.least + 1);
        if ('open' in found) return found.open;
      }
      return null;
    },
  };
}

/** The geometric mean, to two digits. */
function between(a: number, b: number): number {
  return Number(Math.sqrt(a * b).toPrecision(2));
}

function byId(judged: readonly Judged[]): ReadonlyMap<string, Judged> {
  return new Map(judged.map((one) => [candidateId(one.recipe), one]));
}
