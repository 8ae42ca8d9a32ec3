import { html, nothing, type TemplateResult } from 'lit';
import { FIELD_SETTINGS, RUN_SETTINGS } from '../../../src/contract/settings.js';
import type { TensorFlowBackend } from '../../../src/contract/terms.js';
import { countText, listText, pluralText } from '../../../src/contract/text.js';
import type { Content } from '../elements/content.js';
import { dropdown } from '../elements/dropdown.js';
import { folded } from '../elements/folded.js';
import { icon } from '../elements/icon.js';
import { term } from '../elements/term.js';
import {
  type AlphaChoice,
  alphaChoice,
  basisOf,
  type FieldName,
  type ParsedSettings,
  parseSettings,
  type RangeChoice,
  rangeChoice,
  type SettingsText,
} from '../state/settingsFields.js';
import type { Studio } from '../state/studio.js';

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
      ${samples(studio, parsed)} ${alphas(studio, parsed)} ${layers(studio, parsed)} ${backend(studio)}
      <div class="buttons">
        <vscode-button appearance="secondary" ?disabled=${isFresh} @click=${() => studio.change({ settings: {} })}>Reset to defaults</vscode-button>
      </div>
    </div>`,
  );
}

// ---- the groups ------------------------------------------------------------------------------------------------------

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

function alphas(studio: Studio, parsed: ParsedSettings): TemplateResult {
  const { view, snapshot } = studio;
  const { alphaR, alphaF } = snapshot.defaults;
  const choice = alphaChoice(view.settings);
  const choose = (alphas: AlphaChoice) => write(studio, { ...(alphas === 'fixed' ? firstPair(studio) : {}), alphas });
  const isSearch = choice === 'search';
  const fields: readonly Field[] = [
    {
      name: isSearch ? 'alphaR' : 'pairR',
      label: 'α retain',
      help: html`Larger protects more of the ${term('retain space')}: what the kept classes use.`,
      fallback: isSearch ? alphaR.join(', ') : '',
    },
    {
      name: isSearch ? 'alphaF' : 'pairF',
      label: 'α forget',
      help: html`Larger removes more of the ${term('forget space')}: what the classes to forget use.`,
      fallback: isSearch ? alphaF.join(', ') : '',
    },
  ];
  return html`<div class="group">
    <vscode-radio-group data-choice="alphas" .value=${choice} @change=${chosen(choice, choose)}>
      <label slot="label">Alphas</label>
      <vscode-radio value="search">Search</vscode-radio>
      <vscode-radio value="fixed">Fixed pair</vscode-radio>
    </vscode-radio-group>
    <p class="quiet">${
      isSearch
        ? 'Every pair of these values is tried; the one that forgets at the least cost is taken.'
        : 'This pair alone is tried, which is quicker; it may forget too little or cost too much.'
    }</p>
    <div class="fields">${fields.map((entry) => field(studio, entry, parsed))}</div>
  </div>`;
}

/** What a fixed pair starts from: the pair of the shown result, else the middle of what is searched. */
function firstPair({ view, snapshot: { shown, defaults } }: Studio): SettingsText {
  const middle = (values: readonly number[]) => values[Math.floor(values.length / 2)];
  const { alphaR, alphaF } = shown?.outcome.candidate?.recipe ?? {
    alphaR: middle(defaults.alphaR),
    alphaF: middle(defaults.alphaF),
  };
  const { pairR, pairF } = view.settings;
  return { pairR: pairR || `${alphaR}`, pairF: pairF || `${alphaF}` };
}

function layers(studio: Studio, parsed: ParsedSettings): TemplateResult {
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

const BACKENDS: readonly { readonly value: TensorFlowBackend; readonly title: string }[] = [
  { value: 'auto', title: 'The best that starts' },
  { value: 'gpu', title: 'TensorFlow on the GPU' },
  { value: 'cpu', title: 'TensorFlow on the CPU' },
  { value: 'wasm', title: 'WebAssembly' },
];

function backend({ snapshot: { backend }, send }: Studio): TemplateResult {
  const { title, choice } = backend;
  return html`<div class="group">
    <h3>Backend</h3>
    <p>This model runs on ${title}.</p>
    ${
      choice === null
        ? nothing
        : html`${dropdown({
            label: 'TensorFlow.js uses',
            value: choice,
            choices: BACKENDS,
            chosen: (value) => send({ kind: 'setBackend', backend: value as TensorFlowBackend }),
          })}
          <p class="quiet">A setting of the editor, which holds for every TensorFlow.js model.</p>`
    }
  </div>`;
}

// ---- their parts -----------------------------------------------------------------------------------------------------

interface Field {
  readonly name: FieldName;
  readonly label: string;
  readonly help: Content;
  /** What an empty field means. */
  readonly fallback: string;
}

function field(studio: Studio, { name, label, help, fallback }: Field, { problems }: ParsedSettings): TemplateResult {
  const problem = problems[name];
  const written = (event: Event) => write(studio, { [name]: (event.target as HTMLInputElement).value });
  return html`<div class="field">
    <vscode-text-field data-setting=${name} placeholder=${fallback} .value=${studio.view.settings[name] ?? ''}
      aria-invalid=${problem ? 'true' : nothing} @input=${written}>${label}</vscode-text-field>
    <p class=${problem ? 'problem' : 'quiet'} aria-live="polite">${problem ?? help}</p>
  </div>`;
}

function write({ view, change }: Studio, settings: SettingsText): void {
  change({ settings: { ...view.settings, ...settings } });
}

/** Listens to a group of radio buttons, which also tells of what it was set to. */
function chosen<Choice extends string>(now: Choice, choose: (choice: Choice) => void): (event: Event) => void {
  return ({ target, currentTarget }) => {
    const value = (currentTarget as HTMLInputElement | null)?.value as Choice;
    if (target === currentTarget && value && value !== now) choose(value);
  };
}
