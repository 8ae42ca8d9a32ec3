/** How names stand along the left side of a plot. */
interface NamesAtLeft {
  /** Pixels that they need. */
  readonly margin: number;
  /** The name at a place, cut to fit. */
  readonly text: (at: number) => string;
}

/** Of a plot's width, what names may take at most. */
const MOST = 0.32;
/** Pixels between a name and the axis. */
const GAP = 12;

/**
 * Room for names along a plot's left side. As names may occur twice, the plot's domain is their places: 0, 1, 2, …
 * @param width of the plot in pixels.
 */
export function namesAtLeft(names: readonly string[], width: number): NamesAtLeft {
  const most = Math.max(60, MOST * width);
  const cut = names.map((name) => cutTo(name, most - GAP));
  return {
    margin: Math.ceil(Math.min(most, GAP + Math.max(20, ...cut.map(textWidth)))),
    text: (at) => cut[at],
  };
}

/** A name as long as fits into so many pixels. What is too long loses its middle, as names often differ at their ends alone. */
function cutTo(name: string, pixels: number): string {
  if (textWidth(name) <= pixels) return name;
  let letters = Math.min(name.length, Math.floor(pixels / 4));
  while (letters > 2 && textWidth(withoutMiddle(name, letters)) > pixels) letters--;
  return withoutMiddle(name, letters);
}

/** So many letters of a name and an ellipsis between them. */
function withoutMiddle(name: string, letters: number): string {
  const first = Math.ceil(letters / 2);
  return `${name.slice(0, first)}…${name.slice(name.length - (letters - first))}`;
}

let pen: CanvasRenderingContext2D | null = null;

/** Pixels that a text takes in a plot, whose letters have 12 pixels. */
function textWidth(text: string): number {
  pen ??= document.createElement('canvas').getContext('2d');
  if (!pen) return 7 * text.length;
  pen.font = `12px ${getComputedStyle(document.body).fontFamily}`;
  return pen.measureText(text).width;
}
