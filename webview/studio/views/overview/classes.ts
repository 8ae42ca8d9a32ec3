import * as Plot from '@observablehq/plot';
import { html, nothing, type TemplateResult } from 'lit';
import { guard } from 'lit/directives/guard.js';
import type { ClassChange, ClassRole } from '../../../../src/contract/records.js';
import type { StudioRun } from '../../../../src/contract/run.js';
import { countText, percentText, percentTick, pointsText, ROLE_TEXT } from '../../../../src/contract/text.js';
import type { Content } from '../../elements/content.js';
import { growingTable } from '../../elements/growingTable.js';
import { tableBox } from '../../elements/tableBox.js';
import { column } from '../../plots/columns.js';
import type { Canvas } from '../../plots/figure.js';
import { type Key, keys } from '../../plots/keys.js';
import { namedRows } from '../../plots/rows.js';
import { COLOURS, draw, TIP } from '../../plots/theme.js';
import type { Studio } from '../../state/studio.js';
import '../../plots/figure.js';

/** Classes that are drawn: those that changed most. */
const DRAWN = 30;
/** What was asked for: the run may not have ended. */
const ROLES: Record<ClassRole, string> = { ...ROLE_TEXT, forget: 'forget', retain: 'keep' };
const ORDER: readonly ClassRole[] = ['forget', 'earlier', 'retain'];
const MARKS: Record<ClassRole, { readonly colour: string; readonly symbol: string; readonly key: Key }> = {
  forget: mark(COLOURS.forget, 'square', 'forgotten class, after'),
  earlier: mark(COLOURS.forget, 'triangle', 'forgotten by an earlier run, after'),
  retain: mark(COLOURS.retain, 'circle', 'kept class, after'),
};

function mark(colour: string, shape: 'square' | 'triangle' | 'circle', text: string) {
  return { colour, symbol: shape, key: { shape, colour, text } };
}

/** How well each class is recognised before and after. */
export function classesFigure(studio: Studio, { state, outcome: { perClass, after } }: StudioRun): TemplateResult {
  const roles = ORDER.filter((role) => perClass.some((entry) => entry.role === role));
  const isKnown = after !== null;
  return html`<lethe-figure
    .heading=${heading(perClass.length, isKnown)}
    .note=${note(roles, isKnown, state)}
    .basis=${[perClass, isKnown]}
    .plot=${(canvas: Canvas) => dumbbells(canvas, mostChanged(perClass), isKnown)}
    .table=${() => classTable(studio, perClass)}></lethe-figure>`;
}

function heading(classes: number, isKnown: boolean): string {
  if (classes <= DRAWN) return 'Accuracy of each class';
  return isKnown
    ? `Accuracy of the ${DRAWN} classes that changed most`
    : `Accuracy of ${DRAWN} of ${countText(classes)} classes`;
}

function note(roles: readonly ClassRole[], isKnown: boolean, state: StudioRun['state']): Content {
  const text = isKnown
    ? 'Each line leads from the share of samples that was recognised before to the share that is after.'
    : `The share of each class’s samples that was recognised before. ${
        state === 'running'
          ? 'What is after the run is not known yet.'
          : 'The run was broken off before there was an after.'
      }`;
  return html`${text}
    ${keys([
      { shape: 'hollow-circle', colour: COLOURS.text, text: 'before' },
      ...(isKnown ? roles.map((role) => MARKS[role].key) : []),
    ])}`;
}

/** What fits into a plot: the classes that changed most, those to forget among them. */
function mostChanged(perClass: readonly ClassChange[]): ClassChange[] {
  if (perClass.length <= DRAWN) return sorted(perClass);
  const byChange = [...perClass].sort((a, b) => Math.abs(gain(b)) - Math.abs(gain(a)));
  const forgotten = byChange.filter(({ role }) => role === 'forget').slice(0, DRAWN / 2);
  const others = byChange.filter(({ role }) => role !== 'forget').slice(0, DRAWN - forgotten.length);
  return sorted([...forgotten, ...others]);
}

/** Those to forget come first, and of the others those that lost most. */
function sorted(perClass: readonly ClassChange[]): ClassChange[] {
  return [...perClass].sort(
    (a, b) => ORDER.indexOf(a.role) - ORDER.indexOf(b.role) || gain(a) - gain(b) || a.index - b.index,
  );
}

