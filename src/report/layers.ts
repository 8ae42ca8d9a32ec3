import type { LayerChange, RunRecord } from '../contract/records.js';
import { countText, dimensionText, percentText } from '../contract/text.js';
import { type Html, html, px } from './html.js';

/** Effective dimensions of each layer's spaces, and what of the forget space was removed. */
export function layers({ result }: RunRecord): Html {
  const largest = Math.ceil(
    Math.max(1, ...result.layers.map((layer) => Math.max(layer.retainDimension, layer.forgetDimension))),
  );
  const bar = (value: number, tone: string) =>
    html`<svg width="100%" height="8"><rect width="${px(Math.max(0, Math.min(100, (100 * value) / largest)))}%" height="8" rx="2" class="${tone}"/></svg>`;
  return html`<section>
    <h2>What was removed from each layer</h2>
    <p class="quiet">The effective dimension of a space is how many directions of a layer's input it takes up, of as many as the
      input is wide. Directions of the forget space that the retain space does not share are removed from the weights. The change is
      that of the weights as a whole, ‖W′ − W‖ / ‖W‖.</p>
    <p class="legend"><i class="swatch retain"></i>retain <i class="swatch forget"></i>forget <i class="swatch removed"></i>removed</p>
    <table class="numbers layers">
      <thead><tr><th>Layer</th><th>Kind</th><th>Weight</th><th class="wide">Dimensions, 0 to ${px(largest)}</th>
        <th>Retain</th><th>Forget</th><th>Removed</th><th>Width</th><th>Change</th></tr></thead>
      <tbody>${result.layers.map(
        (
          layer,
        ) => html`<tr><td class="name" title="${layer.name}">${layer.name}</td><td>${layer.kind}</td><td>${shape(layer)}</td>
          <td class="wide bars">${bar(layer.retainDimension, 'retain')}${bar(layer.forgetDimension, 'forget')}${bar(layer.removedDimension, 'removed')}</td>
          <td>${dimensionText(layer.retainDimension)}</td><td>${dimensionText(layer.forgetDimension)}</td><td>${dimensionText(layer.removedDimension)}</td>
          <td>${countText(layer.in * layer.groups)}</td><td>${percentText(layer.weightChange)}</td></tr>`,
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
