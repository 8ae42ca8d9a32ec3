import { html, nothing, type TemplateResult } from 'lit';
import { guard } from 'lit/directives/guard.js';
import type { UnlearnResult } from '../../src/protocol.js';
import { baseName, count, duration, list, percent, plural, points } from './format.js';
import { type Content, icon, sentence } from './parts.js';
import { classTable, layerTable, MOST_ROWS } from './resultTables.js';
import type { Studio } from './studio.js';

/** What the latest unlearning came to: whether it forgot, what it cost, and where the new model is. */
export function result(studio: Studio, outcome: UnlearnResult): TemplateResult {
  const { view } = studio;
  const { perClass, skipped } = outcome;
  return html`<section class="card result" aria-labelledby="result-title">
    <div class="head">
      <h2 id="result-title">${headline(outcome)}</h2>
      ${verdict(outcome)}
    </div>
    <p class="quiet">The new model is ${baseName(outcome.output)}. The old one was not written to: delete it or move it away.</p>
    ${buttons(studio)} ${cards(outcome)} ${remarks(outcome)}
    ${guard(
      [outcome, view.open.everyClass],
      () => html`
      <h3>Accuracy of each class</h3>
      <p class="quiet">The bar is what is recognised after, the line across it before.</p>
      ${classTable(outcome, view.open.everyClass ?? false)}
      ${
        perClass.length > MOST_ROWS && !view.open.everyClass
          ? html`<div class="buttons"><vscode-button appearance="secondary"
              @click=${() => studio.change({ open: { ...studio.view.open, everyClass: true } })}>
              Show all ${count(perClass.length)} classes</vscode-button></div>`
          : nothing
      }
      <h3>What was removed from each layer</h3>
      ${layerTable(outcome)}
      ${
        skipped.length > 0
          ? html`<p class="quiet">Left alone: ${list(
              skipped.map(({ name }) => name),
              6,
            )}.</p>`
          : nothing
      }
    `,
    )}
  </section>`;
}

/** What the run was for: whether the classes are forgotten, as far as the policy wants. */
export function headline({ forget, policy }: UnlearnResult): string {
  const left = policy.filter(({ code }) => code === 'forget-limit').map((finding) => finding.class);
  const names = left.length > 0 ? left : forget;
  return `${list(names)} ${names.length === 1 ? 'is' : 'are'} ${left.length > 0 ? 'still recognised' : 'forgotten'}`;
}

function verdict({ policy }: UnlearnResult): TemplateResult {
  const missed = policy.filter(({ severity }) => severity === 'error').length;
  return missed === 0
    ? html`<span class="badge good">${icon('pass')}All limits met</span>`
    : html`<span class="badge bad">${icon('error')}${plural(missed, 'limit')} not met</span>`;
}

function buttons({ send }: Studio): TemplateResult {
  return html`<div class="buttons">
    <vscode-button @click=${() => send({ kind: 'open', what: 'output' })}>Open new model</vscode-button>
    <vscode-button appearance="secondary" @click=${() => send({ kind: 'open', what: 'report' })}>Open report</vscode-button>
  </div>`;
}

function cards({ before, after, alphaR, alphaF, candidates, measuredOn, seconds }: UnlearnResult): TemplateResult {
  const kind = `${measuredOn.heldOut ? 'held-out ' : ''}${measuredOn.split} sample`;
  return html`<div class="cards">
    ${card('Forgotten classes', change(before.forgetAccuracy, after.forgetAccuracy), accuracy(before.forgetAccuracy, after.forgetAccuracy), 'forget')}
    ${card('Kept classes', change(before.retainAccuracy, after.retainAccuracy), accuracy(before.retainAccuracy, after.retainAccuracy), 'retain')}
    ${card('Alpha, retain / forget', html`${alphaR} <span class="quiet">/</span> ${alphaF}`, `best of ${plural(candidates.length, 'pair')}`)}
    ${card('Measured on', count(measuredOn.samples), `${kind}${measuredOn.samples === 1 ? '' : 's'}, in ${duration(seconds.total)}`)}
  </div>`;
}

function change(before: number, after: number): TemplateResult {
  return html`<span class="before">${percent(before)}</span>${icon('arrow-right')}<span class="sr-only">to</span>${percent(after)}`;
}

function accuracy(before: number, after: number): string {
  return `accuracy, ${points(before, after)} points`;
}

function card(title: string, value: Content, note: string, tone = ''): TemplateResult {
  return html`<div class="number-card ${tone}"><h3>${title}</h3><p class="value">${value}</p><p class="quiet">${note}</p></div>`;
}

function remarks({ policy, notes }: UnlearnResult): Content {
  if (policy.length + notes.length === 0) return nothing;
  return html`<ul class="remarks">
    ${policy.map(({ severity, message }) => html`<li class=${severity}>${icon(severity)}${sentence(message)}</li>`)}
    ${notes.map((note) => html`<li>${icon('info')}${sentence(note)}</li>`)}
  </ul>`;
}
