import type { ClassChange, RunRecord } from '../contract/records.js';
import { countText, percentText } from '../contract/text.js';
import { countsOf } from '../figures/confusion.js';
import { type Destination, DRAWN_DESTINATIONS, destinationsOf, othersText } from '../figures/destinations.js';
import { type Html, html, px } from './html.js';

/** Forgotten classes that are drawn; the table holds all. */
const DRAWN_CLASSES = 6;

/** What samples of the forgotten classes are taken for, before and after. */
export function answers(record: RunRecord): Html | false {
  const forgotten = record.result.perClass.filter((entry) => entry.role !== 'retain' && entry.count > 0);
  if (forgotten.length === 0) return false;
  const [before, after] = [record.result.confusion.before, record.result.confusion.after].map(countsOf);
  const destinations = ({ index }: ClassChange, most: number) => destinationsOf(before, after, [index], most);
  const nameOf = (entry: ClassChange, answer: Destination) => {
    if (answer.kind === 'others') return othersText(answer);
    return answer.class === null ? entry.class : record.result.perClass[answer.class].class;
  };
  const drawn = forgotten.slice(0, DRAWN_CLASSES);
  return html`<section>
    <h2>Where the forgotten samples go now</h2>
    <p class="quiet">The answers that the model gives for samples of a forgotten class, in per cent of these samples.</p>
    <p class="legend"><i class="swatch before"></i>before <i class="swatch forget"></i>after, the class itself
      <i class="swatch retain"></i>after, other classes</p>
    ${drawn.map((entry) => chart(entry, destinations(entry, DRAWN_DESTINATIONS), (answer) => nameOf(entry, answer)))}
    ${forgotten.length > drawn.length && html`<p class="quiet">${drawn.length} forgotten classes are drawn; ${countText(forgotten.length - drawn.length)} more are in the table.</p>`}
    <details><summary>Table</summary>
      <table class="numbers texts">
        <thead><tr><th>True class</th><th>Taken for</th><th>Samples before</th><th>Share before</th><th>Samples after</th><th>Share after</th></tr></thead>
        <tbody>${forgotten.map((entry) =>
          destinations(entry, Number.POSITIVE_INFINITY).map(
            (answer) => html`<tr><td>${entry.class}</td><td>${nameOf(entry, answer)}</td>
              <td>${countText(answer.before)}</td><td>${percentText(answer.before / entry.count)}</td>
              <td>${countText(answer.after)}</td><td>${percentText((answer.after ?? 0) / entry.count)}</td></tr>`,
          ),
        )}</tbody>
      </table>
    </details>
  </section>`;
}

/** Classes that a sentence names. */
const NAMED = 3;

function chart(entry: ClassChange, found: readonly Destination[], nameOf: (answer: Destination) => string): Html {
  const share = (answer: Destination) => percentText((answer.after ?? 0) / entry.count);
  const [own] = found;
  const taken = found.filter(({ kind, after }) => kind === 'class' && after !== 0);
  const first = taken.slice(0, NAMED).map((answer) => `${nameOf(answer)} ${share(answer)}`);
  return html`<h3>${entry.class} <span class="quiet">${countText(entry.count)} samples</span></h3>
    <p>Recognised ${share(own)} of the time${first.length > 0 && `, now taken for ${first.join(', ')}${taken.length > NAMED ? ' and others' : ''}`}.</p>
    <div class="dumbbells">
      ${found.map((answer) => row(answer, nameOf(answer), entry.count))}
      <div class="axis"><span></span><span class="ticks"><i>0%</i><i>25%</i><i>50%</i><i>75%</i><i>100%</i></span></div>
    </div>`;
}

function row(answer: Destination, name: string, total: number): Html {
  const [before, after] = [answer.before / total, (answer.after ?? 0) / total];
  const tone = answer.kind === 'own' ? 'forget' : 'retain';
  return html`<div class="answer dumbbell ${tone}">
    <span class="name" title="${name}">${name}</span>
    <span class="track"><svg width="100%" height="22" role="img" aria-label="Taken for ${name}: ${percentText(before)} before, ${percentText(after)} after">
      ${[0, 25, 50, 75, 100].map((x) => html`<line x1="${x}%" x2="${x}%" y1="0" y2="22" class="grid"/>`)}
      <rect x="0" y="4" width="${px(100 * before)}%" height="5" class="before"/>
      <rect x="0" y="10" width="${px(100 * after)}%" height="8" class="${tone}"/>
    </svg></span>
    <span class="number">${percentText(before)} → <b>${percentText(after)}</b></span>
  </div>`;
}
