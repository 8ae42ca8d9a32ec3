import { html, type TemplateResult } from 'lit';
import { growingTable, type Noun } from '../../elements/growingTable.js';
import { tableBox } from '../../elements/tableBox.js';
import type { Row } from './dumbbells.js';

/** The numbers behind a comparison, those that differ most first. @param title of the first column. @param noun what the rows are. */
export function comparisonTable(
  caption: string,
  title: string,
  noun: Noun,
  rows: readonly Row[],
  value: (value: number) => string,
  difference: (row: Row) => string,
): TemplateResult {
  return growingTable(rows, noun, (listed) =>
    tableBox(
      caption,
      html`<table>
        <caption class="sr-only">${caption}</caption>
        <thead><tr>
          <th scope="col">${title}</th><th scope="col" class="number">A</th>
          <th scope="col" class="number">B</th><th scope="col" class="number">B − A</th>
        </tr></thead>
        <tbody>${listed.map(
          (row) => html`<tr>
            <th scope="row" class="name" title=${row.name}>${row.name}</th><td class="number">${value(row.a)}</td>
            <td class="number">${value(row.b)}</td><td class="number">${difference(row)}</td>
          </tr>`,
        )}</tbody>
      </table>`,
    ),
  );
}

/** Those that differ most come first. */
export function byDifference(rows: readonly Row[]): Row[] {
  return [...rows].sort((a, b) => Math.abs(b.b - b.a) - Math.abs(a.b - a.a));
}
