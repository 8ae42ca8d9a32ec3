import { colourNow } from '../../plots/theme.js';

type Rgb = readonly [number, number, number];

/** Colours of amounts from -1 to 1, as the theme has them now. */
export interface Palette {
  /** Red, green, blue of 255 amounts: index 127 is none, 254 all, 0 all lost. */
  readonly table: readonly Rgb[];
  fill(amount: number): string;
  /** Black or white, whichever is seen better on that fill: a contrast of 4.5 at least, whatever the theme. */
  ink(amount: number): string;
}

/** Small shares are what matters here, and on a straight scale nobody sees them. */
export function indexOf(amount: number): number {
  return 127 + Math.round(127 * Math.sign(amount) * Math.sqrt(Math.min(1, Math.abs(amount))));
}

export function paletteNow(): Palette {
  const none = rgbNow('--vscode-editor-background');
  const all = rgbNow('--amount');
  const lost = rgbNow('--amount-lost');
  const table = Array.from({ length: 255 }, (_, index) => {
    const part = Math.abs(index - 127) / 127;
    const end = index < 127 ? lost : all;
    return none.map((from, at) => Math.round(from + (end[at] - from) * part)) as unknown as Rgb;
  });
  return {
    table,
    fill: (amount) => `rgb(${table[indexOf(amount)].join(' ')})`,
    ink: (amount) => (luminance(table[indexOf(amount)]) > 0.179 ? '#000' : '#fff'),
  };
}

/** Whatever way the colour is written in. */
function rgbNow(name: `--${string}`): Rgb {
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = 1;
  const context = canvas.getContext('2d', { willReadFrequently: true })!;
  context.fillStyle = colourNow(name);
  context.fillRect(0, 0, 1, 1);
  const [red, green, blue] = context.getImageData(0, 0, 1, 1).data;
  return [red, green, blue];
}

/** Relative luminance of WCAG 2. */
function luminance(colour: Rgb): number {
  const [red, green, blue] = colour.map((value) => {
    const part = value / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
