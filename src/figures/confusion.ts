import type { Confusion } from '../contract/records.js';
import type { ConfusionCounts } from '../contract/terms.js';
import { countText, percentText, signedText } from '../contract/text.js';

/** What cells say: numbers of samples, or their share of the row. */
export type Unit = 'count' | 'percent';

/** A confusion matrix with what its rows add up to. */
export interface Matrix extends ConfusionCounts {
  /** Samples of each class. */
  readonly totals: Uint32Array;
}

const KNOWN = new WeakMap<ConfusionCounts, Matrix>();

/** Adds the rows up, once for each matrix. */
export function matrixOf(confusion: ConfusionCounts): Matrix {
  const before = KNOWN.get(confusion);
  if (before) return before;
  const { size, counts } = confusion;
  const totals = new Uint32Array(size);
  for (let row = 0; row < size; row++) {
    let total = 0;
    for (let at = row * size; at < (row + 1) * size; at++) total += counts[at];
    totals[row] = total;
  }
  const matrix = { size, counts, totals };
  KNOWN.set(confusion, matrix);
  return matrix;
}

/** The rows of a record's matrix in one list. */
export function countsOf(confusion: Confusion): ConfusionCounts {
  const counts = new Uint32Array(confusion.length ** 2);
  for (const [row, values] of confusion.entries()) counts.set(values, row * confusion.length);
  return { size: confusion.length, counts };
}

// ---- cells -----------------------------------------------------------------------------------------------------------

function countAt({ size, counts }: ConfusionCounts, row: number, column: number): number {
  return counts[row * size + column];
}

/** Whether no sample is there, before or after, as in most cells of many classes. */
export function isEmpty(before: Matrix, after: Matrix | null, row: number, column: number): boolean {
  return countAt(before, row, column) === 0 && (after === null || countAt(after, row, column) === 0);
}

/** Share of the samples of class `row`, 0..1; 0 if there are none. */
export function shareAt(matrix: Matrix, row: number, column: number): number {
  return countAt(matrix, row, column) / Math.max(1, matrix.totals[row]);
}

/** In samples, or in percent of the row. */
export function valueAt(matrix: Matrix, row: number, column: number, unit: Unit): number {
  return unit === 'count' ? countAt(matrix, row, column) : 100 * shareAt(matrix, row, column);
}

/** How strong the colour of a cell is, -1..1, for its share of all: small ones matter here, and on a straight scale nobody sees them. */
export function strengthOf(share: number): number {
  return Math.sign(share) * Math.sqrt(Math.min(1, Math.abs(share)));
}

/** `120` or `12.0%`. @param value null where nothing was measured. */
export function valueText(value: number | null, unit: Unit): string {
  return unit === 'count' ? countText(value) : percentText(value === null ? null : value / 100);
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

/** What fits into a cell: one decimal, none where it needs three digits, or never any. */
export type Room = 'decimal' | 'digits' | 'whole';

/** A value as it stands in a cell, in percent without the sign; nothing for none, and 100 for all alone. */
export function cellText(value: number, unit: Unit, room: Room): string {
  if (value === 0) return '';
  if (unit === 'count') return value < 10_000 ? `${value}` : `${Math.round(value / 1000)}k`;
  if (value === 100) return '100';
  const isWhole = room === 'whole' || (room === 'digits' && value >= 9.95);
  // Where there is no decimal, a colour alone tells that there is a little.
  if (value < (isWhole ? 0.5 : 0.05)) return isWhole ? '' : '<0.1';
  const text = value.toFixed(isWhole ? 0 : 1);
  return Number(text) === 100 ? '>99' : text;
}

// ---- pairs -----------------------------------------------------------------------------------------------------------

/** A class that is taken for another: values in the unit that was asked for. */
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
): Pair[] {
  return pairsBy(before, after, classes, unit, most, (a, b) => Math.max(a, b ?? 0));
}

/** The pairs of different classes that changed most, in percent of the row. */
export function changedPairs(before: Matrix, after: Matrix, classes: readonly number[], most: number): Pair[] {
  return pairsBy(before, after, classes, 'percent', most, (a, b) => Math.abs((b ?? 0) - a));
}

/** The pairs of the largest size, of a million as well: none of those that have none. */
function pairsBy(
  before: Matrix,
  after: Matrix | null,
  classes: readonly number[],
  unit: Unit,
  most: number,
  sizeOf: (before: number, after: number | null) => number,
): Pair[] {
  const top: { readonly pair: Pair; readonly size: number }[] = [];
  for (const row of classes) {
    for (const column of classes) {
      if (row === column || isEmpty(before, after, row, column)) continue;
      const a = valueAt(before, row, column, unit);
      const b = after ? valueAt(after, row, column, unit) : null;
      const size = sizeOf(a, b);
      if (size === 0 || (top.length === most && size <= top[most - 1].size)) continue;
      const place = top.findIndex((other) => other.size < size);
      top.splice(place < 0 ? top.length : place, 0, { pair: { row, column, before: a, after: b }, size });
      if (top.length > most) top.pop();
    }
  }
  return top.map(({ pair }) => pair);
}
