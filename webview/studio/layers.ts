import { html, nothing, type TemplateResult } from 'lit';
import { guard } from 'lit/directives/guard.js';
import type { InspectResult, LayerFacts } from '../../src/protocol.js';
import { count, plural } from './format.js';
import { type Content, folded, tableBox } from './parts.js';
import type { Studio } from './studio.js';

/** The model's layers: those that can be edited, and those that are left alone with the reason. */
export function layers(studio: Studio, facts: InspectResult): TemplateResult {
  return folded(
    studio,
    'layers',
    studio.snapshot.result === null,
    html`Layers <span class="quiet">${plural(facts.layers.length, 'editable', 'editable')}${facts.skipped.length > 0 ? `, ${count(facts.skipped.length)} left alone` : ''}</span>`,
    html`${guard([facts], () => [editable(facts), skipped(facts)])}`,
  );
}

function editable({ layers }: InspectResult): Content {
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
          <td class="number">${weightShape(layer)}</td><td class="number">${count(layer.groups)}</td>
          <td class="number">${count(layer.out * layer.in)}</td>
        </tr>`,
      )}</tbody>
    </table>`,
  );
}

function skipped({ skipped }: InspectResult): Content {
  if (skipped.length === 0) return nothing;
  return html`<h3>Left alone</h3>
    ${tableBox(
      'Layers that are left alone',
      html`<table>
        <caption class="sr-only">Layers with weights that are left alone, and why</caption>
        <thead><tr><th scope="col">Layer</th><th scope="col">Kind</th><th scope="col">Reason</th></tr></thead>
        <tbody>${skipped.map(
          ({ name, kind, reason }) => html`<tr>
            <th scope="row" class="name" title=${name}>${name}</th><td>${kind}</td><td class="reason">${reason}</td>
          </tr>`,
        )}</tbody>
      </table>`,
    )}`;
}

/** Rows and columns of the matrix that a layer multiplies with. */
export function weightShape({ out, in: columns }: LayerFacts): string {
  return `${out} × ${columns}`;
}
