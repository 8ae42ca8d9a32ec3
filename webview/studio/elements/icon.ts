import { html, nothing, type TemplateResult } from 'lit';

/** A codicon beside a text that says the same; with `slot`, at the start of a button. */
export function icon(name: string, slot?: 'start'): TemplateResult {
  return html`<span class="codicon codicon-${name}" aria-hidden="true" slot=${slot ?? nothing}></span>`;
}
