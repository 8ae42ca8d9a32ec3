import * as Plot from '@observablehq/plot';
import { html, nothing, type TemplateResult } from 'lit';
import type { ClassFocus } from '../../../../src/contract/explain.js';
import type { Outcome } from '../../../../src/contract/run.js';
import { countText, decimalText, percentText, percentTick } from '../../../../src/contract/text.js';
import type { Content } from '../../elements/content.js';
import { noAnswer } from '../../elements/emptyState.js';
import { tableBox } from '../../elements/tableBox.js';
import { term } from '../../elements/term.js';
import type { Canvas } from '../../plots/figure.js';
import { keys } from '../../plots/keys.js';
import { namesAtLeft } from '../../plots/names.js';
import { COLOURS, draw } from '../../plots/theme.js';
import { nameOf, type SampleClass, titleOf } from '../../state/sampleClasses.js';
import type { Studio } from '../../state/studio.js';
import '../../plots/figure.js';

/** Classes of a model up to which all are shown. */
const MOST_CLASSES = 10;
/** Kept classes that are shown of a larger model. */
const MOST_KEPT = 9;

/** How much of its focus each class has kept, filled in class by class. */
export function focus(studio: Studio, classes: readonly SampleClass[], outcome: Outcome): Content {
  const shown = focusClasses(classes, outcome);
  const question = { classes: shown.map(({ index }) => index) };
  const { value, error, isPending } = studio.ask('focus', question);
  if (error) {
    const again = html`<vscode-button @click=${() => studio.retry('focus', question)}>Try again</vscode-button>`;
    return noAnswer('The focus of the classes can’t be compared', error, again);
  }
  const found = value?.classes ?? [];
  const samples = Math.max(0, ...found.map((entry) => entry.samples));
  return html`<lethe-figure heading="Focus kept by class"
    .note=${html`How much of the focus before is still there after, in the same places${samples > 0 ? html`; over ${samples === 1 ? 'one sample' : `${countText(samples)} samples`} of each class` : nothing}.
      ${keys([
        { shape: 'bar', colour: COLOURS.forget, text: 'forgotten class' },
        { shape: 'bar', colour: COLOURS.retain, text: 'kept class' },
        { shape: 'diamond', colour: COLOURS.text, text: html`the same by ${term('HiResCAM')}` },
      ])}
      <span role="status">${isPending ? `${found.length} of ${shown.length} classes so far…` : nothing}</span>`}
    .basis=${[found, shown]} .plot=${(canvas: Canvas) => bars(canvas, shown, found)}
    .table=${found.length > 0 ? () => table(found, classes) : undefined}></lethe-figure>`;
}

/** The forgotten classes, and of the kept ones those that they were most often taken for, or the other way round. */
function focusClasses(classes: readonly SampleClass[], { confusionBefore }: Outcome): readonly SampleClass[] {
  if (classes.length <= MOST_CLASSES) return classes;
  const forgotten = classes.filter(({ fate }) => fate === 'forgotten');
  const mixedUp = ({ index }: SampleClass) => {
    if (!confusionBefore) return 0;
    const { size, counts } = confusionBefore;
    return forgotten.reduce(
      (sum, other) => sum + counts[other.index * size + index] + counts[index * size + other.index],
      0,
    );
  };
  const kept = classes
    .filter(({ fate }) => fate === null)
    .map((entry) => ({ entry, mixedUp: mixedUp(entry) }))
    .sort((a, b) => b.mixedUp - a.mixedUp || a.entry.index - b.entry.index);
  return [...forgotten, ...kept.slice(0, MOST_KEPT).map(({ entry }) => entry)];
}

function bars({ width }: Canvas, classes: readonly SampleClass[], found: readonly ClassFocus[]): Element {
  const titles = classes.map(titleOf);
  const names = namesAtLeft(titles, width);
  const known = classes.flatMap(({ index, fate }, y) => {
    const focus = found.find((entry) => entry.class === index);
    return focus ? [{ y, isForgotten: fate !== null, kept: focus.kept, byPlace: focus.keptByPlace }] : [];
  });
  return draw(
    { width },
    {
      ariaLabel: `Focus kept by class: ${known.map(({ y, kept }) => `${titles[y]} ${percentText(kept)}`).join(', ')}`,
      height: 46 + 24 * classes.length,
      marginTop: 4,
      marginBottom: 42,
      marginLeft: names.margin,
      marginRight: 56,
      x: { label: 'focus kept (% of the focus before)', domain: [0, 1], ticks: 5, tickFormat: percentTick, grid: true },
      y: { type: 'band', label: null, domain: [...classes.keys()], tickFormat: names.text, tickSize: 0, padding: 0.25 },
      marks: [
        Plot.barX(known, {
          y: 'y',
          x: (row) => row.kept ?? 0,
          fill: (row) => (row.isForgotten ? COLOURS.forget : COLOURS.retain),
        }),
        Plot.dot(
          known.filter(({ byPlace }) => byPlace !== null),
          { y: 'y', x: 'byPlace', symbol: 'diamond', r: 4.5, stroke: COLOURS.text, fill: COLOURS.background },
        ),
        Plot.text(known, {
          y: 'y',
          frameAnchor: 'right',
          text: (row) => (row.kept === null ? 'no focus before' : percentText(row.kept)),
          dx: 52,
          textAnchor: 'end',
        }),
        Plot.ruleX([0], { stroke: COLOURS.quiet }),
      ],
    },
  );
}

function table(found: readonly ClassFocus[], classes: readonly SampleClass[]): TemplateResult {
  return tableBox(
    'Focus kept by class',
    html`<table>
      <caption class="sr-only">Focus kept by class, and the mean logit of the class before and after</caption>
      <thead><tr>
        <th scope="col">Class</th><th scope="col">Role</th><th scope="col" class="number">Focus kept</th>
        <th scope="col" class="number">${term('HiResCAM')}</th>
        <th scope="col" class="number">Logit before</th><th scope="col" class="number">Logit after</th>
        <th scope="col" class="number">Samples</th>
      </tr></thead>
      <tbody>${found.map(({ class: index, kept, keptByPlace, logitBefore, logitAfter, samples }) => {
        const name = nameOf(classes, index);
        return html`<tr>
          <th scope="row" class="name" title=${name}>${name}</th>
          <td>${classes.find((entry) => entry.index === index)?.fate ?? 'kept'}</td>
          <td class="number">${percentText(kept)}</td><td class="number">${percentText(keptByPlace)}</td>
          <td class="number">${decimalText(logitBefore)}</td>
          <td class="number">${decimalText(logitAfter)}</td><td class="number quiet">${countText(samples)}</td>
        </tr>`;
      })}</tbody>
    </table>`,
  );
}
