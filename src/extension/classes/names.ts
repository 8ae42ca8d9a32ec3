import type { ModelSummary } from '../../protocol.js';

/** Some classes as a run is asked for them: by name, or by index where only the data may name them, in another order even. */
export function classesAt(summary: ModelSummary, indices: readonly number[]): readonly (string | number)[] {
  const names = classesOf(summary);
  return indices.filter((index) => index < names.length).map((index) => (summary.classes ? names[index] : index));
}

/** The names of a model's classes, numbers where nobody named them. */
export function classesOf({ classes, classCount }: ModelSummary): readonly string[] {
  return classes ?? Array.from({ length: classCount ?? 0 }, (_, index) => String(index));
}
