import * as Plot from '@observablehq/plot';
import type { BoundaryMap, BoundaryResult } from '../../../../src/contract/explain.js';
import { percentText } from '../../../../src/contract/text.js';
import { COLOURS, draw } from '../../plots/theme.js';
import { areasOf } from './areas.js';
import type { ClassStyle } from './classStyles.js';
import { middles } from './regions.js';

/** Room for the axes around the maps, in pixels. */
export const MARGINS = { top: 8, right: 8, bottom: 40, left: 46 };
/** How high the map is for its width, at most and at least. */
const [LOWEST, HIGHEST] = [0.6, 1.4];
/** Pixels to the border that a name needs. */
const ROOM_FOR_NAME = 9;
const CHARACTER = 6.6;
const MOST_CHARACTERS = 18;
/** Points of the data; more would hide the regions. */
const MOST_POINTS = 600;
/** Pixels around a sample's letter that a name keeps off, and how far it moves. */
const [LETTER, ASIDE] = [16, 22];

/** Letters that samples go by which span the plane. */
export const LETTERS = ['A', 'B', 'C'];

/** A map's own size for the width of a panel. A plane has one unit for both axes; two features have nothing in common. */
export function mapSize(
  { kind, x, y }: BoundaryResult,
  width: number,
): { readonly width: number; readonly height: number } {
  const across = Math.max(1, width - MARGINS.left - MARGINS.right);
  const ratio = kind === 'plane' ? (y[1] - y[0]) / (x[1] - x[0]) : 1;
  return { width: across, height: Math.round(across * Math.max(LOWEST, Math.min(HIGHEST, ratio))) };
}

/** What stands over the painted regions: axes, names of the classes, points. */
export function drawPanel(
  result: BoundaryResult,
  when: 'before' | 'after',
  map: BoundaryMap,
  styles: readonly ClassStyle[],
  width: number,
): Element {
  const size = mapSize(result, width);
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
      symbol: { domain: styles.map(({ index }) => index), range: styles.map(({ symbol }) => symbol) },
      color: {
        type: 'categorical',
        domain: styles.map(({ index }) => index),
        range: styles.map(({ colour }) => colour),
      },
      marks: [
        Plot.frame({ stroke: COLOURS.quiet }),
        ...samples(result, styles),
        Plot.text(names(result, map, styles, size), { x: 'x', y: 'y', text: 'name', fontWeight: 600, ...halo }),
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
function samples({ points }: BoundaryResult, styles: readonly ClassStyle[]): Plot.Dot[] {
  const forgotten = new Set(styles.filter(({ fate }) => fate === 'forgotten').map(({ index }) => index));
  const step = Math.max(1, Math.ceil(points.classes.length / MOST_POINTS));
  const shown = Array.from({ length: Math.ceil(points.classes.length / step) }, (_, at) => at * step);
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

interface Name {
  readonly x: number;
  readonly y: number;
  readonly name: string;
}

/** A name for each class with a region that has room for it, within the map and beside the letters of the samples. */
function names(
  { x, y, size: count, anchors }: BoundaryResult,
  map: BoundaryMap,
  styles: readonly ClassStyle[],
  size: { readonly width: number; readonly height: number },
): Name[] {
  const cell = Math.min(size.width, size.height) / (count - 1);
  const letters = anchors.map((anchor) => ({
    left: ((anchor.x - x[0]) / (x[1] - x[0])) * size.width,
    bottom: ((anchor.y - y[0]) / (y[1] - y[0])) * size.height,
  }));
  const placed: { readonly left: number; readonly bottom: number; readonly half: number; readonly name: string }[] = [];
  const roomiest = middles(map, count).sort((a, b) => b.distance - a.distance);
  for (const { class: index, column, row, distance } of roomiest) {
    if (distance * cell < ROOM_FOR_NAME) break;
    const name = shortened(styles.find((style) => style.index === index)?.name ?? '');
    const half = (name.length * CHARACTER) / 2;
    const left = Math.max(half, Math.min(size.width - half, (column / (count - 1)) * size.width));
    let bottom = (row / (count - 1)) * size.height;
    const isNear = (at: { readonly left: number; readonly bottom: number }, reach: number) =>
      Math.abs(at.left - left) < half + reach && Math.abs(at.bottom - bottom) < LETTER;
    const letter = letters.find((at) => isNear(at, LETTER));
    if (letter) bottom = letter.bottom > ASIDE + LETTER ? letter.bottom - ASIDE : letter.bottom + ASIDE;
    if (!placed.some((other) => isNear(other, other.half))) placed.push({ left, bottom, half, name });
  }
  return placed.map(({ left, bottom, name }) => ({
    x: x[0] + (left / size.width) * (x[1] - x[0]),
    y: y[0] + (bottom / size.height) * (y[1] - y[0]),
    name,
  }));
}

function shortened(name: string): string {
  return name.length > MOST_CHARACTERS ? `${name.slice(0, MOST_CHARACTERS - 1)}…` : name;
}

function describe(result: BoundaryResult, when: 'before' | 'after', styles: readonly ClassStyle[]): string {
  const { total, [when]: counts } = areasOf(result);
  return styles
    .filter(({ index }) => counts?.has(index))
    .map(({ index, name }) => `${name} ${percentText(counts!.get(index)! / total)} of the area`)
    .join(', ');
}
