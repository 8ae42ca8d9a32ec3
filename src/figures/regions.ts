import type { BoundaryMap } from '../contract/explain.js';
import type { ClassColor } from './classColors.js';
import { type Rgb, rgbOf } from './palette.js';

/** Opacity of a colour where the model has no idea, and what certainty adds. */
const [FAINTEST, CERTAINTY] = [0.3, 0.55];

/**
 * Paints a map, one pixel a point, the largest y on top: the class's colour, the stronger the surer the model is of it.
 * @returns red, green, blue and opacity of each pixel, row by row.
 */
export function paintRegions(
  { classes, confidence }: BoundaryMap,
  size: number,
  colors: readonly ClassColor[],
): Uint8ClampedArray<ArrayBuffer> {
  const ofClass = new Map(colors.map((entry) => [entry.class, rgbOf(entry.color)]));
  const pixels = new Uint8ClampedArray(4 * size * size);
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      const from = row * size + column;
      const to = 4 * ((size - 1 - row) * size + column);
      pixels.set(ofClass.get(classes[from])!, to);
      pixels[to + 3] = Math.round(255 * (FAINTEST + CERTAINTY * confidence[from]));
    }
  }
  return pixels;
}

/** What pixels with opacity look like over one colour: red, green and blue of each. */
export function flattened(pixels: Uint8ClampedArray, ground: Rgb): Uint8Array {
  const rgb = new Uint8Array((3 * pixels.length) / 4);
  for (let at = 0; at < pixels.length / 4; at++) {
    const share = pixels[4 * at + 3] / 255;
    for (let channel = 0; channel < 3; channel++) {
      rgb[3 * at + channel] = Math.round((1 - share) * ground[channel] + share * pixels[4 * at + channel]);
    }
  }
  return rgb;
}

/**
 * The lines between regions as an SVG path, in points from the top left corner of the painted map.
 * @param around only the lines around regions of these classes; default all.
 */
export function bordersOf({ classes }: BoundaryMap, size: number, around?: ReadonlySet<number>): string {
  const parts: string[] = [];
  const isBorder = (one: number, other: number) =>
    classes[one] !== classes[other] && (!around || around.has(classes[one]) !== around.has(classes[other]));
  for (let line = 1; line < size; line++) {
    let [acrossFrom, downFrom] = [-1, -1];
    for (let at = 0; at <= size; at++) {
      // Between two rows, and between two columns.
      const isAcross = at < size && isBorder((size - line) * size + at, (size - 1 - line) * size + at);
      if (isAcross !== acrossFrom >= 0) {
        if (!isAcross) parts.push(`M${acrossFrom} ${line}H${at}`);
        acrossFrom = isAcross ? at : -1;
      }
      const isDown = at < size && isBorder((size - 1 - at) * size + line - 1, (size - 1 - at) * size + line);
      if (isDown !== downFrom >= 0) {
        if (!isDown) parts.push(`M${line} ${downFrom}V${at}`);
        downFrom = isDown ? at : -1;
      }
    }
  }
  return parts.join('');
}

/** What a class has of a map. */
export interface Region {
  readonly class: number;
  /** Share of the map's points, 0..1. */
  readonly share: number;
  /** The point that lies deepest inside, from the smallest x and y: where the class's name has most room. */
  readonly column: number;
  readonly row: number;
  /** Points from there to the next one of another class or out of the map, in the direction where that is nearest. */
  readonly depth: number;
}

/** The classes of a map, the largest first. Of several deepest points of a class it is the one in their middle. */
export function regionsOf({ classes }: BoundaryMap, size: number): Region[] {
  const depths = depthsOf(classes, size);
  const regions = new Map<number, { points: number; deepest: number[]; depth: number }>();
  for (const [at, index] of classes.entries()) {
    let region = regions.get(index);
    if (!region) {
      region = { points: 0, deepest: [], depth: 0 };
      regions.set(index, region);
    }
    region.points++;
    if (depths[at] > region.depth) {
      region.depth = depths[at];
      region.deepest = [];
    }
    if (depths[at] === region.depth) region.deepest.push(at);
  }
  return [...regions]
    .map(([index, { points, deepest, depth }]) => {
      const at = middleOf(deepest, size);
      return { class: index, share: points / classes.length, column: at % size, row: Math.floor(at / size), depth };
    })
    .sort((a, b) => b.share - a.share || a.class - b.class);
}

/** Of some points the one that is nearest to their mean. */
function middleOf(points: readonly number[], size: number): number {
  const mean = (of: (point: number) => number) => points.reduce((sum, point) => sum + of(point), 0) / points.length;
  const [column, row] = [mean((point) => point % size), mean((point) => Math.floor(point / size))];
  const distance = (point: number) => Math.hypot((point % size) - column, Math.floor(point / size) - row);
  return points.reduce((best, point) => (distance(point) < distance(best) ? point : best));
}

/**
 * Steps from each point to the next one of another class or out of the map, by two sweeps. A diagonal step counts as one
 * (chessboard distance): what is so deep has a square of that size around it, in which a name can stand.
 */
function depthsOf(classes: Uint16Array, size: number): Uint16Array {
  const depths = new Uint16Array(classes.length);
  const beyond = (at: number, other: number) => (classes[other] === classes[at] ? depths[other] + 1 : 1);
  const isEdge = (row: number, column: number) => row === 0 || column === 0 || row === size - 1 || column === size - 1;
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      const at = row * size + column;
      depths[at] = isEdge(row, column)
        ? 1
        : Math.min(beyond(at, at - 1), beyond(at, at - size - 1), beyond(at, at - size), beyond(at, at - size + 1));
    }
  }
  for (let row = size - 2; row > 0; row--) {
    for (let column = size - 2; column > 0; column--) {
      const at = row * size + column;
      depths[at] = Math.min(
        depths[at],
        beyond(at, at + 1),
        beyond(at, at + size + 1),
        beyond(at, at + size),
        beyond(at, at + size - 1),
      );
    }
  }
  return depths;
}
