import * as Plot from '@observablehq/plot';
import { html, nothing, type TemplateResult } from 'lit';
import { isSameCandidate, recipeText } from '../../../../src/contract/recipes.js';
import type { CandidateResult } from '../../../../src/contract/records.js';
import { recoverabilityText } from '../../../../src/contract/recoverability.js';
import type { Outcome } from '../../../../src/contract/run.js';
import { percentText, percentTick } from '../../../../src/contract/text.js';
import {
  type CandidatePicture,
  candidatePicture,
  effectText,
  isMixed,
  leftOf,
} from '../../../../src/figures/candidates.js';
import type { Content } from '../../elements/content.js';
import { tableBox } from '../../elements/tableBox.js';
import type { Canvas } from '../../plots/figure.js';
import { keys } from '../../plots/keys.js';
import { COLOURS, draw, FORGET_AXIS, READ_AXIS, RETAIN_AXIS, TIP } from '../../plots/theme.js';
import { A, B, KEYS } from './colours.js';

interface Point extends CandidateResult {
  readonly run: 'A' | 'B';
  readonly isResult: boolean;
}

type Against = CandidatePicture['against'];

/** What either run could choose from. */
export function candidatesFigure(a: Outcome, b: Outcome): Content {
  const points = [...pointsOf('A', a), ...pointsOf('B', b)];
  if (points.length < 3) return nothing;
  const { against } = candidatePicture(points);
  return html`<lethe-figure heading="Candidates of both runs"
    .note=${html`Each point is a candidate that a run tried; the results have a ring. The best ones are at the top left.
      ${keys([...KEYS, { shape: 'ring', colour: COLOURS.text, text: 'result' }])}`}
    .basis=${[a.candidates, b.candidates, a.candidate, b.candidate]} .plot=${(canvas: Canvas) => scatter(canvas, points, against)}
    .table=${() => table(points, against)}></lethe-figure>`;
}

function pointsOf(run: 'A' | 'B', { candidates, candidate: result }: Outcome): Point[] {
  return candidates.map((candidate) => ({ ...candidate, run, isResult: isSameCandidate(candidate, result) }));
}

function scatter({ width }: Canvas, points: readonly Point[], against: Against): Element {
  const isRead = against === 'recoverability';
  const at = { x: (point: Point) => leftOf(point, against), y: 'retainAccuracy' };
  return draw(
    { width },
    {
      ariaLabel: `Candidates of both runs: retain accuracy against ${isRead ? 'recoverability' : 'forget accuracy'}`,
      height: Math.min(380, Math.round(0.55 * width) + 60),
      marginTop: 36,
      marginLeft: 52,
      marginRight: 16,
      x: {
        label: isRead ? READ_AXIS : FORGET_AXIS,
        tickFormat: percentTick,
        grid: true,
        inset: 12,
      },
      y: { label: RETAIN_AXIS, tickFormat: percentTick, grid: true, inset: 12 },
      symbol: { type: 'identity' },
      marks: [
        Plot.frame({ stroke: COLOURS.line }),
        Plot.dot(points, {
          ...at,
          r: 4.5,
          fill: ({ run }: Point) => (run === 'A' ? A.colour : B.colour),
          symbol: ({ run }: Point) => (run === 'A' ? A.symbol : B.symbol),
        }),
        Plot.dot(
          points.filter(({ isResult }) => isResult),
          { ...at, r: 9, symbol: 'circle', stroke: COLOURS.text, strokeWidth: 2 },
        ),
        ...(['A', 'B'] as const).map((run) => nameOf(run, points, at)),
        Plot.text(['↖ better'], { frameAnchor: 'top-left', lineAnchor: 'bottom', dy: -6, fontWeight: 600 }),
        Plot.tip(points, Plot.pointer({ ...at, title: (point: Point) => tipText(point, against), ...TIP })),
      ],
    },
  );
}

/** The result's run beside it, on the side where the other's is not. */
function nameOf(run: 'A' | 'B', points: readonly Point[], at: { readonly x: (point: Point) => number }): Plot.Text {
  return Plot.text(
    points.filter((point) => point.isResult && point.run === run),
    {
      ...at,
      y: 'retainAccuracy',
      text: 'run',
      dx: run === 'A' ? -13 : 13,
      textAnchor: run === 'A' ? 'end' : 'start',
      fontWeight: 600,
      stroke: COLOURS.background,
      strokeWidth: 4,
      fill: COLOURS.text,
    },
  );
}

function tipText(point: Point, against: Against): string {
  return `${point.run}: ${point.recipe.method}, ${recipeText(point.recipe)}\n${effectText(point, against)}`;
}

function table(points: readonly Point[], against: Against): TemplateResult {
  const isRead = against === 'recoverability';
  const withMethod = isMixed(points);
  return tableBox(
    'Candidates of both runs',
    html`<table>
      <caption class="sr-only">Candidates of both runs</caption>
      <thead><tr>
        <th scope="col">Run</th>${withMethod ? html`<th scope="col">Method</th>` : nothing}
        <th scope="col" class="number">α retain</th><th scope="col" class="number">α forget</th>
        <th scope="col" class="number">Retain accuracy</th><th scope="col" class="number">Forget accuracy</th>
        ${isRead ? html`<th scope="col" class="number">Recoverability</th>` : nothing}<th scope="col">Note</th>
      </tr></thead>
      <tbody>${points.map(
        ({ run, recipe, retainAccuracy, forgetAccuracy, recoverability, isResult }) => html`<tr>
          <td>${run}</td>${withMethod ? html`<td>${recipe.method}</td>` : nothing}
          <td class="number">${recipe.alphaR}</td><td class="number">${recipe.alphaF}</td>
          <td class="number">${percentText(retainAccuracy)}</td><td class="number">${percentText(forgetAccuracy)}</td>
          ${isRead ? html`<td class="number">${recoverabilityText(recoverability)}</td>` : nothing}
          <td>${isResult ? 'result' : ''}</td>
        </tr>`,
      )}</tbody>
    </table>`,
  );
}
