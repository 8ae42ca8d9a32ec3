import type { ClassChange, RunRecord } from '../contract/records.js';
import { countText, percentText, pointsText, ROLE_TEXT } from '../contract/text.js';
import { type Html, html } from './html.js';

/** Classes drawn of either kind when a model has many; the table below holds all. */
const DRAWN = 30;

/** Accuracy of each class before and after, as dumbbells: forgotten ones first, then the kept ones. */
export function classes({ result }: RunRecord): Html {
  const special = mostChanged(result.perClass.filter((entry) => entry.role !== 'retain'));
  const kept = mostChanged(result.perClass.filter((entry) => entry.role === 'retain'));
  const hidden = result.perClass.length - special.length - kept.length;
  const { measuredOn } = result;
  return html`<section>
    <h2>Accuracy of each class</h2>
    <p class="quiet">Share of a class's samples that the model recognises, on ${countText(measuredOn.samples)} ${measuredOn.heldOut && 'held-out '}${measuredOn.split}
      samples.</p>
    <p class="legend"><svg width="12" height="12"><circle cx="6" cy="6" r="4.5" class="before"/></svg> before
      <svg width="12" height="12"><circle cx="6" cy="6" r="5" class="forget"/></svg> after, forgotten
      <svg width="12" height="12"><circle cx="6" cy="6" r="5" class="retain"/></svg> after, kept</p>
    <div class="dumbbells">
      ${[...special, ...kept].map(row)}
      <div class="axis"><span></span><span class="ticks"><i>0%</i><i>25%</i><i>50%</i><i>75%</i><i>100%</i></span></div>
    </div>
    ${hidden > 0 && html`<p class="quiet">The classes that changed most are drawn; ${countText(hidden)} more are in the table.</p>`}
    <details><summary>Table</summary>
      <table class="numbers">
        <thead><tr><th>Class</th><th>Output</th><th>Role</th><th>Samples</th><th>Before</th><th>After</th><th>Points</th></tr></thead>
        <tbody>${result.perClass.map(
          (
            entry,
          ) => html`<tr><td>${entry.class}</td><td>${entry.index}</td><td>${ROLE_TEXT[entry.role]}</td><td>${countText(entry.count)}</td>
            <td>${percentText(entry.before)}</td><td>${percentText(entry.after)}</td><td>${pointsText(entry.before, entry.after)}</td></tr>`,
        )}</tbody>
      </table>
    </details>
  </section>`;
}

function row(entry: ClassChange): Html {
  const { before, after } = entry;
  const tone = entry.role === 'retain' ? 'retain' : 'forget';
  return html`<div class="dumbbell ${tone}">
    <span class="name" title="${entry.class}">${entry.class}</span>
    <span class="track"><svg width="100%" height="20" role="img" aria-label="${entry.class}: ${percentText(before)} before, ${percentText(after)} after">
      ${GRID}
      ${
        before !== null &&
        after !== null &&
        html`<line x1="${percentText(before, 2)}" x2="${percentText(after, 2)}" y1="10" y2="10" class="bar ${tone}"/>
      <circle cx="${percentText(before, 2)}" cy="10" r="4.5" class="before"/><circle cx="${percentText(after, 2)}" cy="10" r="5" class="${tone}"/>`
      }
    </svg></span>
    <span class="number">${percentText(before)} → <b>${percentText(after)}</b></span>
  </div>`;
}

const GRID = html`${[0, 25, 50, 75, 100].map((x) => html`<line x1="${x}%" x2="${x}%" y1="0" y2="20" class="grid"/>`)}`;

/** All of a few classes, in their order; of many those that changed most. */
function mostChanged(entries: readonly ClassChange[]): readonly ClassChange[] {
  const change = ({ before, after }: ClassChange) => (before === null || after === null ? 0 : Math.abs(after - before));
  return entries.length <= DRAWN ? entries : [...entries].sort((a, b) => change(b) - change(a)).slice(0, DRAWN);
}
