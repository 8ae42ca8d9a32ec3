import type { BoundaryResult } from '../contract/explain.js';
import { areasOf } from './areas.js';
import { CLASS_COLORS, OTHER_CLASSES } from './palette.js';

/** A class and its colour, `#rrggbb`. */
export interface ClassColor {
  readonly class: number;
  readonly color: string;
}

/**
 * A colour for each class that occurs in a decision boundary, in the order of the model's outputs. A model with no more classes
 * than colours has one colour for each, whichever of them occur. Of one with more, those get a colour that are forgotten or
 * span the plane, then those with the largest regions before and after; all others share the last one.
 * @param classCount of the model. @param forgotten by the run.
 */
export function classColors(
  result: Pick<BoundaryResult, 'before' | 'after' | 'points' | 'anchors'>,
  classCount: number,
  forgotten: ReadonlySet<number>,
): ClassColor[] {
  const sizes = sizesOf(result);
  const present = [...sizes.keys()].sort((a, b) => a - b);
  if (classCount <= CLASS_COLORS.length) {
    return present.map((index) => ({ class: index, color: CLASS_COLORS[index] ?? OTHER_CLASSES }));
  }
  const isFirst = new Set(result.anchors.map((anchor) => anchor.class));
  for (const index of forgotten) isFirst.add(index);
  const ranked = [...present].sort(
    (a, b) => Number(isFirst.has(b)) - Number(isFirst.has(a)) || sizes.get(b)! - sizes.get(a)! || a - b,
  );
  const colored = ranked.slice(0, CLASS_COLORS.length - 1).sort((a, b) => a - b);
  return present.map((index) => ({ class: index, color: CLASS_COLORS[colored.indexOf(index)] ?? OTHER_CLASSES }));
}

/** Points that each class has before and after; none for one that has samples alone. */
function sizesOf(result: Pick<BoundaryResult, 'before' | 'after' | 'points' | 'anchors'>): Map<number, number> {
  const { before, after } = areasOf(result);
  const sizes = new Map<number, number>();
  const add = (index: number, points: number) => sizes.set(index, (sizes.get(index) ?? 0) + points);
  for (const counts of [before, after]) for (const [index, points] of counts ?? []) add(index, points);
  for (const index of new Set(result.points.classes)) add(index, 0);
  for (const anchor of result.anchors) add(anchor.class, 0);
  return sizes;
}

/** What a legend names: classes with a colour of their own before those without, of either the first outputs; and how many it leaves out. */
export function legendOf<Entry extends Pick<ClassColor, 'color'>>(
  entries: readonly Entry[],
  most: number,
): { readonly named: readonly Entry[]; readonly more: number } {
  if (entries.length <= most) return { named: entries, more: 0 };
  const isOther = ({ color }: Entry) => color === OTHER_CLASSES;
  const wanted = new Set([...entries].sort((a, b) => Number(isOther(a)) - Number(isOther(b))).slice(0, most));
  return { named: entries.filter((entry) => wanted.has(entry)), more: entries.length - most };
}
