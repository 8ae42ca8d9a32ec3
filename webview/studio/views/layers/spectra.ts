import * as Plot from '@observablehq/plot';
import { html, nothing, type TemplateResult } from 'lit';
import type { LayerOutcome } from '../../../../src/contract/run.js';
import { countText, decimalText, finePercentText } from '../../../../src/contract/text.js';
import { importance } from '../../../../src/figures/importance.js';
import type { Content } from '../../elements/content.js';
import { tableBox } from '../../elements/tableBox.js';
import { term } from '../../elements/term.js';
import type { Canvas } from '../../plots/figure.js';
import { COLOURS, draw, TIP } from '../../plots/theme.js';
import type { Trial } from './trial.js';
import '../../plots/figure.js';

/** A direction of one of a layer's spaces. */
interface Direction {
  readonly side: (typeof SIDES)[number];
  /** 1 for the strongest. */
  readonly rank: number;
  readonly share: number;
  readonly importance: number;
  /** With the run's alpha. */
  readonly ofRun: number | null;
}

const SIDES = ['retain', 'forget'] as const;

/** Shares below this are not drawn. */
const FLOOR = 1e-6;

/** The spectra of a layer, and under them how much each direction counts. */
export function spectra(layer: LayerOutcome, trial: Trial): TemplateResult {
  const { ofRun, drawn } = trial;
  const all = directionsOf(layer, trial);
  return html`<lethe-figure heading="Spectrum and importance" .note=${note(layer, trial)}
    .basis=${[layer, ofRun?.alphaR, ofRun?.alphaF, drawn.alphaR, drawn.alphaF]}
    .plot=${(canvas: Canvas) => plots(canvas, layer, all, trial)} .table=${() => table(layer, trial)}></lethe-figure>`;
}

function note({ spectra, groups }: LayerOutcome, { ofRun, drawn, isWhatIf }: Trial): Content {
  const listed = Math.max(spectra.retain.length, spectra.forget.length);
  return html`The leading ${countText(listed)} directions${groups > 1 ? ` of a typical group (there are ${countText(groups)})` : ''}. Above, the
    ${term('spectrum')}: how much of the samples’ energy lies along each. Below, how much each counts (${term('scaled importance')}) with
    α retain ${drawn.alphaR}, α forget ${drawn.alphaF}; together they make the ${term('dimension')}.
    <span class="marks"><span><i class="mark retain"></i>retain</span> <span><i class="mark forget"></i>forget</span>${
      isWhatIf
        ? html` <span class="badge">${ofRun ? 'What if' : 'Example'}</span>${
            ofRun
              ? html` <span><i class="dashes"></i>dashed: the run, α ${ofRun.alphaR} and ${ofRun.alphaF}</span>`
              : nothing
          }`
        : nothing
    }</span>`;
}

function directionsOf({ spectra }: LayerOutcome, { ofRun, drawn }: Trial): readonly Direction[] {
  const side = (side: Direction['side'], shares: Float32Array, alpha: number, alphaOfRun: number | undefined) =>
    Array.from(shares, (share, at) => ({
      side,
      rank: at + 1,
      share,
      importance: importance(share, alpha),
      ofRun: alphaOfRun === undefined ? null : importance(share, alphaOfRun),
    }));
  return [
    ...side('retain', spectra.retain, drawn.alphaR, ofRun?.alphaR),
    ...side('forget', spectra.forget, drawn.alphaF, ofRun?.alphaF),
  ];
}

