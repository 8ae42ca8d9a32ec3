import { throwIfAborted } from '../base/abort.js';
import type { Recipe } from '../contract/candidates.js';
import { asUnit, type Work } from '../contract/progress.js';
import { byRecipe, recipeText } from '../contract/recipes.js';
import {
  byMerit,
  type ClassAccuracy,
  type Goals,
  isAdmissible,
  type Judged,
  judge,
  paretoFront,
} from './candidates.js';
import type { Detail } from './collect.js';

/** How exactly a pair is to be judged. */
export interface Fidelity {
  /**
   * Share of each class's samples, over 0 and up to 1; at least one of each class. A larger share should contain the
   * samples of a smaller one.
   */
  readonly share: number;
  readonly detail: Detail;
}

/** One round of the search: the best `keep` candidates so far (all if left out) are judged this exactly. */
export interface Round extends Fidelity {
  readonly keep?: number;
}

/** Every pair on all samples. */
export const EXHAUSTIVE: readonly Round[] = [{ share: 1, detail: 'full' }];

/**
 * Successive halving (Jamieson and Talwalkar, AISTATS 2016), for models whose forward passes are costly: every pair on few
 * samples with sketched spaces, the best three on more, the best one on all with the full spaces. For 25 pairs that is at most
 * 2.2 times the forward passes over all samples instead of 25 times.
 *
 * The first round goes from the largest alpha_f down and leaves a row of the grid where a pair plainly does not forget: P_f
 * grows with alpha_f in every direction, so a smaller one removes less.
 */
export const RACE: readonly Round[] = [
  { share: 1 / 30, detail: 'sketch' },
  { share: 1 / 8, detail: 'sketch', keep: 3 },
  { share: 1, detail: 'full', keep: 1 },
];

export interface SearchOptions extends Goals, Work {
  /** What is tried, each once, in the order in which it is best tried: what shares work one after the other. */
  readonly recipes: readonly Recipe[];
  /** Default `EXHAUSTIVE`. The last round must be at share 1 with full spaces. */
  readonly rounds?: readonly Round[];
  /** Accuracy of every class that has samples, of the model that is made after a recipe. */
  evaluate(recipe: Recipe, fidelity: Fidelity, work: Work): Promise<readonly ClassAccuracy[]>;
  /** Told after each of them; `judged` gives what has been judged so far. */
  onJudged?(judged: () => Judgements): void;
}

/** Candidates and which of them are worth a look. */
export interface Judgements {
  /** Every one that was judged with its most exact judgement, by recipe. A race leaves out those that can't forget. */
  readonly candidates: readonly Judged[];
  /** Those that no other one beats in both accuracies (see `paretoFront`). */
  readonly front: readonly Judged[];
}

export interface SearchResult extends Judgements {
  /** The best complete candidate that forgets; none if no candidate does. */
  readonly best?: Judged;
}

/**
 * Finds the candidate with the highest accuracyRetain * (1 - accuracyForget) among those that forget and keep every
 * limit; failing that, among those that forget. If the race's finalists do not do, the others that still might are judged in
 * full too, one after the other: "no candidate forgets" is never said for lack of samples.
 * @throws LetheError `cancelled`; what `evaluate` throws.
 */
export async function searchCandidates(options: SearchOptions): Promise<SearchResult> {
  const rounds = options.rounds ?? EXHAUSTIVE;
  const final = rounds.at(-1);
  if (final?.share !== 1 || final.detail !== 'full') throw new RangeError('the last round must be complete');
  const { recipes } = options;
  const candidates = new Map<Recipe, Judged>();
  let done = 0;
  let total = rounds.reduce((sum, round, index) => sum + fieldSize(round, index, recipes.length), 0);

  const judged = (): Judgements => {
    const all = [...candidates.values()].sort((a, b) => byRecipe(a.recipe, b.recipe));
    return { candidates: all, front: paretoFront(all) };
  };
  const evaluate = async (recipe: Recipe, { share, detail }: Fidelity) => {
    throwIfAborted(options.signal);
    const unit = { phase: 'search', done, total, detail: recipeText(recipe), recipe } as const;
    const classes = await options.evaluate(recipe, { share, detail }, asUnit(options, unit));
    candidates.set(recipe, judge(recipe, classes, options, share, share === 1 && detail === 'full'));
    done++;
    options.onJudged?.(judged);
    options.onProgress?.({ ...unit, done, total });
  };

  // Classes of earlier runs are not in the forget space, so they say nothing about smaller alphas.
  const mayPrune = rounds.length > 1 && !options.earlier?.length;
  for (const [index, round] of rounds.entries()) {
    const field = index === 0 ? recipes : ranked([...candidates.keys()], candidates);
    const best = new Set(field.slice(0, fieldSize(round, index, recipes.length)));
    for (const recipe of recipes.filter((one) => best.has(one))) {
      if (index === 0 && mayPrune && isHopeless(recipe, candidates)) total--;
      else await evaluate(recipe, round);
    }
  }
  for (let next = substitute(candidates); next; next = substitute(candidates)) {
    total++;
    await evaluate(next, final);
  }

  const found = judged();
  const [best] = found.candidates.filter((candidate) => candidate.complete && candidate.forgets).sort(byMerit);
  return { ...found, best };
}

/** Whether a larger alpha_f with the same alpha_r was seen not to forget. */
function isHopeless({ alphaR, alphaF }: Recipe, candidates: ReadonlyMap<Recipe, Judged>): boolean {
  return [...candidates.values()].some(
    ({ recipe, forgets }) => recipe.alphaR === alphaR && recipe.alphaF > alphaF && !forgets,
  );
}

/** The first round judges all. */
function fieldSize(round: Round, index: number, all: number): number {
  return index === 0 ? all : Math.min(all, round.keep ?? all);
}

/** Those that were judged, by merit. */
function ranked(recipes: readonly Recipe[], candidates: ReadonlyMap<Recipe, Judged>): Recipe[] {
  return [...recipes].sort((a, b) => byMerit(candidates.get(a)!, candidates.get(b)!));
}

/** The next one worth judging in full, if what was judged in full is not good enough. */
function substitute(candidates: ReadonlyMap<Recipe, Judged>): Recipe | undefined {
  const complete = [...candidates.values()].filter((candidate) => candidate.complete);
  if (complete.some(isAdmissible)) return undefined;
  const mayDo = complete.some((candidate) => candidate.forgets)
    ? isAdmissible
    : (candidate: Judged) => candidate.forgets;
  const open = [...candidates.keys()].filter((one) => !candidates.get(one)!.complete && mayDo(candidates.get(one)!));
  return ranked(open, candidates)[0];
}
