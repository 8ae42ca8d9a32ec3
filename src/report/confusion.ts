import type { Confusion, RunRecord } from '../protocol.js';
import { count, type Html, html, percent } from './html.js';

/** The most classes for which a whole matrix can be read. */
const READABLE = 24;

/** What each class is taken for, before and after; for many classes only what became of the forgotten ones. */
export function confusion(record: RunRecord): Html {
  const names = record.result.perClass.map((entry) => entry.class);
  const forgotten = new Set(
    record.result.perClass.filter((entry) => entry.role !== 'retain').map((entry) => entry.index),
  );
  const whole = names.length <= READABLE;
  return html`<section>
    <h2>What the classes are taken for</h2>
    ${[...forgotten].map((index) => becomes(record, index, names))}
    ${
      whole &&
      html`<div class="matrices">
        ${matrix('Before', record.result.confusion.before, names, forgotten)}
        ${matrix('After', record.result.confusion.after, names, forgotten)}
      </div>
      <p class="quiet">Rows are true classes, columns are answers, in per cent of the row.</p>`
    }
  </section>`;
}

/** The answers that samples of a forgotten class get now. */
function becomes({ result }: RunRecord, index: number, names: readonly string[]): Html | false {
  const row = result.confusion.after[index];
  const total = row.reduce((sum, value) => sum + value, 0);
  if (total === 0) return false;
  const answers = row
    .map((value, other) => ({ value, other }))
    .filter(({ value }) => value > 0)
    .sort((a, b) => b.value - a.value)
    .slice(0, 5)
    .map(({ value, other }) => `${names[other]} ${percent(value / total)}`);
  return html`<p><b>${names[index]}</b> is now taken for ${answers.join(', ')} <span class="quiet">(${count(total)} samples)</span>.</p>`;
}

function matrix(title: string, values: Confusion, names: readonly string[], forgotten: ReadonlySet<number>): Html {
  return html`<figure><figcaption>${title}</figcaption>
    <table class="matrix">
      <thead><tr><th></th>${names.map((name, at) => html`<th class="${forgotten.has(at) ? 'forget' : ''}" title="${name}"><span>${name}</span></th>`)}</tr></thead>
      <tbody>${values.map((row, at) => {
        const total = row.reduce((sum, value) => sum + value, 0);
        return html`<tr><th class="${forgotten.has(at) ? 'forget' : ''}" title="${names[at]}">${names[at]}</th>${row.map(
          (value, other) =>
            cell(
              total === 0 ? 0 : value / total,
              other === at,
              `${names[at]} taken for ${names[other]}: ${count(value)}`,
            ),
        )}</tr>`;
      })}</tbody>
    </table></figure>`;
}

function cell(share: number, diagonal: boolean, title: string): Html {
  const text = share >= 0.005 ? (share * 100).toFixed(0) : '';
  const strength = Math.round(100 * Math.sqrt(share));
  return html`<td class="${diagonal ? 'right' : 'wrong'}${share > 0.45 ? ' strong' : ''}" style="--share:${strength}%" title="${title}">${text}</td>`;
}
