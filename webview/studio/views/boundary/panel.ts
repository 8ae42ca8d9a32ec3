import * as Plot from '@observablehq/plot';
import type { BoundaryMap, BoundaryResult } from '../../../../src/contract/explain.js';
import { percentText } from '../../../../src/contract/text.js';
import { areasOf } from '../../../../src/figures/areas.js';
import { labelsOf } from '../../../../src/figures/labels.js';
import { drawnPoints, LETTERS, mapSize, type Size } from '../../../../src/figures/plane.js';
import { regionsOf } from '../../../../src/figures/regions.js';
import { COLOURS, draw } from '../../plots/theme.js';
import type { ClassStyle } from './classStyles.js';

/** Room for the axes around the maps, in pixels. */
export const MARGINS = { top: 8, right: 8, bottom: 40, left: 46 };
/** The frame of a map in a panel of this width. */
export function frameOf(result: BoundaryResult, width: number): Size {
  return mapSize(result, Math.max(1, width - MARGINS.left - MARGINS.right));
}

/** What stands over the painted regions: axes, names of the classes, points. */
export function drawPanel(
  result: BoundaryResult,
  when: 'before' | 'after',
  map: BoundaryMap,
  styles: readonly ClassStyle[],
  width: number,
): Element {
  const size = frameOf(result, width);
  const nameOf = (index: number) => styles.find((style) => style.class === index)?.name ?? '';
  const labels = labelsOf(result, regionsOf(map, result.size), nameOf, size);
  const halo = { stroke: COLOURS.background, strokeWidth: 3, fill: COLOURS.text };
  return draw(
    { width },
    {
      ariaLabel: `Decision boundary ${when}: ${describe(result, when, styles)}`,
      height: size.height + MARGINS.top + MARGINS.bottom,
      marginTop: MARGINS.top,
      marginRight: MARGINS.right,
      marginBottom: MARGINS.bottom,
      marginLeft: MARGINS.left,
      x: { domain: [...result.x], label: result.xLabel, labelAnchor: 'center', labelArrow: false, ticks: 5 },
      y: { domain: [...result.y], label: result.yLabel, labelAnchor: 'center', labelArrow: false, ticks: 5 },
      symbol: { domain: styles.map((style) => style.class), range: styles.map(({ symbol }) => symbol) },
      color: {
        type: 'categorical',
        domain: styles.map((style) => style.class),
        range: styles.map(({ color }) => color),
      },
      marks: [
        Plot.frame({ stroke: COLOURS.quiet }),
        ...samples(result, styles),
        Plot.text(labels, { x: 'x', y: 'y', text: 'name', fontWeight: 600, ...halo }),
        Plot.dot(result.anchors, {
          x: 'x',
          y: 'y',
          r: 9,
          fill: COLOURS.background,
          stroke: COLOURS.text,
          strokeWidth: 1.5,
        }),
        Plot.text(result.anchors, {
          x: 'x',
          y: 'y',
          text: (_, at) => LETTERS[at],
          fontWeight: 600,
          fill: COLOURS.text,
        }),
      ],
    },
  );
}

/** Points of the data, each class in its colour and shape; those of forgotten classes over the others and outlined. */
function samples(result: BoundaryResult, styles: readonly ClassStyle[]): Plot.Dot[] {
  const { points } = result;
  const forgotten = new Set(styles.filter(({ fate }) => fate === 'forgotten').map((style) => style.class));
  const shown = drawnPoints(result);
  return [false, true].map((isForgotten) =>
    Plot.dot(
      shown.filter((at) => forgotten.has(points.classes[at]) === isForgotten),
      {
        x: (at: number) => points.x[at],
        y: (at: number) => points.y[at],
        r: 3.2,
        symbol: (at: number) => points.classes[at],
        fill: (at: number) => points.classes[at],
        stroke: isForgotten ? COLOURS.text : COLOURS.background,
        strokeWidth: isForgotten ? 1.2 : 0.8,
      },
    ),
  );
}

function describe(result: BoundaryResult, when: 'before' | 'after', styles: readonly ClassStyle[]): string {
  const { total, [when]: counts } = areasOf(result);
  return styles
    .filter((style) => counts?.has(style.class))
    .map(({ class: index, name }) => `${name} ${percentText(counts!.get(index)! / total)} of the area`)
    .join(', ');
}
