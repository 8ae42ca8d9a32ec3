import { html, type TemplateResult } from 'lit';
import { modelName } from '../../../../src/contract/names.js';
import type { StudioRun } from '../../../../src/contract/run.js';
import { tableBox } from '../../elements/parts.js';
import { count, dateTime, duration, list, pairText, percent, plural } from '../../format.js';

/** What both runs came to, in the numbers that matter most. */
export function summaryTable(a: StudioRun, b: StudioRun): TemplateResult {
  const rows: readonly (readonly [string, (run: StudioRun) => string])[] = [
    ['Run on', ({ created }) => dateTime(created)],
    ['Forgets', ({ outcome }) => list(outcome.forget)],
    ['Forget accuracy', ({ outcome }) => change(outcome.before?.forgetAccuracy, outcome.after?.forgetAccuracy)],
    ['Retain accuracy', ({ outcome }) => change(outcome.before?.retainAccuracy, outcome.after?.retainAccuracy)],
    ['Pair', ({ outcome }) => (outcome.pair ? pairText(outcome.pair) : '–')],
    ['Limits', ({ outcome }) => limits(outcome.policy.filter(({ severity }) => severity === 'error').length)],
    ['Warnings', ({ outcome }) => count(outcome.policy.filter(({ severity }) => severity === 'warning').length)],
    ['Layers edited', ({ outcome }) => count(outcome.layers.length)],
    ['Time', ({ outcome }) => (outcome.seconds ? duration(outcome.seconds.total) : '–')],
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
  return `${percent(before ?? null)} → ${percent(after ?? null)}`;
}

function limits(missed: number): string {
  return missed === 0 ? 'all met' : `${plural(missed, 'limit')} not met`;
}
