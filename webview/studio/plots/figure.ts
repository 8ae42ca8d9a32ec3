import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import type { Content } from '../elements/content.js';

/** What a figure is drawn for. */
export interface Canvas {
  /** CSS pixels. */
  readonly width: number;
}

const REDRAW = new Set<LetheFigure>();

/** Colours that scripts have looked up change with the theme, which is told by the body's class. */
new MutationObserver(() => {
  for (const figure of REDRAW) figure.redraw();
}).observe(document.body, { attributes: true, attributeFilter: ['class', 'data-vscode-theme-id'] });

/**
 * A plot with its title, a line of explanation, and a table of the same numbers behind it. It is drawn anew when its `basis`,
 * its width or the theme changes, and not before it is there to be seen.
 */
class LetheFigure extends LitElement {
  static override properties = {
    heading: {},
    note: { attribute: false },
    basis: { attribute: false },
    plot: { attribute: false },
    table: { attribute: false },
    width: { state: true },
  };
  declare heading: string;
  /** Under the title: what is seen, and a legend. */
  declare note: Content;
  /** Everything that the plot shows; compared part by part. */
  declare basis: readonly unknown[];
  /** Draws the plot. Its element should have an accessible name, and axes with titles and units. */
  declare plot: (canvas: Canvas) => Element;
  /** The same numbers as a table, made when it is opened. */
  declare table: (() => TemplateResult) | undefined;
  declare width: number;
  #drawn: Element | undefined;
  #isTableOpen = false;
  readonly #sizes = new ResizeObserver(([entry]) => {
    const width = Math.floor(entry.contentRect.width);
    if (width > 0 && width !== this.width) this.width = width;
  });

  constructor() {
    super();
    this.heading = '';
    this.note = nothing;
    this.basis = [];
    this.width = 0;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    REDRAW.add(this);
    this.#sizes.observe(this);
  }

  override disconnectedCallback(): void {
    REDRAW.delete(this);
    this.#sizes.disconnect();
    super.disconnectedCallback();
  }

  redraw(): void {
    this.#drawn = undefined;
    this.requestUpdate();
  }

  /** Into the page itself, so that its styles hold. */
  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    const before = changed.get('basis');
    const isSame = before?.length === this.basis.length && before.every((part, at) => Object.is(part, this.basis[at]));
    if (changed.has('width') || (changed.has('basis') && !isSame)) this.#drawn = undefined;
  }

  protected override render(): TemplateResult {
    if (this.width > 0) this.#drawn ??= this.plot({ width: this.width });
    return html`<figure>
      <figcaption><h3>${this.heading}</h3>${this.note === nothing ? nothing : html`<p class="quiet">${this.note}</p>`}</figcaption>
      <div class="plot">${this.#drawn}</div>
      ${this.table ? this.#numbers(this.table) : nothing}
    </figure>`;
  }

  #numbers(table: () => TemplateResult): TemplateResult {
    const toggled = (event: Event) => {
      this.#isTableOpen = (event.currentTarget as HTMLDetailsElement).open;
      this.requestUpdate();
    };
    return html`<details class="numbers" @toggle=${toggled}>
      <summary>Numbers<span class="sr-only"> of: ${this.heading}</span></summary>
      ${this.#isTableOpen ? table() : nothing}
    </details>`;
  }
}

customElements.define('lethe-figure', LetheFigure);
