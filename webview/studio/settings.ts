import { html, nothing, type TemplateResult } from 'lit';
import { plural } from './format.js';
import { folded } from './parts.js';
import { FIELD_NAMES, FIELDS, type ParsedSettings, parseSettings, type SettingsText } from './settingsFields.js';
import type { Studio } from './studio.js';

/** What can be set for a run; empty fields show and take the default. */
export function settings(studio: Studio): TemplateResult {
  const written = studio.view.settings;
  const parsed = parseSettings(written);
  const set = FIELD_NAMES.filter((name) => written[name]?.trim()).length;
  const note = set === 0 ? 'defaults' : plural(set, 'change');
  return folded(
    studio,
    'settings',
    false,
    html`Settings <span class="quiet">${note}</span>`,
    html`<div class="fields">${FIELD_NAMES.map((name) => field(studio, name, parsed))}</div>
      <div class="buttons">
        <vscode-button appearance="secondary" ?disabled=${set === 0} @click=${() => studio.change({ settings: {} })}>Reset to defaults</vscode-button>
      </div>`,
  );
}

function field({ view, change }: Studio, name: keyof SettingsText, { problems }: ParsedSettings): TemplateResult {
  const { label, help, fallback } = FIELDS[name];
  const problem = problems[name];
  const write = (event: Event) => {
    change({ settings: { ...view.settings, [name]: (event.target as HTMLInputElement).value } });
  };
  return html`<div class="field">
    <vscode-text-field data-setting=${name} placeholder=${fallback} .value=${view.settings[name] ?? ''}
      aria-invalid=${problem ? 'true' : nothing} @input=${write}>${label}</vscode-text-field>
    <p class=${problem ? 'problem' : 'quiet'} aria-live="polite">${problem ?? help}</p>
  </div>`;
}
