import { html, nothing, type TemplateResult } from 'lit';
import type { Candidate } from '../../../../src/contract/candidates.js';
import { isSameCandidate, recipeText } from '../../../../src/contract/recipes.js';
import type { CandidateResult } from '../../../../src/contract/records.js';
import type { StudioRun } from '../../../../src/contract/run.js';
import { countText, decimalText, percentText } from '../../../../src/contract/text.js';
import { tableBox } from '../../elements/tableBox.js';
import { term } from '../../elements/term.js';

/** Every candidate in numbers, the best first, each with a button to look at it. */
export function candidateTable(
  run: StudioRun,
  choosing: Candidate | null,
  choose: (candidate: Candidate) => void,
): TemplateResult {
  const sorted = [...run.outcome.candidates].sort(byWorth);
  return tableBox(
    'All candidates',
    html`<table class="candidates">
      <caption class="sr-only">Every pair of alphas that was tried, with the accuracies that the samples of the search gave</caption>
      <thead><tr>
        <th scope="col" class="number">α retain</th><th scope="col" class="number">α forget</th>
        <th scope="col" class="number">${term('retain accuracy', 'Retain accuracy')}</th>
        <th scope="col" class="number">${term('forget accuracy', 'Forget accuracy')}</th>
        <th scope="col" class="number">${term('score', 'Score')}</th>
        <th scope="col" class="number">Samples</th><th scope="col">Note</th><th scope="col"><span class="sr-only">Look at it</span></th>
      </tr></thead>
      <tbody>${sorted.map((candidate) => row(run, candidate, choosing, choose))}</tbody>
    </table>`,
  );
}

/** Those that the search would take come first: that keep every limit, then that forget, each by score. */
function byWorth(a: CandidateResult, b: CandidateResult): number {
  return Number(b.admissible) - Number(a.admissible) || Number(b.forgets) - Number(a.forgets) || b.score - a.score;
}

function row(
  { outcome, saved, state }: StudioRun,
  candidate: CandidateResult,
  choosing: Candidate | null,
  choose: (candidate: Candidate) => void,
): TemplateResult {
  const { recipe, retainAccuracy, forgetAccuracy, score, samples } = candidate;
  const isShown = isSameCandidate(candidate, outcome.candidate);
  return html`<tr>
    <td class="number">${recipe.alphaR}</td><td class="number">${recipe.alphaF}</td>
    <td class="number">${percentText(retainAccuracy)}</td><td class="number">${percentText(forgetAccuracy)}</td>
    <td class="number">${decimalText(score, 3)}</td><td class="number quiet">${countText(samples)}</td>
    <td>${noteOf(candidate, isShown, isSameCandidate(candidate, saved))}</td>
    <td class="number">${state === 'recorded' ? button(candidate, isShown, choosing, choose) : nothing}</td>
  </tr>`;
}

/** It stays when its candidate is shown, so that the focus does too. */
function button(
  candidate: Candidate,
  isShown: boolean,
  choosing: Candidate | null,
  choose: (candidate: Candidate) => void,
): TemplateResult {
  const isBlocked = isShown || choosing !== null;
  const title = isSameCandidate(candidate, choosing) ? 'Making…' : isShown ? 'Shown' : 'Show';
  return html`<button class="link" aria-disabled=${isBlocked} aria-label="${title}: ${recipeText(candidate.recipe)}"
    @click=${() => isBlocked || choose(candidate)}>${title}</button>`;
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
    pareto ? 'on the front' : '',
  ];
  return notes.filter(Boolean).join(', ');
}
