import type { LayerChange, RunRecord } from '../contract/records.js';
import { decimalText, finePercentText, NONE } from '../contract/text.js';
import { importance } from '../figures/importance.js';
import { type Html, html, px } from './html.js';

const WIDTH = 240;
const HEIGHT = 152;
const LEFT = 34;
const BOTTOM = 32;
const TOP = 4;
/** The smallest share that is drawn, as a power of ten. */
const FLOOR = -5;
const SUPERSCRIPTS = ['1', '10⁻¹', '10⁻²', '10⁻³', '10⁻⁴', '10⁻⁵'];
/** Directions of each space that the table holds. */
const LISTED = 8;

const SIDES = ['retain', 'forget'] as const;
type Side = (typeof SIDES)[number];

/**
 * Leading spectrum of each layer's two spaces, and the weight that the chosen alphas give to each direction. Both are shares
 * between 0 and 1 on one logarithmic scale, so that alpha shows as the height by which it lifts a direction.
 */
export function spectra({ result }: RunRecord): Html {
  const { recipe } = result.candidate;
  const alphas = { retain: recipe.alphaR, forget: recipe.alphaF };
  const plain = SIDES.filter((side) => alphas[side] === 1);
  return html`<section>
    <h2>Spectra and importance</h2>
    <p class="quiet">Solid: the share <i>s</i> of the variance along each direction of a layer's input, largest first. Dashed: the
      importance α <i>s</i> / ((α − 1) <i>s</i> + 1) that the direction gets in its space, with α = ${alphas.retain} for the retain
      and α = ${alphas.forget} for the forget space. ${plain.length > 0 && `With α = 1 both are the same.`}</p>
    <p class="legend"><i class="swatch retain"></i>retain <i class="swatch forget"></i>forget
      ${key('', 'share of the variance')} ${key('importance', 'importance')}</p>
    <div class="multiples">${result.layers.map((layer) => plot(layer, alphas))}</div>
    <details><summary>Table</summary>
      <p class="quiet">Of each direction the share of the variance → its importance; “over half” counts the directions with an
        importance over 0.5 among those recorded.</p>
      <div class="wide-table" tabindex="0" role="region" aria-label="Table of spectra"><table class="numbers texts steady">
        <thead><tr><th>Layer</th><th>Space</th><th>Over half</th>${Array.from({ length: LISTED }, (_, at) => html`<th>${at + 1}</th>`)}</tr></thead>
        <tbody>${result.layers.map((layer) => SIDES.map((side) => listed(layer, side, alphas[side])))}</tbody>
      </table></div>
    </details>
  </section>`;
}

function plot(layer: LayerChange, alphas: Readonly<Record<Side, number>>): Html {
  const length = Math.max(2, ...SIDES.map((side) => layer.spectra[side].length));
  const x = (at: number) => LEFT + ((WIDTH - LEFT - 2) * at) / (length - 1);
  const line = (values: readonly number[], look: string) =>
    html`<polyline points="${values.map((value, at) => `${px(x(at))},${px(y(value > 0 ? Math.log10(value) : FLOOR))}`).join(' ')}" class="curve ${look}"/>`;
  return html`<figure><figcaption title="${layer.name}">${layer.name}</figcaption>
    <svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="Spectrum of ${layer.name}: share of the variance and importance by direction">
      ${SUPERSCRIPTS.map(
        (text, at) =>
          html`<line x1="${LEFT}" x2="${WIDTH}" y1="${px(y(-at))}" y2="${px(y(-at))}" class="grid"/><text x="${LEFT - 4}" y="${px(y(-at) + 3.5)}" text-anchor="end">${text}</text>`,
      )}
      ${ticksOf(length).map((direction) => html`<text x="${px(x(direction - 1))}" y="${HEIGHT - BOTTOM + 13}" text-anchor="${direction === 1 ? 'start' : direction === length ? 'end' : 'middle'}">${direction}</text>`)}
      <text x="${px((LEFT + WIDTH) / 2)}" y="${HEIGHT - 4}" text-anchor="middle">direction</text>
      ${SIDES.map((side) =>
        line(
          layer.spectra[side].map((share) => importance(share, alphas[side])),
          `${side} importance`,
        ),
      )}
      ${SIDES.map((side) => line(layer.spectra[side], side))}
    </svg></figure>`;
}

function y(power: number): number {
  return TOP + ((HEIGHT - TOP - BOTTOM) * Math.max(FLOOR, power)) / FLOOR;
}

/** The first direction, the last one, and one between. */
function ticksOf(length: number): number[] {
  return length < 4 ? [1, length] : [1, Math.round(length / 2), length];
}

function key(look: string, title: string): Html {
  return html`<svg width="22" height="12"><line x1="0" x2="22" y1="7" y2="7" class="curve key ${look}"/></svg>${title}`;
}

function listed(layer: LayerChange, side: Side, alpha: number): Html {
  const shares = layer.spectra[side];
  const half = shares.filter((share) => importance(share, alpha) > 0.5).length;
  return html`<tr><td class="name" title="${layer.name}">${layer.name}</td><td>${side}</td><td>${half}</td>
    ${Array.from({ length: LISTED }, (_, at) =>
      at < shares.length
        ? html`<td>${finePercentText(shares[at])} → ${decimalText(importance(shares[at], alpha), 3)}</td>`
        : html`<td>${NONE}</td>`,
    )}</tr>`;
}
