import { html, nothing, type TemplateResult } from 'lit';
import { FORMATS } from '../../../src/contract/formats.js';
import type { InspectResult, ModelState } from '../../../src/contract/models.js';
import { baseName } from '../../../src/contract/names.js';
import type { StudioSnapshot } from '../../../src/contract/studio.js';
import { countText, dateText, percentText, pluralText, sentenceText, sizeText } from '../../../src/contract/text.js';
import type { Content } from '../elements/content.js';
import { icon } from '../elements/icon.js';
import { configOf, type Studio } from '../state/studio.js';

const STATES: Record<ModelState, { readonly title: string; readonly icon: string; readonly tone: string }> = {
  unreadable: { title: 'Unreadable', icon: 'error', tone: 'bad' },
  unknown: { title: 'Never evaluated', icon: 'circle-large', tone: 'plain' },
  evaluated: { title: 'Evaluated', icon: 'pass', tone: 'plain' },
  forbidden: { title: 'Knows forbidden classes', icon: 'error', tone: 'bad' },
  verified: { title: 'Unlearned and verified', icon: 'verified-filled', tone: 'good' },
  superseded: { title: 'Superseded', icon: 'archive', tone: 'plain' },
  changed: { title: 'Changed since', icon: 'warning', tone: 'warn' },
};

/** What the numbers of an input are, by its layout. */
const LAYOUTS: Readonly<Record<string, string>> = {
  nchw: 'images, channels first',
  nhwc: 'images, channels last',
  features: 'features',
};

/** The model at a glance: its name, its state, and what its file says of it. */
export function header(studio: Studio): TemplateResult {
  const { name, facts, summary } = studio.snapshot;
  return html`<header>
    <div class="title">
      <h1>${name}</h1>
      ${summary ? badge(summary.state) : nothing}
    </div>
    ${detail(studio)}
    ${facts ? html`<dl class="facts">${factList(studio, facts)}</dl>` : loadingText(studio.snapshot)}
  </header>`;
}

function badge(state: ModelState): TemplateResult {
  const { title, icon: name, tone } = STATES[state];
  return html`<span class="badge ${tone}" data-state=${state}>${icon(name)}${title}</span>`;
}

/** The state in a sentence, unless the badge or a banner says the same. */
function detail(studio: Studio): Content {
  const { summary, findings } = studio.snapshot;
  if (!summary || summary.state === 'unreadable') return nothing;
  const isSaid = summary.detail.toLowerCase() === STATES[summary.state].title.toLowerCase();
  if (isSaid || (summary.state === 'forbidden' && findings.length > 0)) return nothing;
  return html`<p class="detail">${sentenceText(summary.detail)} ${successor(studio)}</p>`;
}

function successor({ snapshot: { summary }, send }: Studio): Content {
  if (!summary?.supersededBy) return nothing;
  const open = () => send({ kind: 'open', what: 'successor' });
  return html`<button class="link" title=${summary.supersededBy} @click=${open}>Open the new model</button>`;
}

function loadingText({ factsError, summary }: StudioSnapshot): Content {
  if (factsError || summary?.error) return nothing;
  return html`<p class="detail" role="status">${icon('loading codicon-modifier-spin')} Reading the model…</p>`;
}

function factList(studio: Studio, facts: InspectResult): TemplateResult[] {
  const { summary } = studio.snapshot;
  const size = facts.files.reduce((sum, file) => sum + file.bytes, 0);
  const measured = summary?.measured;
  const skipped = facts.skipped.length;
  return [
    fact('Format', FORMATS[facts.format].title),
    fact('Size', sizeText(size), facts.files.length > 1 ? `in ${facts.files.length} files` : ''),
    fact('Input', facts.input.dims.map((dim) => dim ?? 'n').join(' × '), LAYOUTS[facts.input.layout]),
    fact('Classes', facts.classCount === null ? 'unknown' : countText(facts.classCount)),
    fact('Parameters', countText(facts.parameterCount)),
    fact('Layers', `${countText(facts.layers.length)} editable`, skipped > 0 ? `${countText(skipped)} left alone` : ''),
    fact('Data', data(studio), samples(studio.snapshot)),
    fact(
      'Accuracy',
      percentText(measured?.accuracy),
      measured ? `measured ${dateText(measured.created)}` : 'not measured',
    ),
  ];
}

function data({ snapshot, send }: Studio): Content {
  const config = configOf(snapshot);
  const open = () => send({ kind: 'open', what: 'config' });
  if (config) return html`<button class="link" title=${config} @click=${open}>${baseName(config)}</button>`;
  if (!snapshot.trusted) return 'not read';
  return config === null ? 'not set up' : '…';
}

/** The samples that accuracies are measured on, as far as something was measured. */
function samples({ summary, shown }: StudioSnapshot): string {
  if (summary?.measured) return pluralText(summary.measured.samples, `${summary.measured.split} sample`);
  const on = shown?.outcome.measuredOn;
  return on ? pluralText(on.samples, `${on.heldOut ? 'held-out ' : ''}${on.split} sample`) : '';
}

function fact(title: string, value: Content, note = ''): TemplateResult {
  return html`<div><dt>${title}</dt><dd>${value}</dd>${note ? html`<dd class="quiet">${note}</dd>` : nothing}</div>`;
}
