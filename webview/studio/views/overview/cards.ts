import { html, nothing, type TemplateResult } from 'lit';
import type { Candidate } from '../../../../src/contract/candidates.js';
import { isSameCandidate } from '../../../../src/contract/recipes.js';
import type { Outcome, StudioRun } from '../../../../src/contract/run.js';
import { countText, durationText, NONE, pluralText, pointsText } from '../../../../src/contract/text.js';
import type { Content } from '../../elements/content.js';
import { type Term, term } from '../../elements/term.js';
import { card, change } from './card.js';
import { hasRecoverability, recoverabilityCard, recoverabilityNote } from './recoverability.js';

/** The numbers that matter most: what was forgotten, what is kept, and what can still be read; and where they come from. */
export function cards(run: StudioRun): TemplateResult {
  const { before, after, measuredOn, seconds } = run.outcome;
  const [forgotten, kept] = [before?.forgetAccuracy ?? null, before?.retainAccuracy ?? null];
  const kind = measuredOn ? `${measuredOn.heldOut ? 'held-out ' : ''}${measuredOn.split} sample` : '';
  const isReadable = hasRecoverability(run);
  return html`<div class="cards ${isReadable ? 'three' : ''}">
    ${card('Forgotten classes', change(forgotten, after?.forgetAccuracy), note('forget accuracy', forgotten, after?.forgetAccuracy), 'forget')}
    ${card('Kept classes', change(kept, after?.retainAccuracy), note('retain accuracy', kept, after?.retainAccuracy), 'retain')}
    ${isReadable ? recoverabilityCard(run) : nothing}
    ${candidateCard(run)}
    ${card(
      'Measured on',
      countText(measuredOn?.samples ?? null),
      measuredOn
        ? `${kind}${measuredOn.samples === 1 ? '' : 's'}${seconds ? `, in ${durationText(seconds.total)}` : ''}`
        : 'not known yet',
      'minor',
    )}
  </div>
  ${recoverabilityNote(run)}`;
}

/** `forget accuracy, −79.1 points` */
function note(name: Term, before: number | null, after: number | undefined): Content {
  return html`${term(name)}${after === undefined ? ' before' : `, ${pointsText(before, after)} points`}`;
}

function candidateCard({ outcome, saved, state }: StudioRun): TemplateResult {
  const { candidate, candidates } = outcome;
  const pair = term('alpha', 'α retain / α forget');
  if (!candidate) {
    return card(
      pair,
      NONE,
      candidates.length > 0
        ? `${pluralText(candidates.length, 'candidate')} tried${state === 'running' ? ' so far' : ''}`
        : 'not chosen yet',
      'minor',
    );
  }
  const { method, alphaR, alphaF } = candidate.recipe;
  return card(
    html`${term(method, method === 'refit' ? 'Refit' : 'Projection')}, ${pair}`,
    html`${alphaR} <span class="quiet">/</span> ${alphaF}`,
    state === 'recorded' && !isSameCandidate(candidate, saved) ? 'not the saved one' : choice(candidate, candidates),
    'minor',
  );
}

function choice(shown: Candidate, candidates: Outcome['candidates']): string {
  if (candidates.length < 2) return 'the only one that was tried';
  const isChosen = candidates.some((candidate) => candidate.chosen && isSameCandidate(candidate, shown));
  return `${isChosen ? 'chosen' : 'chosen by hand'} out of ${pluralText(candidates.length, 'candidate')}`;
}
