import { html, nothing, type TemplateResult } from 'lit';
import type { Content } from '../../elements/content.js';
import type { FieldName, ParsedSettings, SettingsText } from '../../state/settingsFields.js';
import type { Studio } from '../../state/studio.js';

/** A setting that is written. */
export interface Field {
  readonly name: FieldName;
  readonly label: string;
  readonly help: Content;
  /** What an empty field means. */
  readonly fallback: string;
  readonly isDisabled?: boolean;
}

export function field(
  studio: Studio,
  { name, label, help, fallback, isDisabled = false }: Field,
  { problems }: ParsedSettings,
): TemplateResult {
  const problem = problems[name];
  const written = (event: Event) => write(studio, { [name]: (event.target as HTMLInputElement).value });
  return html`<div class="field">
    <vscode-text-field data-setting=${name} placeholder=${fallback} ?disabled=${isDisabled} .value=${studio.view.settings[name] ?? ''}
      aria-invalid=${problem ? 'true' : nothing} @input=${written}>${label}</vscode-text-field>
    <p class=${problem ? 'problem' : 'quiet'} aria-live="polite">${problem ?? help}</p>
  </div>`;
}

/** Keeps what was written or chosen. */
export function write({ view, change }: Studio, settings: SettingsText): void {
  change({ settings: { ...view.settings, ...settings } });
}

/** Listens to a group of radio buttons, which also tells of what it was set to. */
export function chosen<Choice extends string>(now: Choice, choose: (choice: Choice) => void): (event: Event) => void {
  return ({ target, currentTarget }) => {
    const value = (currentTarget as HTMLInputElement | null)?.value as Choice;
    if (target === currentTarget && value && value !== now) choose(value);
  };
}
