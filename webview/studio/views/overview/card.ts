import { html, type TemplateResult } from 'lit';
import { percentText } from '../../../../src/contract/text.js';
import type { Content } from '../../elements/content.js';
import { icon } from '../../elements/icon.js';

/** A number that matters, under its title and over a note. */
export function card(title: Content, value: Content, note: Content, tone = ''): TemplateResult {
  return html`<div class="number-card ${tone}"><h3>${title}</h3><p class="value">${value}</p><p class="quiet">${note}</p></div>`;
}

/** `79.5% → 0.4%`, or only what is known of it. */
export function change(before: number | null | undefined, after: number | null | undefined): Content {
  if (typeof after !== 'number') return percentText(before);
  if (typeof before !== 'number') return percentText(after);
  return html`<span class="before">${percentText(before)}</span>${icon('arrow-right')}<span class="sr-only">to</span>${percentText(after)}`;
}
