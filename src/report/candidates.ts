import { recipeText } from '../contract/recipes.js';
import type { CandidateResult, RunRecord } from '../contract/records.js';
import { recoverabilityText } from '../contract/recoverability.js';
import type { RunSettings } from '../contract/settings.js';
import { countText, decimalText, limitText, percentText, percentTick } from '../contract/text.js';
import { type CandidatePicture, candidatePicture, effectText, isMixed, leftOf } from '../figures/candidates.js';
import { scale, ticks } from './axis.js';
import { type Html, html, px } from './html.js';

const WIDTH = 620;
const HEIGHT = 340;
const LEFT = 64;
const RIGHT = 20;
const TOP = 12;
const BOTTOM = 40;

/** Every candidate that was tried: what it keeps against what is left of the forgotten classes. */
export function candidates({ result, settings }: RunRecord): Html {
  const picture = candidatePicture(result.candidates);
  const key = (tone: string, radius: number) =>
    html`<svg width="14" height="14"><circle cx="7" cy="7" r="${radius}" class="candidate ${tone}"/></svg>`;
  return html`<section>
    <h2>The search</h2>
    <p class="quiet">${explanation(picture, settings)}</p>
    <p class="legend">${key('', 4)}candidate ${key('front', 4)}${frontName(picture)}
      ${picture.apart.length > 0 && html`${key('apart', 4)}does not forget, or breaks a limit`} ${key('chosen', 5.5)}chosen</p>
    ${chart(result.candidates, picture)}
    ${table(result.candidates, picture)}
  </section>`;
}

function explanation({ against }: CandidatePicture, { tolerance, depth }: RunSettings): string {
  if (against === 'forgetAccuracy') {
    return 'Each point is one pair of alphas, judged on the samples of the search. The chosen one keeps the most and forgets within its limits: up and to the left is better.';
  }
  const choice =
    depth === null
      ? `Of those that do what they must and keep within ${inPoints(tolerance)} of the best retain accuracy, the one was chosen from which the forgotten classes are hardest to read`
      : `Of those that do what they must and that no other one beats, the one at depth ${depth} was chosen, from 0, which keeps most, to 1, which forgets deepest`;
  return `Each point is one candidate, judged on the samples of the search; the bar is one standard error of its recoverability. ${choice}: up and to the left is better.`;
}

/** `1 point`, `0.5 points`. */
function inPoints(share: number): string {
  const text = limitText(share).slice(0, -1);
  return `${text} ${text === '1' ? 'point' : 'points'}`;
}

function frontName({ against }: CandidatePicture): string {
  return against === 'recoverability' ? 'none is better in both' : 'Pareto front';
}

/** From where to where the axes go. */
function axes(candidates: readonly CandidateResult[], against: CandidatePicture['against']) {
  const left = candidates.map((entry) => leftOf(entry, against));
  const kept = candidates.map((entry) => entry.retainAccuracy);
  if (against === 'forgetAccuracy') {
    return {
      x: [0, Math.min(1, outward(Math.max(0.1, ...left), 'up', 10))],
      y: [outward(Math.min(0.9, ...kept), 'down', 10), 1],
    } as const;
  }
  // All forget, and keep and give away about as much: differences of some points are what there is to see.
  const errors = candidates.map(({ recoverability }) => recoverability?.error ?? 0);
  const [from, low] = [Math.min(...left.map((value, at) => value - errors[at])), Math.min(...kept)];
  const [to, high] = [Math.max(...left.map((value, at) => value + errors[at])), Math.max(...kept)];
  return {
    x: [outward(from, 'down', 50), outward(Math.max(to, from + 0.02), 'up', 50)],
    y: [outward(low, 'down', 100), outward(Math.max(high, low + 0.01), 'up', 100)],
  } as const;
}

/** The next one of so many parts of the whole. */
function outward(value: number, to: 'up' | 'down', parts: number): number {
  const exact = Number((parts * value).toFixed(9));
  return (to === 'up' ? Math.ceil(exact) : Math.floor(exact)) / parts;
}

