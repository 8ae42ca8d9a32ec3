import type { Confusion, RunRecord } from '../contract/records.js';
import { count, type Html, html, percent, points } from './html.js';

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
  const { before, after } = result.confusion;
  return html`<p class="quiet">Rows are true classes, columns are answers, in per cent of the row. The diagonal is what is recognised.
      Names of forgotten classes stand out.</p>
    <div class="matrices">
      ${matrix('Before', shares(before), names, forgotten)}
      ${matrix('After', shares(after), names, forgotten)}
    </div>
    <details><summary>Numbers of samples</summary>
      <div class="matrices">
        ${counts('Before', before, names)}
        ${counts('After', after, names)}
      </div>
    </details>`;
}

function shares(values: Confusion): number[][] {
  return values.map((row) => {
    const total = row.reduce((sum, value) => sum + value, 0);
    return row.map((value) => (total === 0 ? 0 : value / total));
  });
}

function matrix(
  title: string,
  values: readonly (readonly number[])[],
  names: readonly string[],
  forgotten: ReadonlySet<number>,
): Html {
  const tone = (at: number) => (forgotten.has(at) ? 'forget' : '');
  return html`<figure><figcaption>${title}</figcaption>
    <table class="matrix">
      <thead><tr><td></td>${names.map((name, at) => html`<th scope="col" class="${tone(at)}" title="${name}"><span>${name}</span></th>`)}</tr></thead>
      <tbody>${values.map(
        (row, at) =>
          html`<tr><th scope="row" class="${tone(at)}" title="${names[at]}">${names[at]}</th>${row.map((share, other) =>
            cell(share, other === at, `${names[at]} taken for ${names[other]}: ${percent(share)}`),
          )}</tr>`,
      )}</tbody>
    </table></figure>`;
}

function cell(share: number, diagonal: boolean, title: string): Html {
  const text = share >= 0.005 ? (share * 100).toFixed(0) : '';
  const strength = Math.round(100 * Math.sqrt(share));
  return html`<td class="${diagonal ? 'right' : 'wrong'}${share > 0.45 ? ' strong' : ''}" style="--share:${strength}%" title="${title}">${text}</td>`;
}

function counts(title: string, values: Confusion, names: readonly string[]): Html {
  return html`<figure><figcaption>${title}</figcaption>
    <table class="matrix counts">
      <thead><tr><td></td>${names.map((name) => html`<th scope="col" title="${name}"><span>${name}</span></th>`)}</tr></thead>
      <tbody>${values.map(
        (row, at) =>
          html`<tr><th scope="row" title="${names[at]}">${names[at]}</th>${row.map((value) => html`<td>${value}</td>`)}</tr>`,
      )}</tbody>
    </table></figure>`;
}

function largestChanges({ result }: RunRecord): Html {
  const names = result.perClass.map((entry) => entry.class);
  const [before, after] = [shares(result.confusion.before), shares(result.confusion.after)];
  const changed = differences(before, after)
    .sort((a, b) => Math.abs(b.after - b.before) - Math.abs(a.after - a.before))
    .slice(0, LISTED);
  if (changed.length === 0)
    return html`<p class="quiet">No class is taken for another one more or less often than before.</p>`;
  return html`<p class="quiet">The ${changed.length} pairs of classes that are confused more or less often than before, the largest change first.</p>
    <table class="numbers texts">
      <thead><tr><th>True class</th><th>Taken for</th><th>Samples before</th><th>Share before</th><th>Samples after</th><th>Share after</th><th>Points</th></tr></thead>
      <tbody>${changed.map(
        (pair) => html`<tr><td>${names[pair.truth]}</td><td>${names[pair.answer]}</td>
          <td>${count(result.confusion.before[pair.truth][pair.answer])}</td><td>${percent(pair.before)}</td>
          <td>${count(result.confusion.after[pair.truth][pair.answer])}</td><td>${percent(pair.after)}</td>
          <td>${points(pair.before, pair.after)}</td></tr>`,
      )}</tbody>
    </table>`;
}

interface Difference {
  readonly truth: number;
  readonly answer: number;
  readonly before: number;
  readonly after: number;
}

/** Pairs of different classes with another share than before: of a million pairs most have none. */
function differences(before: readonly (readonly number[])[], after: readonly (readonly number[])[]): Difference[] {
  const found: Difference[] = [];
  for (const [truth, row] of before.entries()) {
    for (let answer = 0; answer < row.length; answer++) {
      if (answer === truth || row[answer] === after[truth][answer]) continue;
      found.push({ truth, answer, before: row[answer], after: after[truth][answer] });
    }
  }
  return found;
}
