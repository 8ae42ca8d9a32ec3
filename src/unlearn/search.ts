import { throwIfAborted } from '../base/abort.js';
import type { Recipe } from '../contract/candidates.js';
import { deeperFirst } from '../contract/depth.js';
import { asUnit, type Work } from '../contract/progress.js';
import { byRecipe, candidateId, recipeText } from '../contract/recipes.js';
import {
  choose,
  type Evaluation,
  type Goals,
  isAdmissible,
  type Judged,
  judge,
  type Preference,
  pairedError,
  paretoFront,
} from './candidates.js';
import { pooledEvaluation } from './folds.js';
import type { Strategy } from './strategies.js';

export interface SearchOptions extends Goals, Preference, Work {
  readonly strategy: Strategy;
  /**
   * Parts of the samples that are each held out from fits of their own; 1 where one part says enough. Candidates that may be the
   * best on the first are judged on the others too.
   */
  readonly folds: number;
  /** How the model does that is made after a recipe, from the samples outside of a fold, on those in the fold. */
  evaluate(recipe: Recipe, fold: number, work: Work): Promise<Evaluation>;
  /** Told after each of them; `judged` gives what has been judged so far. */
  onJudged?(judged: () => Judgements): void;
}

/** Candidates and which of them are worth a look. */
export interface Judgements {
  /** Every one that was judged, by recipe. */
  readonly candidates: readonly Judged[];
  /** Those that no other one beats (see `paretoFront`). */
  readonly front: readonly Judged[];
}

export interface SearchResult extends Judgements {
  /** The one to take (see `choose`); none if no candidate forgets. */
  readonly best?: Judged;
}

/**
 * Judges what a strategy asks for, on the first fold, and then on the others what may still be the choice: a candidate is dropped
 * only when it is behind the best by more than the tolerance and the error of their difference.
 * @throws LetheError `cancelled`; what `evaluate` throws.
 */
export async function searchCandidates(options: SearchOptions): Promise<SearchResult> {
  const { strategy, folds } = options;
  const evaluations = new Map<string, { readonly recipe: Recipe; readonly parts: Evaluation[] }>();
  const judgedOn = (parts: number): Judged[] =>
    [...evaluations.values()]
      .filter((one) => one.parts.length >= parts)
      .map((one) => {
        return judge(one.recipe, pooledEvaluation(one.parts), options, one.parts.length === folds);
      });
  const judged = (): Judgements => {
    const all = judgedOn(1).sort((a, b) => byRecipe(a.recipe, b.recipe));
    return { candidates: all, front: paretoFront(all) };
  };
  let [done, total] = [0, strategy.expected];
  const evaluate = async (recipe: Recipe, fold: number) => {
    throwIfAborted(options.signal);
    total = Math.max(total, done + 1);
    const unit = { phase: 'search', done, total, detail: recipeText(recipe), recipe } as const;
    const part = await options.evaluate(recipe, fold, asUnit(options, unit));
    const id = candidateId(recipe);
    evaluations.set(id, { recipe, parts: [...(evaluations.get(id)?.parts ?? []), part] });
    done++;
    options.onJudged?.(judged);
    options.onProgress?.({ ...unit, done, total });
  };

  for (let next = strategy.next([]); next; next = strategy.next(judgedOn(1))) await evaluate(next, 0);
  for (let fold = 1; fold < folds; fold++) {
    const open = contenders(judgedOn(fold), options);
    total = done + open.length * (folds - fold);
    for (const { recipe } of open) await evaluate(recipe, fold);
  }
  const found = judged();
  return { ...found, best: choose(found.candidates, options) };
}

/** Those that may be the choice, as far as can be told from what they were judged on so far, and the one that keeps most. */
function contenders(judged: readonly Judged[], { tolerance, depth }: Preference): readonly Judged[] {
  const forgetting = judged.filter(({ forgets }) => forgets);
  const pool = forgetting.length > 0 ? forgetting : judged;
  if (depth !== null) return pool;
  const admissible = pool.filter(isAdmissible);
  const possible = admissible.length > 0 ? admissible : pool;
  const best = possible.reduce((a, b) => (b.retainAccuracy > a.retainAccuracy ? b : a));
  const loss = (one: Judged) => best.retainAccuracy - one.retainAccuracy - tolerance;
  const open = pool.filter((one) => loss(one) <= pairedError(best, one));
  // What is less deep than one that is surely within the tolerance will not be chosen.
  const [sure] = possible.filter((one) => loss(one) <= -pairedError(best, one)).sort(deeperFirst);
  return open.filter((one) => one === best || !sure || deeperFirst(one, sure) <= 0);
}
