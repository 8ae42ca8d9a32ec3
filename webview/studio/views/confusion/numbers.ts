import { html, type TemplateResult } from 'lit';
import { type Matrix, valueAt, valueText } from '../../../../src/figures/confusion.js';
import { tableBox } from '../../elements/tableBox.js';
import type { ConfusionModel } from './surface.js';

/** The matrices as tables. */
export function numbersTable(model: ConfusionModel): TemplateResult {
  const { before, after } = model;
  return html`${table(model, 'Before', before)} ${after ? table(model, 'After', after) : ''}`;
}

function table({ names, shown, unit }: ConfusionModel, title: string, matrix: Matrix): TemplateResult {
  const label = `Confusion ${title.toLowerCase()}, ${unit === 'percent' ? 'in percent of each row' : 'in samples'}`;
  return html`<h3>${title}</h3>
    ${tableBox(
      label,
      html`<table class="confusion-table">
        <caption class="sr-only">${label}: rows are true classes, columns what they are taken for</caption>
        <thead><tr><td></td>${shown.map((column) => html`<th scope="col" class="number">${names[column]}</th>`)}</tr></thead>
        <tbody>${shown.map(
          (row) => html`<tr>
            <th scope="row" class="name" title=${names[row]}>${names[row]}</th>
            ${shown.map((column) => html`<td class="number">${valueText(valueAt(matrix, row, column, unit), unit)}</td>`)}
          </tr>`,
        )}</tbody>
      </table>`,
    )}`;
}
