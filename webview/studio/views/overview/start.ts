import { html, nothing, type TemplateResult } from 'lit';
import { countText, percentText, pluralText } from '../../../../src/contract/text.js';
import type { Content } from '../../elements/content.js';
import { icon } from '../../elements/icon.js';
import { hasData, isBusy, type Studio } from '../../state/studio.js';

/** What the tabs will show, in their order. */
const VIEWS: readonly (readonly [string, string])[] = [
  [
    'Overview',
    'how well each class was recognised before and is after, and what the forgotten samples are taken for now',
  ],
  ['Layers', 'what is removed from each layer, and how much is left'],
  ['Saliency', 'where in a picture the model looks, before and after'],
  ['Decision boundary', 'which class the model answers where, before and after'],
  ['Confusion', 'which classes are taken for which'],
  ['Search', 'every candidate that was tried, to choose another one'],
  ['Compare', 'two runs side by side'],
];

/** How to begin, and what there will be to see. */
export function start(studio: Studio): TemplateResult {
  const { snapshot, selected, send } = studio;
  const measured = snapshot.summary?.measured;
  return html`<section class="start">
    <h3>How to make this model forget a class</h3>
    <ol>
      ${
        hasData(snapshot)
          ? nothing
          : html`<li class="todo">${icon('circle-large')}<div>Tell where the model’s data is.<p class="quiet">A few hundred samples of every class are enough.</p></div></li>`
      }
      ${step(
        Boolean(measured),
        measured
          ? `The model is evaluated: it recognises ${percentText(measured.accuracy)} of ${countText(measured.samples)} ${measured.split} samples.`
          : 'Evaluate the model, to see what it knows now. This may be left out.',
        !measured && hasData(snapshot)
          ? html`<vscode-button appearance="secondary" ?disabled=${isBusy(snapshot)} @click=${() => send({ kind: 'evaluate' })}>Evaluate now</vscode-button>`
          : nothing,
      )}
      ${step(
        selected.length > 0,
        selected.length > 0
          ? `${pluralText(selected.length, 'class is', 'classes are')} ticked in the list of classes.`
          : 'Tick the classes to forget in the list of classes.',
      )}
      ${step(false, 'Press Unlearn. A new model is written beside this one, in seconds to minutes and without training.')}
    </ol>
    <h3>What you will see here</h3>
    <dl class="preview">${VIEWS.map(([title, text]) => html`<div><dt>${title}</dt><dd class="quiet">${text}</dd></div>`)}</dl>
  </section>`;
}

function step(isDone: boolean, text: string, button: Content = nothing): TemplateResult {
  return html`<li class=${isDone ? 'done' : 'todo'}>
    ${icon(isDone ? 'pass-filled' : 'circle-large')}
    <div><span class="sr-only">${isDone ? 'Done: ' : 'To do: '}</span>${text} ${button}</div>
  </li>`;
}
