import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import type { Picture } from '../../../src/contract/terms.js';
import { type ColorScale, dimmed, type HeatMap, paintHeat } from '../../../src/figures/heat.js';

/** A coarse map that is laid smoothly over a picture. */
export interface Overlay {
  readonly map: HeatMap;
  readonly color: ColorScale;
}

/** Pixels of a picture's longer side up to which each is shown as a square; larger ones are smoothed. */
const MOST_SQUARES = 64;
/** Pixels that an overlay's longer side is painted with, whatever the size on the screen: enough to look smooth. */
const OVERLAY_SIZE = 192;

/**
 * A picture as wide as its element, sharp at any size. With an overlay it is grey and dimmed, so that the colours are those of
 * the overlay alone. Without a label it is decoration.
 */
class LethePicture extends LitElement {
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
function paintPicture(canvas: HTMLCanvasElement, picture: Picture, isDimmed: boolean): void {
  const { width, height, rgb } = isDimmed ? dimmed(picture) : picture;
  const pixels = new Uint8ClampedArray(4 * width * height);
  for (let at = 0; at < width * height; at++) {
    pixels[4 * at] = rgb[3 * at];
    pixels[4 * at + 1] = rgb[3 * at + 1];
    pixels[4 * at + 2] = rgb[3 * at + 2];
    pixels[4 * at + 3] = 255;
  }
  paint(canvas, pixels, width, height);
}

function paintOverlay(canvas: HTMLCanvasElement, { map, color }: Overlay, { width, height }: Picture): void {
  const scale = OVERLAY_SIZE / Math.max(width, height);
  const [columns, rows] = [Math.max(1, Math.round(scale * width)), Math.max(1, Math.round(scale * height))];
  paint(canvas, paintHeat(map, color, columns, rows), columns, rows);
}

function paint(canvas: HTMLCanvasElement, pixels: Uint8ClampedArray<ArrayBuffer>, width: number, height: number): void {
  canvas.width = width;
  canvas.height = height;
  canvas.getContext('2d')?.putImageData(new ImageData(pixels, width, height), 0, 0);
}
