import { html, nothing, type TemplateResult } from 'lit';
import type { Studio } from '../state/studio.js';
import { VIEWS } from '../views/index.js';
import { runHeader } from './runHeader.js';

/** What is known of the model and of what a run did to it: one view at a time, under tabs. */
export function results(studio: Studio, isWhole: boolean): TemplateResult {
  const { view, change } = studio;
  const active = VIEWS.find(({ id }) => id === view.tab) ?? VIEWS[0];
  const chosen = ({ detail }: CustomEvent<{ id: string } | undefined>) => {
    const tab = VIEWS.find(({ id }) => detail?.id === `tab-${id}`);
    if (tab && tab !== active) change({ tab: tab.id });
  };
  return html`<section class="card results" aria-label="Result">
    ${runHeader(studio)}
    <vscode-panels activeid="tab-${active.id}" aria-label="Views" @change=${chosen}>
      ${VIEWS.map(({ id, title }) => html`<vscode-panel-tab id="tab-${id}">${title}</vscode-panel-tab>`)}
      ${VIEWS.map(
        ({ id, draw }) => html`<vscode-panel-view id="view-${id}">
          ${isWhole && id === active.id ? html`<div class="view">${draw(studio)}</div>` : nothing}
        </vscode-panel-view>`,
      )}
    </vscode-panels>
  </section>`;
}
