import type { ConfusionCounts } from '../../../../src/contract/terms.js';
import { countText, percentText, signedText } from '../../../../src/contract/text.js';

export type Unit = 'count' | 'percent';

/** A confusion matrix with what its rows add up to. */
export interface Matrix extends ConfusionCounts {
  /** Samples of each class. */
  readonly totals: Uint32Array;
}

const known = new WeakMap<ConfusionCounts, Matrix>();

/** Adds the rows up, once for each matrix. */
export function matrixOf(confusion: ConfusionCounts): Matrix {
  const before = known.get(confusion);
  if (before) return before;
  const { size, counts } = confusion;
  const totals = new Uint32Array(size);
  for (let row = 0; row < size; row++) {
    let total = 0;
    for (let at = row * size; at < (row + 1) * size; at++) total += counts[at];
    totals[row] = total;
  }
  const matrix = { size, counts, totals };
  known.set(confusion, matrix);
  return matrix;
}

export function countAt({ size, counts }: ConfusionCounts, row: number, column: number): number {
  return counts[row * size + column];
}

/** Whether no sample is there, before or after, as in most cells of many classes. */
export function isEmpty(before: Matrix, after: Matrix | null, row: number, column: number): boolean {
  const at = row * before.size + column;
  return before.counts[at] === 0 && (after === null || after.counts[at] === 0);
}

/** Share of the samples of class `row`, 0..1; 0 if there are none. */
export function shareAt(matrix: Matrix, row: number, column: number): number {
  return countAt(matrix, row, column) / Math.max(1, matrix.totals[row]);
}

/** In samples, or in percent of the row. */
export function valueAt(matrix: Matrix, row: number, column: number, unit: Unit): number {
  return unit === 'count' ? countAt(matrix, row, column) : 100 * shareAt(matrix, row, column);
}

/** `120` or `12.0%`. */
export function valueText(value: number, unit: Unit): string {
  return unit === 'count' ? countText(value) : percentText(value / 100);
}

/** `+12`, `−0.9`; percentages in points. */
export function changeText(change: number, unit: Unit): string {
  return signedText(change, unit === 'count' ? 0 : 1);
}

/** `120 of 1,000 (12.0%)`. */
export function ofTotal(matrix: Matrix, row: number, column: number): string {
  const total = matrix.totals[row];
  if (total === 0) return 'no samples';
  return `${countText(countAt(matrix, row, column))} of ${countText(total)} (${percentText(shareAt(matrix, row, column))})`;
}

/** A class that is taken for another. */
export interface Pair {
  readonly row: number;
  readonly column: number;
  readonly before: number;
  readonly after: number | null;
}

/** The pairs of different classes that are confused most, before or after. @param classes rows and columns to look at. */
export function topPairs(
  before: Matrix,
  after: Matrix | null,
  classes: readonly number[],
  unit: Unit,
  most: number,
): readonly Pair[] {
  const top: (Pair & { readonly size: number })[] = [];
  for (const row of classes) {
    for (const column of classes) {
      if (row === column || isEmpty(before, after, row, column)) continue;
      const a = valueAt(before, row, column, unit);
      const b = after ? valueAt(after, row, column, unit) : null;
      const size = Math.max(a, b ?? 0);
      if (top.length === most && size <= top[most - 1].size) continue;
      const place = top.findIndex((other) => other.size < size);
      top.splice(place < 0 ? top.length : place, 0, { row, column, before: a, after: b, size });
      if (top.length > most) top.pop();
    }
  }
  return top.map(({ row, column, before, after }) => ({ row, column, before, after }));
}

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
