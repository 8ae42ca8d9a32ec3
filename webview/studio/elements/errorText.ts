import { html, nothing, type TemplateResult } from 'lit';
import { baseName } from '../../../src/contract/names.js';
import type { ErrorReport } from '../../../src/contract/terms.js';
import { sentenceText } from '../../../src/contract/text.js';

/** What went wrong, where, and what to do. */
export function errorText({ message, file, place, hint, problems = [] }: ErrorReport): TemplateResult {
  const where = [file && baseName(file), place].filter(Boolean).join(', ');
  if (problems.length > 1) {
    return html`<ul>${problems.map((problem) => {
      const { file, line, column, message, hint } = problem;
      return html`<li>${errorText({ code: '', message, file, place: `line ${line}, column ${column}`, hint })}</li>`;
    })}</ul>`;
  }
  return html`<p>${sentenceText(message)}</p>
    ${where ? html`<p class="quiet">${where}</p>` : nothing} ${hint ? html`<p>${hint}</p>` : nothing}`;
}
