import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { styleMap } from 'lit/directives/style-map.js';
import type { BoundaryMap, BoundaryResult } from '../../../../src/contract/explain.js';
import { decimalText, percentText } from '../../../../src/contract/text.js';
import { overhang } from '../../../../src/figures/plane.js';
import { bordersOf, paintRegions } from '../../../../src/figures/regions.js';
import type { Content } from '../../elements/content.js';
import type { ClassStyle } from './classStyles.js';
import { middle, moved, type Place, type Reading, reading } from './crosshair.js';
import { drawPanel, frameOf, MARGINS } from './panel.js';

type When = 'before' | 'after';

/** Pixels of the element from which on both maps stand side by side. */
const SIDE_BY_SIDE = 540;
const GAP = 16;
/** A map alone, or under another one, is no wider than this. */
const WIDEST = 460;

/** What is drawn of a map and does not change with the crosshair. */
interface Drawing {
  readonly plot: Element;
  readonly borders: string;
  readonly outline: string;
}

/**
 * The regions of a model's answers before and after, with one crosshair over both, which follows the pointer and the arrow
 * keys, and says what is under it.
 */
class LetheBoundary extends LitElement {
  static override properties = {
    result: { attribute: false },
    styles: { attribute: false },
    width: { state: true },
    place: { state: true },
  };
  declare result: BoundaryResult;
  /** Of every class that occurs in the result. */
  declare styles: readonly ClassStyle[];
  declare width: number;
  declare place: Place | undefined;
  /** Screen readers are told of moves by key alone: a pointer makes too many. */
  #isByKey = false;
  readonly #drawn = new Map<When, Drawing>();
  readonly #sizes = new ResizeObserver(([entry]) => {
    const width = Math.floor(entry.contentRect.width);
    if (width > 0 && width !== this.width) this.width = width;
  });

  constructor() {
    super();
    this.width = 0;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#sizes.observe(this);
  }

  override disconnectedCallback(): void {
    this.#sizes.disconnect();
    super.disconnectedCallback();
  }

  /** Into the page itself, so that its styles hold. */
  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has('result') && !changed.has('styles') && !changed.has('width')) return;
    this.#drawn.clear();
    if (this.width === 0) return;
    for (const { when, map } of this.#maps()) {
      this.#drawn.set(when, this.#drawMap(when, map));
    }
  }

  protected override updated(changed: PropertyValues<this>): void {
    if (!changed.has('result') && !changed.has('styles') && !changed.has('width')) return;
    for (const { when, map } of this.#maps()) {
      const canvas = this.querySelector<HTMLCanvasElement>(`.${when} canvas`);
      if (canvas) paint(canvas, paintRegions(map, this.result.size, this.styles), this.result.size);
    }
  }

  #maps(): { readonly when: When; readonly map: BoundaryMap }[] {
    const { before, after } = this.result;
    return [{ when: 'before' as const, map: before }, ...(after ? [{ when: 'after' as const, map: after }] : [])];
  }

  get #panelWidth(): number {
    const isBeside = this.result.after !== null && this.width >= SIDE_BY_SIDE;
    return isBeside ? Math.floor((this.width - GAP) / 2) : Math.min(WIDEST, this.width);
  }

  #drawMap(when: When, map: BoundaryMap): Drawing {
    const { result, styles } = this;
    const forgotten = new Set(styles.filter(({ fate }) => fate === 'forgotten').map((style) => style.class));
    return {
      plot: drawPanel(result, when, map, styles, this.#panelWidth),
      borders: bordersOf(map, result.size),
      outline: bordersOf(map, result.size, forgotten),
    };
  }

  protected override render(): Content {
    if (this.width === 0) return nothing;
    const { place } = this;
    return html`<div class="panels" role="application" tabindex="0" aria-describedby="boundary-help"
        aria-label="Crosshair over the decision boundary" @keydown=${this.#key} @focus=${this.#focused} @blur=${this.#left}
        @pointermove=${this.#pointed} @pointerleave=${this.#left}>
        ${this.#maps().map(({ when, map }) => this.#panel(when, map))}
      </div>
      <p class="readout" aria-live=${this.#isByKey ? 'polite' : 'off'}>${place ? this.#readout(place) : nothing}</p>
      <p class="quiet help ${place ? 'sr-only' : ''}" id="boundary-help">
        Point at a place to read it, or move the crosshair with the arrow keys (finer with Shift).
      </p>`;
  }

  #panel(when: When, map: BoundaryMap): TemplateResult {
    const { size } = this.result;
    const { width, height } = frameOf(this.result, this.#panelWidth);
    const over = overhang(this.result, { width, height });
    const inner = {
      left: `${-over.width}px`,
      top: `${-over.height}px`,
      width: `${width + 2 * over.width}px`,
      height: `${height + 2 * over.height}px`,
    };
    const frame = { left: `${MARGINS.left}px`, top: `${MARGINS.top}px`, width: `${width}px`, height: `${height}px` };
    const drawing = this.#drawn.get(when)!;
    return html`<section class="panel ${when}" aria-label=${when === 'before' ? 'Before' : 'After'}>
      <h4>${when === 'before' ? 'Before' : 'After'}</h4>
      <div class="plane">
        <div class="regions" style=${styleMap(frame)} aria-hidden="true">
          <canvas style=${styleMap(inner)}></canvas>
          <svg viewBox="0 0 ${size} ${size}" preserveAspectRatio="none" style=${styleMap(inner)}>
            <path class="border" d=${drawing.borders}></path><path class="outline" d=${drawing.outline}></path>
          </svg>
        </div>
        ${drawing.plot}
        <div class="over" style=${styleMap(frame)} aria-hidden="true">${this.place ? this.#crosshair(map, this.place) : nothing}</div>
      </div>
    </section>`;
  }

  #crosshair(map: BoundaryMap, place: Place): TemplateResult {
    const { x, y } = this.result;
    const left = (place.x - x[0]) / (x[1] - x[0]);
    const bottom = (place.y - y[0]) / (y[1] - y[0]);
    return html`<i class="line down" style=${styleMap({ left: `${100 * left}%` })}></i>
      <i class="line across" style=${styleMap({ bottom: `${100 * bottom}%` })}></i>
      <span class="reading ${left > 0.5 ? 'to-left' : ''} ${bottom > 0.8 ? 'to-bottom' : ''}"
        style=${styleMap({ left: `${100 * left}%`, bottom: `${100 * bottom}%` })}>${this.#answer(reading(this.result, map, place))}</span>`;
  }

  #readout(place: Place): string {
    const answers = this.#maps().map(({ when, map }) => `${when} ${this.#answer(reading(this.result, map, place))}`);
    return `x ${decimalText(place.x)}, y ${decimalText(place.y)}: ${answers.join(', ')}`;
  }

  #answer({ class: index, confidence }: Reading): string {
    return `${this.styles.find((style) => style.class === index)?.name} ${percentText(confidence)}`;
  }

  readonly #pointed = (event: PointerEvent) => {
    const over = (event.target as Element).closest('.panel')?.querySelector('.over')?.getBoundingClientRect();
    if (!over) return;
    const left = (event.clientX - over.left) / over.width;
    const bottom = (over.bottom - event.clientY) / over.height;
    const isOutside = left < 0 || left > 1 || bottom < 0 || bottom > 1;
    const { x, y } = this.result;
    this.#isByKey = false;
    this.place = isOutside ? undefined : { x: x[0] + left * (x[1] - x[0]), y: y[0] + bottom * (y[1] - y[0]) };
  };

  readonly #left = () => {
    this.place = undefined;
  };

  /** By key alone: a click focuses too, but has put the crosshair where it is. */
  readonly #focused = (event: FocusEvent) => {
    if (!(event.currentTarget as Element).matches(':focus-visible')) return;
    this.#isByKey = true;
    this.place ??= middle(this.result);
  };

  readonly #key = (event: KeyboardEvent) => {
    if (event.key === 'Escape') return this.#left();
    const place = moved(this.result, this.place ?? middle(this.result), event.key, event.shiftKey);
    if (!place) return;
    event.preventDefault();
    this.#isByKey = true;
    this.place = place;
  };
}

function paint(canvas: HTMLCanvasElement, pixels: Uint8ClampedArray<ArrayBuffer>, size: number): void {
  canvas.width = size;
  canvas.height = size;
  canvas.getContext('2d')?.putImageData(new ImageData(pixels, size, size), 0, 0);
}

customElements.define('lethe-boundary', LetheBoundary);
