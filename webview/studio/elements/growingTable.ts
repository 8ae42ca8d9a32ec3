import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { countText, pluralText } from '../../../src/contract/text.js';

/** Rows that are added at a time: a thousand would hold the page up. */
const STEP = 200;

/** One and many of what the rows of a table are. */
export type Noun = readonly [one: string, many: string];

/** A table of very many rows, that begins with the first ones and takes more when it is asked to. */
class LetheGrowingTable extends LitElement {
  static override properties = {
    rows: { attribute: false },
    table: { attribute: false },
    noun: { attribute: false },
    listed: { state: true },
  };
  declare rows: readonly unknown[];
  declare table: (rows: readonly unknown[]) => TemplateResult;
  declare noun: Noun;
  declare listed: number;

  constructor() {
    super();
    this.listed = STEP;
  }

  /** Into the page itself, so that its styles hold. */
  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('rows') && changed.get('rows') !== undefined) this.listed = STEP;
  }

  protected override render(): TemplateResult {
    const { rows, table, noun, listed } = this;
    const more = Math.min(STEP, rows.length - listed);
    return html`${table(rows.slice(0, listed))}
      ${
        more > 0
          ? html`<div class="buttons">
              <vscode-button appearance="secondary" @click=${this.#grow}>Show ${pluralText(more, ...noun).replace(' ', ' more ')}</vscode-button>
              <span class="quiet" role="status">${countText(listed)} of ${pluralText(rows.length, ...noun)}</span>
            </div>`
          : nothing
      }`;
  }

  /** The button that goes away at the end leaves the focus to the table. */
  readonly #grow = async (): Promise<void> => {
    this.listed += STEP;
    await this.updateComplete;
    if (this.listed >= this.rows.length) this.querySelector<HTMLElement>('.table-box')?.focus();
  };
}

customElements.define('lethe-growing-table', LetheGrowingTable);

/** A table that lists some rows at first. @param table draws the rows that it is given. */
export function growingTable<Row>(
  rows: readonly Row[],
  noun: Noun,
  table: (rows: readonly Row[]) => TemplateResult,
): TemplateResult {
  return html`<lethe-growing-table .rows=${rows} .table=${table} .noun=${noun}></lethe-growing-table>`;
}
