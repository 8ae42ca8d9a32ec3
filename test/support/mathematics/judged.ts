import type { Recipe } from '../../../src/contract/candidates.js';
import { candidateId } from '../../../src/contract/recipes.js';
import { type Evaluation, type Goals, type Judged, judge } from '../../../src/unlearn/candidates.js';
import type { Strategy } from '../../../src/unlearn/strategies.js';

/** What else there is to say of made-up evaluations. */
export interface Made {
  /** Of each class; default 100. */
  readonly samples?: number;
  /** Balanced accuracy with which the forgotten class can be read; null where that can't be told. Default 0.5. */
  readonly readable?: number | null;
  /** For each kept sample, class after class; default so that of two models the better one is right wherever the other is. */
  readonly isRight?: readonly number[];
}

/** Accuracies of classes 0, 1, ... on equally many samples. All of them but class 0 are kept. */
export function evaluationOf(accuracies: readonly number[], made: Made = {}): Evaluation {
  const { samples = 100, readable = 0.5, isRight } = made;
  const rightOf = (accuracy: number) =>
    Array.from({ length: samples }, (_, at) => Number(at < Math.round(accuracy * samples)));
  return {
    classes: accuracies.map((accuracy, index) => ({ class: index, accuracy, samples })),
    isRight: Uint8Array.from(isRight ?? accuracies.slice(1).flatMap(rightOf)),
    recoverability: readable === null ? null : { balancedAccuracy: readable, error: 0.01, auc: readable },
  };
}

/** Follows a strategy to its end over a landscape. @throws Error if it asks for something twice. */
export function follow(
  strategy: Strategy,
  landscape: (recipe: Recipe) => Evaluation,
  goals: Goals = { forget: [{ class: 0 }] },
): readonly Judged[] {
  const judged = new Map<string, Judged>();
  for (let next = strategy.next([]); next; next = strategy.next([...judged.values()])) {
    const id = candidateId(next);
    if (judged.has(id)) throw new Error(`${id} was judged already`);
    judged.set(id, judge(next, landscape(next), goals, true));
  }
  return [...judged.values()];
}
