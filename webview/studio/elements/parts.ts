import { html, nothing, type TemplateResult } from 'lit';
import { baseName } from '../../../src/contract/names.js';
import type { ErrorReport } from '../../../src/contract/terms.js';
import type { Studio } from '../state/studio.js';

/** What can stand in a template. */
export type Content = TemplateResult | string | typeof nothing | readonly TemplateResult[];

/** A codicon beside a text that says the same; with `slot`, at the start of a button. */
export function icon(name: string, slot?: 'start'): TemplateResult {
  return html`<span class="codicon codicon-${name}" aria-hidden="true" slot=${slot ?? nothing}></span>`;
}

/** A section that can be folded; how it was left is remembered under `key`. */
export function folded(
  { view, change }: Studio,
  key: string,
  openAtFirst: boolean,
  title: Content,
  content: Content,
): TemplateResult {
  const open = view.open[key] ?? openAtFirst;
  const toggled = (event: Event) => {
    const now = (event.currentTarget as HTMLDetailsElement).open;
    if (now !== open) change({ open: { ...view.open, [key]: now } });
  };
  return html`<details class="card" .open=${open} @toggle=${toggled}>
    <summary><h2>${title}</h2></summary>
    <div class="body">${content}</div>
  </details>`;
}

/** A table in a box that scrolls by itself, so that the page never does sideways. */
export function tableBox(label: string, table: TemplateResult): TemplateResult {
  return html`<div class="table-box" role="region" aria-label=${label} tabindex="0">${table}</div>`;
}

/** What went wrong, where, and what to do. */
export function errorText({ message, file, place, hint, problems = [] }: ErrorReport): TemplateResult {
  const where = [file && baseName(file), place].filter(Boolean).join(', ');
  if (problems.length > 1) {
    return html`<ul>${problems.map((problem) => {
      const { file, line, column, message, hint } = problem;
      return html`<li>${errorText({ code: '', message, file, place: `line ${line}, column ${column}`, hint })}</li>`;
    })}</ul>`;
  }
  return html`<p>${sentence(message)}</p>
    ${where ? html`<p class="quiet">${where}</p>` : nothing} ${hint ? html`<p>${hint}</p>` : nothing}`;
}

/** Messages follow a file's name elsewhere, so they begin small and end without a full stop. A file's name stays as it is. */
export function sentence(message: string): string {
  const text = message.replace(/^[a-z]+(?![^ ,:;])/, (word) => word.charAt(0).toUpperCase() + word.slice(1));
  return /[.!?…]$/.test(text) ? text : `${text}.`;
}
