import { html, type TemplateResult } from 'lit';
import type { MethodName } from '../../../../src/contract/candidates.js';
import { METHOD_NAMES, METHOD_TITLES } from '../../../../src/contract/settings.js';
import { dropdown } from '../../elements/dropdown.js';
import { methodChoice } from '../../state/settingsFields.js';
import type { Studio } from '../../state/studio.js';
import { write } from './field.js';

const HELP: Readonly<Record<MethodName, string>> = {
  refit:
    'Takes what only the classes to forget use out of the weights, and then fits every layer again, so that kept samples get what they had. Biases change too.',
  projection:
    'Only takes what the classes to forget use out of the weights, as in the paper. Nothing is fitted again and biases stay, so that less is kept or more can still be read.',
};

/** By which method candidates are made. */
export function method(studio: Studio): TemplateResult {
  const choice = methodChoice(studio.view.settings, studio.snapshot);
  return html`<div class="group">
    <h3>Method</h3>
    ${dropdown({
      label: 'Method',
      value: choice,
      choices: METHOD_NAMES.map((name) => ({ value: name, title: METHOD_TITLES[name] })),
      isLabelled: false,
      chosen: (value) => write(studio, { method: value as MethodName }),
    })}
    <p class="quiet">${HELP[choice]}</p>
  </div>`;
}
