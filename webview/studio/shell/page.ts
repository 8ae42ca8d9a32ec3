import { html, nothing, type TemplateResult } from 'lit';
import './classPicker.js';
import type { ErrorReport } from '../../../src/contract/terms.js';
import { errorText } from '../elements/errorText.js';
import { icon } from '../elements/icon.js';
import type { Studio } from '../state/studio.js';
import { banners } from './banner.js';
import { header } from './header.js';
import { results } from './results.js';
import { announcement, runBar } from './runBar.js';
import { settings } from './settings/index.js';

/** The whole Studio. @param isWhole whether the chosen view is to be drawn too, which takes longest. */
export function page(studio: Studio, isWhole: boolean): TemplateResult {
  return html`<main>
    ${header(studio)}
    <p class="sr-only" role="status">${announcement(studio.snapshot)}</p>
    ${body(studio, isWhole)}
  </main>`;
}

function body(studio: Studio, isWhole: boolean): TemplateResult {
  const { facts, factsError, summary } = studio.snapshot;
  const error = facts ? null : (factsError ?? summary?.error);
  if (error) return unreadable(studio, error);
  if (!facts) return loading();
  return html`${banners(studio)}
    <div class="columns">
      <div class="choose">
        <lethe-class-picker .studio=${studio}></lethe-class-picker>
        ${settings(studio)} ${runBar(studio)}
      </div>
      <div class="see">${results(studio, isWhole)}</div>
    </div>`;
}

function unreadable({ send }: Studio, error: ErrorReport): TemplateResult {
  const isConfig = error.code === 'config-invalid';
  return html`<section class="card failure" aria-labelledby="unreadable">
    ${icon('error')}
    <div>
      <h2 id="unreadable">${isConfig ? 'The lethe.json of this model is not valid' : 'This model can’t be read'}</h2>
      ${errorText(error)}
      <div class="buttons">
        ${
          isConfig
            ? html`<vscode-button @click=${() => send({ kind: 'open', what: 'config' })}>Open lethe.json</vscode-button>`
            : nothing
        }
        <vscode-button appearance="secondary" @click=${() => send({ kind: 'open', what: 'log' })}>Show log</vscode-button>
      </div>
    </div>
  </section>`;
}

function loading(): TemplateResult {
  return html`<div class="columns" aria-busy="true">
    <div class="choose"><div class="skeleton tall"></div></div>
    <div class="see"><div class="skeleton"></div></div>
  </div>`;
}
