import { html, type TemplateResult } from 'lit';
import type { Studio } from '../state/studio.js';
import type { Content } from './content.js';

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
