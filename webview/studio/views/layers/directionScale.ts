import type { LayerOutcome } from '../../../../src/contract/run.js';
import { widthOf } from './editableLayers.js';

/**
 * Numbers of directions on a logarithmic scale: the removed ones are a fraction of one, a layer may be thousands wide, and both
 * 5 of 9 and 40 of 4,608 must be told apart from nothing.
 */
export interface DirectionScale {
  /** Powers of ten. */
  readonly ticks: readonly number[];
  /** From one to the next, as a share of the whole. */
  readonly power: number;
  /** Where a number lies, 0..1. */
  at(directions: number): number;
}

/** Nothing below a hundredth of a direction is worth the room. */
const LEAST_FLOOR = -2;

export function directionScale(layers: readonly LayerOutcome[]): DirectionScale {
  const known = layers.flatMap(({ retainDimension, forgetDimension, removedDimension }) =>
    [retainDimension, forgetDimension, removedDimension].filter((value) => value !== null && value > 0),
  ) as number[];
  const least = Math.min(1, ...known);
  const floor = Math.max(LEAST_FLOOR, Math.floor(Math.log10(least)));
  const top = Math.log10(Math.max(10, ...layers.map(widthOf)));
  const ticks = Array.from({ length: Math.floor(top + 1e-9) - floor + 1 }, (_, at) => 10 ** (floor + at));
  return {
    ticks,
    power: 1 / (top - floor),
    at: (directions) => {
      const power = directions > 0 ? Math.log10(directions) : floor;
      return Math.max(0, Math.min(1, (power - floor) / (top - floor)));
    },
  };
}
