import { depthFront } from '../contract/depth.js';
import type { CandidateResult } from '../contract/records.js';
import { recoverabilityText } from '../contract/recoverability.js';
import { percentText } from '../contract/text.js';

/** What a picture of candidates shows. */
export interface CandidatePicture<T extends CandidateResult = CandidateResult> {
  /** What stands against retain accuracy: how well the forgotten classes can be read, or where that is not known be recognised. */
  readonly against: 'recoverability' | 'forgetAccuracy';
  /** Those that no other one beats in what the picture shows, along a line. */
  readonly front: readonly T[];
  /** Those that do what they must, on all samples and on few, and those that do not: they are drawn apart where all others forget. */
  readonly complete: readonly T[];
  readonly rough: readonly T[];
  readonly apart: readonly T[];
}

/**
 * How candidates are drawn. Where recoverability is known of all of them it tells more than forget accuracy, which is 0 for
 * nearly all: only those that miss what they must are told by a shape then.
 */
export function candidatePicture<T extends CandidateResult>(candidates: readonly T[]): CandidatePicture<T> {
  const isReadable = candidates.length > 0 && candidates.every(({ recoverability }) => recoverability !== null);
  const isApart = ({ forgets, admissible }: T) => isReadable && !(forgets && admissible);
  const within = candidates.filter((candidate) => !isApart(candidate));
  return {
    against: isReadable ? 'recoverability' : 'forgetAccuracy',
    front: isReadable
      ? depthChoices(candidates)
      : candidates.filter(({ pareto }) => pareto).sort((a, b) => a.forgetAccuracy - b.forgetAccuracy),
    complete: within.filter(({ complete }) => complete),
    rough: within.filter(({ complete }) => !complete),
    apart: candidates.filter(isApart),
  };
}

/** Where a candidate stands in such a picture, 0..1; the larger, the more is left of what was to be forgotten. */
export function leftOf(
  { recoverability, forgetAccuracy }: CandidateResult,
  against: CandidatePicture['against'],
): number {
  return against === 'recoverability' && recoverability ? recoverability.balancedAccuracy : forgetAccuracy;
}

/** What a candidate does to the classes: `kept classes 97.1%, forgotten 0.0%, readable 89.8% ± 1.0`. */
export function effectText(
  { retainAccuracy, forgetAccuracy, recoverability }: CandidateResult,
  against: CandidatePicture['against'],
): string {
  const both = `kept classes ${percentText(retainAccuracy)}, forgotten ${percentText(forgetAccuracy)}`;
  return against === 'recoverability' ? `${both}, readable ${recoverabilityText(recoverability)}` : both;
}

/** Whether more than one method made some candidates. */
export function isMixed(candidates: readonly CandidateResult[]): boolean {
  return new Set(candidates.map(({ recipe }) => recipe.method)).size > 1;
}

/**
 * The candidates to choose from by depth, from the one that keeps most to the deepest: what `--depth` chooses from. Those that
 * keep every limit, and if there are none those that forget at least.
 */
export function depthChoices<T extends CandidateResult>(candidates: readonly T[]): T[] {
  const forgetting = candidates.filter(({ complete, forgets }) => complete && forgets);
  const admissible = forgetting.filter((candidate) => candidate.admissible);
  return depthFront(admissible.length > 0 ? admissible : forgetting);
}
