import type { Picture } from '../../contract/terms.js';

/** A coarse map over a picture: 0 or more, row by row; of a difference also less. */
export interface HeatMap {
  readonly width: number;
  readonly height: number;
  readonly values: Float32Array;
}

/** Pixels of a painting's longer side at least, so that the map looks smooth. */
const SIDE = 168;
/** Pixels of it at most: larger pictures are painted smaller. */
const LARGEST = 224;

type Rgb = readonly [number, number, number];

/** Where the model looks; also in the page's legend. */
export const HEAT: Rgb = [255, 176, 0];
/** Where it looks less than before, and where more: told apart with any colour vision. */
export const LESS: Rgb = [86, 180, 233];
export const MORE: Rgb = [213, 94, 0];

/** A map over a dimmed grey picture. @param scale the value that is shown strongest. */
export function heatOver(picture: Picture, map: HeatMap, scale: number): Picture {
  return paint(picture, map, (value) => [HEAT, value / scale]);
}

/** What a map has lost and gained. */
export function differenceOver(picture: Picture, before: HeatMap, after: HeatMap, scale: number): Picture {
  const values = before.values.map((value, at) => after.values[at] - value);
  return paint(picture, { ...before, values }, (value) => [value < 0 ? LESS : MORE, Math.abs(value) / scale]);
}

/** @param look the colour for a value and its strength, 0..1. */
function paint(picture: Picture, map: HeatMap, look: (value: number) => readonly [Rgb, number]): Picture {
  const ground = picture.width > 0 ? picture : { width: map.width, height: map.height, rgb: null };
  const longer = Math.max(ground.width, ground.height);
  const factor = longer > LARGEST ? LARGEST / longer : Math.ceil(SIDE / longer);
  const [width, height] = [ground.width, ground.height].map((side) => Math.max(1, Math.round(side * factor)));
  const rgb = new Uint8Array(3 * width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const [color, strength] = look(valueAt(map, (x + 0.5) / width, (y + 0.5) / height));
      const share = 0.9 * Math.sqrt(Math.min(1, Math.max(0, strength)));
      const below = greyAt(ground, Math.floor(x / factor), Math.floor(y / factor));
      for (let channel = 0; channel < 3; channel++) {
        rgb[3 * (y * width + x) + channel] = Math.round((1 - share) * below + share * color[channel]);
      }
    }
  }
  return { width, height, rgb };
}

/** Dimmed, so that the map's colour stands out. */
function greyAt({ width, rgb }: { width: number; rgb: Uint8Array | null }, x: number, y: number): number {
  if (!rgb) return 40;
  const at = 3 * (y * width + x);
  return 20 + 0.5 * (0.2126 * rgb[at] + 0.7152 * rgb[at + 1] + 0.0722 * rgb[at + 2]);
}

/** Bilinear between the middles of the map's cells. @param x @param y 0..1. */
function valueAt({ width, height, values }: HeatMap, x: number, y: number): number {
  const [left, right, across] = between(x, width);
  const [top, bottom, down] = between(y, height);
  const row = (at: number) => (1 - across) * values[at * width + left] + across * values[at * width + right];
  return (1 - down) * row(top) + down * row(bottom);
}

function between(place: number, cells: number): [number, number, number] {
  const at = Math.min(Math.max(place * cells - 0.5, 0), cells - 1);
  const first = Math.floor(at);
  return [first, Math.min(first + 1, cells - 1), at - first];
}
