import type { BoundaryResult } from '../../../../src/contract/explain.js';
import { type ClassColor, classColors } from '../../../../src/figures/classColors.js';
import { nameOf, type SampleClass } from '../../state/sampleClasses.js';

/** How a class is drawn: its region, its points, its entry in the legend. */
export interface ClassStyle extends ClassColor {
  readonly name: string;
  readonly fate: SampleClass['fate'];
  readonly symbol: string;
}

const SYMBOLS = ['circle', 'square', 'triangle', 'diamond', 'star', 'cross', 'wye'];

let latest:
  | {
      readonly result: BoundaryResult;
      readonly classes: readonly SampleClass[];
      readonly styles: readonly ClassStyle[];
    }
  | undefined;

/** The classes that occur, in the order of the model's outputs. The same array for the same result. */
export function stylesOf(result: BoundaryResult, classes: readonly SampleClass[]): readonly ClassStyle[] {
  if (latest?.result !== result || latest.classes !== classes) {
    latest = { result, classes, styles: listStyles(result, classes) };
  }
  return latest.styles;
}

function listStyles(result: BoundaryResult, classes: readonly SampleClass[]): readonly ClassStyle[] {
  const known = new Map(classes.map((entry) => [entry.index, entry]));
  const forgotten = new Set(classes.filter(({ fate }) => fate === 'forgotten').map(({ index }) => index));
  return classColors(result, classes.length, forgotten).map((entry) => ({
    ...entry,
    name: nameOf(classes, entry.class),
    fate: known.get(entry.class)?.fate ?? null,
    symbol: SYMBOLS[entry.class % SYMBOLS.length],
  }));
}
