import { html, nothing, type TemplateResult } from 'lit';
import type { InspectResult, ModelState, StudioSnapshot } from '../../src/protocol.js';
import { baseName, bytes, count, percent, plural } from './format.js';
import { type Content, icon, sentence } from './parts.js';
import { configOf, type Studio } from './studio.js';

const STATES: Record<ModelState, { readonly title: string; readonly icon: string; readonly tone: string }> = {
  unreadable: { title: 'Unreadable', icon: 'error', tone: 'bad' },
  unknown: { title: 'Never evaluated', icon: 'circle-large', tone: 'plain' },
  evaluated: { title: 'Evaluated', icon: 'pass', tone: 'plain' },
  forbidden: { title: 'Knows forbidden classes', icon: 'error', tone: 'bad' },
  verified: { title: 'Unlearned and verified', icon: 'verified-filled', tone: 'good' },
  superseded: { title: 'Superseded', icon: 'archive', tone: 'plain' },
  changed: { title: 'Changed since', icon: 'warning', tone: 'warn' },
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
  return html`<p class="detail">${sentence(summary.detail)} ${successor(studio)}</p>`;
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
    fact('Format', summary?.formatTitle ?? facts.format),
    fact('Size', bytes(size), facts.files.length > 1 ? `in ${facts.files.length} files` : ''),
    fact('Input', facts.input.dims.map((dim) => dim ?? 'n').join(' × '), facts.input.layout),
    fact('Classes', facts.classCount === null ? 'unknown' : count(facts.classCount)),
    fact('Parameters', count(facts.parameterCount)),
    fact('Layers', `${count(facts.layers.length)} editable`, skipped > 0 ? `${count(skipped)} left alone` : ''),
    fact(
      'Accuracy',
      measured ? percent(measured.accuracy) : '–',
      measured ? plural(measured.samples, `${measured.split} sample`) : 'not measured',
    ),
    fact('Data', data(studio)),
  ];
}

function data({ snapshot, send }: Studio): Content {
  const config = configOf(snapshot);
  const open = () => send({ kind: 'open', what: 'config' });
  if (config) return html`<button class="link" @click=${open}>${baseName(config)}</button>`;
  if (!snapshot.trusted) return 'not read';
  return config === null ? 'not set up' : '…';
}

function fact(title: string, value: Content, note = ''): TemplateResult {
  return html`<div><dt>${title}</dt><dd>${value}</dd>${note ? html`<dd class="quiet">${note}</dd>` : nothing}</div>`;
}
