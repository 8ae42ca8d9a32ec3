import { html, type TemplateResult } from 'lit';
import { styleMap } from 'lit/directives/style-map.js';
import { countText, percentTick } from '../../../../src/contract/text.js';
import { strengthOf } from '../../../../src/figures/confusion.js';
import type { ConfusionModel } from './surface.js';

/** Shares that the scale is marked at; it goes with their square roots. */
const MARKS = [0, 0.01, 0.05, 0.25, 1];

/** Which colour stands for how much. */
export function legend({ unit, before }: ConfusionModel, isChange: boolean): TemplateResult {
  const most = before.totals.reduce((most, total) => Math.max(most, total), 0);
  const text = (share: number) => (unit === 'percent' ? `${percentTick(share)}%` : countText(Math.round(share * most)));
  const marks = isChange ? [-1, -0.25, -0.05, 0, 0.05, 0.25, 1] : MARKS;
  const at = (share: number) => {
    const place = strengthOf(share);
    return 100 * (isChange ? (place + 1) / 2 : place);
  };
  const sign = (share: number) => (isChange && share > 0 ? '+' : share < 0 ? '−' : '');
  return html`<div class="amounts ${isChange ? 'change' : ''}">
    <span>${isChange ? 'Change in' : ''} ${unit === 'percent' ? (isChange ? 'points of the row' : 'Share of the row') : isChange ? 'samples' : 'Samples'}</span>
    <span class="ramp" aria-hidden="true"><i></i>${marks.map(
      (share) =>
        html`<b style=${styleMap({ insetInlineStart: `${at(share)}%` })}>${sign(share)}${text(Math.abs(share))}</b>`,
    )}</span>
  </div>`;
}
