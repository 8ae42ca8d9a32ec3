import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import type { Picture } from '../../../src/contract/terms.js';

/** Red, green, blue and opacity, 0..255 each. */
export type Rgba = readonly [number, number, number, number];

/** A coarse map that is laid smoothly over a picture. */
export interface Overlay {
  readonly width: number;
  readonly height: number;
  /** Row by row. */
  readonly values: Float32Array;
  readonly colour: (value: number) => Rgba;
}

/** Pixels of a picture's longer side up to which each is shown as a square; larger ones are smoothed. */
const MOST_SQUARES = 64;
/** Pixels that an overlay's longer side is painted with, whatever the size on the screen: enough to look smooth. */
const OVERLAY_SIZE = 192;

/**
 * A picture as wide as its element, sharp at any size. With an overlay it is grey and dimmed, so that the colours are those of
 * the overlay alone. Without a label it is decoration.
 */
export class LethePicture extends LitElement {
  static override properties = {
    picture: { attribute: false },
    overlay: { attribute: false },
    label: {},
  };
  declare picture: Picture | undefined;
  declare overlay: Overlay | undefined;
  declare label: string | undefined;

  /** Into the page itself, so that its styles hold. */
  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  protected override render(): TemplateResult | typeof nothing {
    if (!this.picture) return nothing;
    const { width, height } = this.picture;
    const rendering = Math.max(width, height) <= MOST_SQUARES ? 'pixelated' : 'auto';
    return html`<span class="layers" role=${this.label ? 'img' : nothing} aria-label=${this.label ?? nothing}
      aria-hidden=${this.label ? nothing : 'true'} style="aspect-ratio: ${width} / ${height}">
      <canvas style="image-rendering: ${rendering}"></canvas>${this.overlay ? html`<canvas></canvas>` : nothing}
    </span>`;
  }

  protected override updated(changed: PropertyValues<this>): void {
    if (!this.picture) return;
    const [below, above] = this.querySelectorAll('canvas');
    const becameOverlaid = changed.has('overlay') && !changed.get('overlay') !== !this.overlay;
    if (changed.has('picture') || becameOverlaid) paintPicture(below, this.picture, this.overlay !== undefined);
    if (this.overlay) paintOverlay(above, this.overlay, this.picture);
  }
}

customElements.define('lethe-picture', LethePicture);

/** @param isDimmed whether it becomes a dark grey ground for other colours. */
function paintPicture(canvas: HTMLCanvasElement, { width, height, rgb }: Picture, isDimmed: boolean): void {
  const pixels = new Uint8ClampedArray(4 * width * height);
  for (let at = 0; at < width * height; at++) {
    const [red, green, blue] = [rgb[3 * at], rgb[3 * at + 1], rgb[3 * at + 2]];
    const grey = 20 + 0.55 * (0.2126 * red + 0.7152 * green + 0.0722 * blue);
    pixels[4 * at] = isDimmed ? grey : red;
    pixels[4 * at + 1] = isDimmed ? grey : green;
    pixels[4 * at + 2] = isDimmed ? grey : blue;
    pixels[4 * at + 3] = 255;
  }
  paint(canvas, pixels, width, height);
}

function paintOverlay(canvas: HTMLCanvasElement, overlay: Overlay, { width, height }: Picture): void {
  const scale = OVERLAY_SIZE / Math.max(width, height);
  const [columns, rows] = [Math.max(1, Math.round(scale * width)), Math.max(1, Math.round(scale * height))];
  const pixels = new Uint8ClampedArray(4 * columns * rows);
  const across = between(overlay.width, columns);
  const down = between(overlay.height, rows);
  const { values } = overlay;
  for (let row = 0; row < rows; row++) {
    const { first: top, second: bottom, weight: low } = down[row];
    for (let column = 0; column < columns; column++) {
      const { first: left, second: right, weight } = across[column];
      const [above, below] = [top * overlay.width, bottom * overlay.width];
      const value =
        (1 - low) * ((1 - weight) * values[above + left] + weight * values[above + right]) +
        low * ((1 - weight) * values[below + left] + weight * values[below + right]);
      pixels.set(overlay.colour(value), 4 * (row * columns + column));
    }
  }
  paint(canvas, pixels, columns, rows);
}

/** Between which two of `count` cells each of `target` points along the same side lies, the cells' values standing at their centres. */
function between(count: number, target: number): { first: number; second: number; weight: number }[] {
  return Array.from({ length: target }, (_, at) => {
    const place = Math.min(Math.max(((at + 0.5) * count) / target - 0.5, 0), count - 1);
    const first = Math.floor(place);
    return { first, second: Math.min(first + 1, count - 1), weight: place - first };
  });
}

function paint(canvas: HTMLCanvasElement, pixels: Uint8ClampedArray, width: number, height: number): void {
  canvas.width = width;
  canvas.height = height;
  canvas.getContext('2d')?.putImageData(new ImageData(pixels as Uint8ClampedArray<ArrayBuffer>, width, height), 0, 0);
}
