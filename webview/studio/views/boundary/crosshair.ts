import type { BoundaryMap, BoundaryResult } from '../../../../src/contract/explain.js';

/** A place on the maps, in units of their axes. */
export interface Place {
  readonly x: number;
  readonly y: number;
}

/** What a model answers at a place. */
export interface Reading {
  readonly class: number;
  readonly confidence: number;
}

/** Steps that the arrow keys take from one side to the other. */
const STEPS = 40;

const DIRECTIONS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowDown: [0, -1],
  ArrowUp: [0, 1],
};

/** Reads the point of the grid that is nearest. */
export function reading({ x, y, size }: BoundaryResult, { classes, confidence }: BoundaryMap, place: Place): Reading {
  const nearest = (value: number, [first, last]: readonly [number, number]) =>
    Math.max(0, Math.min(size - 1, Math.round(((value - first) / (last - first)) * (size - 1))));
  const at = nearest(place.y, y) * size + nearest(place.x, x);
  return { class: classes[at], confidence: confidence[at] };
}

/** The middle of the maps. */
export function middle({ x, y }: BoundaryResult): Place {
  return { x: (x[0] + x[1]) / 2, y: (y[0] + y[1]) / 2 };
}

/** Where a key moves the crosshair to; undefined for other keys. With Shift it goes from point to point of the grid. */
export function moved({ x, y, size }: BoundaryResult, place: Place, key: string, isFine: boolean): Place | undefined {
  const direction = DIRECTIONS[key];
  if (!direction) return undefined;
  const steps = isFine ? size - 1 : STEPS;
  const step = (value: number, [first, last]: readonly [number, number], count: number) =>
    Math.max(first, Math.min(last, value + (count * (last - first)) / steps));
  return { x: step(place.x, x, direction[0]), y: step(place.y, y, direction[1]) };
}
