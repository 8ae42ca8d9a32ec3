import type { ClassRole } from '../../../../src/contract/records.js';
import { cellText, changeText, type Matrix, ofTotal, type Unit, valueAt } from '../../../../src/figures/confusion.js';

/** What the matrices are drawn from. */
export interface ConfusionModel {
  readonly names: readonly string[];
  readonly roles: readonly ClassRole[];
  readonly before: Matrix;
  readonly after: Matrix | null;
  /** Classes that are rows and columns, ascending. */
  readonly shown: readonly number[];
  readonly unit: Unit;
}

/** One matrix as it is drawn: one of the two, or how the second differs from the first. */
export interface Surface {
  readonly title: string;
  readonly isChange: boolean;
  /** Signed, -1..1: how strong a colour is. 1 is all samples of a class, or of the largest class where samples are counted. */
  amount(row: number, column: number): number;
  /** What stands in a cell, empty for nothing. @param isRoomy whether there is room for a decimal. */
  text(row: number, column: number, isRoomy: boolean): string;
}

/** @param shows `both`: the matrices before and after, as far as they are known. */
export function surfacesOf(model: ConfusionModel, shows: 'both' | 'change'): readonly Surface[] {
  const { before, after, unit } = model;
  const whole = unit === 'percent' ? 100 : Math.max(1, largest(before.totals));
  const plain = (title: string, matrix: Matrix): Surface => ({
    title,
    isChange: false,
    amount: (row, column) => valueAt(matrix, row, column, unit) / whole,
    text: (row, column, isRoomy) => cellText(valueAt(matrix, row, column, unit), unit, isRoomy ? 'decimal' : 'digits'),
  });
  if (!after) return [plain('Before', before)];
  if (shows === 'both') return [plain('Before', before), plain('After', after)];
  const change = (row: number, column: number) =>
    valueAt(after, row, column, unit) - valueAt(before, row, column, unit);
  return [
    {
      title: 'Change',
      isChange: true,
      amount: (row, column) => change(row, column) / whole,
      text: (row, column) => {
        const text = changeText(change(row, column), unit);
        return /^[−+]/.test(text) ? text : '';
      },
    },
  ];
}

/** What a cell says in words: `Shirt taken for T-shirt/top: before 120 of 1,000 (12.0%), after …`. */
export function reading({ names, before, after, unit }: ConfusionModel, row: number, column: number): string {
  const what = row === column ? `${names[row]} recognised` : `${names[row]} taken for ${names[column]}`;
  if (before.totals[row] === 0) return `${what}: no samples of ${names[row]}`;
  const first = ofTotal(before, row, column);
  if (!after) return `${what}: ${first}`;
  const change = valueAt(after, row, column, unit) - valueAt(before, row, column, unit);
  const unitText = unit === 'percent' ? ' points' : ' samples';
  return `${what}: before ${first}, after ${ofTotal(after, row, column)}, ${changeText(change, unit)}${unitText}`;
}

function largest(values: Uint32Array): number {
  return values.reduce((most, value) => Math.max(most, value), 0);
}
