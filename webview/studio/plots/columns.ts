import * as Plot from '@observablehq/plot';
import { COLOURS } from './theme.js';

/** A column of numbers along a plot's right side, with a title over it. */
export interface Column<Row> {
  readonly title: string;
  readonly text: (row: Row) => string;
  readonly colour: string;
  /** Pixels from the right end of the axis to the right end of the numbers. */
  readonly end: number;
}

/** Its marks; the rows are placed by their `y`. */
export function column<Row>(
  rows: readonly (Row & { readonly y: number })[],
  { title, text, colour, end }: Column<Row>,
): Plot.Markish[] {
  const at = { textAnchor: 'end', dx: end } as const;
  return [
    Plot.text(rows, { ...at, y: 'y', text, frameAnchor: 'right', fill: colour }),
    Plot.text([title], { ...at, frameAnchor: 'top-right', lineAnchor: 'bottom', dy: -8, fill: COLOURS.quiet }),
  ];
}