function chart(candidates: readonly CandidateResult[], picture: CandidatePicture): Html {
  const { against, front, apart } = picture;
  const isRead = against === 'recoverability';
  const ranges = axes(candidates, against);
  const x = scale(ranges.x, LEFT, WIDTH - RIGHT);
  const y = scale(ranges.y, HEIGHT - BOTTOM, TOP);
  const at = (entry: CandidateResult) => ({ x: px(x(leftOf(entry, against))), y: px(y(entry.retainAccuracy)) });
  const tone = (entry: CandidateResult) =>
    entry.chosen ? 'chosen' : apart.includes(entry) ? 'apart' : front.includes(entry) ? 'front' : '';
  const sorted = [...candidates].sort((a, b) => Number(a.chosen) - Number(b.chosen));
  const middle = px(y((ranges.y[0] + ranges.y[1]) / 2));
  return html`<svg class="chart" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="Retain accuracy against ${isRead ? 'recoverability' : 'forget accuracy'} of the candidates">
      ${ticks(ranges.x).map(
        (
          share,
        ) => html`<line x1="${px(x(share))}" x2="${px(x(share))}" y1="${TOP}" y2="${HEIGHT - BOTTOM}" class="grid"/>
        <text x="${px(x(share))}" y="${HEIGHT - BOTTOM + 16}" text-anchor="middle">${tickText(share)}</text>`,
      )}
      ${ticks(ranges.y).map(
        (
          share,
        ) => html`<line x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${px(y(share))}" y2="${px(y(share))}" class="grid"/>
        <text x="${LEFT - 6}" y="${px(y(share) + 4)}" text-anchor="end">${tickText(share)}</text>`,
      )}
      <text x="${px(x((ranges.x[0] + ranges.x[1]) / 2))}" y="${HEIGHT - 6}" text-anchor="middle">${
        isRead ? 'recoverability of the forgotten classes, %' : 'accuracy on the forgotten classes, %'
      }</text>
      <text x="12" y="${middle}" text-anchor="middle" transform="rotate(-90 12 ${middle})">accuracy on the kept classes, %</text>
      ${isRead && sorted.map((entry) => errorBar(entry, x, at(entry).y))}
      <polyline points="${front.map((entry) => `${at(entry).x},${at(entry).y}`).join(' ')}" class="curve front"/>
      ${sorted.map(
        (entry) =>
          html`<circle cx="${at(entry).x}" cy="${at(entry).y}" r="${entry.chosen ? 6.5 : 4.5}" class="candidate ${tone(entry)}"><title>${recipeText(
            entry.recipe,
          )}: ${effectText(entry, against)}</title></circle>`,
      )}
    </svg>`;
}

/** `95%`, `97.5%`. */
function tickText(share: number): string {
  return `${percentTick(share)}%`;
}

function errorBar({ recoverability }: CandidateResult, x: (value: number) => number, y: string): Html {
  const { balancedAccuracy, error } = recoverability!;
  return html`<line x1="${px(x(balancedAccuracy - error))}" x2="${px(x(balancedAccuracy + error))}" y1="${y}" y2="${y}" class="error"/>`;
}

function table(candidates: readonly CandidateResult[], picture: CandidatePicture): Html {
  const isRead = picture.against === 'recoverability';
  const withMethod = isMixed(candidates);
  const row = (
    entry: CandidateResult,
  ) => html`<tr${entry.chosen && html` class="chosen"`}>${withMethod && html`<td>${entry.recipe.method}</td>`}
    <td>${entry.recipe.alphaR}</td><td>${entry.recipe.alphaF}</td>
    <td>${percentText(entry.retainAccuracy)}</td><td>${percentText(entry.forgetAccuracy)}</td>
    <td>${isRead ? recoverabilityText(entry.recoverability) : decimalText(entry.score, 3)}</td>
    <td>${countText(entry.samples)}</td><td>${entry.admissible ? 'yes' : 'no'}</td>
    <td>${entry.chosen ? 'chosen' : picture.front.includes(entry) ? frontName(picture) : ''}</td></tr>`;
  return html`<details><summary>Table</summary>
      <table class="numbers">
        <thead><tr>${withMethod && html`<th>Method</th>`}<th>α retain</th><th>α forget</th><th>Retain accuracy</th><th>Forget accuracy</th>
          <th>${isRead ? 'Recoverability' : 'Score'}</th><th>Samples</th><th>Within limits</th><th></th></tr></thead>
        <tbody>${candidates.map(row)}</tbody>
      </table>
    </details>`;
}
