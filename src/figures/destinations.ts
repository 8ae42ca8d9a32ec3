import type { ConfusionCounts } from '../contract/terms.js';
import { pluralText } from '../contract/text.js';

/** Classes that are drawn; the others are added up. */
export const DRAWN_DESTINATIONS = 8;

/** What samples of some classes are taken for. */
export interface Destination {
  /** `own`: the samples are still recognised. `others`: all classes that are not listed. */
  readonly kind: 'own' | 'class' | 'others';
  /** Of `class`, its index; else null. */
  readonly class: number | null;
  /** Classes that are added up. */
  readonly classes: number;
  /** Numbers of samples; `after` is null as long as nobody knows. */
  readonly before: number;
  readonly after: number | null;
}

/** Their own class first, then those that get most of them now, or did before, and at last all others together. */
export function destinationsOf(
  before: ConfusionCounts,
  after: ConfusionCounts | null,
  followed: readonly number[],
  most: number,
): Destination[] {
  const { size } = before;
  const own = { before: 0, after: 0 };
  const others = Array.from({ length: size }, (_, index) => ({ class: index, before: 0, after: 0 }));
  for (const row of followed) {
    for (let column = 0; column < size; column++) {
      const target = column === row ? own : others[column];
      target.before += before.counts[row * size + column];
      target.after += after?.counts[row * size + column] ?? 0;
    }
  }
  const ranked = others
    .filter((entry) => entry.before + entry.after > 0)
    .sort((a, b) => b.after - a.after || b.before - a.before);
  // A single one that is left is listed as well: it takes no more room than its sum.
  const listed = ranked.length <= most + 1 ? ranked : ranked.slice(0, most);
  const rest = ranked.slice(listed.length);
  const all: Destination[] = [
    { kind: 'own', class: null, classes: followed.length, ...own },
    ...listed.map((entry) => ({ kind: 'class' as const, classes: 1, ...entry })),
  ];
  if (rest.length > 0) {
    const sum = (when: 'before' | 'after') => rest.reduce((total, entry) => total + entry[when], 0);
    all.push({ kind: 'others', class: null, classes: rest.length, before: sum('before'), after: sum('after') });
  }
  return all.map((entry) => ({ ...entry, after: after ? entry.after : null }));
}

/** `3 other classes`. */
export function othersText({ classes }: Destination): string {
  return pluralText(classes, 'other class', 'other classes');
}
