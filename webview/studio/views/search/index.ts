import { html, type TemplateResult } from 'lit';
import { guard } from 'lit/directives/guard.js';
import type { Candidate } from '../../../../src/contract/candidates.js';
import { isSameCandidate, recipeText } from '../../../../src/contract/recipes.js';
import type { CandidateResult } from '../../../../src/contract/records.js';
import type { StudioRun } from '../../../../src/contract/run.js';
import { percentText, pluralText } from '../../../../src/contract/text.js';
import type { Content } from '../../elements/content.js';
import { emptyState } from '../../elements/emptyState.js';
import { term } from '../../elements/term.js';
import { type Key, keys } from '../../plots/keys.js';
import { COLOURS } from '../../plots/theme.js';
import type { Studio } from '../../state/studio.js';
import './plot.js';
import { candidateTable } from './table.js';

/** Every candidate that was tried, and the way to look at another one. */
export function search(studio: Studio): Content {
  const { shown, choosing } = studio.snapshot;
  if (!shown) {
    return emptyState(
      'graph-scatter',
      'No candidates yet',
      html`<p>A run tries many pairs of ${term('alpha', 'α')} and keeps the best one. Here you will see every pair that it tried, with what
        it forgets and what it costs, and can choose another one.</p>`,
    );
  }
  const { outcome, state } = shown;
  const { candidates } = outcome;
  if (candidates.length === 0) return nothingYet(state);
  const choose = ({ id }: Candidate) => {
    if (state !== 'recorded' || isSameCandidate({ id }, choosing ?? outcome.candidate)) return;
    studio.send({ kind: 'choose', candidate: id });
  };
  if (candidates.length === 1) return onlyOne(candidates[0]);
  return html`<section class="search">
    <lethe-candidates .note=${html`${explanation(shown)} ${keys(legend(candidates, shown))}`} .candidates=${candidates} .shown=${outcome.candidate} .saved=${shown.saved} .choosing=${choosing}
      .limit=${limitOf(shown)} .choose=${state === 'recorded' ? choose : null}></lethe-candidates>
    <div>
      <h3>All candidates <span class="quiet">${pluralText(candidates.length, 'pair')}, the best first</span></h3>
      ${guard([candidates, outcome.candidate, shown.saved, choosing, state], () => candidateTable(shown, choosing, choose))}
    </div>
  </section>`;
}

function nothingYet(state: StudioRun['state']): TemplateResult {
  return state === 'running'
    ? emptyState('graph-scatter', 'No candidate was tried yet', 'Each one shows here as soon as it is judged.')
    : emptyState('graph-scatter', 'No candidate was tried', 'The run was broken off before that.');
}

function onlyOne({ recipe, retainAccuracy, forgetAccuracy, samples }: CandidateResult): TemplateResult {
  return html`<p>This run was given one pair, ${recipeText(recipe)}, so there was nothing to search. On
      ${pluralText(samples, 'sample')} it recognised ${percentText(retainAccuracy)} of the kept and ${percentText(forgetAccuracy)} of the forgotten classes.</p>
    <p class="quiet">To compare several pairs, give more values of α in the settings, or leave both fields empty.</p>`;
}

function explanation({ state }: StudioRun): Content {
  const meaning = html`Each point is a candidate: a model made with one pair of ${term('alpha', 'alphas')}. The best ones are at the top left:
    they know the kept classes well and the forgotten ones hardly.`;
  if (state === 'recorded') {
    return html`${meaning} Choose a point to see that candidate in every view. Nothing is saved until you press Save.`;
  }
  return html`${meaning} ${
    state === 'running'
      ? 'They can be chosen when the run has ended.'
      : 'The run was broken off, so that they can’t be chosen: run it again.'
  }`;
}

function legend(candidates: readonly CandidateResult[], { saved, outcome, limits }: StudioRun): Key[] {
  return [
    ...(candidates.some(({ complete }) => complete)
      ? [{ shape: 'circle' as const, colour: COLOURS.retain, text: 'judged on all samples' }]
      : []),
    ...(candidates.some(({ complete }) => !complete)
      ? [{ shape: 'small-circle' as const, colour: COLOURS.retain, text: 'judged on few samples: less sure' }]
      : []),
    { shape: 'line', colour: COLOURS.quiet, text: 'Pareto front: none is better in both' },
    ...(outcome.candidate ? [{ shape: 'ring' as const, colour: COLOURS.text, text: 'shown' }] : []),
    ...(saved ? [{ shape: 'diamond' as const, colour: COLOURS.text, text: 'saved' }] : []),
    ...(limits.length === 1
      ? [{ shape: 'dashed' as const, colour: COLOURS.forget, text: `limit for ${limits[0].class}` }]
      : []),
  ];
}

/** The share of samples that may be recognised, where one class is to be forgotten: of several the accuracy is a mean. */
function limitOf({ limits }: StudioRun): number | null {
  return limits.length === 1 ? limits[0].maxAccuracy : null;
}
