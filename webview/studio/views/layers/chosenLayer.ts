import { html, nothing, type TemplateResult } from 'lit';
import type { LayerOutcome } from '../../../../src/contract/run.js';
import { countText, dimensionText, percentText, significantText } from '../../../../src/contract/text.js';
import type { Content } from '../../elements/content.js';
import { type Term, term } from '../../elements/term.js';
import type { Studio } from '../../state/studio.js';
import { weightShape, widthOf } from './editableLayers.js';
import { spectra } from './spectra.js';
import { trialOf } from './trial.js';
import { whatIf } from './whatIf.js';

/** The layer that was chosen: its dimensions in words, its spectra, and what alpha does to them. */
export function chosenLayer(studio: Studio, layer: LayerOutcome): TemplateResult {
  const trial = trialOf(studio.snapshot.shown!.outcome.candidate?.recipe ?? null, studio.view.whatIf);
  return html`<section class="chosen-layer" aria-labelledby="chosen-layer">
    <div class="head">
      <h3 id="chosen-layer">${layer.name}</h3>
      <span class="quiet">${layer.kind}, weight ${weightShape(layer)}${layer.groups > 1 ? `, ${countText(layer.groups)} groups` : ''}</span>
    </div>
    ${summary(layer)}
    ${
      layer.spectra.retain.length === 0
        ? html`<p class="quiet">The spectra of this layer are not known yet.</p>`
        : html`${spectra(layer, trial)} ${whatIf(studio, layer, trial)}`
    }
  </section>`;
}

function summary(layer: LayerOutcome): Content {
  const { retainDimension, forgetDimension, removedDimension, weightChange } = layer;
  if (retainDimension === null) return nothing;
  const width = widthOf(layer);
  const fact = (name: Term, mark: string, value: number | null) =>
    html`<div><dt><i class="mark ${mark}"></i>${term(name)}</dt>
      <dd><b>${dimensionText(value)}</b> of ${countText(width)} <span class="quiet">${partOf(value ?? 0, width)}</span></dd></div>`;
  return html`<dl>
    ${fact('retain space', 'retain', retainDimension)} ${fact('forget space', 'forget', forgetDimension)}
    ${fact('removed', 'removed', removedDimension)}
    <div><dt>${term('weight change')}</dt><dd><b>${percentText(weightChange)}</b></dd></div>
  </dl>`;
}

/** `0.8%`, and a second place where that would be nothing: `0.02%`. */
function partOf(value: number, width: number): string {
  const share = value / width;
  return share > 0 && share < 0.001 ? `${significantText(100 * share, 1)}%` : percentText(share);
}
