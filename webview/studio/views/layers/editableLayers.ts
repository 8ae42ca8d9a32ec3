import { html } from 'lit';
import type { InspectResult } from '../../../../src/contract/models.js';
import type { LayerFacts } from '../../../../src/contract/records.js';
import { countText } from '../../../../src/contract/text.js';
import type { Content } from '../../elements/content.js';
import { tableBox } from '../../elements/tableBox.js';

/** The layers that a run can edit, before there is one. */
export function editableLayers({ layers }: InspectResult): Content {
  if (layers.length === 0)
    return html`<p>No layer of this model has a weight that can be projected, so nothing can be unlearned.</p>`;
  return tableBox(
    'Layers that can be edited',
    html`<table>
      <caption class="sr-only">Layers that can be edited, in forward order</caption>
      <thead><tr>
        <th scope="col">Layer</th><th scope="col">Kind</th><th scope="col" class="number">Weight</th>
        <th scope="col" class="number">Groups</th><th scope="col" class="number">Values</th>
      </tr></thead>
      <tbody>${layers.map(
        (layer) => html`<tr>
          <th scope="row" class="name" title=${layer.name}>${layer.name}</th><td>${layer.kind}</td>
          <td class="number">${weightShape(layer)}</td><td class="number">${countText(layer.groups)}</td>
          <td class="number">${countText(layer.out * layer.in)}</td>
        </tr>`,
      )}</tbody>
    </table>`,
  );
}

/** Rows and columns of the matrix that a layer multiplies with. */
export function weightShape({ out, in: columns }: LayerFacts): string {
  return `${out} × ${columns}`;
}

/** How many directions a layer's input has, over all groups: what dimensions are measured against. */
export function widthOf({ in: columns, groups }: LayerFacts): number {
  return columns * groups;
}
