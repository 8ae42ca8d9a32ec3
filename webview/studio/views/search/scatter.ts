import * as Plot from '@observablehq/plot';
import type { Candidate } from '../../../../src/contract/candidates.js';
import { isSameCandidate } from '../../../../src/contract/recipes.js';
import type { CandidateResult } from '../../../../src/contract/records.js';
import { percentTick } from '../../../../src/contract/text.js';
import { type CandidatePicture, leftOf } from '../../../../src/figures/candidates.js';
import type { Canvas } from '../../plots/figure.js';
import { COLOURS, draw, FORGET_AXIS, READ_AXIS, RETAIN_AXIS } from '../../plots/theme.js';

interface Marked {
  readonly shown: Candidate | null;
  readonly saved: Candidate | null;
  /** What the forgotten class may be recognised at most, null if that is no single number. */
  readonly limit: number | null;
}

/** Candidates as points of retain accuracy against what is left of the forgotten classes. */
export function scatter(
  { width }: Canvas,
  candidates: readonly CandidateResult[],
  { against, front, complete, rough, apart }: CandidatePicture,
  { shown, saved, limit }: Marked,
) {
  const isRead = against === 'recoverability';
  const is = (marked: Candidate | null) => candidates.filter(({ id }) => id === marked?.id);
  const at = { x: (candidate: CandidateResult) => leftOf(candidate, against), y: 'retainAccuracy' };
  const limits = limit === null || isRead ? [] : [limit];
  return draw(
    { width },
    {
      ariaLabel: `${candidates.length} candidates: retain accuracy against ${isRead ? 'recoverability' : 'forget accuracy'}`,
      height: Math.min(420, Math.round(0.62 * width) + 60),
      marginTop: 36,
      marginLeft: 52,
      marginRight: 16,
      x: {
        label: isRead ? READ_AXIS : FORGET_AXIS,
        domain: span([...candidates.flatMap((candidate) => ends(candidate, against)), ...limits]),
        tickFormat: percentTick,
        grid: true,
        insetLeft: 14,
        insetRight: 8,
      },
      y: {
        label: RETAIN_AXIS,
        domain: span(candidates.map((c) => c.retainAccuracy)),
        tickFormat: percentTick,
        grid: true,
        insetTop: 14,
        insetBottom: 8,
      },
      symbol: { type: 'identity' },
      marks: [
        Plot.frame({ stroke: COLOURS.line }),
        ...(limits.length > 0 ? [Plot.ruleX(limits, { stroke: COLOURS.forget, strokeDasharray: '4 3' })] : []),
        ...(isRead ? [errorBars(candidates)] : []),
        Plot.line(front, { ...at, stroke: COLOURS.quiet, strokeWidth: 1.5 }),
        Plot.dot(rough, { ...at, r: 3, stroke: COLOURS.retain, fill: COLOURS.background }),
        Plot.dot(complete, { ...at, r: 4.5, fill: COLOURS.retain }),
        Plot.dot(apart, { ...at, r: 4, symbol: 'times', stroke: COLOURS.forget, strokeWidth: 2 }),
        Plot.dot(is(saved), { ...at, r: 9, symbol: 'diamond', stroke: COLOURS.text, strokeWidth: 1.5 }),
        Plot.dot(is(shown), { ...at, r: 8, stroke: COLOURS.text, strokeWidth: 2 }),
        Plot.text(named(is(shown), is(saved)), {
          x: ({ candidate }) => leftOf(candidate, against),
          y: ({ candidate }) => candidate.retainAccuracy,
          text: 'name',
          dx: 13,
          dy: isRead ? -10 : 0,
          textAnchor: 'start',
          fontWeight: 600,
          stroke: COLOURS.background,
          fill: COLOURS.text,
          strokeWidth: 4,
        }),
        Plot.text(['↖ better'], { frameAnchor: 'top-left', lineAnchor: 'bottom', dy: -6, fontWeight: 600 }),
      ],
    },
  ) as SVGSVGElement & Plot.Plot;
}

/** One standard error of recoverability to both sides. */
function errorBars(candidates: readonly CandidateResult[]): Plot.Markish {
  const [x1, x2] = [0, 1].map((end) => (candidate: CandidateResult) => ends(candidate, 'recoverability')[end]);
  const y = 'retainAccuracy';
  return Plot.link(candidates, { x1, x2, y1: y, y2: y, stroke: COLOURS.quiet, marker: 'tick', strokeWidth: 1 });
}

/** From where to where a point may be, within its error. */
function ends(candidate: CandidateResult, against: CandidatePicture['against']): readonly [number, number] {
  const middle = leftOf(candidate, against);
  const error = (against === 'recoverability' && candidate.recoverability?.error) || 0;
  return [middle - error, middle + error];
}

function named(shown: readonly CandidateResult[], saved: readonly CandidateResult[]) {
  const called = (name: string) => (candidate: CandidateResult) => ({ candidate, name });
  return isSameCandidate(shown[0], saved[0])
    ? shown.map(called('shown, saved'))
    : [...shown.map(called('shown')), ...saved.map(called('saved'))];
}

/** From the smallest to the largest, with some room where they are all the same. */
function span(values: readonly number[]): [number, number] {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  return high - low > 0.002 ? [low, high] : [Math.max(0, low - 0.005), Math.min(1, high + 0.005)];
}
