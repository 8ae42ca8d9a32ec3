import { html, nothing, type TemplateResult } from 'lit';
import { countText, listText, pluralText } from '../../../../src/contract/text.js';
import type { Content } from '../../elements/content.js';
import { icon } from '../../elements/icon.js';
import { basisOf, type ParsedSettings, type RangeChoice, rangeChoice } from '../../state/settingsFields.js';
import type { Studio } from '../../state/studio.js';
import { chosen, type Field, field, write } from './field.js';

/** Which layers are edited. */
export function layers(studio: Studio, parsed: ParsedSettings): TemplateResult {
  const basis = basisOf(studio.snapshot);
  const choice = rangeChoice(studio.view.settings, basis);
  const choose = (range: RangeChoice) => {
    const last = studio.view.settings.last || `${Math.min(3, basis.layers.length)}`;
    write(studio, range === 'last' ? { range, last } : { range });
  };
  const fields: Partial<Record<RangeChoice, Field>> = {
    last: {
      name: 'last',
      label: 'Last layers',
      help: `Of ${basis.layers.length}, counted from the output.`,
      fallback: '',
    },
    pattern: {
      name: 'layers',
      label: 'Pattern',
      help: 'On the layers’ names: * stands for anything, {a,b} for a or b.',
      fallback: basis.defaults.layers ?? '*',
    },
  };
  const shown = fields[choice];
  return html`<div class="group">
    <vscode-radio-group data-choice="range" .value=${choice} @change=${chosen(choice, choose)}>
      <label slot="label">Layers to edit</label>
      <vscode-radio value="all">All layers</vscode-radio>
      <vscode-radio value="last">Last n</vscode-radio>
      <vscode-radio value="pattern">Matching a pattern</vscode-radio>
    </vscode-radio-group>
    ${shown ? html`<div class="fields ${choice === 'pattern' ? 'wide' : ''}">${field(studio, shown, parsed)}</div>` : nothing}
    ${chosenLayers(parsed, basis.layers.length)}
  </div>`;
}

function chosenLayers({ layers, problems }: ParsedSettings, total: number): Content {
  if (problems.last || problems.layers || total === 0) return nothing;
  if (layers.length === total)
    return html`<p class="quiet" data-layers role="status">All ${pluralText(total, 'layer')} will be edited.</p>`;
  return html`<p data-layers role="status" title=${layers.join('\n')}>${countText(layers.length)} of ${pluralText(total, 'layer')} will be edited: <span class="names">${listText(layers, 3)}</span>.</p>
    <p class="caution">${icon('warning')}<span>Fewer layers forget less deeply: the other layers still tell the forgotten classes apart, and somebody could read them from there.</span></p>`;
}