function gain({ before, after }: ClassChange): number {
  return before === null || after === null ? 0 : after - before;
}

function dumbbells({ width }: Canvas, classes: readonly ClassChange[], isKnown: boolean): Element {
  const rows = classes.map((entry, y) => ({ ...entry, y }));
  return draw(
    { width },
    {
      ariaLabel: `Accuracy of ${rows.length} classes${isKnown ? ' before and after' : ' before the run'}`,
      ...namedRows(
        classes.map((entry) => entry.class),
        width,
      ),
      marginRight: isKnown ? 116 : 60,
      x: {
        label: 'accuracy (% of the class’s samples)',
        domain: [0, 1],
        tickFormat: percentTick,
        grid: true,
      },
      marks: [
        Plot.link(rows.filter(isMeasured), {
          y: 'y',
          x1: 'before',
          x2: 'after',
          stroke: COLOURS.quiet,
          strokeWidth: 1.5,
        }),
        Plot.dot(rows, { y: 'y', x: 'before', stroke: COLOURS.text, fill: COLOURS.background, r: 4 }),
        Plot.dot(rows, {
          y: 'y',
          x: 'after',
          fill: ({ role }: ClassChange) => MARKS[role].colour,
          symbol: ({ role }: ClassChange) => MARKS[role].symbol,
          r: 5,
        }),
        ...(isKnown
          ? [
              ...column(rows, {
                title: 'after',
                text: ({ after }) => percentText(after),
                colour: COLOURS.text,
                end: 58,
              }),
              ...column(rows, {
                title: 'points',
                text: ({ before, after }) => pointsText(before, after),
                colour: COLOURS.quiet,
                end: 112,
              }),
            ]
          : column(rows, {
              title: 'before',
              text: ({ before }) => percentText(before),
              colour: COLOURS.text,
              end: 56,
            })),
        Plot.tip(rows, Plot.pointerY({ y: 'y', x: isKnown ? 'after' : 'before', title: tipText, ...TIP })),
      ],
      symbol: { type: 'identity' },
    },
  );
}

function isMeasured({ before, after }: ClassChange): boolean {
  return before !== null && after !== null;
}

function tipText({ class: name, role, before, after, count: samples }: ClassChange): string {
  return `${name} (${ROLES[role]})\nbefore ${percentText(before)}, after ${percentText(after)}\n${countText(samples)} samples`;
}

/** Every class in numbers, and of very many what a filter finds. */
function classTable(studio: Studio, perClass: readonly ClassChange[]): TemplateResult {
  const { view, change } = studio;
  const { filter } = view.overview;
  const filtered = (event: Event) => {
    change({ overview: { ...view.overview, filter: (event.target as HTMLInputElement).value } });
  };
  return html`${
    perClass.length > DRAWN
      ? html`<vscode-text-field class="filter" placeholder="Filter classes" aria-label="Filter the classes of the table"
          .value=${filter} @input=${filtered}></vscode-text-field>`
      : nothing
  }
  ${guard([perClass, filter], () => {
    const found = sorted(perClass).filter((entry) => entry.class.toLowerCase().includes(filter.trim().toLowerCase()));
    return found.length === 0
      ? html`<p class="quiet">No class matches “${filter}”.</p>`
      : growingTable(found, ['class', 'classes'], listed);
  })}`;
}

function listed(rows: readonly ClassChange[]): TemplateResult {
  return tableBox(
    'Accuracy of each class',
    html`<table>
      <caption class="sr-only">Accuracy of each class before and after, in percent of its samples</caption>
      <thead><tr>
        <th scope="col">Class</th><th scope="col">Role</th>
        <th scope="col" class="number">Before</th><th scope="col" class="number">After</th>
        <th scope="col" class="number">Points</th><th scope="col" class="number">Samples</th>
      </tr></thead>
      <tbody>${rows.map(
        ({ class: name, role, before, after, count: samples }) => html`<tr>
          <th scope="row" class="name" title=${name}>${name}</th><td class="role">${ROLES[role]}</td>
          <td class="number">${percentText(before)}</td><td class="number">${percentText(after)}</td>
          <td class="number">${pointsText(before, after)}</td><td class="number quiet">${countText(samples)}</td>
        </tr>`,
      )}</tbody>
    </table>`,
  );
}
