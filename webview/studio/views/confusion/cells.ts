import { nothing, svg, type TemplateResult } from 'lit';
import type { Layout } from './layout.js';
import type { Palette } from './palette.js';
import type { Surface } from './surface.js';

/** The cells of few classes, with their values where there is room. Those on the diagonal, which are right, have an outline. */
export function cells(
  surface: Surface,
  classes: readonly number[],
  { left, top, cell, hasValues }: Layout,
  palette: Palette,
): TemplateResult {
  const letters = cell >= 30 ? 12 : 10;
  return svg`${classes.flatMap((row, i) =>
    classes.map((column, j) => {
      const amount = surface.amount(row, column);
      const x = left + j * cell;
      const y = top + i * cell;
      const text = hasValues ? surface.text(row, column, cell >= 34) : '';
      return svg`<rect class=${i === j ? 'right' : 'cell'} x=${x + 1} y=${y + 1} width=${cell - 2} height=${cell - 2} fill=${palette.fill(amount)}></rect>${
        text === ''
          ? nothing
          : svg`<text class="value" x=${x + cell / 2} y=${y + cell / 2} font-size=${letters} fill=${palette.ink(amount)}>${text}</text>`
      }`;
    }),
  )}`;
}
