import type { ModelSummary } from '../../contract/models.js';
import { DEFAULT_MAX_ACCURACY } from '../../contract/policy.js';
import type { RunRecord } from '../../contract/records.js';

/** Some classes as a run is asked for them: by name, or by index where only the data may name them, in another order even. */
export function classesAt(summary: ModelSummary, indices: readonly number[]): readonly (string | number)[] {
  const names = classesOf(summary);
  return indices.filter((index) => index < names.length).map((index) => (summary.classes ? names[index] : index));
}

/** What the policy says of classes that a run is to forget, asked for as `classesAt` gives them. */
export function limitsAt(summary: ModelSummary, classes: readonly (string | number)[]): RunRecord['forget'] {
  const names = classesOf(summary);
  const indices = classes.map((wanted) => (typeof wanted === 'number' ? wanted : names.indexOf(wanted)));
  return indices
    .filter((index) => index in names)
    .map((index) => {
      const stated = summary.policy.find((entry) => entry.class === names[index]);
      const { reason = null, maxAccuracy = DEFAULT_MAX_ACCURACY } = stated ?? {};
      return { class: names[index], index, reason, maxAccuracy };
    });
}

/** The names of a model's classes, numbers where nobody named them. */
export function classesOf({ classes, classCount }: ModelSummary): readonly string[] {
  return classes ?? Array.from({ length: classCount ?? 0 }, (_, index) => String(index));
}

/**
 * Indices of classes in a list that has changed: a class is known again by its name, where it had one.
 * @param before the list that the indices are of, undefined if nobody knows it.
 */
export function stillThere(
  indices: readonly number[],
  before: readonly string[] | undefined,
  now: readonly string[],
): readonly number[] {
  const places = indices.map((index) => {
    const name = before?.[index];
    // A number stands for a class that had no name yet.
    return name === undefined || name === String(index) ? index : now.indexOf(name);
  });
  return places.filter((index) => index >= 0 && index < now.length).sort((a, b) => a - b);
}
