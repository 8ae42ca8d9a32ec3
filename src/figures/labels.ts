import type { BoundaryResult } from '../contract/explain.js';
import type { Size } from './plane.js';
import type { Region } from './regions.js';

/** A class's name on a map. */
export interface Label {
  readonly class: number;
  /** As much of it as is written. */
  readonly name: string;
  /** Its middle, in units of the axes. */
  readonly x: number;
  readonly y: number;
}

/** Pixels to the border that a name needs. */
const ROOM_FOR_NAME = 9;
/** Pixels of a character, about: names are written in letters of 12 pixels. */
const CHARACTER = 6.6;
const MOST_CHARACTERS = 18;
/** Pixels around a sample's letter that a name keeps off, and how far it moves. */
const [LETTER, ASIDE] = [16, 22];

/**
 * A name for each class with a region that has room for it, within the map and beside the letters of the samples. Those with
 * most room come first; a name that would lie on one of theirs is left out.
 * @param frame in pixels.
 */
export function labelsOf(
  {
    x,
    y,
    size: count,
    anchors,
  }: Pick<BoundaryResult, 'x' | 'y' | 'size'> & {
    readonly anchors: readonly { readonly x: number; readonly y: number }[];
  },
  regions: readonly Region[],
  nameOf: (index: number) => string,
  frame: Size,
): Label[] {
  const cell = Math.min(frame.width, frame.height) / (count - 1);
  const letters = anchors.map((anchor) => ({
    left: ((anchor.x - x[0]) / (x[1] - x[0])) * frame.width,
    bottom: ((anchor.y - y[0]) / (y[1] - y[0])) * frame.height,
  }));
  const placed: {
    readonly class: number;
    readonly left: number;
    readonly bottom: number;
    readonly half: number;
    readonly name: string;
  }[] = [];
  for (const { class: index, column, row, depth } of [...regions].sort((a, b) => b.depth - a.depth)) {
    if (depth * cell < ROOM_FOR_NAME) break;
    const name = shortened(nameOf(index));
    const half = (name.length * CHARACTER) / 2;
    const left = Math.max(half, Math.min(frame.width - half, (column / (count - 1)) * frame.width));
    let bottom = (row / (count - 1)) * frame.height;
    const isNear = (at: { readonly left: number; readonly bottom: number }, reach: number) =>
      Math.abs(at.left - left) < half + reach && Math.abs(at.bottom - bottom) < LETTER;
    const letter = letters.find((at) => isNear(at, LETTER));
    if (letter) bottom = letter.bottom > ASIDE + LETTER ? letter.bottom - ASIDE : letter.bottom + ASIDE;
    if (!placed.some((other) => isNear(other, other.half))) placed.push({ class: index, left, bottom, half, name });
  }
  return placed.map(({ class: index, left, bottom, name }) => ({
    class: index,
    name,
    x: x[0] + (left / frame.width) * (x[1] - x[0]),
    y: y[0] + (bottom / frame.height) * (y[1] - y[0]),
  }));
}

function shortened(name: string): string {
  return name.length > MOST_CHARACTERS ? `${name.slice(0, MOST_CHARACTERS - 1)}…` : name;
}
