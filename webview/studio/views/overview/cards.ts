import { html, type TemplateResult } from 'lit';
import type { Candidate } from '../../../../src/contract/candidates.js';
import { isSameCandidate } from '../../../../src/contract/recipes.js';
import type { Outcome, StudioRun } from '../../../../src/contract/run.js';
import { countText, durationText, NONE, percentText, pluralText, pointsText } from '../../../../src/contract/text.js';
import type { Content } from '../../elements/content.js';
import { icon } from '../../elements/icon.js';
import { type Term, term } from '../../elements/term.js';

/** The four numbers that matter most. */
export function cards(run: StudioRun): TemplateResult {
  const { before, after, measuredOn, seconds } = run.outcome;
  const [forgotten, kept] = [before?.forgetAccuracy ?? null, before?.retainAccuracy ?? null];
  const kind = measuredOn ? `${measuredOn.heldOut ? 'held-out ' : ''}${measuredOn.split} sample` : '';
  return html`<div class="cards">
    ${card('Forgotten classes', change(forgotten, after?.forgetAccuracy), note('forget accuracy', forgotten, after?.forgetAccuracy), 'forget')}
    ${card('Kept classes', change(kept, after?.retainAccuracy), note('retain accuracy', kept, after?.retainAccuracy), 'retain')}
    ${candidateCard(run)}
    ${card(
      'Measured on',
      countText(measuredOn?.samples ?? null),
      measuredOn
        ? `${kind}${measuredOn.samples === 1 ? '' : 's'}${seconds ? `, in ${durationText(seconds.total)}` : ''}`
        : 'not known yet',
    )}
  </div>`;
}

/** `79.5% → 0.4%`, or only what is known of it. */
function change(before: number | null, after: number | undefined): Content {
  if (after === undefined) return percentText(before);
  return html`<span class="before">${percentText(before)}</span>${icon('arrow-right')}<span class="sr-only">to</span>${percentText(after)}`;
}

/** `forget accuracy, −79.1 points` */
function note(name: Term, before: number | null, after: number | undefined): Content {
  return html`${term(name)}${after === undefined ? ' before' : `, ${pointsText(before, after)} points`}`;
}

function candidateCard({ outcome, saved, state }: StudioRun): TemplateResult {
  const { candidate, candidates } = outcome;
  const title = term('alpha', 'α retain / α forget');
  if (!candidate) {
    return card(
      title,
      NONE,
      candidates.length > 0
        ? `${pluralText(candidates.length, 'pair')} tried${state === 'running' ? ' so far' : ''}`
        : 'not chosen yet',
    );
  }
  const value = html`${candidate.recipe.alphaR} <span class="quiet">/</span> ${candidate.recipe.alphaF}`;
  return card(
    title,
    value,
    state === 'recorded' && !isSameCandidate(candidate, saved) ? 'not the saved one' : choice(candidate, candidates),
  );
}

function choice(shown: Candidate, candidates: Outcome['candidates']): string {
  if (candidates.length < 2) return 'the pair that was given';
  const isBest = candidates.some((candidate) => candidate.chosen && isSameCandidate(candidate, shown));
  return `${isBest ? 'best' : 'chosen by hand out'} of ${pluralText(candidates.length, 'pair')}`;
}

function card(title: Content, value: Content, note: Content, tone = ''): TemplateResult {
  return html`<div class="number-card ${tone}"><h3>${title}</h3><p class="value">${value}</p><p class="quiet">${note}</p></div>`;
}
