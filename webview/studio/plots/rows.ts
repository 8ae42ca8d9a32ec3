import type * as Plot from '@observablehq/plot';
import { namesAtLeft } from './names.js';

/** A plot of one line a row: its rows are placed by `y`, which is 0, 1, 2, …; their names stand at the left, titles of columns above. */
export function namedRows(names: readonly string[], width: number) {
  const { margin, text } = namesAtLeft(names, width);
  return {
    height: 72 + 22 * names.length,
    marginTop: 26,
    marginLeft: margin,
    y: { type: 'point', padding: 0.5, label: null, domain: [...names.keys()], tickFormat: text, tickSize: 0 },
  } as const satisfies Plot.PlotOptions;
}
