import { html, type TemplateResult } from 'lit';
import { RUN_SETTINGS } from '../../../../src/contract/settings.js';
import { term } from '../../elements/term.js';
import {
  type AlphaChoice,
  alphaChoice,
  EXAMPLE_PAIR,
  type ParsedSettings,
  type SettingsText,
} from '../../state/settingsFields.js';
import type { Studio } from '../../state/studio.js';
import { chosen, type Field, field, write } from './field.js';

/** Which pairs of alphas are tried: those that the search comes to, those of two lists, or one. */
export function alphas(studio: Studio, parsed: ParsedSettings): TemplateResult {
  const { view, snapshot } = studio;
  const { alphaR, alphaF } = snapshot.defaults;
  const choice = alphaChoice(view.settings);
  const choose = (alphas: AlphaChoice) => write(studio, { ...(alphas === 'fixed' ? firstPair(studio) : {}), alphas });
  const isSearch = choice === 'search';
  const isListed =
    isSearch && Boolean(view.settings.alphaR?.trim() || view.settings.alphaF?.trim() || alphaR || alphaF);
  const fallback = (usual: readonly number[] | null) =>
    usual?.join(', ') ?? (isListed ? 'the usual values' : RUN_SETTINGS.alphaR.open);
  const fields: readonly Field[] = [
    {
      name: isSearch ? 'alphaR' : 'pairR',
      label: 'α retain',
      help: html`Larger protects more of the ${term('retain space')}: what the kept classes use.`,
      fallback: isSearch ? fallback(alphaR) : '',
    },
    {
      name: isSearch ? 'alphaF' : 'pairF',
      label: 'α forget',
      help: html`Larger removes more of the ${term('forget space')}: what the classes to forget use.`,
      fallback: isSearch ? fallback(alphaF) : '',
    },
  ];
  return html`<div class="group">
    <vscode-radio-group data-choice="alphas" .value=${choice} @change=${chosen(choice, choose)}>
      <label slot="label">Alphas</label>
      <vscode-radio value="search">Search</vscode-radio>
      <vscode-radio value="fixed">Fixed pair</vscode-radio>
    </vscode-radio-group>
    <p class="quiet">${isSearch ? (isListed ? LISTED : SEARCHED) : FIXED}</p>
    <div class="fields">${fields.map((entry) => field(studio, entry, parsed))}</div>
  </div>`;
}

const SEARCHED = 'The run finds good values by itself, in a few steps. Write lists of values to try exactly those.';
const LISTED = 'Every pair of these values is tried; the depth decides between those that do what they must.';
const FIXED = 'This pair alone is tried, which is quicker; it may forget too little or cost too much.';

/** What a fixed pair starts from: the pair of the shown result, else the middle of what would be tried, else an example. */
function firstPair({ view, snapshot: { shown, defaults } }: Studio): SettingsText {
  const middle = (values: readonly number[] | null) => values?.[Math.floor(values.length / 2)];
  const { alphaR, alphaF } = shown?.outcome.candidate?.recipe ?? {
    alphaR: middle(defaults.alphaR) ?? EXAMPLE_PAIR.alphaR,
    alphaF: middle(defaults.alphaF) ?? EXAMPLE_PAIR.alphaF,
  };
  const { pairR, pairF } = view.settings;
  return { pairR: pairR || `${alphaR}`, pairF: pairF || `${alphaF}` };
}
