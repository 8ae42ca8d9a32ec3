import * as Plot from '@observablehq/plot';
import { html, nothing, type TemplateResult } from 'lit';
import type { Outcome, StudioRun } from '../../../../src/contract/run.js';
import type { ConfusionCounts } from '../../../../src/contract/terms.js';
import { countText, listText, percentText, percentTick } from '../../../../src/contract/text.js';
import {
  type Destination,
  DRAWN_DESTINATIONS,
  destinationsOf,
  othersText,
} from '../../../../src/figures/destinations.js';
import type { Content } from '../../elements/content.js';
import { dropdown } from '../../elements/dropdown.js';
import { tableBox } from '../../elements/tableBox.js';
import type { Canvas } from '../../plots/figure.js';
import { keys } from '../../plots/keys.js';
import { namesAtLeft } from '../../plots/names.js';
import { COLOURS, draw, TIP } from '../../plots/theme.js';
import type { Studio } from '../../state/studio.js';

/** A destination with its name. */
interface Titled extends Destination {
  readonly title: string;
}

/** Where the samples of forgotten classes go: what they were taken for before, and are now. */
export function destinationsFigure(
  studio: Studio,
  { state, outcome }: StudioRun,
  before: ConfusionCounts,
): TemplateResult {
  const forgotten = outcome.perClass.filter(({ role }) => role === 'forget');
  const from = forgotten.find(({ index }) => index === studio.view.overview.from) ?? null;
  const followed = from ? [from] : forgotten;
  const after = outcome.confusionAfter;
  const name = listText(followed.map((entry) => entry.class));
  const found = () =>
    destinations(
      outcome,
      before,
      followed.map(({ index }) => index),
    );
  return html`<lethe-figure
    .heading=${`Where the samples of ${name} go${after ? ' now' : ''}`}
    .note=${note(studio, forgotten, from?.index ?? null, after ? found() : null, state)}
    .basis=${[before, after, outcome.perClass, from?.index ?? null]}
    .plot=${(canvas: Canvas) => bars(canvas, found(), name)}
    .table=${() => table(found(), name)}></lethe-figure>`;
}

function note(
  { view, change }: Studio,
  forgotten: Outcome['perClass'],
  from: number | null,
  found: readonly Titled[] | null,
  state: StudioRun['state'],
): Content {
  const choices = [
    { value: '', title: 'all forgotten classes together' },
    ...forgotten.map((entry) => ({ value: `${entry.index}`, title: entry.class })),
  ];
  return html`${
    forgotten.length > 1
      ? dropdown({
          label: 'Samples of',
          value: from === null ? '' : `${from}`,
          choices,
          chosen: (value) => change({ overview: { ...view.overview, from: value === '' ? null : Number(value) } }),
        })
      : nothing
  }
  <span class="said">${found ? mostly(found) : missing(state)}</span>
  ${keys([
    ...(found
      ? [
          { shape: 'bar' as const, colour: COLOURS.retain, text: 'taken for this class after' },
          { shape: 'bar' as const, colour: COLOURS.forget, text: 'still recognised after' },
        ]
      : []),
    { shape: 'tick', colour: COLOURS.text, text: 'before' },
  ])}`;
}

function missing(state: StudioRun['state']): string {
  return state === 'running'
    ? 'What they are taken for after the run is not known yet.'
    : 'The run was broken off before they were looked at again.';
}

/** The answer in a sentence. */
function mostly(found: readonly Titled[]): string {
  const total = sum(found, 'after');
  if (total === 0) return 'None of their samples was measured.';
  const [top] = found.filter(({ kind }) => kind === 'class').sort((a, b) => (b.after ?? 0) - (a.after ?? 0));
  if (!top?.after) return 'They are all recognised as before.';
  const share = top.after / total;
  return share > 0.5
    ? `Most are taken for ${top.title} now: ${percentText(share)} of them.`
    : `More are taken for ${top.title} now than for any other class: ${percentText(share)} of them.`;
}

