import { html, nothing, type TemplateResult } from 'lit';
import type { AlphaPair, CandidateResult, StudioRun } from '../../../../src/protocol.js';
import { count, pairText, percent } from '../../format.js';
import { tableBox } from '../../parts.js';
import { isSamePair } from '../../runHeader.js';

/** Every candidate in numbers, the best first, each with a button to look at it. */
export function candidateTable(
  run: StudioRun,
  choosing: AlphaPair | null,
  choose: (pair: AlphaPair) => void,
): TemplateResult {
  const sorted = [...run.outcome.candidates].sort((a, b) => b.score - a.score);
  return tableBox(
    'All candidates',
    html`<table class="candidates">
      <caption class="sr-only">Every pair of alphas that was tried, with the accuracies that the samples of the search gave</caption>
      <thead><tr>
        <th scope="col" class="number">α retain</th><th scope="col" class="number">α forget</th>
        <th scope="col" class="number" title="Share of the kept classes’ samples that is recognised">Kept</th>
        <th scope="col" class="number" title="Share of the forgotten classes’ samples that is recognised">Forgotten</th>
        <th scope="col" class="number" title="Kept × (1 − forgotten): the search takes the highest that keeps every limit">Score</th>
        <th scope="col" class="number">Samples</th><th scope="col">Note</th><th scope="col"><span class="sr-only">Look at it</span></th>
      </tr></thead>
      <tbody>${sorted.map((candidate) => row(run, candidate, choosing, choose))}</tbody>
    </table>`,
  );
}

function row(
  { outcome, saved, state }: StudioRun,
  candidate: CandidateResult,
  choosing: AlphaPair | null,
  choose: (pair: AlphaPair) => void,
): TemplateResult {
  const { alphaR, alphaF, retainAccuracy, forgetAccuracy, score, samples } = candidate;
  const isShown = isSamePair(candidate, outcome.pair);
  const isAwaited = isSamePair(candidate, choosing);
  return html`<tr>
    <td class="number">${alphaR}</td><td class="number">${alphaF}</td>
    <td class="number">${percent(retainAccuracy)}</td><td class="number">${percent(forgetAccuracy)}</td>
    <td class="number">${score.toFixed(3)}</td><td class="number quiet">${count(samples)}</td>
    <td>${noteOf(candidate, isShown, isSamePair(candidate, saved))}</td>
    <td class="number">${
      state === 'recorded' && !isShown
        ? html`<button class="link" ?disabled=${choosing !== null} aria-label="Show the candidate with ${pairText(candidate)}"
            @click=${() => choose({ alphaR, alphaF })}>${isAwaited ? 'Making…' : 'Show'}</button>`
        : nothing
    }</td>
  </tr>`;
}

/** What sets a candidate apart, in a few words. */
export function noteOf(
  { complete, forgets, admissible, pareto }: CandidateResult,
  isShown: boolean,
  isSaved: boolean,
): string {
  const notes = [
    isShown ? 'shown' : '',
    isSaved ? 'saved' : '',
    complete ? '' : 'few samples',
    forgets ? (admissible ? '' : 'misses a limit') : 'does not forget',
    pareto ? 'on the line' : '',
  ];
  return notes.filter(Boolean).join(', ');
}
