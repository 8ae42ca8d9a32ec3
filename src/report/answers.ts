import type { ClassChange, RunRecord } from '../contract/records.js';
import { count, type Html, html, percent, px } from './html.js';

/** Forgotten classes that are drawn; the table holds all. */
const DRAWN_CLASSES = 6;
/** Answers that are drawn for each. */
const DRAWN_ANSWERS = 6;

/** How often one class's samples are taken for another one. */
interface Answer {
  readonly class: string;
  readonly isRight: boolean;
  readonly before: number;
  readonly after: number;
}

/** What samples of the forgotten classes are taken for, before and after. */
export function answers(record: RunRecord): Html | false {
  const forgotten = record.result.perClass.filter((entry) => entry.role !== 'retain' && entry.count > 0);
  if (forgotten.length === 0) return false;
  const drawn = forgotten.slice(0, DRAWN_CLASSES);
  return html`<section>
    <h2>Where the forgotten samples go now</h2>
    <p class="quiet">The answers that the model gives for samples of a forgotten class, in per cent of these samples.</p>
    <p class="legend"><i class="swatch before"></i>before <i class="swatch forget"></i>after, the class itself
      <i class="swatch retain"></i>after, other classes</p>
    ${drawn.map((entry) => chart(entry, answersOf(record, entry)))}
    ${forgotten.length > drawn.length && html`<p class="quiet">${drawn.length} forgotten classes are drawn; ${count(forgotten.length - drawn.length)} more are in the table.</p>`}
    <details><summary>Table</summary>
      <table class="numbers texts">
        <thead><tr><th>True class</th><th>Taken for</th><th>Samples before</th><th>Share before</th><th>Samples after</th><th>Share after</th></tr></thead>
        <tbody>${forgotten.map((entry) =>
          answersOf(record, entry).map(
            (answer) => html`<tr><td>${entry.class}</td><td>${answer.class}</td>
              <td>${count(answer.before)}</td><td>${percent(answer.before / entry.count)}</td>
              <td>${count(answer.after)}</td><td>${percent(answer.after / entry.count)}</td></tr>`,
          ),
        )}</tbody>
      </table>
    </details>
  </section>`;
}

/** Every answer that is given before or after: the class itself, then what it is taken for most often now. */
export function answersOf({ result }: RunRecord, { index }: ClassChange): Answer[] {
  const { before, after } = result.confusion;
  return result.perClass
    .map((other) => ({
      class: other.class,
      isRight: other.index === index,
      before: before[index][other.index],
      after: after[index][other.index],
    }))
    .filter((answer) => answer.isRight || answer.before > 0 || answer.after > 0)
    .sort((a, b) => Number(b.isRight) - Number(a.isRight) || b.after - a.after || b.before - a.before);
}

function chart(entry: ClassChange, all: readonly Answer[]): Html {
  const [own, ...others] = all;
  const taken = others.filter((answer) => answer.after > 0);
  const drawn = all.slice(0, DRAWN_ANSWERS);
  const hidden = all.slice(DRAWN_ANSWERS);
  const rest: Answer = {
    class: hidden.length === 1 ? '1 other' : `${count(hidden.length)} others`,
    isRight: false,
    before: hidden.reduce((sum, answer) => sum + answer.before, 0),
    after: hidden.reduce((sum, answer) => sum + answer.after, 0),
  };
  const first = taken.slice(0, 3).map((answer) => `${answer.class} ${percent(answer.after / entry.count)}`);
  return html`<h3>${entry.class} <span class="quiet">${count(entry.count)} samples</span></h3>
    <p>Recognised ${percent(own.after / entry.count)} of the time${first.length > 0 && `, now taken for ${first.join(', ')}${taken.length > 3 ? ' and others' : ''}`}.</p>
    <div class="dumbbells">
      ${[...drawn, ...(hidden.length > 0 ? [rest] : [])].map((answer) => row(answer, entry.count))}
      <div class="axis"><span></span><span class="ticks"><i>0%</i><i>25%</i><i>50%</i><i>75%</i><i>100%</i></span></div>
    </div>`;
}

function row(answer: Answer, total: number): Html {
  const [before, after] = [answer.before / total, answer.after / total];
  return html`<div class="answer dumbbell ${answer.isRight ? 'forget' : 'retain'}">
    <span class="name" title="${answer.class}">${answer.class}</span>
    <span class="track"><svg width="100%" height="22" role="img" aria-label="Taken for ${answer.class}: ${percent(before)} before, ${percent(after)} after">
      ${[0, 25, 50, 75, 100].map((x) => html`<line x1="${x}%" x2="${x}%" y1="0" y2="22" class="grid"/>`)}
      <rect x="0" y="4" width="${px(100 * before)}%" height="5" class="before"/>
      <rect x="0" y="10" width="${px(100 * after)}%" height="8" class="${answer.isRight ? 'forget' : 'retain'}"/>
    </svg></span>
    <span class="number">${percent(before)} → <b>${percent(after)}</b></span>
  </div>`;
}
