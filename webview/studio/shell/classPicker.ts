import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { classMap } from 'lit/directives/class-map.js';
import { repeat } from 'lit/directives/repeat.js';
import { styleMap } from 'lit/directives/style-map.js';
import { countText, percentText } from '../../../src/contract/text.js';
import { icon } from '../elements/icon.js';
import { type ClassRow, classRows, isForbidden } from '../state/classes.js';
import '../elements/picture.js';
import type { Picture } from '../../../src/contract/terms.js';
import type { Studio } from '../state/studio.js';
import { Thumbnails } from '../state/thumbnails.js';

/** Pixels of a row and of a picture in it, as in styles/picker.css. */
const ROW = 36;
const PICTURE = 28;
/** Rows that are seen at once, and that are drawn beyond them on each side. */
const VISIBLE = 10;
const MARGIN = 6;
/** Pictures of a class, of which a narrow list shows fewer. */
const MOST_PICTURES = 3;
/** Milliseconds for which the list must keep still before pictures of its rows are asked for. */
const STILL = 80;

/**
 * The list of classes with a box to tick for each. Only the rows in view are drawn. It is one stop of the Tab key: arrows,
 * Page Up and Down, Home and End move, Space ticks, Ctrl+A ticks all that are shown.
 */
class ClassPicker extends LitElement {
  static override properties = { studio: { attribute: false }, active: { state: true }, top: { state: true } };
  declare studio: Studio;
  /** The row that the keyboard is at, counted among those shown. */
  declare active: number;
  declare top: number;
  #rows: readonly ClassRow[] = [];
  #shown: readonly ClassRow[] = [];
  #ticked: ReadonlySet<number> = new Set();
  readonly #thumbnails = new Thumbnails();
  /** The classes whose pictures were asked for last. */
  #inView = '';
  #still: ReturnType<typeof setTimeout> | undefined;
  #settled: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    super();
    this.active = 0;
    this.top = 0;
  }

  /** Into the page itself, so that its styles and labels hold. */
  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has('studio')) return;
    const before = changed.get('studio');
    const { snapshot, view } = this.studio;
    const isNew = (['facts', 'summary', 'shown'] as const).some((part) => before?.snapshot[part] !== snapshot[part]);
    if (isNew) this.#rows = classRows(snapshot);
    this.#ticked = new Set(this.studio.selected);
    this.#thumbnails.update(this.studio);
    const wanted = view.filter.trim().toLowerCase();
    this.#shown = this.#rows.filter(
      ({ name, index }) => name.toLowerCase().includes(wanted) || String(index) === wanted,
    );
    this.active = Math.max(0, Math.min(this.active, this.#shown.length - 1));
  }

  protected override firstUpdated(): void {
    const list = this.#list;
    if (list) list.scrollTop = this.studio.view.listScroll;
  }

  protected override updated(): void {
    this.#askForPictures();
  }

  override disconnectedCallback(): void {
    clearTimeout(this.#still);
    clearTimeout(this.#settled);
    super.disconnectedCallback();
  }

  protected override render(): TemplateResult {
    const { selected } = this.studio;
    return html`<section class="card picker" aria-labelledby="classes-title">
      <div class="head">
        <h2 id="classes-title">Classes to forget</h2>
        <span class="quiet" id="classes-count">${countText(selected.length)} of ${countText(this.#rows.length)} ticked</span>
      </div>
      ${this.#rows.length === 0 ? html`<p class="quiet">The file does not tell how many classes this model has.</p>` : this.#body()}
    </section>`;
  }

  #body(): TemplateResult {
    return html`${this.#tools()}
      <div class=${classMap({ row: true, names: true, pictured: this.#isPictured })} aria-hidden="true">
        <span></span>${this.#isPictured ? html`<span>Examples</span>` : nothing}<span>Class</span><span class="number wide">Accuracy</span><span class="number">Samples</span>
      </div>
      ${this.#shown.length === 0 ? html`<p class="empty quiet">No class matches “${this.studio.view.filter}”.</p>` : this.#options()}`;
  }

  #tools(): TemplateResult {
    const { view, selected, select, change } = this.studio;
    const forbidden = this.#rows.filter(isForbidden).map(({ index }) => index);
    const shown = this.#shown.map(({ index }) => index);
    const filter = (event: Event) => change({ filter: (event.target as HTMLInputElement).value });
    const filterKey = (event: KeyboardEvent) => {
      if (event.key === 'Escape' && view.filter) change({ filter: '' });
      else if (event.key === 'ArrowDown') this.#list?.focus();
      else return;
      event.preventDefault();
    };
    return html`<div class="tools">
      <vscode-text-field class="filter" placeholder="Filter classes" aria-label="Filter classes" .value=${view.filter}
        @input=${filter} @keydown=${filterKey}>${icon('search', 'start')}</vscode-text-field>
      ${
        view.filter.trim() && shown.length > 0
          ? html`<vscode-button appearance="secondary" @click=${() => select([...selected, ...shown])}>Tick ${countText(shown.length)} shown</vscode-button>`
          : nothing
      }
      ${
        forbidden.length > 0
          ? html`<vscode-button appearance="secondary" title="Tick what lethe.json says must be forgotten"
              @click=${() => select([...selected, ...forbidden])}>Tick policy</vscode-button>`
          : nothing
      }
      <vscode-button appearance="secondary" ?disabled=${selected.length === 0} @click=${() => select([])}>Clear</vscode-button>
    </div>`;
  }

  #options(): TemplateResult {
    const shown = this.#shown;
    const from = Math.max(0, Math.floor(this.top / ROW) - MARGIN);
    const rows = shown.slice(from, from + VISIBLE + 2 * MARGIN + 1);
    // Where the keyboard is must be there, or screen readers lose it.
    const isActiveDrawn = this.active >= from && this.active < from + rows.length;
    return html`<div class="list" role="listbox" tabindex="0" aria-multiselectable="true" aria-labelledby="classes-title"
      aria-describedby="classes-count" aria-activedescendant=${isActiveDrawn ? this.#id(this.active) : nothing}
      style=${styleMap({ height: `${Math.min(VISIBLE, shown.length) * ROW}px` })}
      @scroll=${this.#scrolled} @keydown=${this.#key}>
      <div role="presentation" style=${styleMap({ height: `${shown.length * ROW}px`, position: 'relative' })}>
        ${repeat(
          rows,
          ({ index }) => index,
          (row, at) => this.#option(row, from + at),
        )}
      </div>
    </div>`;
  }

  #option(row: ClassRow, at: number): TemplateResult {
    const { index, name, accuracy, samples } = row;
    const ticked = this.#ticked.has(index);
    const forbidden = isForbidden(row);
    const mark = markOf(row);
    const tick = () => {
      this.active = at;
      this.#toggle(index);
    };
    return html`<div class=${classMap({ row: true, option: true, pictured: this.#isPictured, active: at === this.active })} role="option" id=${this.#id(at)}
      aria-checked=${ticked} aria-setsize=${this.#shown.length} aria-posinset=${at + 1}
      title=${name} data-class=${index}
      style=${styleMap({ position: 'absolute', top: `${at * ROW}px` })} @click=${tick}>
      <span class="box">${ticked ? icon('check') : nothing}</span>
      ${this.#isPictured ? thumbnails(this.#thumbnails.of(index)) : nothing}
      <span class="label">
        <span class="name">${name}</span>
        ${mark ? html`<span class="tag ${forbidden ? 'bad' : ''}" title=${mark}>${icon(forbidden ? 'error' : 'pass')}<span>${mark}</span></span>` : nothing}
      </span>
      <span class="bar"><i class=${forbidden ? 'forget' : 'retain'} style=${styleMap({ width: `${100 * (accuracy ?? 0)}%` })}></i></span>
      <span class="number">${hidden('recognised')} ${percentText(accuracy)}</span>
      <span class="number quiet">${hidden('of')} ${countText(samples)} ${hidden('samples')}</span>
    </div>`;
  }

  #id(at: number): string {
    return `class-${this.#shown[at]?.index}`;
  }

  get #list(): HTMLElement | null {
    return this.querySelector<HTMLElement>('.list');
  }

  #toggle(index: number): void {
    const { selected, select } = this.studio;
    select(this.#ticked.has(index) ? selected.filter((other) => other !== index) : [...selected, index]);
  }

  get #isPictured(): boolean {
    return this.#thumbnails.isShown(this.studio);
  }

  /** Those of the rows in view, once it is clear which ones they are. */
  #askForPictures(): void {
    const from = Math.floor(this.top / ROW);
    const inView = this.#shown.slice(from, from + VISIBLE + 1).map(({ index }) => index);
    const { facts, summary, trusted } = this.studio.snapshot;
    const key = [trusted, summary?.config ?? facts?.config, ...inView].join(' ');
    if (key === this.#inView) return;
    this.#inView = key;
    clearTimeout(this.#still);
    this.#still = setTimeout(() => this.#thumbnails.want(this.studio, inView), STILL);
  }

  #scrolled = (event: Event): void => {
    this.top = (event.currentTarget as HTMLElement).scrollTop;
    clearTimeout(this.#settled);
    this.#settled = setTimeout(() => this.studio.change({ listScroll: this.top }), 150);
  };

  #key = (event: KeyboardEvent): void => {
    const last = this.#shown.length - 1;
    const { selected, select } = this.studio;
    const moves: Record<string, number> = {
      ArrowDown: this.active + 1,
      ArrowUp: this.active - 1,
      PageDown: this.active + VISIBLE - 1,
      PageUp: this.active - VISIBLE + 1,
      Home: 0,
      End: last,
    };
    if (event.key in moves) this.#moveTo(Math.max(0, Math.min(last, moves[event.key])));
    else if (event.key === ' ' || event.key === 'Enter') this.#toggle(this.#shown[this.active].index);
    else if (event.key === 'a' && (event.ctrlKey || event.metaKey)) {
      select([...selected, ...this.#shown.map(({ index }) => index)]);
    } else return;
    event.preventDefault();
  };

  #moveTo(at: number): void {
    this.active = at;
    const list = this.#list!;
    list.scrollTop = Math.min(at * ROW, Math.max(list.scrollTop, (at + 1) * ROW - list.clientHeight));
  }
}

function markOf(row: ClassRow): string {
  if (isForbidden(row)) return 'must be forgotten';
  if (row.isForgotten) return 'forgotten';
  return row.policy ? 'within its limit' : '';
}

/** Pictures that say nothing which the row's text does not: in a place that is as large without them. */
function thumbnails(pictures: readonly Picture[]): TemplateResult {
  return html`<span class="thumbnails" aria-hidden="true">${pictures
    .slice(0, MOST_PICTURES)
    .map(
      (picture) =>
        html`<lethe-picture style=${styleMap({ width: `${widthOf(picture)}px` })} .picture=${picture}></lethe-picture>`,
    )}</span>`;
}

/** So that the longer side fits. */
function widthOf({ width, height }: Picture): number {
  return Math.max(1, Math.round((PICTURE * width) / Math.max(width, height)));
}

/** Words that make a sentence of a row for who hears it; who sees it has the columns. */
function hidden(words: string): TemplateResult {
  return html`<span class="sr-only">${words}</span>`;
}

customElements.define('lethe-class-picker', ClassPicker);
