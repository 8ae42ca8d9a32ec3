import type { LayerChange, RunRecord } from '../protocol.js';
import { type Html, html, percent, px } from './html.js';

/** Effective dimensions of each layer's spaces, and what of the forget space was removed. */
export function layers({ result }: RunRecord): Html {
  const largest = Math.max(1, ...result.layers.map((layer) => Math.max(layer.retainDimension, layer.forgetDimension)));
  const bar = (value: number, tone: string) =>
    html`<svg width="100%" height="8"><rect width="${px(Math.max(0, Math.min(100, (100 * value) / largest)))}%" height="8" rx="2" class="${tone}"/></svg>`;
  return html`<section>
    <h2>What was removed from each layer</h2>
    <p class="quiet">The effective dimension of a space is how many directions of a layer's input it takes up. Directions of the
      forget space that the retain space does not share are removed from the weights.
      <span class="legend"><i class="swatch retain"></i>retain <i class="swatch forget"></i>forget <i class="swatch removed"></i>removed</span></p>
    <table class="numbers layers">
      <thead><tr><th>Layer</th><th>Kind</th><th>Weight</th><th class="wide">Dimensions</th>
        <th>Retain</th><th>Forget</th><th>Removed</th><th>Change</th></tr></thead>
      <tbody>${result.layers.map(
        (
          layer,
        ) => html`<tr><td class="name" title="${layer.name}">${layer.name}</td><td>${layer.kind}</td><td>${shape(layer)}</td>
          <td class="wide bars">${bar(layer.retainDimension, 'retain')}${bar(layer.forgetDimension, 'forget')}${bar(layer.removedDimension, 'removed')}</td>
          <td>${layer.retainDimension.toFixed(1)}</td><td>${layer.forgetDimension.toFixed(1)}</td><td>${layer.removedDimension.toFixed(1)}</td>
          <td>${percent(layer.weightChange)}</td></tr>`,
      )}</tbody>
    </table>
    ${
      result.skipped.length > 0 &&
      html`<h3>Left alone</h3><ul class="plain">${result.skipped.map(
        (layer) => html`<li><b>${layer.name}</b> (${layer.kind}): ${layer.reason}</li>`,
      )}</ul>`
    }
  </section>`;
}

function shape(layer: LayerChange): string {
  const matrix = `${layer.out} × ${layer.in}`;
  return layer.groups === 1 ? matrix : `${matrix}, ${layer.groups} groups`;
}

const WIDTH = 210;
const HEIGHT = 110;
/** The smallest share of the variance that is drawn, as a power of ten. */
const FLOOR = -5;

/** Leading spectrum of each layer's two spaces, on a logarithmic scale: the faster it falls, the smaller the space. */
export function spectra({ result }: RunRecord): Html {
  return html`<section>
    <h2>Spectra</h2>
    <p class="quiet">Share of the variance along each direction of a layer's input, largest first, from 1 down to 10<sup>${FLOOR}</sup>.
      <span class="legend"><i class="swatch retain"></i>retain <i class="swatch forget"></i>forget</span></p>
    <div class="multiples">${result.layers.map(
      (layer) => html`<figure><figcaption title="${layer.name}">${layer.name}</figcaption>
        <svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="Spectrum of ${layer.name}">
          ${[0, -1, -2, -3, -4, -5].map((power) => html`<line x1="0" x2="${WIDTH}" y1="${px(y(power))}" y2="${px(y(power))}" class="grid"/>`)}
          <polyline points="${curve(layer.spectra.retain)}" class="curve retain"/>
          <polyline points="${curve(layer.spectra.forget)}" class="curve forget"/>
        </svg></figure>`,
    )}</div>
  </section>`;
}

function y(power: number): number {
  return 2 + ((HEIGHT - 4) * Math.max(FLOOR, power)) / FLOOR;
}

function curve(values: readonly number[]): string {
  const step = WIDTH / Math.max(1, values.length - 1);
  return values.map((value, at) => `${px(at * step)},${px(y(value > 0 ? Math.log10(value) : FLOOR))}`).join(' ');
}
