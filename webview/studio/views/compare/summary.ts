import { html, type TemplateResult } from 'lit';
import { modelName } from '../../../../src/contract/names.js';
import { recipeText } from '../../../../src/contract/recipes.js';
import { recoverabilityText } from '../../../../src/contract/recoverability.js';
import type { StudioRun } from '../../../../src/contract/run.js';
import { METHOD_TITLES } from '../../../../src/contract/settings.js';
import {
  countText,
  dateTimeText,
  durationText,
  listText,
  NONE,
  percentText,
  pluralText,
} from '../../../../src/contract/text.js';
import { tableBox } from '../../elements/tableBox.js';

/** What both runs came to, in the numbers that matter most. */
export function summaryTable(a: StudioRun, b: StudioRun): TemplateResult {
  const rows: readonly (readonly [string, (run: StudioRun) => string])[] = [
    ['Run on', ({ created }) => dateTimeText(created)],
    ['Forgets', ({ outcome }) => listText(outcome.forget)],
    ['Forget accuracy', ({ outcome }) => change(outcome.before?.forgetAccuracy, outcome.after?.forgetAccuracy)],
    ['Retain accuracy', ({ outcome }) => change(outcome.before?.retainAccuracy, outcome.after?.retainAccuracy)],
    ['Recoverability', ({ outcome }) => readable(outcome.recoverability)],
    ['Method', ({ outcome }) => (outcome.candidate ? METHOD_TITLES[outcome.candidate.recipe.method] : NONE)],
    ['Candidate', ({ outcome }) => (outcome.candidate ? recipeText(outcome.candidate.recipe) : NONE)],
    ['Limits', ({ outcome }) => limits(outcome.policy.filter(({ severity }) => severity === 'error').length)],
    ['Warnings', ({ outcome }) => countText(outcome.policy.filter(({ severity }) => severity === 'warning').length)],
    ['Layers edited', ({ outcome }) => countText(outcome.layers.length)],
    ['Time', ({ outcome }) => (outcome.seconds ? durationText(outcome.seconds.total) : NONE)],
    [
      'Model',
      ({ output }) => (output ? `${modelName(output.path)}${output.exists ? '' : ' (not there any more)'}` : 'none'),
    ],
  ];
  return tableBox(
    'Both runs',
    html`<table class="both">
      <caption class="sr-only">Both runs in numbers</caption>
      <thead><tr><th scope="col"><span class="sr-only">What</span></th><th scope="col">A: the run that is shown</th><th scope="col">B: the other run</th></tr></thead>
      <tbody>${rows.map(([title, of]) => {
        return html`<tr><th scope="row" class="quiet">${title}</th><td>${of(a)}</td><td>${of(b)}</td></tr>`;
      })}</tbody>
    </table>`,
  );
}

function change(before: number | undefined, after: number | undefined): string {
  return `${percentText(before ?? null)} → ${percentText(after ?? null)}`;
}

function readable(recoverability: StudioRun['outcome']['recoverability']): string {
  const { before, after } = recoverability ?? { before: null, after: null };
  return before || after ? `${percentText(before?.balancedAccuracy)} → ${recoverabilityText(after)}` : 'not known';
}

function limits(missed: number): string {
  return missed === 0 ? 'all met' : `${pluralText(missed, 'limit')} not met`;
}
