import { html, nothing, type TemplateResult } from 'lit';
import { ref } from 'lit/directives/ref.js';
import { styleMap } from 'lit/directives/style-map.js';
import type { LayerOutcome, StudioRun } from '../../../../src/contract/run.js';
import { countText, dimensionText, percentText } from '../../../../src/contract/text.js';
import { term } from '../../elements/term.js';
import type { Studio } from '../../state/studio.js';
import { type DirectionScale, directionScale } from './directionScale.js';
import { widthOf } from './editableLayers.js';

/** Every layer's dimensions against its width, in forward order. A layer is chosen by a click or the arrow keys. */
export function dimensions(
  { change, snapshot }: Studio,
  layers: readonly LayerOutcome[],
  chosen: LayerOutcome,
): TemplateResult {
  const scale = directionScale(layers);
  const largestChange = Math.max(...layers.map(({ weightChange }) => weightChange ?? 0));
  const choose = (at: number) => change({ layer: layers[at].name });
  const clicked = (event: Event) => {
    const row = (event.target as Element).closest<HTMLElement>('tbody tr');
    if (row) choose(Number(row.dataset.at));
  };
  const key = (event: KeyboardEvent) => {
    const row = (event.target as Element).closest<HTMLElement>('tbody tr');
    const to = row && MOVES[event.key]?.(Number(row.dataset.at), layers.length - 1);
    if (to === undefined || to === null) return;
    event.preventDefault();
    choose(to);
    row!.parentElement!.querySelector<HTMLElement>(`tr[data-at="${to}"] button`)?.focus();
  };
  return html`<figure class="dimensions">
    <figcaption>
      <h3>What each layer uses, and what was removed</h3>
      <p class="quiet">
        Number of directions of a layer’s input (${term('dimension')}), on a logarithmic scale: each grid line is ten times the one
        before. Choose a layer to see more of it.
      </p>
      <p class="marks">
        <span><i class="mark retain"></i>${term('retain space')}</span> <span><i class="mark forget"></i>${term('forget space')}</span>
        <span><i class="mark removed"></i>${term('removed')}</span> <span><i class="mark width"></i>${term('width', 'width of the layer')}</span>
      </p>
      ${chosen.retainDimension === null ? html`<p role="status">${missing(snapshot.shown!)}</p>` : nothing}
    </figcaption>
    <div class="table-box" role="region" aria-label="Layers" style=${styleMap({ '--power': `${100 * scale.power}%` })} ${ref(reveal)}>
      <table @click=${clicked} @keydown=${key}>
        <caption class="sr-only">Dimensions of each layer’s spaces, the layer’s width, and the relative change of its weight, in forward order</caption>
        <thead><tr>
          <th scope="col">Layer</th>
          <th scope="col" class="scale"><span class="sr-only">Picture of the dimensions</span>${ticks(scale)}</th>
          <th scope="col" class="number">Retain</th><th scope="col" class="number">Forget</th>
          <th scope="col" class="number">Removed</th><th scope="col" class="number">Width</th>
          <th scope="col" class="number">${term('weight change', 'Change')}</th>
        </tr></thead>
        <tbody>${layers.map((layer, at) => row(layer, at, layer === chosen, scale, largestChange))}</tbody>
      </table>
    </div>
  </figure>`;
}

function missing({ state }: StudioRun): string {
  return state === 'running'
    ? 'Dimensions follow when the run has chosen its α.'
    : 'The run was broken off before it had chosen its α: there are no dimensions.';
}

const MOVES: Readonly<Record<string, (at: number, last: number) => number>> = {
  ArrowUp: (at) => Math.max(0, at - 1),
  ArrowDown: (at, last) => Math.min(last, at + 1),
  PageUp: (at) => Math.max(0, at - 10),
  PageDown: (at, last) => Math.min(last, at + 10),
  Home: () => 0,
  End: (_, last) => last,
};

/** Scrolls the list to the chosen layer when it is first seen. */
function reveal(box: Element | undefined): void {
  if (!box) return;
  const sizes = new ResizeObserver(() => {
    if (box.clientHeight === 0) return;
    sizes.disconnect();
    const chosen = box.querySelector<HTMLElement>('tr.chosen');
    if (chosen && chosen.offsetTop + chosen.offsetHeight > box.clientHeight) {
      box.scrollTop = chosen.offsetTop - box.clientHeight / 2;
    }
  });
  sizes.observe(box);
}

function ticks({ ticks, at }: DirectionScale): TemplateResult {
  return html`<span class="ticks" aria-hidden="true">${ticks.map((tick) => html`<span style=${place(at(tick))}>${tick < 1000 ? tick : `${tick / 1000}k`}</span>`)}</span>`;
}

function row(
  layer: LayerOutcome,
  index: number,
  isChosen: boolean,
  scale: DirectionScale,
  largestChange: number,
): TemplateResult {
  const { name, retainDimension, forgetDimension, removedDimension, weightChange } = layer;
  const mark = (kind: string, value: number | null) =>
    value === null ? nothing : html`<i class="mark ${kind}" style=${place(scale.at(value))}></i>`;
  const changed = largestChange > 0 ? (weightChange ?? 0) / largestChange : 0;
  return html`<tr data-at=${index} class=${isChosen ? 'chosen' : nothing}>
    <th scope="row" class="name" title=${name}>
      <button type="button" aria-pressed=${isChosen} tabindex=${isChosen ? 0 : -1}>${shortened(name)}</button>
    </th>
    <td class="scale" aria-hidden="true"><span class="directions">
      <i class="track" style=${styleMap({ width: `${100 * scale.at(widthOf(layer))}%` })}></i>
      ${mark('width', widthOf(layer))} ${mark('retain', retainDimension)} ${mark('forget', forgetDimension)}
      ${mark('removed', removedDimension)}
    </span></td>
    <td class="number">${dimensionText(retainDimension)}</td><td class="number">${dimensionText(forgetDimension)}</td>
    <td class="number">${dimensionText(removedDimension)}</td><td class="number quiet">${countText(widthOf(layer))}</td>
    <td class="number change"><i style=${styleMap({ width: `${100 * changed}%` })}></i>${percentText(weightChange)}</td>
  </tr>`;
}

/** Letters of a name that are always seen. */
const END = 19;

/** Names of layers begin alike and differ at their ends: what is too long loses its middle. */
function shortened(name: string): TemplateResult {
  const end = Math.max(0, name.length - END);
  return html`<span class="stem">${name.slice(0, end)}</span><span class="tail">${name.slice(end)}</span>`;
}

function place(share: number) {
  return styleMap({ insetInlineStart: `${100 * share}%` });
}
