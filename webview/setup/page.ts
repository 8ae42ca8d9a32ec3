import { html, nothing, type TemplateResult } from 'lit';
import type { FromSetup, SetupView } from '../../src/contract/setup.js';
import { percentText, pluralText, significantText } from '../../src/contract/text.js';
import { icon } from '../studio/elements/icon.js';

type Send = (message: FromSetup) => void;
type Preview = SetupView['result']['previews'][number];

/** How well the network does with the settings, what would do better, and what it sees. */
export function page(view: SetupView, send: Send): TemplateResult {
  const { result } = view;
  const isBest = result.suggestions.length === 0;
  return html`<main aria-busy=${view.busy !== null}>
    <header>
      <h1>What the network sees</h1>
      <p class="quiet">${view.model}. ${view.settings.join('. ')}.</p>
    </header>
    ${figures(view)}
    ${result.warning === null ? nothing : html`<p class="warning" role="alert">${icon('warning')}<span>${result.warning}</span></p>`}
    ${suggestions(view, send)}
    <div class="buttons">
      <vscode-button
        appearance=${isBest ? 'primary' : 'secondary'}
        ?disabled=${view.busy !== null}
        @click=${() => send({ kind: 'write' })}
      >Write lethe.json</vscode-button>
      <vscode-button
        appearance="secondary"
        ?disabled=${view.busy !== null}
        @click=${() => send({ kind: 'change' })}
      >Change settings</vscode-button>
      <p class="quiet" role="status">${view.busy === null ? '' : `${view.busy}…`}</p>
    </div>
    ${previews(result.previews)}
  </main>`;
}

function figures({ result: { accuracy, chance, samples, values } }: SetupView): TemplateResult {
  return html`<dl>
    <div><dt>Recognised</dt><dd class="large">${percentText(accuracy)}</dd><dd class="quiet">of ${pluralText(samples, 'sample')}</dd></div>
    <div><dt>Guessing</dt><dd class="large">${percentText(chance)}</dd><dd class="quiet">would reach</dd></div>
    <div>
      <dt>Values fed</dt><dd class="large">${significantText(values.min)} to ${significantText(values.max)}</dd>
      <dd class="quiet">${significantText(values.mean)} on average</dd>
    </div>
  </dl>`;
}

function suggestions({ result, busy }: SetupView, send: Send): TemplateResult | typeof nothing {
  if (result.suggestions.length === 0) return nothing;
  return html`<section aria-labelledby="better">
    <h2 id="better">Other settings do better on the same samples</h2>
    <div class="buttons">
      ${result.suggestions.map(
        ({ title, accuracy }, suggestion) => html`<vscode-button
          appearance=${suggestion === 0 ? 'primary' : 'secondary'}
          ?disabled=${busy !== null}
          @click=${() => send({ kind: 'use', suggestion })}
        >Use ${title}: ${percentText(accuracy)} instead of ${percentText(result.accuracy)}</vscode-button>`,
      )}
    </div>
  </section>`;
}

function previews(all: readonly Preview[]): TemplateResult {
  return html`<section aria-labelledby="samples">
    <h2 id="samples">One sample of each class, as it is fed</h2>
    <p class="quiet">In every picture the lowest value is black and the highest white.</p>
    <ul class="previews">${all.map(preview)}</ul>
  </section>`;
}

function preview({ class: name, predicted, width, height, image }: Preview): TemplateResult {
  const isRight = name === predicted;
  return html`<li><figure>
    <img src=${image} width=${width} height=${height} alt="A sample of ${name} as the network sees it">
    <figcaption>
      <strong>${name}</strong>
      <span class=${isRight ? 'right' : 'wrong'}>${icon(isRight ? 'pass' : 'error')}${isRight ? 'Recognised' : `Taken for ${predicted}`}</span>
    </figcaption>
  </figure></li>`;
}
