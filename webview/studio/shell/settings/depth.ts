import { html, type TemplateResult } from 'lit';
import { percentTick } from '../../../../src/contract/text.js';
import { depthDial } from '../../elements/depthDial.js';
import { term } from '../../elements/term.js';
import {
  alphaChoice,
  basisOf,
  DEPTH_STEPS,
  type DepthChoice,
  depthChoice,
  depthOf,
  type ParsedSettings,
} from '../../state/settingsFields.js';
import type { Studio } from '../../state/studio.js';
import { chosen, type Field, field, write } from './field.js';

/** Which of the candidates is taken: how much may be lost for depth, or a place on a dial. */
export function depth(studio: Studio, parsed: ParsedSettings): TemplateResult {
  const { view, snapshot } = studio;
  const choice = depthChoice(view.settings, snapshot);
  const choose = (depthBy: DepthChoice) => write(studio, { depthBy });
  // It stays where it is, so that nothing moves under the pointer that has just chosen the pair.
  const isMoot = alphaChoice(view.settings) === 'fixed';
  return html`<div class="group">
    <vscode-radio-group data-choice="depth" .value=${choice} ?disabled=${isMoot} @change=${chosen(choice, choose)}>
      <label slot="label">Depth</label>
      <vscode-radio value="automatic">Automatic</vscode-radio>
      <vscode-radio value="dial">On a dial</vscode-radio>
    </vscode-radio-group>
    ${choice === 'automatic' ? automatic(studio, parsed, isMoot) : onDial(studio, isMoot)}
  </div>`;
}

const MOOT = 'With a fixed pair there is one candidate, and no depth to choose.';

function automatic(studio: Studio, parsed: ParsedSettings, isMoot: boolean): TemplateResult {
  const usual = html`In points of ${term('retain accuracy')}. Of the candidates that lose no more, the one that forgets deepest is taken.`;
  const tolerance: Field = {
    name: 'tolerance',
    label: 'Accuracy to give up',
    help: isMoot ? MOOT : usual,
    fallback: percentTick(studio.snapshot.defaults.tolerance),
    isDisabled: isMoot,
  };
  return html`<div class="fields">${field(studio, tolerance, parsed)}</div>`;
}

function onDial(studio: Studio, isMoot: boolean): TemplateResult {
  const now = depthOf(studio.view.settings, basisOf(studio.snapshot));
  const usual = html`${term('depth', 'Depth')} <b>${now}</b>: so far along the candidates, from the one that keeps most to the one that forgets deepest.`;
  return html`${depthDial({
    value: Math.round(DEPTH_STEPS * now),
    last: DEPTH_STEPS,
    meaning: `${now}`,
    isDisabled: isMoot,
    moved: (value) => write(studio, { depth: `${value / DEPTH_STEPS}` }),
  })}
  <p class="quiet">${isMoot ? MOOT : usual}</p>`;
}
