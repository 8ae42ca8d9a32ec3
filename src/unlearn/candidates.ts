import type { Recipe } from '../contract/candidates.js';
import { DEFAULT_MAX_ACCURACY, exceeds } from '../contract/policy.js';

/** Accuracy of one class (0..1) on so many of its samples. */
export interface ClassAccuracy {
  readonly class: number;
  readonly accuracy: number;
  readonly samples: number;
}

/** A class that is to be unknown to the model. */
export interface ForgetLimit {
  readonly class: number;
  /** Accuracy at or below which the policy is met; default 0.01. */
  readonly maxAccuracy?: number;
}

/** A kept class that may lose at most so much. */
export interface ProtectLimit {
  readonly class: number;
  /** Accuracy of the original model on the same samples. */
  readonly before: number;
  readonly maxDrop: number;
}

/** What makes a candidate good. Classes that appear in neither list of classes to forget are retained. */
export interface Goals {
  readonly forget: readonly ForgetLimit[];
  /** Classes forgotten by earlier runs: they must stay so, but do not count in the accuracies and the score. */
  readonly earlier?: readonly ForgetLimit[];
  readonly protect?: readonly ProtectLimit[];
  /** Accuracy at or below which a class counts as forgotten at all; default 0.05. */
  readonly forgetLimit?: number;
}

/** A recipe and how the model does that is made after it. */
export interface Judged {
  readonly recipe: Recipe;
  readonly classes: readonly ClassAccuracy[];
  /** Over all samples of retained classes, and of classes to forget. */
  readonly accuracyRetain: number;
  readonly accuracyForget: number;
  /** accuracyRetain * (1 - accuracyForget). */
  readonly score: number;
  /** How many samples it was judged on, and which share of all that is. */
  readonly samples: number;
  readonly share: number;
  /** Whether it was judged on all samples with the full spaces. Only such a candidate can win. */
  readonly complete: boolean;
  /**
   * Whether every class to forget is at or under the forget limit; whether each limit of the policy is kept. Judged with two
   * standard errors of tolerance while the candidate is not complete.
   */
  readonly forgets: boolean;
  readonly meetsLimits: boolean;
}

const FORGET_LIMIT = 0.05;

/** Holds the measured accuracies against the goals. */
export function judge(
  recipe: Recipe,
  classes: readonly ClassAccuracy[],
  goals: Goals,
  share: number,
  complete: boolean,
): Judged {
  const unknown = [...goals.forget, ...(goals.earlier ?? [])];
  const forgotten = new Set(goals.forget.map((limit) => limit.class));
  const retained = new Set(classes.map((entry) => entry.class));
  for (const limit of unknown) retained.delete(limit.class);
  const accuracyRetain = pooled(classes.filter((entry) => retained.has(entry.class)));
  const accuracyForget = pooled(classes.filter((entry) => forgotten.has(entry.class)));

  const results = new Map(classes.map((entry) => [entry.class, entry]));
  const within = (name: number, limit: number) => {
    const result = results.get(name);
    // Nothing is known of a class without samples: no candidate is turned down for it, but none to forget it wins either.
    if (!result) return !complete || !forgotten.has(name);
    return !exceeds(result.accuracy, limit, complete ? 0 : tolerance(limit, result.samples));
  };
  const keeps = ({ class: name, before, maxDrop }: ProtectLimit) => {
    const result = results.get(name);
    if (!result) return true;
    return !exceeds(before - result.accuracy, maxDrop, complete ? 0 : tolerance(result.accuracy, result.samples));
  };
  return {
    recipe,
    classes,
    accuracyRetain,
    accuracyForget,
    score: accuracyRetain * (1 - accuracyForget),
    samples: classes.reduce((sum, entry) => sum + entry.samples, 0),
    share,
    complete,
    forgets: unknown.every((limit) => within(limit.class, goals.forgetLimit ?? FORGET_LIMIT)),
    meetsLimits:
      unknown.every((limit) => within(limit.class, limit.maxAccuracy ?? DEFAULT_MAX_ACCURACY)) &&
      (goals.protect ?? []).every(keeps),
  };
}

/** Two standard errors of an accuracy measured on so many samples, as wide as one sample at least. */
function tolerance(accuracy: number, samples: number): number {
  return 2 * Math.sqrt(Math.max(accuracy * (1 - accuracy), 1 / samples) / samples);
}

function pooled(classes: readonly ClassAccuracy[]): number {
  let correct = 0;
  let samples = 0;
  for (const entry of classes) {
    correct += entry.accuracy * entry.samples;
    samples += entry.samples;
  }
  return samples === 0 ? 0 : correct / samples;
}

/**
 * The better candidate first: one that forgets and keeps all limits, then one that forgets, then by score. Of equals the one
 * that changes less: the smaller alpha_f, then the larger alpha_r.
 */
export function byMerit(a: Judged, b: Judged): number {
  return (
    Number(isAdmissible(b)) - Number(isAdmissible(a)) ||
    Number(b.forgets) - Number(a.forgets) ||
    b.score - a.score ||
    a.recipe.alphaF - b.recipe.alphaF ||
    b.recipe.alphaR - a.recipe.alphaR
  );
}

export function isAdmissible(candidate: Judged): boolean {
  return candidate.forgets && candidate.meetsLimits;
}

/** What the Pareto front is about. */
export type Judgement = Pick<Judged, 'accuracyRetain' | 'accuracyForget' | 'share' | 'complete'>;

/**
 * The candidates that no other one beats in retain and forget accuracy at once. One judged on few samples does not count
 * against one judged on more.
 */
export function paretoFront<T extends Judgement>(candidates: readonly T[]): T[] {
  const beats = (a: T, b: T) =>
    Number(a.complete) >= Number(b.complete) &&
    a.share >= b.share &&
    a.accuracyRetain >= b.accuracyRetain &&
    a.accuracyForget <= b.accuracyForget &&
    (a.accuracyRetain > b.accuracyRetain || a.accuracyForget < b.accuracyForget);
  return candidates.filter((candidate) => !candidates.some((other) => beats(other, candidate)));
}
