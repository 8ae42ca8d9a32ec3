import { html, nothing, type TemplateResult } from 'lit';
import { guard } from 'lit/directives/guard.js';
import type { Candidate } from '../../../../src/contract/candidates.js';
import { isSameCandidate, recipeText } from '../../../../src/contract/recipes.js';
import type { CandidateResult } from '../../../../src/contract/records.js';
import { recoverabilityText } from '../../../../src/contract/recoverability.js';
import type { StudioRun } from '../../../../src/contract/run.js';
import { percentText, pluralText } from '../../../../src/contract/text.js';
import { candidatePicture } from '../../../../src/figures/candidates.js';
import type { Content } from '../../elements/content.js';
import { emptyState } from '../../elements/emptyState.js';
import { keys } from '../../plots/keys.js';
import type { Studio } from '../../state/studio.js';
import './depth.js';
import './plot.js';
import { explanation, legend, waiting } from './legend.js';
import { candidateTable } from './table.js';

/** Every candidate that was tried, and the ways to look at another one: a dial, a picture, a table. */
export function search(studio: Studio): Content {
  const { shown, choosing } = studio.snapshot;
  if (!shown) {
    return emptyState(
      'graph-scatter',
      'No candidates yet',
      `A run tries several candidates: models that keep more, and models that forget deeper. Here you will see every one that
        it tried, with what it forgets and what it costs, and can choose another one.`,
    );
  }
  const { outcome, state } = shown;
  const { candidates } = outcome;
  if (candidates.length === 0) return nothingYet(state);
  if (candidates.length === 1) return onlyOne(candidates[0]);
  const choose = ({ id }: Candidate) => {
    if (state !== 'recorded' || isSameCandidate({ id }, choosing ?? outcome.candidate)) return;
    studio.send({ kind: 'choose', candidate: id });
  };
  const picture = candidatePicture(candidates);
  const isRead = picture.against === 'recoverability';
  const choosable = state === 'recorded' ? choose : null;
  return html`<section class="search">
    ${isRead ? dial(shown, picture.front, choosing, choosable) : nothing}
    <lethe-candidates .note=${html`${explanation(shown, picture)} ${keys(legend(shown, picture))}`} .candidates=${candidates} .shown=${outcome.candidate} .saved=${shown.saved} .choosing=${choosing}
      .limit=${limitOf(shown)} .choose=${choosable}></lethe-candidates>
    <div>
      <h3>All candidates <span class="quiet">${pluralText(candidates.length, 'candidate')}, ${isRead ? 'those that keep most first' : 'the best first'}</span></h3>
      ${guard([candidates, outcome.candidate, shown.saved, choosing, state], () => candidateTable(shown, choosing, choose))}
    </div>
  </section>`;
}

function dial(
  { state, outcome }: StudioRun,
  front: readonly CandidateResult[],
  choosing: Candidate | null,
  choose: ((candidate: Candidate) => void) | null,
): Content {
  if (front.length < 2) {
    return state === 'recorded'
      ? html`<p class="quiet">No other candidate keeps more or forgets deeper, so there is no depth to choose.</p>`
      : nothing;
  }
  const shown = outcome.candidates.find((candidate) => isSameCandidate(candidate, outcome.candidate)) ?? null;
  return html`<lethe-depth .front=${front} .shown=${shown} .choosing=${choosing} .choose=${choose} .reason=${waiting(state)}></lethe-depth>`;
}

function nothingYet(state: StudioRun['state']): TemplateResult {
  return state === 'running'
    ? emptyState('graph-scatter', 'No candidate was tried yet', 'Each one shows here as soon as it is judged.')
    : emptyState('graph-scatter', 'No candidate was tried', 'The run was broken off before that.');
}

function onlyOne({ recipe, retainAccuracy, forgetAccuracy, recoverability, samples }: CandidateResult): TemplateResult {
  return html`<p>This run tried one candidate, ${recipeText(recipe)}, so there was nothing to choose from. On
      ${pluralText(samples, 'sample')} it recognised ${percentText(retainAccuracy)} of the kept and ${percentText(forgetAccuracy)} of the forgotten classes.${
        recoverability ? ` The forgotten ones could be read ${recoverabilityText(recoverability)} of the time.` : ''
      }</p>
    <p class="quiet">To compare several, let the run search for α, or give lists of values in the settings.</p>`;
}

/** The share of samples that may be recognised, where one class is to be forgotten: of several the accuracy is a mean. */
function limitOf({ limits }: StudioRun): number | null {
  return limits.length === 1 ? limits[0].maxAccuracy : null;
}
