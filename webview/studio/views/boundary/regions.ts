import type { BoundaryMap } from '../../../../src/contract/explain.js';
import type { ClassStyle } from './classStyles.js';

/** Opacity of a colour where the model has no idea, and what certainty adds. */
const [FAINTEST, CERTAINTY] = [0.3, 0.55];

/** Paints a map, one pixel a point, the smallest y at the bottom. The stronger a colour, the surer the model. */
export function paintRegions(
  canvas: HTMLCanvasElement,
  { classes, confidence }: BoundaryMap,
  size: number,
  styles: readonly ClassStyle[],
): void {
  const colours = new Map(styles.map(({ index, colour }) => [index, Number.parseInt(colour.slice(1), 16)]));
  const pixels = new Uint8ClampedArray(4 * size * size);
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      const from = row * size + column;
      const to = 4 * ((size - 1 - row) * size + column);
      const colour = colours.get(classes[from])!;
      pixels[to] = colour >> 16;
      pixels[to + 1] = (colour >> 8) & 255;
      pixels[to + 2] = colour & 255;
      pixels[to + 3] = 255 * (FAINTEST + CERTAINTY * confidence[from]);
    }
  }
  canvas.width = size;
  canvas.height = size;
  canvas.getContext('2d')?.putImageData(new ImageData(pixels, size, size), 0, 0);
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

/** A place well inside of a class's largest region. */
export interface Inside {
  readonly class: number;
  /** Of the point, from the smallest x and y. */
  readonly column: number;
  readonly row: number;
  /** Points to the border, along rows and columns. */
  readonly distance: number;
}

/** For each class the point that is farthest from any border, those of the map included: where its name has most room. */
export function middles({ classes }: BoundaryMap, size: number): Inside[] {
  const distance = new Uint16Array(size * size);
  const step = (at: number, other: number) => (classes[other] === classes[at] ? distance[other] + 1 : 1);
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      const at = row * size + column;
      distance[at] = row === 0 || column === 0 ? 1 : Math.min(step(at, at - 1), step(at, at - size));
    }
  }
  const best = new Map<number, number>();
  for (let row = size - 1; row >= 0; row--) {
    for (let column = size - 1; column >= 0; column--) {
      const at = row * size + column;
      const isEdge = row === size - 1 || column === size - 1;
      distance[at] = isEdge ? 1 : Math.min(distance[at], step(at, at + 1), step(at, at + size));
      const known = best.get(classes[at]);
      if (known === undefined || distance[at] > distance[known]) best.set(classes[at], at);
    }
  }
  return [...best].map(([index, at]) => ({
    class: index,
    column: at % size,
    row: Math.floor(at / size),
    distance: distance[at],
  }));
}
