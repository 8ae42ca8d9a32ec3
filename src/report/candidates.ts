import { recipeText } from '../contract/recipes.js';
import type { CandidateResult, RunRecord } from '../contract/records.js';
import { countText, decimalText, percentText } from '../contract/text.js';
import { scale, ticks } from './axis.js';
import { type Html, html, px } from './html.js';

const WIDTH = 620;
const HEIGHT = 340;
const LEFT = 64;
const RIGHT = 20;
const TOP = 12;
const BOTTOM = 40;

/** Every pair of alphas that was tried: what it keeps against what it still recognises of the forgotten classes. */
export function candidates({ result }: RunRecord): Html {
  const low = Math.floor(Math.min(0.9, ...result.candidates.map((entry) => entry.retainAccuracy)) * 10) / 10;
  const high = Math.min(
    1,
    Math.ceil(Math.max(0.1, ...result.candidates.map((entry) => entry.forgetAccuracy)) * 10) / 10,
  );
  const x = scale([0, high], LEFT, WIDTH - RIGHT);
  const y = scale([low, 1], HEIGHT - BOTTOM, TOP);
  const rank = (entry: CandidateResult) => (entry.chosen ? 2 : entry.pareto ? 1 : 0);
  const front = result.candidates.filter((entry) => entry.pareto).sort((a, b) => a.forgetAccuracy - b.forgetAccuracy);
  return html`<section>
    <h2>The search</h2>
    <p class="quiet">Each point is one pair of alphas, judged on the samples of the search. The chosen one keeps the most and forgets
      within its limits: up and to the left is better.</p>
    <p class="legend"><svg width="12" height="12"><circle cx="6" cy="6" r="4" class="candidate"/></svg>candidate
      <svg width="12" height="12"><circle cx="6" cy="6" r="4" class="candidate front"/></svg>Pareto front
      <svg width="14" height="14"><circle cx="7" cy="7" r="5.5" class="candidate chosen"/></svg>chosen</p>
    <svg class="chart" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="Retain accuracy against forget accuracy of the candidates">
      ${ticks([0, high]).map(
        (
          share,
        ) => html`<line x1="${px(x(share))}" x2="${px(x(share))}" y1="${TOP}" y2="${HEIGHT - BOTTOM}" class="grid"/>
        <text x="${px(x(share))}" y="${HEIGHT - BOTTOM + 16}" text-anchor="middle">${percentText(share, 0)}</text>`,
      )}
      ${ticks([low, 1]).map(
        (
          share,
        ) => html`<line x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${px(y(share))}" y2="${px(y(share))}" class="grid"/>
        <text x="${LEFT - 6}" y="${px(y(share) + 4)}" text-anchor="end">${percentText(share, 0)}</text>`,
      )}
      <text x="${px(x(high / 2))}" y="${HEIGHT - 6}" text-anchor="middle">accuracy on the forgotten classes, %</text>
      <text x="12" y="${px(y((1 + low) / 2))}" text-anchor="middle" transform="rotate(-90 12 ${px(y((1 + low) / 2))})">accuracy on the kept classes, %</text>
      <polyline points="${front.map((entry) => `${px(x(entry.forgetAccuracy))},${px(y(entry.retainAccuracy))}`).join(' ')}" class="curve front"/>
      ${[...result.candidates]
        .sort((a, b) => rank(a) - rank(b))
        .map(
          (
            entry,
          ) => html`<circle cx="${px(x(entry.forgetAccuracy))}" cy="${px(y(entry.retainAccuracy))}" r="${entry.chosen ? 6.5 : 4.5}"
          class="candidate ${entry.chosen ? 'chosen' : entry.pareto ? 'front' : ''}"><title>${title(entry)}</title></circle>`,
        )}
    </svg>
    <details><summary>Table</summary>
      <table class="numbers">
        <thead><tr><th>α retain</th><th>α forget</th><th>Retain accuracy</th><th>Forget accuracy</th><th>Score</th><th>Samples</th><th>Within limits</th><th></th></tr></thead>
        <tbody>${result.candidates.map(
          (
            entry,
          ) => html`<tr${entry.chosen && html` class="chosen"`}><td>${entry.recipe.alphaR}</td><td>${entry.recipe.alphaF}</td>
            <td>${percentText(entry.retainAccuracy)}</td><td>${percentText(entry.forgetAccuracy)}</td><td>${decimalText(entry.score, 3)}</td>
            <td>${countText(entry.samples)}</td>
            <td>${entry.admissible ? 'yes' : 'no'}</td><td>${entry.chosen ? 'chosen' : entry.pareto ? 'Pareto front' : ''}</td></tr>`,
        )}</tbody>
      </table>
    </details>
  </section>`;
}

function title(entry: CandidateResult): string {
  return `${recipeText(entry.recipe)}: retain ${percentText(entry.retainAccuracy)}, forget ${percentText(entry.forgetAccuracy)}`;
}
