import { html, type TemplateResult } from 'lit';
import { tableBox } from '../../parts.js';
import type { Row } from './dumbbells.js';

/** Rows that are listed: a thousand would hold the page up. */
const LISTED = 200;

/** The numbers behind a comparison, those that differ most first. */
export function comparisonTable(
  caption: string,
  what: string,
  rows: readonly Row[],
  value: (value: number) => string,
  difference: (row: Row) => string,
): TemplateResult {
  return tableBox(
    caption,
    html`<table>
      <caption class="sr-only">${caption}</caption>
      <thead><tr>
        <th scope="col">${what}</th><th scope="col" class="number">A</th><th scope="col" class="number">B</th>
        <th scope="col" class="number">B − A</th>
      </tr></thead>
      <tbody>${rows.slice(0, LISTED).map(
        (row) => html`<tr>
          <th scope="row" class="name" title=${row.name}>${row.name}</th><td class="number">${value(row.a)}</td>
          <td class="number">${value(row.b)}</td><td class="number">${difference(row)}</td>
        </tr>`,
      )}</tbody>
    </table>
    ${rows.length > LISTED ? html`<p class="quiet">The ${LISTED} that differ most, of ${rows.length}.</p>` : ''}`,
  );
}

/** Those that differ most come first. */
export function byDifference(rows: readonly Row[]): Row[] {
  return [...rows].sort((a, b) => Math.abs(b.b - b.a) - Math.abs(a.b - a.a));
}
