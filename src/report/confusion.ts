import type { RunRecord } from '../contract/records.js';
import { countText, percentText, pointsText } from '../contract/text.js';
import {
  cellText,
  changedPairs,
  countsOf,
  type Matrix,
  matrixOf,
  ofTotal,
  shareAt,
  strengthOf,
  valueAt,
} from '../figures/confusion.js';
import { inkOn, mixed, ROLE_COLORS, rgbOf } from '../figures/palette.js';
import { type Html, html } from './html.js';
import { PAGE_COLORS } from './style.js';

/** The most classes for which a whole matrix can be read. */
const READABLE = 24;
/** Pairs of classes that are listed where there are more. */
const LISTED = 30;

/** What each class is taken for, before and after; for many classes the pairs that changed most. */
export function confusion(record: RunRecord): Html {
  return html`<section>
    <h2>What the classes are taken for</h2>
    ${record.result.perClass.length <= READABLE ? matrices(record) : largestChanges(record)}
  </section>`;
}

function matrices({ result }: RunRecord): Html {
  const names = result.perClass.map((entry) => entry.class);
  const forgotten = new Set(result.perClass.filter((entry) => entry.role !== 'retain').map((entry) => entry.index));
  const [before, after] = [result.confusion.before, result.confusion.after].map((rows) => matrixOf(countsOf(rows)));
  return html`<p class="quiet">Each row is a true class, each column what the model takes its samples for, in per cent of the row. Outlined cells
      on the diagonal are right, all others are confusions. Names of forgotten classes stand out.</p>
    <div class="matrices">
      ${matrix('Before', before, names, forgotten)}
      ${matrix('After', after, names, forgotten)}
    </div>
    <details><summary>Numbers of samples</summary>
      <div class="matrices">
        ${counts('Before', before, names)}
        ${counts('After', after, names)}
      </div>
    </details>`;
}

function matrix(title: string, values: Matrix, names: readonly string[], forgotten: ReadonlySet<number>): Html {
  const tone = (at: number) => (forgotten.has(at) ? 'forget' : '');
  return html`<figure><figcaption>${title}</figcaption>
    <table class="matrix">
      <thead><tr><td></td>${names.map((name, at) => html`<th scope="col" class="${tone(at)}" title="${name}"><span>${name}</span></th>`)}</tr></thead>
      <tbody>${names.map(
        (name, row) =>
          html`<tr><th scope="row" class="${tone(row)}" title="${name}">${name}</th>${names.map((other, column) =>
            cell(values, row, column, `${name} taken for ${other}: ${ofTotal(values, row, column)}`),
          )}</tr>`,
      )}</tbody>
    </table></figure>`;
}

function cell(values: Matrix, row: number, column: number, title: string): Html {
  const share = shareAt(values, row, column);
  const text = cellText(100 * share, 'percent', 'whole');
  const strength = strengthOf(share);
  const ink = (scheme: 'light' | 'dark') =>
    inkOn(mixed([...rgbOf(ROLE_COLORS[scheme].retain), 255 * strength], rgbOf(PAGE_COLORS[scheme])));
  const inks = text && `; --day: ${ink('light')}; --night: ${ink('dark')}`;
  return html`<td class="${row === column && 'right'}" style="--share: ${Math.round(100 * strength)}%${inks}" title="${title}">${text}</td>`;
}

function counts(title: string, values: Matrix, names: readonly string[]): Html {
  return html`<figure><figcaption>${title}</figcaption>
    <table class="matrix counts">
      <thead><tr><td></td>${names.map((name) => html`<th scope="col" title="${name}"><span>${name}</span></th>`)}</tr></thead>
      <tbody>${names.map(
        (name, row) =>
          html`<tr><th scope="row" title="${name}">${name}</th>${names.map((_, column) => html`<td>${valueAt(values, row, column, 'count')}</td>`)}</tr>`,
      )}</tbody>
    </table></figure>`;
}

function largestChanges({ result }: RunRecord): Html {
  const names = result.perClass.map((entry) => entry.class);
  const [before, after] = [result.confusion.before, result.confusion.after].map((rows) => matrixOf(countsOf(rows)));
  const changed = changedPairs(before, after, [...names.keys()], LISTED);
  if (changed.length === 0)
    return html`<p class="quiet">No class is taken for another one more or less often than before.</p>`;
  return html`<p class="quiet">The ${changed.length} pairs of classes that are confused more or less often than before, the largest change first.</p>
    <table class="numbers texts">
      <thead><tr><th>True class</th><th>Taken for</th><th>Samples before</th><th>Share before</th><th>Samples after</th><th>Share after</th><th>Points</th></tr></thead>
      <tbody>${changed.map(
        ({ row, column }) => html`<tr><td>${names[row]}</td><td>${names[column]}</td>
          <td>${countText(valueAt(before, row, column, 'count'))}</td><td>${percentText(shareAt(before, row, column))}</td>
          <td>${countText(valueAt(after, row, column, 'count'))}</td><td>${percentText(shareAt(after, row, column))}</td>
          <td>${pointsText(shareAt(before, row, column), shareAt(after, row, column))}</td></tr>`,
      )}</tbody>
    </table>`;
}
