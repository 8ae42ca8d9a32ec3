import * as Plot from '@observablehq/plot';
import { html, nothing, type TemplateResult } from 'lit';
import { styleMap } from 'lit/directives/style-map.js';
import type { BoundaryResult } from '../../../../src/contract/explain.js';
import { listText, percentText } from '../../../../src/contract/text.js';
import type { Content } from '../../elements/content.js';
import { tableBox } from '../../elements/tableBox.js';
import { COLOURS } from '../../plots/theme.js';
import { type Areas, areasOf } from './areas.js';
import type { ClassStyle } from './classStyles.js';

/** Heirs of a forgotten class that are named in a sentence, and forgotten classes that have one. */
const [MOST_HEIRS, MOST_SENTENCES] = [3, 3];
/** Classes in the legend. */
const MOST_ENTRIES = 24;

/** Every class that occurs, as it is drawn. */
export function legend({ points }: BoundaryResult, styles: readonly ClassStyle[]): TemplateResult {
  const hasPoints = points.classes.length > 0;
  return html`<ul class="class-legend" aria-label="Classes">
    ${styles.slice(0, MOST_ENTRIES).map(
      (style) => html`<li class=${style.fate === 'forgotten' ? 'forgotten' : ''}>
        ${hasPoints ? symbol(style) : html`<i style=${styleMap({ background: style.colour })}></i>`}
        <span>${style.name}${style.fate ? html` <span class="quiet">(${style.fate})</span>` : nothing}</span>
      </li>`,
    )}
    ${styles.length > MOST_ENTRIES ? html`<li class="quiet">and ${styles.length - MOST_ENTRIES} more</li>` : nothing}
  </ul>`;
}

function symbol({ symbol, colour, fate }: ClassStyle): Element {
  const drawn = Plot.plot({
    width: 14,
    height: 14,
    margin: 0,
    axis: null,
    x: { domain: [0, 1] },
    y: { domain: [0, 1] },
    style: { background: 'transparent' },
    marks: [
      Plot.dot([0], {
        x: 0.5,
        y: 0.5,
        r: 4.5,
        symbol: symbol as Plot.SymbolType,
        fill: colour,
        stroke: fate === 'forgotten' ? COLOURS.text : COLOURS.background,
      }),
    ],
  });
  drawn.setAttribute('aria-hidden', 'true');
  return drawn;
}

/** Who has now what was a forgotten class's before, in a sentence for each. */
export function takeover(result: BoundaryResult, styles: readonly ClassStyle[]): Content {
  const areas = areasOf(result);
  if (!areas.after) return nothing;
  const forgotten = styles.filter(({ fate }) => fate === 'forgotten');
  return forgotten
    .slice(0, MOST_SENTENCES)
    .map((style) => html`<p class="takeover">${sentence(style, areas, styles)}</p>`);
}

function sentence({ index, name }: ClassStyle, areas: Areas, styles: readonly ClassStyle[]): string {
  const area = areas.before.get(index) ?? 0;
  if (area === 0) return `${name} had no part of this area before.`;
  const heirs = areas.heirs.get(index)!;
  const kept = heirs.find((heir) => heir.class === index)?.points ?? 0;
  const others = heirs.filter((heir) => heir.class !== index);
  const had = `${name} had ${percentText(area / areas.total)} of this area`;
  if (others.length === 0) return `${had}, and still has all of it.`;
  const parts = others
    .slice(0, MOST_HEIRS)
    .map((heir, at) => `${percentText(heir.points / area)}${at === 0 ? ' went' : ''} to ${nameOf(heir.class, styles)}`);
  if (others.length > MOST_HEIRS) parts.push(`the rest to ${others.length - MOST_HEIRS} more`);
  return `${had} before. ${kept === 0 ? 'Nothing' : percentText(kept / area)} of it is left: ${listText(parts)}.`;
}

function nameOf(index: number, styles: readonly ClassStyle[]): string | undefined {
  return styles.find((style) => style.index === index)?.name;
}

/** The areas of all classes, and who has what was a forgotten class's. */
export function areaTable(result: BoundaryResult, styles: readonly ClassStyle[]): TemplateResult {
  const { total, before, after, heirs } = areasOf(result);
  const forgotten = styles
    .filter(({ fate, index }) => fate === 'forgotten' && before.has(index))
    .slice(0, MOST_SENTENCES);
  const share = (points: number | undefined, of: number) =>
    html`<td class="number">${percentText((points ?? 0) / of)}</td>`;
  return tableBox(
    'Areas of the classes',
    html`<table>
      <caption class="sr-only">Share of the area that each class has, and of what a forgotten class had</caption>
      <thead><tr>
        <th scope="col">Class</th><th scope="col" class="number">Area before</th>
        ${after ? html`<th scope="col" class="number">Area after</th>` : nothing}
        ${after ? forgotten.map(({ name }) => html`<th scope="col" class="number">Of what was ${name}</th>`) : nothing}
      </tr></thead>
      <tbody>${styles.map(
        ({ index, name, fate }) => html`<tr>
          <th scope="row" class="name" title=${name}>${name}${fate ? html` <span class="quiet">(${fate})</span>` : nothing}</th>
          ${share(before.get(index), total)} ${after ? share(after.get(index), total) : nothing}
          ${
            after
              ? forgotten.map((from) =>
                  share(heirs.get(from.index)?.find((heir) => heir.class === index)?.points, before.get(from.index)!),
                )
              : nothing
          }
        </tr>`,
      )}</tbody>
    </table>`,
  );
}
