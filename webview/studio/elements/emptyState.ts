import { html, nothing, type TemplateResult } from 'lit';
import type { StudioSnapshot } from '../../../src/contract/studio.js';
import type { ErrorReport } from '../../../src/contract/terms.js';
import { configOf, type Studio } from '../state/studio.js';
import type { Content } from './content.js';
import { errorText } from './errorText.js';
import { icon } from './icon.js';

/** Said in place of a view that has nothing to show yet: what it will show, and what to do. */
export function emptyState(name: string, title: string, text: Content, buttons: Content = nothing): TemplateResult {
  return html`<div class="empty-state">
    ${icon(name)}
    <div>
      <h3>${title}</h3>
      ${typeof text === 'string' ? html`<p>${text}</p>` : text}
      ${buttons === nothing ? nothing : html`<div class="buttons">${buttons}</div>`}
    </div>
  </div>`;
}

/** In place of a view of samples, as long as there are none to look at. @param purpose what they are needed for, a whole sentence. */
export function noSamples({ snapshot, send }: Studio, purpose: string): TemplateResult {
  if (!snapshot.trusted) {
    return emptyState(
      'shield',
      'This workspace is not trusted',
      `${purpose} Lethe reads no data before you trust the workspace.`,
      html`<vscode-button @click=${() => send({ kind: 'open', what: 'trust' })}>Manage trust</vscode-button>`,
    );
  }
  if (configOf(snapshot) === undefined)
    return html`<div class="skeleton" role="status" aria-busy="true" aria-label="Loading"></div>`;
  return emptyState(
    'database',
    'No samples yet',
    `${purpose} Tell Lethe where the model’s data is.`,
    html`<vscode-button @click=${() => send({ kind: 'setUp' })}>Set up data</vscode-button>`,
  );
}

/** In place of an answer that there is none of. */
export function noAnswer(title: string, error: ErrorReport, buttons: Content): TemplateResult {
  return html`<div role="alert">${emptyState('info', title, errorText(error), buttons)}</div>`;
}

/** Under a view that has only the model as it is: when there will be something to compare it with. */
export function onlyBefore({ shown }: StudioSnapshot): Content {
  if (shown?.state === 'recorded') return nothing;
  return html`<p class="quiet">${
    shown?.state === 'running'
      ? 'This is the model as it is. What the run changes shows here when it is done.'
      : 'This is the model as it is. Unlearn a class to see beside it what has changed.'
  }</p>`;
}
