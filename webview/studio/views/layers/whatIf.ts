import { html, nothing, type TemplateResult } from 'lit';
import { styleMap } from 'lit/directives/style-map.js';
import type { LayerOutcome } from '../../../../src/contract/run.js';
import type { AlphaPair } from '../../../../src/contract/terms.js';
import { dimensionText } from '../../../../src/contract/text.js';
import { dimensionOf } from '../../../../src/figures/importance.js';
import { icon } from '../../elements/icon.js';
import { term } from '../../elements/term.js';
import type { Studio } from '../../state/studio.js';
import { alphaStops, type Trial } from './trial.js';

/** Sliders for both alphas: what they would make of this layer's spectra. Nothing but the picture changes. */
export function whatIf({ change }: Studio, layer: LayerOutcome, trial: Trial): TemplateResult {
  const { ofRun, drawn, isWhatIf } = trial;
  const set = (instead: AlphaPair) => change({ whatIf: { instead, of: ofRun } });
  const reset = () => change({ whatIf: null });
  return html`<fieldset class="what-if ${isWhatIf ? 'on' : ''}" data-keeps-focus>
    <legend>What if ${term('alpha', 'α')} were different?</legend>
    ${slider('retain', layer.spectra.retain, drawn.alphaR, ofRun?.alphaR, (alphaR) => set({ ...drawn, alphaR }))}
    ${slider('forget', layer.spectra.forget, drawn.alphaF, ofRun?.alphaF, (alphaF) => set({ ...drawn, alphaF }))}
    <p class="quiet">
      ${icon('info')}Only this picture changes, not the model.${
        ofRun === null
          ? ' The run has not chosen its α; these are examples.'
          : ' Other candidates that the run has tried are in Search.'
      }
    </p>
    ${
      ofRun !== null && isWhatIf
        ? html`<vscode-button appearance="secondary" @click=${reset}>Back to the run’s α</vscode-button>`
        : nothing
    }
  </fieldset>`;
}

function slider(
  side: 'retain' | 'forget',
  shares: Float32Array,
  alpha: number,
  ofRun: number | undefined,
  set: (alpha: number) => void,
): TemplateResult {
  const stops = alphaStops(ofRun);
  const moved = (event: Event) => set(stops[Number((event.target as HTMLInputElement).value)]);
  const now = dimensionText(dimensionOf(shares, alpha));
  const isMoved = ofRun !== undefined && alpha !== ofRun;
  const share = ofRun === undefined ? 0 : stops.indexOf(ofRun) / (stops.length - 1);
  return html`<div class="alpha ${side}">
    <label for="alpha-${side}"><i class="mark ${side}"></i>α ${side} <b>${alpha}</b></label>
    <span class="slider">
      <input type="range" id="alpha-${side}" min="0" max=${stops.length - 1} step="1" .value=${String(nearest(stops, alpha))}
        aria-valuetext="${alpha}${isMoved ? `, the run’s is ${ofRun}` : ''}" @input=${moved}>
      ${
        ofRun === undefined
          ? nothing
          : html`<span class="of-run" style=${styleMap({ '--share': String(share) })} aria-hidden="true">run ${ofRun}</span>`
      }
    </span>
    <output for="alpha-${side}">leading ${shares.length} count as
      ${isMoved ? html`${dimensionText(dimensionOf(shares, ofRun))} ${icon('arrow-right')}<span class="sr-only">what if:</span> ` : nothing}<b>${now}</b></output>
  </div>`;
}

function nearest(stops: readonly number[], alpha: number): number {
  let best = 0;
  for (const [at, stop] of stops.entries()) if (Math.abs(stop - alpha) < Math.abs(stops[best] - alpha)) best = at;
  return best;
}
