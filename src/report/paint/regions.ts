import type { BoundaryMap } from '../../contract/explain.js';
import type { Picture } from '../../contract/terms.js';

/** Colours for classes (Okabe and Ito, 2008), told apart with any colour vision; the last one stands for all other classes. */
const COLORS = ['#0072b2', '#e69f00', '#009e73', '#cc79a7', '#56b4e9', '#d55e00', '#f0e442', '#999999'] as const;
const OTHERS = COLORS.length - 1;

export interface ClassColor {
  readonly class: number;
  readonly color: string;
}

/** A colour for each class of some maps, the largest regions first; classes beyond the last colour share it. */
export function classColors(maps: readonly BoundaryMap[]): ClassColor[] {
  const sizes = new Map<number, number>();
  for (const { classes } of maps) for (const index of classes) sizes.set(index, (sizes.get(index) ?? 0) + 1);
  return [...sizes]
    .sort(([a, sizeA], [b, sizeB]) => sizeB - sizeA || a - b)
    .map(([index], rank) => ({ class: index, color: COLORS[Math.min(rank, OTHERS)] }));
}

/** The grid as a picture, largest y on top: the class's colour, the paler the less sure the model is of it. */
export function paintRegions(map: BoundaryMap, size: number, colors: readonly ClassColor[]): Picture {
  const ofClass = new Map(colors.map((entry) => [entry.class, rgbOf(entry.color)]));
  const rgb = new Uint8Array(3 * size * size);
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      const at = row * size + column;
      const color = ofClass.get(map.classes[at])!;
      const strength = 0.3 + 0.55 * map.confidence[at];
      const to = 3 * ((size - 1 - row) * size + column);
      for (let channel = 0; channel < 3; channel++) {
        rgb[to + channel] = Math.round(255 * (1 - strength) + color[channel] * strength);
      }
    }
  }
  return { width: size, height: size, rgb };
}

function rgbOf(color: string): [number, number, number] {
  const value = Number.parseInt(color.slice(1), 16);
  return [value >> 16, (value >> 8) & 255, value & 255];
}

export interface Region {
  readonly class: number;
  /** Share of the grid, 0..1. */
  readonly share: number;
  /** Column and row of the point that lies deepest inside of the class's region: room for its name. */
  readonly column: number;
  readonly row: number;
  /** Grid points from there to the region's border. */
  readonly depth: number;
}

/** The classes of a map, the largest first. */
export function regionsOf({ classes }: BoundaryMap, size: number): Region[] {
  const depths = depthsOf(classes, size);
  const regions = new Map<number, { count: number; deepest: number }>();
  for (const [at, index] of classes.entries()) {
    const region = regions.get(index);
    if (!region) regions.set(index, { count: 1, deepest: at });
    else {
      region.count++;
      if (depths[at] > depths[region.deepest]) region.deepest = at;
    }
  }
  return [...regions]
    .map(([index, { count, deepest }]) => ({
      class: index,
      share: count / classes.length,
      column: deepest % size,
      row: Math.floor(deepest / size),
      depth: depths[deepest],
    }))
    .sort((a, b) => b.share - a.share);
}

/** Steps from each point to the next one of another class or out of the grid, by two sweeps (chessboard distance). */
function depthsOf(classes: Uint16Array, size: number): Uint16Array {
  const depths = new Uint16Array(classes.length);
  const sweep = (at: number, row: number, column: number, neighbours: readonly (readonly [number, number])[]) => {
    for (const [down, right] of neighbours) {
      const [r, c] = [row + down, column + right];
      const isInside = r >= 0 && r < size && c >= 0 && c < size;
      const other = r * size + c;
      const step = isInside && classes[other] === classes[at] ? depths[other] + 1 : 1;
      depths[at] = depths[at] === 0 ? step : Math.min(depths[at], step);
    }
  };
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) sweep(row * size + column, row, column, BEFORE);
  }
  for (let row = size - 1; row >= 0; row--) {
    for (let column = size - 1; column >= 0; column--) sweep(row * size + column, row, column, AFTER);
  }
  return depths;
}

const BEFORE = [
  [-1, -1],
  [-1, 0],
  [-1, 1],
  [0, -1],
] as const;
const AFTER = [
  [1, 1],
  [1, 0],
  [1, -1],
  [0, 1],
] as const;
