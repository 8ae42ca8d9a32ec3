import { LetheError } from '../base/errors.js';

/** What lies around the triangle, relative to its longer side. */
const MARGIN = 0.3;
/** A triangle flatter than this, relative to the distance of the first two, is a line. */
const FLAT = 1e-3;

export type Interval = readonly [from: number, to: number];

/** The plane through three points of any space, with the first at (0, 0), the second at (1, 0) and the third above the x axis. */
export interface Plane {
  /** Where the three points lie. */
  readonly anchors: readonly (readonly [x: number, y: number])[];
  /** What shows the triangle with a margin; both are equally long. */
  readonly x: Interval;
  readonly y: Interval;
  /** Writes the point of the space that lies at (x, y). */
  write(x: number, y: number, into: Float32Array): void;
}

/**
 * Spans a plane by Gram-Schmidt, in units of the distance of the first two points.
 * @throws LetheError `no-plane` if the points are the same or lie on one line.
 */
export function planeThrough(first: Float32Array, second: Float32Array, third: Float32Array): Plane {
  const across = difference(second, first);
  const other = difference(third, first);
  const unit = dot(across, across);
  if (unit === 0) throw noPlane('the first two samples are the same');
  const foot = dot(other, across) / unit;
  const up = other.map((value, at) => value - foot * across[at]);
  const height = Math.sqrt(dot(up, up) / unit);
  if (!(height > FLAT)) throw noPlane('the three samples lie on one line');
  const upUnit = up.map((value) => value / height);
  const anchors = [
    [0, 0],
    [1, 0],
    [foot, height],
  ] as const;
  return {
    anchors,
    ...extents(anchors),
    write(x, y, into) {
      for (let at = 0; at < into.length; at++) into[at] = first[at] + x * across[at] + y * upUnit[at];
    },
  };
}

function extents(points: readonly (readonly [number, number])[]): { readonly x: Interval; readonly y: Interval } {
  const [x, y] = [0, 1].map((axis) => {
    const values = points.map((point) => point[axis]);
    return [Math.min(...values), Math.max(...values)];
  });
  const half = Math.max(x[1] - x[0], y[1] - y[0]) * (0.5 + MARGIN);
  const around = ([low, high]: number[]): Interval => [(low + high) / 2 - half, (low + high) / 2 + half];
  return { x: around(x), y: around(y) };
}

function noPlane(message: string): LetheError {
  return new LetheError('no-plane', {
    message: `${message}, so they span no plane`,
    hint: 'Choose three samples that differ, best of three classes.',
  });
}

function difference(a: Float32Array, b: Float32Array): Float64Array {
  return Float64Array.from(a, (value, at) => value - b[at]);
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let at = 0; at < a.length; at++) sum += a[at] * b[at];
  return sum;
}
