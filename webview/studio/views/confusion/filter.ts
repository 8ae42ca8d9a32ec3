import { type Matrix, shareAt } from '../../../../src/figures/confusion.js';

/** How many classes are added for each one that a filter finds, as long as it finds no more than the second number. */
const COMPANIONS = 3;
const MOST_ACCOMPANIED = 50;

/**
 * The classes that a filter finds, with those that each is taken for most and that are most taken for it, before and after;
 * ascending. All of them without a filter.
 */
export function classesShown(names: readonly string[], filter: string, matrices: readonly Matrix[]): readonly number[] {
  const wanted = filter.trim().toLowerCase();
  const all = names.map((_, index) => index);
  if (wanted === '') return all;
  const exact = all.filter((index) => names[index].toLowerCase() === wanted);
  const found = new Set(exact.length > 0 ? exact : all.filter((index) => names[index].toLowerCase().includes(wanted)));
  const shown = new Set(found);
  for (const index of found.size > MOST_ACCOMPANIED ? [] : found) {
    for (const matrix of matrices) {
      for (const other of strongest(all, index, (other) => shareAt(matrix, index, other))) shown.add(other);
      for (const other of strongest(all, index, (other) => shareAt(matrix, other, index))) shown.add(other);
    }
  }
  return [...shown].sort((a, b) => a - b);
}

function strongest(all: readonly number[], self: number, share: (other: number) => number): readonly number[] {
  const top: number[] = [];
  for (const other of all) {
    if (other === self || share(other) === 0) continue;
    if (top.length === COMPANIONS && share(other) <= share(top[COMPANIONS - 1])) continue;
    const place = top.findIndex((before) => share(before) < share(other));
    top.splice(place < 0 ? top.length : place, 0, other);
    top.length = Math.min(top.length, COMPANIONS);
  }
  return top;
}
