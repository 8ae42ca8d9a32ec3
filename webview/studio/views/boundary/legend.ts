import * as Plot from '@observablehq/plot';
import { html, nothing, type TemplateResult } from 'lit';
import { styleMap } from 'lit/directives/style-map.js';
import type { BoundaryResult } from '../../../../src/contract/explain.js';
import { countText, percentText } from '../../../../src/contract/text.js';
import { areasOf, takeoversOf, takeoverText } from '../../../../src/figures/areas.js';
import { legendOf } from '../../../../src/figures/classColors.js';
import type { Content } from '../../elements/content.js';
import { tableBox } from '../../elements/tableBox.js';
import { COLOURS } from '../../plots/theme.js';
import type { ClassStyle } from './classStyles.js';

/** Forgotten classes that a sentence is about. */
const MOST_SENTENCES = 3;
/** Classes in the legend. */
const MOST_ENTRIES = 24;

/** Every class that occurs, as it is drawn. */
export function legend({ points }: BoundaryResult, styles: readonly ClassStyle[]): TemplateResult {
  const hasPoints = points.classes.length > 0;
  const { named, more } = legendOf(styles, MOST_ENTRIES);
  return html`<ul class="class-legend" aria-label="Classes">
    ${named.map(
      (style) => html`<li class=${style.fate === 'forgotten' ? 'forgotten' : ''}>
        ${hasPoints ? symbol(style) : html`<i style=${styleMap({ background: style.color })}></i>`}
        <span>${style.name}${style.fate ? html` <span class="quiet">(${style.fate})</span>` : nothing}</span>
      </li>`,
    )}
    ${more > 0 ? html`<li class="quiet">and ${countText(more)} more</li>` : nothing}
  </ul>`;
}

function symbol({ symbol, color, fate }: ClassStyle): Element {
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
        fill: color,
        stroke: fate === 'forgotten' ? COLOURS.text : COLOURS.background,
      }),
    ],
  });
  drawn.setAttribute('aria-hidden', 'true');
  return drawn;
}

/** Who has now what was a forgotten class's before, in a sentence for each. */
export function takeover(result: BoundaryResult, styles: readonly ClassStyle[]): Content {
  const forgotten = styles.filter(({ fate }) => fate === 'forgotten').map((style) => style.class);
  const nameOf = (index: number) => styles.find((style) => style.class === index)?.name;
  return takeoversOf(areasOf(result), forgotten.slice(0, MOST_SENTENCES)).map(
    (entry) => html`<p class="takeover">${takeoverText(entry, nameOf)}</p>`,
  );
}

/** The areas of all classes, and who has what was a forgotten class's. */
export function areaTable(result: BoundaryResult, styles: readonly ClassStyle[]): TemplateResult {
  const { total, before, after, heirs } = areasOf(result);
  const forgotten = styles
    .filter((style) => style.fate === 'forgotten' && before.has(style.class))
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
        ({ class: index, name, fate }) => html`<tr>
          <th scope="row" class="name" title=${name}>${name}${fate ? html` <span class="quiet">(${fate})</span>` : nothing}</th>
          ${share(before.get(index), total)} ${after ? share(after.get(index), total) : nothing}
          ${
            after
              ? forgotten.map((from) =>
                  share(heirs.get(from.class)?.find((heir) => heir.class === index)?.points, before.get(from.class)!),
                )
              : nothing
          }
        </tr>`,
      )}</tbody>
    </table>`,
  );
}
