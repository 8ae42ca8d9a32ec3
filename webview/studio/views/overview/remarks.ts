import { html, nothing, type TemplateResult } from 'lit';
import type { PolicyFinding } from '../../../../src/contract/records.js';
import type { StudioRun } from '../../../../src/contract/run.js';
import { pluralText, sentenceText } from '../../../../src/contract/text.js';
import type { Content } from '../../elements/content.js';
import { icon } from '../../elements/icon.js';

/** Warnings that are shown at once; a model of many classes may have hundreds. */
const SHOWN = 5;
const SEVERITIES: Record<PolicyFinding['severity'], string> = { error: 'Limit not met', warning: 'Warning' };

/** What the run cost more than it should have, which limits it misses, and what else is to be said. */
export function remarks({ outcome: { policy, notes, after } }: StudioRun): Content {
  const sorted = [...policy].sort((a, b) => Number(b.severity === 'error') - Number(a.severity === 'error'));
  const more = sorted.slice(SHOWN);
  if (!after && policy.length + notes.length === 0) return nothing;
  return html`<section aria-label="Warnings and notes">
    <ul class="remarks">
      ${sorted.slice(0, SHOWN).map(finding)}
      ${policy.length === 0 ? html`<li class="good">${icon('pass')}<span>Every limit is met, and no kept class lost more than it may.</span></li>` : nothing}
      ${notes.map((note) => html`<li>${icon('info')}<span>${sentenceText(note)}</span></li>`)}
    </ul>
    ${more.length > 0 ? html`<details><summary>${pluralText(more.length, 'more warning')}</summary><ul class="remarks">${more.map(finding)}</ul></details>` : nothing}
  </section>`;
}

function finding({ severity, message }: PolicyFinding): TemplateResult {
  return html`<li class=${severity}>${icon(severity)}<span><b>${SEVERITIES[severity]}:</b> ${sentenceText(message)}</span></li>`;
}
