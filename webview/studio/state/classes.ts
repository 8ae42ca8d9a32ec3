import type { PolicyEntry } from '../../../src/contract/models.js';
import { isSameCandidate } from '../../../src/contract/recipes.js';
import type { ClassAccuracy } from '../../../src/contract/records.js';
import type { StudioSnapshot } from '../../../src/contract/studio.js';

/** What is known of a class. */
export interface ClassRow {
  readonly index: number;
  readonly name: string;
  /** Null before the model was evaluated, and where there was no sample. */
  readonly accuracy: number | null;
  /** Samples the accuracy was measured on. */
  readonly samples: number | null;
  /** An earlier run made the model forget it. */
  readonly isForgotten: boolean;
  readonly policy: PolicyEntry | undefined;
}

/** Every class of the model, in the order of its outputs. */
export function classRows(snapshot: StudioSnapshot): readonly ClassRow[] {
  const { facts, summary } = snapshot;
  const names = facts?.classes ?? summary?.classes;
  const total = names?.length ?? facts?.classCount ?? summary?.classCount ?? 0;
  const forgotten = new Set(summary?.forgotten ?? facts?.forgotten);
  const policy = new Map(summary?.policy.map((entry) => [entry.index, entry]));
  const measured = new Map(accuracies(snapshot).map((entry) => [entry.index, entry]));
  return Array.from({ length: total }, (_, index) => {
    const name = names?.[index] ?? `Class ${index}`;
    const accuracy = measured.get(index);
    return {
      index,
      name,
      accuracy: accuracy?.accuracy ?? null,
      samples: accuracy?.count ?? null,
      isForgotten: forgotten.has(name),
      policy: policy.get(index),
    };
  });
}

/** What was measured of this very file: by an evaluation, or else by the run that is shown. */
function accuracies({ summary, shown }: StudioSnapshot): readonly Omit<ClassAccuracy, 'class'>[] {
  if (summary?.measured) return summary.measured.perClass;
  if (!summary || !shown || summary.state === 'changed') return [];
  const { perClass, candidate } = shown.outcome;
  const isItsWork = shown.folder !== null && shown.folder === summary.run;
  if (!isItsWork) return perClass.map(({ index, before, count }) => ({ index, accuracy: before, count }));
  // The model that the run wrote; another candidate that is looked at says nothing about it.
  return isSameCandidate(candidate, shown.saved)
    ? perClass.map(({ index, after, count }) => ({ index, accuracy: after, count }))
    : [];
}

/** Whether the policy forbids a class that the model recognises, as far as is known. */
export function isForbidden({ policy, accuracy, isForgotten }: ClassRow): boolean {
  if (!policy) return false;
  return accuracy === null ? !isForgotten : accuracy > policy.maxAccuracy;
}
