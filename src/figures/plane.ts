import type { BoundaryResult } from '../contract/explain.js';

/** Letters that samples go by which span the plane. */
export const LETTERS: readonly string[] = ['A', 'B', 'C'];

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** How high a map is for its width, at least and at most. */
const [LOWEST, HIGHEST] = [0.6, 1.4];

/**
 * A map's size for its width. A plane has one unit for both axes; two features have nothing in common. Its outer points lie on
 * the frame: of their pixels half lies outside (`overhang`).
 */
export function mapSize({ kind, x, y }: Pick<BoundaryResult, 'kind' | 'x' | 'y'>, width: number): Size {
  const ratio = kind === 'plane' ? (y[1] - y[0]) / (x[1] - x[0]) : 1;
  return { width, height: Math.round(width * Math.max(LOWEST, Math.min(HIGHEST, ratio))) };
}

/** How far the painted map reaches over its frame on each side, so that points and axes agree. */
export function overhang({ size }: Pick<BoundaryResult, 'size'>, { width, height }: Size): Size {
  return { width: width / (size - 1) / 2, height: height / (size - 1) / 2 };
}

/** Points of the data that are drawn; more would hide the regions. */
const MOST_POINTS = 600;
/** Multiples of the golden ratio lie evenly between 0 and 1, whatever the step: no class is left out because classes take turns. */
const GOLDEN = (Math.sqrt(5) - 1) / 2;

/** Which points of the data are drawn, by their places: all of few, of many some from everywhere. @param mayShow by class. */
export function drawnPoints(
  { points }: Pick<BoundaryResult, 'points'>,
  mayShow: (index: number) => boolean = () => true,
): number[] {
  const shown = [...points.classes.keys()].filter((at) => mayShow(points.classes[at]));
  if (shown.length <= MOST_POINTS) return shown;
  const rank = (nth: number) => (nth * GOLDEN) % 1;
  const drawn = [...shown.keys()].sort((a, b) => rank(a) - rank(b)).slice(0, MOST_POINTS);
  return drawn.sort((a, b) => a - b).map((nth) => shown[nth]);
}
