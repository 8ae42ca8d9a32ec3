/** Where the parts of a matrix lie, in CSS pixels. */
export interface Layout {
  /** Of the square. */
  readonly side: number;
  readonly cell: number;
  /** Room for the names of rows at the left, and of columns above. */
  readonly left: number;
  readonly top: number;
  /** Whether names and values have the room they need. */
  readonly hasNames: boolean;
  readonly hasValues: boolean;
  readonly isSideBySide: boolean;
}

/** More classes than this are painted, and have no values in their cells. */
export const MOST_VALUES = 15;

const GAP = 24;
/** Under this width of the view, matrices stand under each other. */
const NARROW = 560;
const LETTER = 6.4;
const BOLD_LETTER = 7.2;
const LEAST_NAMED = 12;
const LEAST_VALUED = 21;
const LARGEST_CELL = 56;
const LARGEST_SIDE = 600;
/** Room for an axis title, and for the marks of forgotten classes. */
const BARE = 30;

/** @param width of the view. @param matrices how many are drawn. @param letters of the longest name. */
export function layoutOf(width: number, matrices: number, classes: number, letters: number): Layout {
  const under = placed(width, classes, letters, false);
  if (matrices === 1 || width < NARROW) return under;
  const beside = placed((width - GAP) / 2, classes, letters, true);
  // Names and values are worth scrolling for.
  const isBetter = (under.hasNames && !beside.hasNames) || (under.hasValues && !beside.hasValues);
  return isBetter ? under : beside;
}

function placed(width: number, classes: number, letters: number, isSideBySide: boolean): Layout {
  const mostNamed = isSideBySide ? Math.max(84, Math.min(140, width - 30 * classes)) : 140;
  const named = Math.min(mostNamed, Math.max(60, 18 + LETTER * letters));
  const cell = Math.min(LARGEST_CELL, Math.min(LARGEST_SIDE, width - named - 1) / classes);
  const hasNames = cell >= LEAST_NAMED;
  const side = hasNames ? cell * classes : Math.max(60, Math.min(LARGEST_SIDE, width - BARE - 1));
  return {
    side,
    cell: side / classes,
    left: hasNames ? named : BARE,
    top: hasNames ? Math.min(named, 110) : BARE,
    hasNames,
    hasValues: classes <= MOST_VALUES && cell >= LEAST_VALUED,
    isSideBySide,
  };
}

/** A name with as many letters as there is room for; what is too long loses its middle, as names often differ at their ends. */
export function clipped(name: string, room: number, isBold: boolean): string {
  const letters = Math.max(3, Math.floor(room / (isBold ? BOLD_LETTER : LETTER)));
  if (name.length <= letters) return name;
  const first = Math.ceil((letters - 1) / 2);
  return `${name.slice(0, first)}…${name.slice(name.length - (letters - 1 - first))}`;
}
