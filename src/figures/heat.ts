import type { Picture } from '../contract/terms.js';
import { GAINED, HEAT, LOST, mixed, type Rgba } from './palette.js';

/** A coarse map over a picture: 0 or more, row by row; of a difference also less. */
export interface HeatMap {
  readonly width: number;
  readonly height: number;
  readonly values: Float32Array;
}

/** What a value looks like over the ground. */
export type ColorScale = (value: number) => Rgba;

/** Most opacity, of 255, so that the picture is seen through the strongest focus too. */
const OPACITY = 230;
/** The lowest third of the scale fades in: 0 lets the picture through. */
const RISE = 3;
const STEPS = 256;

const HEAT_TABLE: readonly Rgba[] = Array.from({ length: STEPS }, (_, step) => {
  const share = step / (STEPS - 1);
  const place = share * (HEAT.length - 1);
  const first = Math.min(HEAT.length - 2, Math.floor(place));
  const between = (channel: number) =>
    Math.round(HEAT[first][channel] + (place - first) * (HEAT[first + 1][channel] - HEAT[first][channel]));
  return [between(0), between(1), between(2), Math.round(OPACITY * Math.min(1, RISE * share))];
});

/** Colours of a map from 0 to `most`. */
export function heatScale(most: number): ColorScale {
  return (value) => HEAT_TABLE[Math.round((STEPS - 1) * Math.max(0, Math.min(1, value / (most || 1))))];
}

/** Colours of a difference from -`most` (lost) over 0 (the picture alone) to `most` (gained). */
export function differenceScale(most: number): ColorScale {
  return (value) => {
    const [red, green, blue] = value < 0 ? LOST : GAINED;
    return [red, green, blue, Math.round(OPACITY * Math.min(1, Math.abs(value) / (most || 1)))];
  };
}

/** The end of the scale that all maps of a sample share: the largest value of them, 0 if there is none. */
export function strongest(...maps: readonly (HeatMap | null)[]): number {
  let most = 0;
  for (const map of maps) for (const value of map?.values ?? []) most = Math.max(most, value);
  return most;
}

/** What the second map has more than the first, of the same size. */
export function differenceOf(before: HeatMap, after: HeatMap): HeatMap {
  const { width, height } = before;
  return { width, height, values: before.values.map((value, at) => after.values[at] - value) };
}

/** What a map is laid over: the sample's picture, or a plain ground of the map's size where samples are no images. */
export function groundOf(picture: Picture, { width, height }: HeatMap): Picture {
  return picture.width > 0 ? picture : { width, height, rgb: new Uint8Array(3 * width * height) };
}

/** Dark and grey, so that all colours are those of the map over it. */
export function dimmed({ width, height, rgb }: Picture): Picture {
  const grey = new Uint8Array(rgb.length);
  for (let at = 0; at < rgb.length; at += 3) {
    grey.fill(Math.round(20 + 0.55 * (0.2126 * rgb[at] + 0.7152 * rgb[at + 1] + 0.0722 * rgb[at + 2])), at, at + 3);
  }
  return { width, height, rgb: grey };
}

/**
 * A map in so many pixels, smooth: bilinear between the middles of its cells.
 * @returns red, green, blue and opacity of each pixel, row by row.
 */
export function paintHeat(
  map: HeatMap,
  color: ColorScale,
  columns: number,
  rows: number,
): Uint8ClampedArray<ArrayBuffer> {
  const pixels = new Uint8ClampedArray(4 * columns * rows);
  const [across, down] = [between(map.width, columns), between(map.height, rows)];
  const { values, width } = map;
  for (let row = 0; row < rows; row++) {
    const { first: top, second: bottom, weight: low } = down[row];
    for (let column = 0; column < columns; column++) {
      const { first: left, second: right, weight } = across[column];
      const [above, below] = [top * width, bottom * width];
      const value =
        (1 - low) * ((1 - weight) * values[above + left] + weight * values[above + right]) +
        low * ((1 - weight) * values[below + left] + weight * values[below + right]);
      pixels.set(color(value), 4 * (row * columns + column));
    }
  }
  return pixels;
}

/** Between which two of `count` cells each of `target` points along the same side lies, the cells' values standing at their centres. */
function between(count: number, target: number): { first: number; second: number; weight: number }[] {
  return Array.from({ length: target }, (_, at) => {
    const place = Math.min(Math.max(((at + 0.5) * count) / target - 0.5, 0), count - 1);
    const first = Math.floor(place);
    return { first, second: Math.min(first + 1, count - 1), weight: place - first };
  });
}

/** Pixels of a flat painting's longer side at least, so that the map looks smooth. */
const SIDE = 168;
/** Pixels of it at most: larger pictures are painted smaller. */
const LARGEST = 224;

/** A map over its dimmed ground, in one picture: each pixel of the ground as a square of several, or larger grounds smaller. */
export function heatOver(picture: Picture, map: HeatMap, color: ColorScale): Picture {
  const ground = dimmed(groundOf(picture, map));
  const longer = Math.max(ground.width, ground.height);
  const factor = longer > LARGEST ? LARGEST / longer : Math.ceil(SIDE / longer);
  const [width, height] = [ground.width, ground.height].map((side) => Math.max(1, Math.round(side * factor)));
  const over = paintHeat(map, color, width, height);
  const rgb = new Uint8Array(3 * width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = y * width + x;
      const grey = ground.rgb[3 * (Math.floor(y / factor) * ground.width + Math.floor(x / factor))];
      rgb.set(mixed([over[4 * at], over[4 * at + 1], over[4 * at + 2], over[4 * at + 3]], [grey, grey, grey]), 3 * at);
    }
  }
  return { width, height, rgb };
}

/** What the ground of a dimmed picture is about, for legends. */
const GROUND = 60;

/** A bar of the colours between two values as they look on a dark picture: a CSS image. */
export function rampOf(color: ColorScale, from: number, to: number): string {
  const stops = Array.from({ length: 17 }, (_, at) => {
    const rgb = mixed(color(from + ((to - from) * at) / 16), [GROUND, GROUND, GROUND]);
    return `rgb(${rgb.join(' ')})`;
  });
  return `linear-gradient(to right, ${stops.join(', ')})`;
}
