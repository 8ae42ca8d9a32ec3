import { html, nothing, type TemplateResult } from 'lit';
import {
  errorText,
  RECOVERABILITY_HINT,
  RECOVERABILITY_UNKNOWN,
  recoverabilitySentence,
} from '../../../../src/contract/recoverability.js';
import type { StudioRun } from '../../../../src/contract/run.js';
import { NONE } from '../../../../src/contract/text.js';
import type { Content } from '../../elements/content.js';
import { term } from '../../elements/term.js';
import { card, change } from './card.js';

/** Whether there is such a number, or a run goes on that may still find it. */
export function hasRecoverability({ outcome: { recoverability }, state }: StudioRun): boolean {
  if (!recoverability) return state === 'running';
  return recoverability.before !== null || recoverability.after !== null;
}

/** How well the forgotten classes can be read from inside the model, before and after. */
export function recoverabilityCard({ outcome: { recoverability } }: StudioRun): TemplateResult {
  const title = 'Still readable';
  const { before = null, after = null } = recoverability ?? {};
  const known = after ?? before;
  if (!known) return card(title, NONE, 'not known yet', 'forget');
  const value = change(before?.balancedAccuracy, after?.balancedAccuracy);
  return card(
    title,
    value,
    html`${term('recoverability')}${after ? '' : ' before'}, ${errorText(known)} points`,
    'forget',
  );
}

/** The number in a sentence, and what it should be compared with; that nobody knows it, where that is so. */
export function recoverabilityNote(run: StudioRun): Content {
  const { recoverability, forget } = run.outcome;
  if (!hasRecoverability(run)) return html`<p class="quiet">${RECOVERABILITY_UNKNOWN}</p>`;
  if (!recoverability) return nothing;
  return html`<p class="readable">${recoverabilitySentence(recoverability, forget)} <span class="quiet">${RECOVERABILITY_HINT}</span></p>`;
}
