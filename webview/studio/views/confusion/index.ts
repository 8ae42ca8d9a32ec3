import { html, nothing, type TemplateResult } from 'lit';
import { guard } from 'lit/directives/guard.js';
import type { Outcome } from '../../../../src/contract/run.js';
import type { ConfusionCounts } from '../../../../src/contract/terms.js';
import { countText, pluralText } from '../../../../src/contract/text.js';
import type { Content } from '../../elements/content.js';
import { emptyState } from '../../elements/emptyState.js';
import { icon } from '../../elements/icon.js';
import { term } from '../../elements/term.js';
import type { Studio } from '../../state/studio.js';
import { MOST_VALUES } from './layout.js';
import { legend } from './legend.js';
import { modelOf } from './model.js';
import { numbersTable } from './numbers.js';
import { pairsTable } from './pairs.js';
import { segmented } from './segmented.js';
import type { ConfusionModel } from './surface.js';
import './matrices.js';

/** What samples of each class are taken for, before and after. */
export function confusion(studio: Studio): Content {
  const { shown } = studio.snapshot;
  if (!shown) {
    return emptyState(
      'table',
      'Which classes are taken for which',
      html`<p>A run measures what the model takes samples of every class for, before and after. Here you will see both side by
        side as a ${term('confusion matrix')}: whether forgotten samples now count as other classes, and whether kept classes are told
        apart as before.</p>
        <p>Tick the classes to forget and run.</p>`,
    );
  }
  const { confusionBefore } = shown.outcome;
  if (!confusionBefore) {
    return emptyState(
      'table',
      'Not measured yet',
      shown.state === 'running'
        ? 'The run measures the model first. What it takes samples for is shown here then, and again for the new model at the end.'
        : 'The run was broken off before it had measured the model.',
    );
  }
  return matrices(studio, shown.outcome, confusionBefore);
}

function matrices(studio: Studio, outcome: Outcome, before: ConfusionCounts): TemplateResult {
  const { view, change, snapshot } = studio;
  const { unit, shows } = view.confusion;
  const set = (changes: Partial<typeof view.confusion>) => change({ confusion: { ...view.confusion, ...changes } });
  const hasFilter = before.size > MOST_VALUES;
  const model = modelOf(studio, outcome, before, hasFilter ? view.confusion.filter : '');
  const hasChange = model.after !== null;
  return html`<div class="confusion-head">
      <p class="quiet">Each row is a true class, each column what the model takes its samples for. ${
        model.shown.length <= MOST_VALUES ? 'Outlined cells on the diagonal' : 'Cells on the diagonal'
      } are right, all others are confusions.${marked(outcome)}</p>
      <div class="tools">
        ${segmented('confusion-unit', 'Unit', UNITS, unit, (unit) => set({ unit }))}
        ${hasChange ? segmented('confusion-shows', 'Matrices', SHOWS, shows, (shows) => set({ shows })) : nothing}
        ${hasFilter ? filter(model, view.confusion.filter, (filter) => set({ filter })) : nothing}
      </div>
    </div>
    ${hasChange ? nothing : html`<p role="status">${icon('info')} ${snapshot.shown!.state === 'running' ? 'The new model is measured at the end of the run.' : 'The run was broken off before it had measured a new model.'}</p>`}
    ${
      model.shown.length === 0
        ? html`<p class="quiet">No class matches “${view.confusion.filter}”.</p>`
        : html`<lethe-confusion .model=${model} .shows=${hasChange ? shows : 'both'}
              .zoom=${hasFilter ? (index: number) => set({ filter: model.names[index] }) : undefined}></lethe-confusion>
            ${legend(model, hasChange && shows === 'change')}
            <section class="most-common"><h3>Most common confusions</h3>${guard([model], () => pairsTable(model))}</section>
            ${model.shown.length <= MOST_VALUES ? numbers(studio, model) : nothing}`
    }`;
}

function numbers({ view, change }: Studio, model: ConfusionModel): TemplateResult {
  const isOpen = view.open['confusion-numbers'] ?? false;
  const toggled = (event: Event) => {
    const { open } = event.currentTarget as HTMLDetailsElement;
    if (open !== isOpen) change({ open: { ...view.open, 'confusion-numbers': open } });
  };
  return html`<details class="numbers" .open=${isOpen} @toggle=${toggled}>
    <summary>Numbers<span class="sr-only"> of: confusion before and after</span></summary>
    ${isOpen ? numbersTable(model) : nothing}
  </details>`;
}

const UNITS = [
  { value: 'percent', title: 'Row percent' },
  { value: 'count', title: 'Counts' },
] as const;

const SHOWS = [
  { value: 'both', title: 'Before and after' },
  { value: 'change', title: 'Change' },
] as const;

function marked({ perClass }: Outcome): Content {
  return perClass.some(({ role }) => role !== 'retain')
    ? html` <span class="marks"><span><i class="mark forget"></i>forgotten classes</span></span>`
    : nothing;
}

function filter({ shown, names }: ConfusionModel, value: string, set: (filter: string) => void): TemplateResult {
  const input = (event: Event) => set((event.target as HTMLInputElement).value);
  const key = (event: KeyboardEvent) => {
    if (event.key !== 'Escape' || !value) return;
    event.preventDefault();
    set('');
  };
  return html`<span class="find" data-keeps-focus><vscode-text-field class="filter" placeholder="Filter rows and columns" aria-label="Filter rows and columns"
      .value=${value} @input=${input} @keydown=${key}>${icon('search', 'start')}</vscode-text-field>
    <span class="quiet" role="status">${
      value.trim() === ''
        ? pluralText(names.length, 'class', 'classes')
        : `${countText(shown.length)} of ${countText(names.length)} classes: those found, and what they are confused with`
    }</span>
    ${value.trim() === '' ? nothing : html`<vscode-button appearance="secondary" @click=${() => set('')}>Show all</vscode-button>`}</span>`;
}
