import type { PolicyEntry, StudioSnapshot } from '../../src/protocol.js';

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
export function classRows({ facts, summary }: StudioSnapshot): readonly ClassRow[] {
  const names = facts?.classes ?? summary?.classes;
  const total = names?.length ?? facts?.classCount ?? summary?.classCount ?? 0;
  const forgotten = new Set(summary?.forgotten ?? facts?.forgotten);
  const policy = new Map(summary?.policy.map((entry) => [entry.index, entry]));
  const measured = new Map(summary?.measured?.perClass.map((entry) => [entry.index, entry]));
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

/** Whether the policy forbids a class that the model recognises, as far as is known. */
export function isForbidden({ policy, accuracy, isForgotten }: ClassRow): boolean {
  if (!policy) return false;
  return accuracy === null ? !isForgotten : accuracy > policy.maxAccuracy;
}
