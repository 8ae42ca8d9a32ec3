import { html, LitElement, nothing, type PropertyValues, svg, type TemplateResult } from 'lit';
import { styleMap } from 'lit/directives/style-map.js';
import { pluralText } from '../../../../src/contract/text.js';
import { cells } from './cells.js';
import { clipped, type Layout, layoutOf, MOST_VALUES } from './layout.js';
import { type Palette, paletteNow } from './palette.js';
import { paint } from './raster.js';
import { type ConfusionModel, reading, type Surface, surfacesOf } from './surface.js';

/** A cell, by the places of its classes among those shown. */
interface Place {
  readonly row: number;
  readonly column: number;
}

/**
 * One or two confusion matrices with the same rows and columns. The pointer or the arrow keys go from cell to cell, in both at
 * once, and what a cell says is read out in words under them.
 */
class LetheConfusion extends LitElement {
  static override properties = {
    model: { attribute: false },
    shows: { attribute: false },
    zoom: { attribute: false },
    width: { state: true },
    pointed: { state: true },
    reached: { state: true },
    palette: { state: true },
  };
  declare model: ConfusionModel;
  declare shows: 'both' | 'change';
  /** Called with a class to look at more closely; undefined where there is no need. */
  declare zoom: ((index: number) => void) | undefined;
  declare width: number;
  /** Where the pointer is, and where the keyboard is. */
  declare pointed: Place | null;
  declare reached: Place | null;
  declare palette: Palette;
  #surfaces: readonly Surface[] = [];
  #layout: Layout | undefined;
  /** The cells drawn as elements, which change less often than where the pointer is. */
  #drawn: readonly TemplateResult[] = [];
  #isPainted = false;
  readonly #sizes = new ResizeObserver(([entry]) => {
    const width = Math.floor(entry.contentRect.width);
    if (width > 0) this.width = width;
  });
  readonly #theme = new MutationObserver(() => {
    this.palette = paletteNow();
  });

  constructor() {
    super();
    this.width = 0;
    this.pointed = null;
    this.reached = null;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.palette = paletteNow();
    this.#sizes.observe(this);
    this.#theme.observe(document.body, { attributes: true, attributeFilter: ['class', 'data-vscode-theme-id'] });
  }

  override disconnectedCallback(): void {
    this.#sizes.disconnect();
    this.#theme.disconnect();
    super.disconnectedCallback();
  }

  /** The first time a frame later than the page around it: a thousand classes take a while, and so does that. */
  protected override async scheduleUpdate(): Promise<void> {
    if (!this.hasUpdated) await new Promise((resolve) => requestAnimationFrame(resolve));
    super.scheduleUpdate();
  }

  /** Into the page itself, so that its styles hold. */
  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('model')) {
      this.pointed = null;
      if (changed.get('model')?.shown !== this.model.shown) this.reached = null;
    }
    if (!(['model', 'shows', 'width', 'palette'] as const).some((name) => changed.has(name))) return;
    const { shown, names } = this.model;
    this.#surfaces = surfacesOf(this.model, this.shows);
    const letters = Math.max(...shown.map((index) => names[index].length));
    const layout = layoutOf(this.width, this.#surfaces.length, shown.length, letters);
    this.#layout = layout;
    this.#drawn =
      this.width > 0 && shown.length <= MOST_VALUES
        ? this.#surfaces.map((surface) => cells(surface, shown, layout, this.palette))
        : [];
    this.#isPainted = false;
  }

  protected override render(): TemplateResult {
    const layout = this.#layout;
    if (!layout || this.width === 0) return html``;
    const at = this.pointed ?? this.reached;
    const { shown } = this.model;
    return html`<div class="matrices ${layout.isSideBySide ? 'beside' : ''}">
        ${this.#surfaces.map((surface, index) => this.#matrix(surface, index, layout, at))}
      </div>
      <p class="reading" aria-live="polite">${
        at
          ? reading(this.model, shown[at.row], shown[at.column])
          : html`<span class="quiet">Point at a cell to read it, or choose a matrix with the Tab key and use the arrow keys.${this.zoom ? ' A click or Enter looks at one class more closely.' : ''}</span>`
      }</p>`;
  }

  #matrix(surface: Surface, index: number, layout: Layout, at: Place | null): TemplateResult {
    const { left, top, side, cell } = layout;
    const { shown } = this.model;
    const size = { width: left + side + 1, height: top + side + 1 };
    const title = `${surface.title}: confusion of ${pluralText(shown.length, 'class', 'classes')}`;
    return html`<figure>
      <figcaption><h3>${surface.title}</h3></figcaption>
      <div class="matrix" role="application" aria-roledescription="confusion matrix" aria-label=${title} tabindex="0"
        style=${styleMap({ width: `${size.width}px`, height: `${size.height}px` })}
        @keydown=${this.#key} @focus=${this.#focus} @blur=${() => {
          this.reached = null;
        }}
        @pointermove=${this.#point} @pointerleave=${() => {
          this.pointed = null;
        }} @click=${this.#click}>
        ${shown.length > MOST_VALUES ? html`<canvas style=${styleMap({ left: `${left}px`, top: `${top}px`, width: `${side}px`, height: `${side}px` })}></canvas>` : nothing}
        <svg width=${size.width} height=${size.height} aria-hidden="true">
          ${this.#drawn[index] ?? nothing} ${this.#names(layout)}
          <rect class="frame" x=${left} y=${top} width=${side} height=${side}></rect>
          ${
            at
              ? svg`<rect class="here" x=${left + at.column * cell} y=${top + at.row * cell} width=${cell} height=${cell}></rect>
                <path class="guide" d="M${left} ${top + (at.row + 0.5) * cell}h-6M${left + (at.column + 0.5) * cell} ${top}v-6"></path>`
              : nothing
          }
        </svg>
      </div>
    </figure>`;
  }

  /** The names of rows and columns where there is room, marks of the forgotten ones, and what rows and columns are. */
  #names({ hasNames, left, top, cell }: Layout): readonly TemplateResult[] {
    const { shown, names, roles } = this.model;
    const texts = shown.map((index, at) => {
      const middle = (at + 0.5) * cell;
      const isForgotten = roles[index] !== 'retain';
      const gap = isForgotten ? 15 : 6;
      const style = isForgotten ? 'of-forgotten' : '';
      return svg`${
        isForgotten
          ? svg`<path class="forgotten" d="M${left - 8} ${top + middle - 4}l4 4l-4 4l-4 -4z"></path>
            <path class="forgotten" d="M${left + middle} ${top - 12}l4 4l-4 4l-4 -4z"></path>`
          : nothing
      }${
        hasNames
          ? svg`<text class=${style} x=${left - gap} y=${top + middle} text-anchor="end" dominant-baseline="central">${clipped(names[index], left - gap, isForgotten)}</text>
            <text class=${style} transform="translate(${left + middle} ${top - gap}) rotate(-90)" dominant-baseline="central">${clipped(names[index], top - gap, isForgotten)}</text>`
          : nothing
      }`;
    });
    // In the corner, which is empty where there are names.
    const axes = hasNames
      ? svg`<text class="axis" x=${left - 6} y=${top - 20} text-anchor="end">taken for →</text>
        <text class="axis" x=${left - 6} y=${top - 6} text-anchor="end">true ↓</text>`
      : svg`<text class="axis" x=${left} y=${top - 17}>taken for →</text>
        <text class="axis" transform="translate(${left - 17} ${top + this.#layout!.side}) rotate(-90)">← true class</text>`;
    return [axes, ...texts];
  }

  protected override updated(): void {
    const layout = this.#layout;
    if (!layout || this.#isPainted) return;
    for (const [at, canvas] of this.querySelectorAll('canvas').entries()) {
      paint(canvas, layout.side, this.#surfaces[at], this.model, this.palette);
    }
    this.#isPainted = true;
  }

  readonly #point = (event: PointerEvent) => {
    this.pointed = this.#placeOf(event);
  };

  #placeOf({ currentTarget, clientX, clientY }: MouseEvent): Place | null {
    const { left, top, cell } = this.#layout!;
    const box = (currentTarget as Element).getBoundingClientRect();
    const column = Math.floor((clientX - box.left - left) / cell);
    const row = Math.floor((clientY - box.top - top) / cell);
    const { length } = this.model.shown;
    return row >= 0 && row < length && column >= 0 && column < length ? { row, column } : null;
  }

  readonly #focus = ({ currentTarget }: Event) => {
    // A press of the pointer says itself where.
    if (!(currentTarget as Element).matches(':focus-visible')) return;
    const { shown, roles } = this.model;
    const forgotten = Math.max(
      0,
      shown.findIndex((index) => roles[index] === 'forget'),
    );
    this.reached = { row: forgotten, column: forgotten };
  };

  readonly #click = (event: MouseEvent) => {
    // Where the pointer was said to be: a click comes with rounded places, which may be several classes off.
    const place = this.pointed ?? this.#placeOf(event);
    if (place) this.zoom?.(this.model.shown[place.row]);
  };

  readonly #key = (event: KeyboardEvent) => {
    const last = this.model.shown.length - 1;
    const { row, column } = this.reached ?? { row: 0, column: 0 };
    const clamp = (at: number) => Math.max(0, Math.min(last, at));
    const to: Readonly<Record<string, Place>> = {
      ArrowUp: { row: clamp(row - 1), column },
      ArrowDown: { row: clamp(row + 1), column },
      ArrowLeft: { row, column: clamp(column - 1) },
      ArrowRight: { row, column: clamp(column + 1) },
      PageUp: { row: clamp(row - 10), column },
      PageDown: { row: clamp(row + 10), column },
      Home: { row: event.ctrlKey ? 0 : row, column: 0 },
      End: { row: event.ctrlKey ? last : row, column: last },
    };
    if (event.key === 'Enter') this.zoom?.(this.model.shown[row]);
    else if (to[event.key]) this.reached = to[event.key];
    else return;
    event.preventDefault();
  };
}

customElements.define('lethe-confusion', LetheConfusion);
