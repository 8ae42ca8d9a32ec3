import { html, nothing, type TemplateResult } from 'lit';
import type { Candidate } from '../../../../src/contract/candidates.js';
import { deeperFirst } from '../../../../src/contract/depth.js';
import { isSameCandidate, recipeText } from '../../../../src/contract/recipes.js';
import type { CandidateResult } from '../../../../src/contract/records.js';
import { recoverabilityText } from '../../../../src/contract/recoverability.js';
import type { StudioRun } from '../../../../src/contract/run.js';
import { countText, decimalText, percentText } from '../../../../src/contract/text.js';
import { type CandidatePicture, candidatePicture, isMixed } from '../../../../src/figures/candidates.js';
import { tableBox } from '../../elements/tableBox.js';
import { term } from '../../elements/term.js';
import { noteOf } from './notes.js';

type Choose = (candidate: Candidate) => void;

/** Every candidate in numbers, each with a button to look at it. */
export function candidateTable(run: StudioRun, choosing: Candidate | null, choose: Choose): TemplateResult {
  const { candidates } = run.outcome;
  const picture = candidatePicture(candidates);
  const isRead = picture.against === 'recoverability';
  const withMethod = isMixed(candidates);
  const sorted = [...candidates].sort(isRead ? byDepth : byScore);
  return tableBox(
    'All candidates',
    html`<table class="candidates">
      <caption class="sr-only">Every candidate that was tried, as the samples of the search judge it</caption>
      <thead><tr>
        ${withMethod ? html`<th scope="col">Method</th>` : nothing}
        <th scope="col" class="number">α retain</th><th scope="col" class="number">α forget</th>
        <th scope="col" class="number">${term('retain accuracy', 'Retain accuracy')}</th>
        <th scope="col" class="number">${term('forget accuracy', 'Forget accuracy')}</th>
        <th scope="col" class="number">${isRead ? term('recoverability', 'Recoverability') : term('score', 'Score')}</th>
        <th scope="col" class="number">Samples</th><th scope="col">Note</th><th scope="col"><span class="sr-only">Look at it</span></th>
      </tr></thead>
      <tbody>${sorted.map((candidate) => row(run, candidate, { picture, withMethod, choosing, choose }))}</tbody>
    </table>`,
  );
}

/** Those come first that the search would take: that keep every limit, and then that forget. */
function byDuty(a: CandidateResult, b: CandidateResult): number {
  return Number(b.admissible) - Number(a.admissible) || Number(b.forgets) - Number(a.forgets);
}

/** Of these, those that keep most, in the order of the dial. */
function byDepth(a: CandidateResult, b: CandidateResult): number {
  return byDuty(a, b) || b.retainAccuracy - a.retainAccuracy || deeperFirst(a, b);
}

/** Of these, those with the highest score. */
function byScore(a: CandidateResult, b: CandidateResult): number {
  return byDuty(a, b) || b.score - a.score;
}

interface Listing {
  readonly picture: CandidatePicture;
  readonly withMethod: boolean;
  readonly choosing: Candidate | null;
  readonly choose: Choose;
}

function row(
  { outcome, saved, state }: StudioRun,
  candidate: CandidateResult,
  { picture, withMethod, choosing, choose }: Listing,
): TemplateResult {
  const { recipe, retainAccuracy, forgetAccuracy, recoverability, score, samples } = candidate;
  const isShown = isSameCandidate(candidate, outcome.candidate);
  const isSaved = isSameCandidate(candidate, saved);
  const isRead = picture.against === 'recoverability';
  return html`<tr>
    ${withMethod ? html`<td>${recipe.method}</td>` : nothing}
    <td class="number">${recipe.alphaR}</td><td class="number">${recipe.alphaF}</td>
    <td class="number">${percentText(retainAccuracy)}</td><td class="number">${percentText(forgetAccuracy)}</td>
    <td class="number">${isRead ? recoverabilityText(recoverability) : decimalText(score, 3)}</td>
    <td class="number quiet">${countText(samples)}</td>
    <td>${noteOf(candidate, picture, { isShown, isSaved })}</td>
    <td class="number">${state === 'recorded' ? button(candidate, isShown, choosing, choose) : nothing}</td>
  </tr>`;
}

/** It stays when its candidate is shown, so that the focus does too. */
function button(candidate: Candidate, isShown: boolean, choosing: Candidate | null, choose: Choose): TemplateResult {
  const isBlocked = isShown || choosing !== null;
  const title = isSameCandidate(candidate, choosing) ? 'Making…' : isShown ? 'Shown' : 'Show';
  return html`<button class="link" aria-disabled=${isBlocked} aria-label="${title}: ${recipeText(candidate.recipe)}"
    @click=${() => isBlocked || choose(candidate)}>${title}</button>`;
}
