import { isEmpty } from '../../../../src/figures/confusion.js';
import { indexOf, type Palette } from './palette.js';
import type { ConfusionModel, Surface } from './surface.js';

/**
 * Paints many classes. Where a pixel has to stand for several cells it shows the strongest of them, so that a single strong
 * confusion among a thousand classes is not lost.
 * @param side CSS pixels of the square.
 */
export function paint(
  canvas: HTMLCanvasElement,
  side: number,
  surface: Surface,
  { before, after, shown: classes }: ConfusionModel,
  palette: Palette,
): void {
  const pixels = Math.max(1, Math.round(side * devicePixelRatio));
  const cells = Math.min(classes.length, pixels);
  const strongest = new Float32Array(cells * cells);
  for (const [i, row] of classes.entries()) {
    const y = Math.floor((i * cells) / classes.length) * cells;
    for (const [j, column] of classes.entries()) {
      if (isEmpty(before, after, row, column)) continue;
      const at = y + Math.floor((j * cells) / classes.length);
      const amount = surface.amount(row, column);
      if (Math.abs(amount) > Math.abs(strongest[at])) strongest[at] = amount;
    }
  }
  const image = new ImageData(cells, cells);
  for (const [at, amount] of strongest.entries()) {
    image.data.set(palette.table[indexOf(amount)], 4 * at);
    image.data[4 * at + 3] = 255;
  }
  const small = new OffscreenCanvas(cells, cells);
  small.getContext('2d')!.putImageData(image, 0, 0);
  canvas.width = canvas.height = pixels;
  const context = canvas.getContext('2d')!;
  context.imageSmoothingEnabled = false;
  context.drawImage(small, 0, 0, pixels, pixels);
}
