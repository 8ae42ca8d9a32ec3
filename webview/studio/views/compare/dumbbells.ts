import * as Plot from '@observablehq/plot';
import { column } from '../../plots/columns.js';
import type { Canvas } from '../../plots/figure.js';
import { namedRows } from '../../plots/rows.js';
import { COLOURS, draw, TIP } from '../../plots/theme.js';
import { A, B } from './colours.js';

/** The same thing in both runs. */
export interface Row {
  readonly name: string;
  readonly a: number;
  readonly b: number;
}

interface Scale {
  readonly ariaLabel: string;
  /** With its unit. */
  readonly label: string;
  readonly domain: readonly [number, number];
  readonly tick: (value: number) => string;
  /** A value, and the difference from A to B, as text. */
  readonly value: (value: number) => string;
  readonly difference: (row: Row) => string;
}

/** A line a row, from A to B. */
export function dumbbells({ width }: Canvas, found: readonly Row[], scale: Scale): Element {
  const rows = found.map((row, y) => ({ ...row, y }));
  return draw(
    { width },
    {
      ariaLabel: scale.ariaLabel,
      ...namedRows(
        found.map(({ name }) => name),
        width,
      ),
      marginRight: 164,
      x: { label: scale.label, domain: scale.domain, tickFormat: scale.tick, ticks: 5, grid: true },
      symbol: { type: 'identity' },
      marks: [
        Plot.link(rows, { y: 'y', x1: 'a', x2: 'b', stroke: COLOURS.quiet, strokeWidth: 1.5 }),
        Plot.dot(rows, { y: 'y', x: 'a', fill: A.colour, symbol: A.symbol, r: 5 }),
        Plot.dot(rows, { y: 'y', x: 'b', fill: B.colour, symbol: B.symbol, r: 5 }),
        ...column(rows, { title: 'A', text: ({ a }) => scale.value(a), colour: COLOURS.text, end: 54 }),
        ...column(rows, { title: 'B', text: ({ b }) => scale.value(b), colour: COLOURS.text, end: 106 }),
        ...column(rows, { title: 'B − A', text: scale.difference, colour: COLOURS.quiet, end: 160 }),
        Plot.tip(
          rows,
          Plot.pointerY({
            y: 'y',
            x: 'a',
            title: (row) => `${row.name}\nA ${scale.value(row.a)}, B ${scale.value(row.b)}`,
            ...TIP,
          }),
        ),
      ],
    },
  );
}
