import type { Recipe } from '../contract/candidates.js';
import { atDepth, deeperFirst, depthFront, readability } from '../contract/depth.js';
import { DEFAULT_MAX_ACCURACY, exceeds } from '../contract/policy.js';
import type { Recoverability } from '../contract/records.js';

/** Accuracy of one class (0..1) on so many of its samples. */
export interface ClassAccuracy {
  readonly class: number;
  readonly accuracy: number;
  readonly samples: number;
}

/** How a model does on some samples that nothing was fitted to. */
export interface Evaluation {
  /** Of every class that has samples. */
  readonly classes: readonly ClassAccuracy[];
  /** Whether the model is right (1) or not, for each sample of a class to keep, in an order that is the same for all models. */
  readonly isRight: Uint8Array;
  /** Null where it can't be told. */
  readonly recoverability: Recoverability | null;
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
export interface Judged extends Evaluation {
  readonly recipe: Recipe;
  /** Over all samples of retained classes, and of classes to forget. */
  readonly retainAccuracy: number;
  readonly forgetAccuracy: number;
  /** retainAccuracy * (1 - forgetAccuracy). */
  readonly score: number;
  /** How many samples it was judged on. */
  readonly samples: number;
  /** Whether that was all there are to judge on. Only such a candidate can win. */
  readonly complete: boolean;
  /** Whether every class to forget is at or under the forget limit. */
  readonly forgets: boolean;
  /** Whether each limit of the policy is kept: of the classes to forget, and of the protected ones. */
  readonly meetsForgetLimits: boolean;
  readonly meetsProtectLimits: boolean;
  /** Whether it surely does not forget: a limit of the classes to forget is exceeded by more than the error of the measurement. */
  readonly remembers: boolean;
}

const FORGET_LIMIT = 0.05;

/** Holds the measured accuracies against the goals. @param complete whether all samples were judged. */
export function judge(recipe: Recipe, evaluation: Evaluation, goals: Goals, complete: boolean): Judged {
  const { classes } = evaluation;
  const unknown = [...goals.forget, ...(goals.earlier ?? [])];
  const forgotten = new Set(goals.forget.map((limit) => limit.class));
  const retained = new Set(classes.map((entry) => entry.class));
  for (const limit of unknown) retained.delete(limit.class);
  const retainAccuracy = pooled(classes.filter((entry) => retained.has(entry.class)));
  const forgetAccuracy = pooled(classes.filter((entry) => forgotten.has(entry.class)));

  const results = new Map(classes.map((entry) => [entry.class, entry]));
  const within = (name: number, limit: number) => {
    const result = results.get(name);
    // Nothing is known of a class without samples: no candidate is turned down for it, but none to forget it wins either.
    return result ? !exceeds(result.accuracy, limit) : !forgotten.has(name);
  };
  const surelyExceeds = ({ class: name, maxAccuracy = DEFAULT_MAX_ACCURACY }: ForgetLimit) => {
    const result = results.get(name);
    return result !== undefined && exceeds(result.accuracy, maxAccuracy, 2 * errorOf(maxAccuracy, result.samples));
  };
  const keeps = ({ class: name, before, maxDrop }: ProtectLimit) => {
    const result = results.get(name);
    return !result || !exceeds(before - result.accuracy, maxDrop);
  };
  return {
    ...evaluation,
    recipe,
    retainAccuracy,
    forgetAccuracy,
    score: retainAccuracy * (1 - forgetAccuracy),
    samples: classes.reduce((sum, entry) => sum + entry.samples, 0),
    complete,
    forgets: unknown.every((limit) => within(limit.class, goals.forgetLimit ?? FORGET_LIMIT)),
    meetsForgetLimits: unknown.every((limit) => within(limit.class, limit.maxAccuracy ?? DEFAULT_MAX_ACCURACY)),
    meetsProtectLimits: (goals.protect ?? []).every(keeps),
    remembers: unknown.some(surelyExceeds),
  };
}

/** One standard error of an accuracy measured on so many samples, as wide as half a sample at least. */
function errorOf(accuracy: number, samples: number): number {
  return Math.sqrt(Math.max(accuracy * (1 - accuracy), 1 / (4 * samples)) / samples);
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

export function isAdmissible({ forgets, meetsForgetLimits, meetsProtectLimits }: Judged): boolean {
  return forgets && meetsForgetLimits && meetsProtectLimits;
}

/** One standard error of the difference of two models' accuracies on the same retained samples: only where they disagree they differ. */
export function pairedError({ isRight: a }: Evaluation, { isRight: b }: Evaluation): number {
  let [gained, lost] = [0, 0];
  for (let at = 0; at < a.length; at++) {
    if (a[at] > b[at]) gained++;
    else if (a[at] < b[at]) lost++;
  }
  const variance = gained + lost - (gained - lost) ** 2 / Math.max(1, a.length);
  return Math.sqrt(variance) / Math.max(1, a.length);
}

/** How to choose among candidates that all do what they must. */
export interface Preference {
  /** Retain accuracy (0..1) that may be given up for forgetting more deeply. */
  readonly tolerance: number;
  /** From 0, what keeps most, to 1, what forgets most deeply, over the candidates that are worth a look; null follows the tolerance. */
  readonly depth: number | null;
}

/**
 * The choice: of the complete candidates that forget and keep all limits (failing that: that forget), those within the tolerance
 * of the best retain accuracy, and of these the one whose forgotten classes are hardest to read from its hidden layers.
 */
export function choose(judged: readonly Judged[], { tolerance, depth }: Preference): Judged | undefined {
  const complete = judged.filter((candidate) => candidate.complete && candidate.forgets);
  const admissible = complete.filter(isAdmissible);
  const pool = admissible.length > 0 ? admissible : complete;
  if (pool.length === 0) return undefined;
  if (depth !== null) return atDepth(depthFront(pool), depth);
  const best = Math.max(...pool.map(({ retainAccuracy }) => retainAccuracy));
  return pool.filter(({ retainAccuracy }) => !exceeds(best - retainAccuracy, tolerance)).sort(deeperFirst)[0];
}

/** What the Pareto front is about. */
export type Judgement = Pick<Judged, 'retainAccuracy' | 'forgetAccuracy' | 'recoverability' | 'complete' | 'samples'>;

/**
 * The candidates that no other one beats: in retain accuracy, forget accuracy and recoverability at once. One judged on few
 * samples does not count against one judged on more.
 */
export function paretoFront<T extends Judgement>(candidates: readonly T[]): T[] {
  const beats = (a: T, b: T) =>
    Number(a.complete) >= Number(b.complete) &&
    a.samples >= b.samples &&
    a.retainAccuracy >= b.retainAccuracy &&
    a.forgetAccuracy <= b.forgetAccuracy &&
    readability(a) <= readability(b) &&
    (a.retainAccuracy > b.retainAccuracy || a.forgetAccuracy < b.forgetAccuracy || readability(a) < readability(b));
  return candidates.filter((candidate) => !candidates.some((other) => beats(other, candidate)));
}
