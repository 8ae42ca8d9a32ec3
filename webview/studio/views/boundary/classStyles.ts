import type { BoundaryResult } from '../../../../src/contract/explain.js';
import { CLASS_COLOURS } from '../../plots/theme.js';
import type { SampleClass } from '../../state/sampleClasses.js';
import { areasOf } from './areas.js';

/** How a class is drawn: its region, its points, its entry in the legend. */
export interface ClassStyle {
  readonly index: number;
  readonly name: string;
  readonly fate: SampleClass['fate'];
  /** `#rrggbb`. */
  readonly colour: string;
  readonly symbol: string;
}

const SYMBOLS = ['circle', 'square', 'triangle', 'diamond', 'star', 'cross', 'wye'];
/** Classes that there is no colour for are told apart by the names in their regions. */
const GREY = CLASS_COLOURS[CLASS_COLOURS.length - 1];

let latest:
  | {
      readonly result: BoundaryResult;
      readonly classes: readonly SampleClass[];
      readonly styles: readonly ClassStyle[];
    }
  | undefined;

/**
 * The classes that occur, in the order of the model's outputs. Of a model with more classes than colours, those that are
 * forgotten or span the plane come first, then those with the largest regions. The same array for the same result.
 */
export function stylesOf(result: BoundaryResult, classes: readonly SampleClass[]): readonly ClassStyle[] {
  if (latest?.result !== result || latest.classes !== classes) {
    latest = { result, classes, styles: listStyles(result, classes) };
  }
  return latest.styles;
}

function listStyles(result: BoundaryResult, classes: readonly SampleClass[]): readonly ClassStyle[] {
  const areas = areasOf(result);
  const sizes = new Map<number, number>([...areas.before, ...(areas.after ?? [])].map(([index]) => [index, 0]));
  for (const counts of [areas.before, areas.after]) {
    for (const [index, points] of counts ?? []) sizes.set(index, sizes.get(index)! + points);
  }
  for (const index of new Set(result.points.classes)) if (!sizes.has(index)) sizes.set(index, 0);
  for (const anchor of result.anchors) sizes.set(anchor.class, Number.POSITIVE_INFINITY);
  const known = new Map(classes.map((entry) => [entry.index, entry]));
  for (const { index, fate } of classes)
    if (fate === 'forgotten' && sizes.has(index)) sizes.set(index, Number.POSITIVE_INFINITY);

  const present = [...sizes.keys()].sort((a, b) => a - b);
  const largest = [...present].sort((a, b) => (sizes.get(a) === sizes.get(b) ? a - b : sizes.get(b)! - sizes.get(a)!));
  const coloured =
    classes.length <= CLASS_COLOURS.length
      ? classes.map(({ index }) => index)
      : largest.slice(0, CLASS_COLOURS.length - 1);
  coloured.sort((a, b) => a - b);
  return present.map((index) => {
    const place = coloured.indexOf(index);
    return {
      index,
      name: known.get(index)?.name ?? `Class ${index}`,
      fate: known.get(index)?.fate ?? null,
      colour: CLASS_COLOURS[place] ?? GREY,
      symbol: SYMBOLS[index % SYMBOLS.length],
    };
  });
}
