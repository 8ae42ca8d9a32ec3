import { html, type TemplateResult } from 'lit';
import { FIELD_SETTINGS, RUN_SETTINGS } from '../../../../src/contract/settings.js';
import { pluralText } from '../../../../src/contract/text.js';
import { folded } from '../../elements/folded.js';
import { basisOf, type ParsedSettings, parseSettings } from '../../state/settingsFields.js';
import type { Studio } from '../../state/studio.js';
import { alphas } from './alphas.js';
import { backend } from './backend.js';
import { depth } from './depth.js';
import { type Field, field } from './field.js';
import { layers } from './layers.js';
import { method } from './method.js';

/** What can be set for a run; empty fields show and take the default. */
export function settings(studio: Studio): TemplateResult {
  const parsed = parseSettings(studio.view.settings, basisOf(studio.snapshot));
  const set = new Set([...Object.keys(parsed.settings), ...Object.keys(parsed.problems)]).size;
  const isFresh = Object.keys(studio.view.settings).length === 0;
  return folded(
    studio,
    'settings',
    false,
    html`Settings <span class="quiet">${set === 0 ? 'defaults' : pluralText(set, 'change')}</span>`,
    html`<div class="settings">
      ${method(studio)} ${depth(studio, parsed)} ${alphas(studio, parsed)} ${samples(studio, parsed)} ${layers(studio, parsed)}
      ${backend(studio)}
      <div class="buttons">
        <vscode-button appearance="secondary" ?disabled=${isFresh} @click=${() => studio.change({ settings: {} })}>Reset to defaults</vscode-button>
      </div>
    </div>`,
  );
}

function samples(studio: Studio, parsed: ParsedSettings): TemplateResult {
  const { defaults } = studio.snapshot;
  const fields = FIELD_SETTINGS.map((name): Field => {
    return { name, ...RUN_SETTINGS[name].field, fallback: `${defaults[name]}` };
  });
  return html`<div class="group" role="group" aria-labelledby="samples-title">
    <h3 id="samples-title">Samples</h3>
    <div class="fields">${fields.map((entry) => field(studio, entry, parsed))}</div>
  </div>`;
}