function plots(canvas: Canvas, { name }: LayerOutcome, all: readonly Direction[], { isWhatIf }: Trial): Element {
  const last = Math.max(2, ...all.map(({ rank }) => rank));
  const lowest = Math.min(1e-2, ...all.map(({ share }) => Math.max(FLOOR, share)));
  const floor = 10 ** Math.floor(Math.log10(lowest) + 1e-9);
  const common: Plot.PlotOptions = { marginLeft: 58, marginRight: 12, marginTop: 30 };
  const x = {
    domain: [1, last],
    ticks: Math.min(last, 7),
    tickFormat: (rank: number) => (Number.isInteger(rank) ? rank : ''),
  };
  const colour = (side: Direction['side']) => COLOURS[side];
  const of = (side: Direction['side']) => all.filter((direction) => direction.side === side);
  const marks = (y: 'share' | 'importance'): Plot.Markish[] =>
    SIDES.flatMap((side) => {
      const data = y === 'share' ? of(side).filter(({ share }) => share >= floor) : of(side);
      return [
        Plot.lineY(data, { x: 'rank', y, stroke: colour(side), strokeWidth: 1.25 }),
        Plot.dot(data, { x: 'rank', y, fill: colour(side), r: 2.5, symbol: side === 'retain' ? 'circle' : 'diamond2' }),
      ];
    });
  const above = draw(canvas, {
    ...common,
    ariaLabel: `Leading spectra of the retain and the forget space of ${name}, on a logarithmic scale`,
    height: 200,
    marginBottom: 22,
    x: { ...x, label: null },
    y: {
      type: 'log',
      domain: [floor, 1],
      label: 'share of energy (log scale)',
      labelArrow: 'none',
      grid: true,
      ticks: powers(floor),
      tickFormat: finePercentText,
    },
    marks: [
      ...marks('share'),
      tip(
        all.filter(({ share }) => share >= floor),
        'share',
      ),
    ],
  });
  const below = draw(canvas, {
    ...common,
    ariaLabel: `Scaled importance of the same directions of ${name}, from 0 to 1`,
    height: 204,
    x: { ...x, label: 'direction, strongest first (rank)' },
    y: { domain: [0, 1], label: 'scaled importance (0 to 1)', labelArrow: 'none', grid: true, ticks: 5 },
    marks: [
      ...SIDES.map((side) =>
        Plot.areaY(of(side), { x: 'rank', y: 'importance', fill: colour(side), fillOpacity: 0.12 }),
      ),
      ...(isWhatIf
        ? [
            Plot.lineY(
              all.filter(({ ofRun }) => ofRun !== null),
              {
                x: 'rank',
                y: 'ofRun',
                z: 'side',
                stroke: ({ side }: Direction) => colour(side),
                strokeDasharray: '4 3',
              },
            ),
          ]
        : []),
      ...marks('importance'),
      tip(all, 'importance'),
    ],
  });
  const both = document.createElement('div');
  both.append(above, below);
  return both;
}

function tip(data: readonly Direction[], y: 'share' | 'importance'): Plot.Markish {
  const title = ({ side, rank, share: of, importance }: Direction) =>
    `${side} space, direction ${rank}\n${finePercentText(of)} of the energy\nimportance ${decimalText(importance, 3)}`;
  return Plot.tip(data, Plot.pointer({ x: 'rank', y, title, ...TIP }));
}

function powers(floor: number): number[] {
  return Array.from({ length: Math.round(-Math.log10(floor)) + 1 }, (_, power) => 10 ** -power);
}

function table({ spectra }: LayerOutcome, { drawn, isWhatIf }: Trial): TemplateResult {
  const rows = Math.max(spectra.retain.length, spectra.forget.length);
  const cells = (shares: Float32Array, at: number, alpha: number) =>
    at < shares.length
      ? html`<td class="number">${finePercentText(shares[at])}</td><td class="number">${decimalText(importance(shares[at], alpha), 3)}</td>`
      : html`<td></td><td></td>`;
  return tableBox(
    'Spectrum and importance, numbers',
    html`<table>
      <caption class="sr-only">Share of the energy and scaled importance of each direction${isWhatIf ? ', what if' : ''}: α retain ${drawn.alphaR}, α forget ${drawn.alphaF}</caption>
      <thead><tr>
        <th scope="col" class="number">Rank</th><th scope="col" class="number">Retain: share</th><th scope="col" class="number">importance</th>
        <th scope="col" class="number">Forget: share</th><th scope="col" class="number">importance</th>
      </tr></thead>
      <tbody>${Array.from(
        { length: rows },
        (_, at) => html`<tr>
          <th scope="row" class="number">${at + 1}</th>
          ${cells(spectra.retain, at, drawn.alphaR)} ${cells(spectra.forget, at, drawn.alphaF)}
        </tr>`,
      )}</tbody>
    </table>`,
  );
}
