import { html, type TemplateResult } from 'lit';
import { NONE } from '../../../../src/contract/text.js';
import { changeText, topPairs, valueText } from '../../../../src/figures/confusion.js';
import { tableBox } from '../../elements/tableBox.js';
import type { ConfusionModel } from './surface.js';

const MOST_PAIRS = 12;

/** The classes that are taken for each other most, before or after the run. */
export function pairsTable({ names, roles, before, after, shown, unit }: ConfusionModel): TemplateResult {
  const pairs = topPairs(before, after, shown, unit, MOST_PAIRS);
  if (pairs.length === 0) return html`<p class="quiet">No sample of these classes is taken for another of them.</p>`;
  const value = (value: number | null) => valueText(value, unit);
  const name = (index: number) =>
    html`${roles[index] === 'retain' ? '' : html`<i class="mark forget" title="forgotten"></i> `}${names[index]}`;
  return tableBox(
    'Most common confusions',
    html`<table class="pairs">
      <caption class="sr-only">Most common confusions before or after, ${unit === 'percent' ? 'in percent of the samples of the true class' : 'in samples'}</caption>
      <thead><tr>
        <th scope="col">True class</th><th scope="col">Taken for</th><th scope="col" class="number">Before</th>
        <th scope="col" class="number">After</th><th scope="col" class="number">${unit === 'percent' ? 'Points' : 'Change'}</th>
      </tr></thead>
      <tbody>${pairs.map(
        ({ row, column, before, after }) => html`<tr>
          <th scope="row" class="name" title=${names[row]}>${name(row)}</th><td class="name" title=${names[column]}>${name(column)}</td>
          <td class="number">${value(before)}</td><td class="number">${value(after)}</td>
          <td class="number">${after === null ? NONE : changeText(after - before, unit)}</td>
        </tr>`,
      )}</tbody>
    </table>`,
  );
}
