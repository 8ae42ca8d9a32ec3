import { strengthOf } from '../../../../src/figures/confusion.js';
import { inkOn, type Rgb } from '../../../../src/figures/palette.js';
import { colourNow } from '../../plots/theme.js';

/** Colours of amounts from -1 to 1, as the theme has them now. */
export interface Palette {
  /** Red, green, blue of 255 amounts: index 127 is none, 254 all, 0 all lost. */
  readonly table: readonly Rgb[];
  fill(amount: number): string;
  /** Black or white, whichever is seen better on that fill: a contrast of 4.5 at least, whatever the theme. */
  ink(amount: number): string;
}

/** Where an amount stands in the table. */
export function indexOf(amount: number): number {
  return 127 + Math.round(127 * strengthOf(amount));
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
    ink: (amount) => inkOn(table[indexOf(amount)]),
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
