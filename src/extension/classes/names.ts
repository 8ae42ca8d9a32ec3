import type { ModelSummary } from '../../protocol.js';

/** The names of a model's classes, numbers where nobody named them. */
export function classesOf({ classes, classCount }: ModelSummary): readonly string[] {
  return classes ?? Array.from({ length: classCount ?? 0 }, (_, index) => String(index));
}
