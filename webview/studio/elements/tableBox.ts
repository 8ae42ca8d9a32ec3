import { html, type TemplateResult } from 'lit';

/** A table in a box that scrolls by itself, so that the page never does sideways. */
export function tableBox(label: string, table: TemplateResult): TemplateResult {
  return html`<div class="table-box" role="region" aria-label=${label} tabindex="0">${table}</div>`;
}