/** What samples of some classes are taken for, by name. */
function destinations(
  { perClass, confusionAfter }: Outcome,
  before: ConfusionCounts,
  followed: readonly number[],
): Titled[] {
  const names = new Map(perClass.map((entry) => [entry.index, entry.class]));
  const nameOf = (index: number) => names.get(index) ?? `Class ${index}`;
  const title = (entry: Destination) => {
    if (entry.class !== null) return nameOf(entry.class);
    if (entry.kind === 'others') return othersText(entry);
    return followed.length === 1 ? `still ${nameOf(followed[0])}` : 'still their own class';
  };
  return destinationsOf(before, confusionAfter, followed, DRAWN_DESTINATIONS).map((entry) => ({
    ...entry,
    title: title(entry),
  }));
}

function sum<Part extends 'before' | 'after'>(
  entries: readonly { readonly [part in Part]: number | null }[],
  part: Part,
): number {
  return entries.reduce((total, entry) => total + (entry[part] ?? 0), 0);
}

function bars({ width }: Canvas, found: readonly Titled[], name: string): Element {
  const totals = { before: Math.max(1, sum(found, 'before')), after: Math.max(1, sum(found, 'after')) };
  const rows = found.map((entry, y) => ({
    ...entry,
    y,
    before: entry.before / totals.before,
    after: entry.after === null ? null : entry.after / totals.after,
  }));
  const names = namesAtLeft(
    found.map(({ title }) => title),
    width,
  );
  return draw(
    { width },
    {
      ariaLabel: `What the samples of ${name} are taken for`,
      height: 56 + 26 * rows.length,
      marginTop: 8,
      marginLeft: names.margin,
      marginRight: 60,
      x: { label: 'share of the samples (%)', domain: [0, 1], tickFormat: percentTick, grid: true },
      y: {
        type: 'band',
        padding: 0.3,
        label: null,
        domain: rows.map(({ y }) => y),
        tickFormat: names.text,
        tickSize: 0,
      },
      marks: [
        Plot.barX(rows, { y: 'y', x: 'after', fill: ({ kind }) => (kind === 'own' ? COLOURS.forget : COLOURS.retain) }),
        Plot.tickX(rows, { y: 'y', x: 'before', stroke: COLOURS.text, strokeWidth: 2, inset: -2 }),
        Plot.text(rows, {
          y: 'y',
          text: ({ before, after }) => percentText(after ?? before),
          frameAnchor: 'right',
          textAnchor: 'end',
          dx: 56,
        }),
        Plot.tip(
          rows,
          Plot.pointerY({
            y: 'y',
            x: ({ before, after }) => Math.max(before, after ?? 0),
            title: ({ title, before, after }) =>
              `${title}\nbefore ${percentText(before)}${after === null ? '' : `, after ${percentText(after)}`}`,
            ...TIP,
          }),
        ),
      ],
    },
  );
}

function table(found: readonly Titled[], name: string): TemplateResult {
  const totals = { before: sum(found, 'before'), after: sum(found, 'after') };
  const share = (part: number | null, total: number) => percentText(part === null || total === 0 ? null : part / total);
  return tableBox(
    `What the samples of ${name} are taken for`,
    html`<table>
      <caption class="sr-only">What the samples of ${name} are taken for, before and after</caption>
      <thead><tr>
        <th scope="col">Taken for</th><th scope="col" class="number">Before</th><th scope="col" class="number">After</th>
        <th scope="col" class="number">Samples before</th><th scope="col" class="number">Samples after</th>
      </tr></thead>
      <tbody>${found.map(
        ({ title, before, after }) => html`<tr>
          <th scope="row" class="name" title=${title}>${title}</th>
          <td class="number">${share(before, totals.before)}</td><td class="number">${share(after, totals.after)}</td>
          <td class="number quiet">${countText(before)}</td><td class="number quiet">${countText(after)}</td>
        </tr>`,
      )}</tbody>
    </table>`,
  );
}
