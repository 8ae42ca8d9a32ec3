import { html, nothing, type TemplateResult } from 'lit';
import { guard } from 'lit/directives/guard.js';
import type { InspectResult } from '../../../../src/contract/models.js';
import type { LayerOutcome } from '../../../../src/contract/run.js';
import { pluralText } from '../../../../src/contract/text.js';
import type { Content } from '../../elements/content.js';
import { folded } from '../../elements/folded.js';
import { tableBox } from '../../elements/tableBox.js';
import { term } from '../../elements/term.js';
import type { Studio } from '../../state/studio.js';
import { chosenLayer } from './chosenLayer.js';
import { dimensions } from './dimensions.js';
import { editableLayers } from './editableLayers.js';

/** Per layer: how many directions its spaces take up, what of them was removed, and the spectra that this comes from. */
export function layers(studio: Studio): Content {
  const { facts, shown } = studio.snapshot;
  const outcome = shown?.outcome;
  const leftAlone = outcome && outcome.skipped.length > 0 ? outcome.skipped : (facts?.skipped ?? []);
  return html`${outcome && outcome.layers.length > 0 ? spaces(studio, outcome.layers) : before(studio)} ${skipped(studio, leftAlone)}`;
}

function spaces(studio: Studio, layers: readonly LayerOutcome[]): TemplateResult {
  const layer = layers.find(({ name }) => name === studio.view.layer) ?? mostChanged(layers);
  return html`${guard([layers, layer, studio.snapshot.shown!.state], () => dimensions(studio, layers, layer))} ${chosenLayer(studio, layer)}`;
}

/** The first one as long as no change is known. */
function mostChanged(layers: readonly LayerOutcome[]): LayerOutcome {
  return layers.reduce((most, layer) => ((layer.weightChange ?? 0) > (most.weightChange ?? 0) ? layer : most));
}

function before({ snapshot: { facts, shown } }: Studio): Content {
  if (!facts) return nothing;
  const text =
    shown?.state === 'running'
      ? 'The run is collecting what goes into each layer. Its spaces are shown here as soon as they are found.'
      : html`These are the layers that a run can edit. It then shows here how many directions of each layer’s input the kept
          classes use (the ${term('retain space')}), how many the forgotten ones use (the ${term('forget space')}), and how
          many were ${term('removed')}.`;
  return html`<p class="lead" role=${shown?.state === 'running' ? 'status' : nothing}>${text}</p>
    ${guard([facts], () => editableLayers(facts))}`;
}

function skipped(studio: Studio, layers: InspectResult['skipped']): Content {
  if (layers.length === 0) return nothing;
  return folded(
    studio,
    'skipped',
    layers.length <= 8,
    html`Left alone <span class="quiet">${pluralText(layers.length, 'layer')} with weights that no run edits</span>`,
    html`${guard([layers], () =>
      tableBox(
        'Layers that are left alone',
        html`<table>
          <caption class="sr-only">Layers with weights that are left alone, and why</caption>
          <thead><tr><th scope="col">Layer</th><th scope="col">Kind</th><th scope="col">Reason</th></tr></thead>
          <tbody>${layers.map(
            ({ name, kind, reason }) => html`<tr>
              <th scope="row" class="name" title=${name}>${name}</th><td>${kind}</td><td class="reason">${reason}</td>
            </tr>`,
          )}</tbody>
        </table>`,
      ),
    )}`,
  );
}
