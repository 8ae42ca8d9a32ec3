import { html, type TemplateResult } from 'lit';
import { styleMap } from 'lit/directives/style-map.js';
import type { ClassChange, ClassRole, LayerChange, UnlearnResult } from '../../src/protocol.js';
import { count, percent, points } from './format.js';
import { weightShape } from './layers.js';
import { tableBox } from './parts.js';

const ROLES: Record<ClassRole, string> = { forget: 'forget', earlier: 'forgotten before', retain: 'keep' };
const ORDER: readonly ClassRole[] = ['forget', 'earlier', 'retain'];

/** Rows that are drawn without being asked for: a thousand would hold the page up. */
export const MOST_ROWS = 200;

/** Accuracy of every class before and after; those to forget come first, and of very many the ones that lost most. */
export function classTable({ perClass }: UnlearnResult, isWhole: boolean): TemplateResult {
  const isLong = perClass.length > MOST_ROWS;
  const rows = [...perClass]
    .sort(
      (a, b) => ORDER.indexOf(a.role) - ORDER.indexOf(b.role) || (isLong ? gain(a) - gain(b) : 0) || a.index - b.index,
    )
    .slice(0, isWhole ? undefined : MOST_ROWS);
  return tableBox(
    'Accuracy of each class',
    html`<table>
      <caption class="sr-only">Accuracy of each class before and after, in percent of its samples</caption>
      <thead><tr>
        <th scope="col">Class</th><th scope="col">Role</th><th scope="col" class="chart"><span class="sr-only">Bar</span></th>
        <th scope="col" class="number">Before</th><th scope="col" class="number">After</th>
        <th scope="col" class="number">Points</th><th scope="col" class="number">Samples</th>
      </tr></thead>
      <tbody>${rows.map(classRow)}</tbody>
    </table>`,
  );
}

function gain({ before, after }: ClassChange): number {
  return (after ?? 0) - (before ?? 0);
}

function classRow({ class: name, role, before, after, count: samples }: ClassChange): TemplateResult {
  return html`<tr>
    <th scope="row" class="name" title=${name}>${name}</th>
    <td class="role ${role}">${ROLES[role]}</td>
    <td class="chart" aria-hidden="true"><span class="bar">
      <i class=${role === 'retain' ? 'retain' : 'forget'} style=${width(after ?? 0)}></i>
      <b style=${styleMap({ insetInlineStart: `${100 * (before ?? 0)}%` })}></b>
    </span></td>
    <td class="number">${percent(before)}</td><td class="number">${percent(after)}</td>
    <td class="number">${points(before, after)}</td><td class="number quiet">${count(samples)}</td>
  </tr>`;
}

/** Effective dimensions of each layer's spaces, and how much its weight changed. */
export function layerTable({ layers }: UnlearnResult): TemplateResult {
  const largest = Math.max(
    1,
    ...layers.map(({ retainDimension, forgetDimension }) => Math.max(retainDimension, forgetDimension)),
  );
  return html`<p class="quiet">
      A space’s dimension is how many directions of the layer’s input it takes up. Directions of the forget space that the
      retain space does not share are removed.
      <span class="legend"><i class="retain"></i>retain <i class="forget"></i>forget <i class="removed"></i>removed</span>
    </p>
    ${tableBox(
      'What was removed from each layer',
      html`<table>
        <caption class="sr-only">Effective dimensions of each layer’s spaces, and the relative change of its weight</caption>
        <thead><tr>
          <th scope="col">Layer</th><th scope="col">Kind</th><th scope="col" class="number shape">Weight</th>
          <th scope="col" class="chart"><span class="sr-only">Bars</span></th>
          <th scope="col" class="number">Retain</th><th scope="col" class="number">Forget</th>
          <th scope="col" class="number">Removed</th><th scope="col" class="number">Change</th>
        </tr></thead>
        <tbody>${layers.map((layer) => layerRow(layer, largest))}</tbody>
      </table>`,
    )}`;
}

function layerRow(layer: LayerChange, largest: number): TemplateResult {
  const { name, kind, retainDimension, forgetDimension, removedDimension, weightChange } = layer;
  return html`<tr>
    <th scope="row" class="name" title=${name}>${name}</th><td>${kind}</td><td class="number shape">${weightShape(layer)}</td>
    <td class="chart" aria-hidden="true"><span class="bars">
      <i class="retain" style=${width(retainDimension / largest)}></i>
      <i class="forget" style=${width(forgetDimension / largest)}></i>
      <i class="removed" style=${width(removedDimension / largest)}></i>
    </span></td>
    <td class="number">${retainDimension.toFixed(1)}</td><td class="number">${forgetDimension.toFixed(1)}</td>
    <td class="number">${removedDimension.toFixed(1)}</td><td class="number">${percent(weightChange)}</td>
  </tr>`;
}

function width(share: number) {
  return styleMap({ width: `${100 * Math.max(0, Math.min(1, share))}%` });
}
