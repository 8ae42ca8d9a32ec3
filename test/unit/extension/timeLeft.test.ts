import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Phase, Step } from '../../../src/contract/progress.js';
import type { RunStep } from '../../../src/contract/run.js';
import { TimeLeft } from '../../../src/extension/jobs/timeLeft.js';

/** A run as it went: its estimate, and what it told of itself as [seconds, phase, done, total], and the step where that is not the phase's own. */
interface Recorded {
  readonly total: number;
  readonly steps: readonly RunStep[];
  readonly log: readonly (readonly [at: number, phase: Phase, done: number, total: number, step?: Step])[];
}

function recorded(name: string): Recorded {
  return JSON.parse(readFileSync(`test/fixtures/progress/${name}.json`, 'utf8'));
}

/** What is shown at every tenth of a second of a run whose estimate was wrong by a factor. */
function shown({ total, steps, log }: Recorded, factor: number): { at: number; left: number }[] {
  const time = new TimeLeft(
    steps.map(({ seconds, ...step }) => ({ ...step, seconds: factor * seconds })),
    0,
  );
  const values = [];
  let next = 0;
  for (let at = 0; at < total; at += 0.1) {
    for (; next < log.length && log[next][0] <= at; next++) {
      const [when, phase, done, all, step] = log[next];
      time.progress({ phase, done, total: all, step }, when);
    }
    values.push({ at, left: time.at(at) });
  }
  return values;
}

describe.each(['fashion-onnx', 'fashion-tfjs'])('the time left of %s', (name) => {
  const run = recorded(name);

  it.each([1 / 3, 1, 3])('is never negative and never jumps, the estimate being wrong by %d', (factor) => {
    const values = shown(run, factor);
    for (const [index, { left }] of values.entries()) {
      expect(left).toBeGreaterThanOrEqual(0);
      // A tenth of a second has passed; what is shown moves by a twentieth of what it was at most besides.
      if (index > 0) expect(Math.abs(values[index - 1].left - left)).toBeLessThan(0.1 + 0.05 * values[0].left);
    }
  });

  it('is right to a third of the run with an honest estimate, and to an eighth in its last fifth', () => {
    for (const { at, left } of shown(run, 1)) {
      const error = Math.abs(left - (run.total - at)) / run.total;
      expect(error).toBeLessThan(at < 0.8 * run.total ? 0.34 : 0.12);
    }
  });

  it.each([1 / 3, 3])('comes closer than an estimate that is wrong by %d, before the half', (factor) => {
    const estimated = factor * run.steps.reduce((sum, { seconds }) => sum + seconds, 0);
    const at = 0.5 * run.total;
    const { left } = shown(run, factor).find((value) => value.at >= at)!;
    expect(Math.abs(left - (run.total - at))).toBeLessThan(0.6 * Math.abs(estimated - run.total));
  });
});

const steps: readonly RunStep[] = [
  { step: 'load', phase: 'load', seconds: 1 },
  { step: 'measure', phase: 'measure', seconds: 4 },
  { step: 'spaces', phase: 'spaces', seconds: 2 },
  { step: 'search', phase: 'search', seconds: 10 },
  { step: 'check', phase: 'measure', seconds: 4 },
];

describe('the time left', () => {
  it('begins with the estimate and counts down while nothing is told', () => {
    const time = new TimeLeft(steps, 100);
    expect(time.at(100)).toBe(21);
    expect(time.at(100.5)).toBeCloseTo(20.5);
    // However long its first step takes, the later ones are still to come.
    for (let at = 101; at < 160; at++) time.at(at);
    expect(time.at(160)).toBeGreaterThan(17);
    expect(time.at(161)).toBeLessThan(20);
  });

  it('tells the second measuring from the first', () => {
    const time = new TimeLeft(steps, 0);
    time.progress({ phase: 'measure', done: 1, total: 2 }, 3);
    const before = time.at(3);
    time.progress({ phase: 'search', done: 1, total: 1 }, 17);
    time.progress({ phase: 'measure', step: 'check', done: 1, total: 2 }, 19);
    expect(before).toBeGreaterThan(15);
    for (let at = 19; at < 19.9; at += 0.1) time.at(at);
    expect(time.at(20)).toBeLessThan(5);
  });

  it('takes a phase of no step, or of one before, for a part of the step under way', () => {
    const [known, unknown] = [new TimeLeft(steps, 0), new TimeLeft(steps, 0)];
    for (const time of [known, unknown]) time.progress({ phase: 'search', done: 5, total: 10 }, 10);
    unknown.progress({ phase: 'hash', done: 1, total: 1 }, 11);
    unknown.progress({ phase: 'scan', done: 0, total: 0 }, 11);
    expect(unknown.at(12)).toBe(known.at(12));
  });

  it('does not take the first side of the spaces for all of them', () => {
    const time = new TimeLeft([{ step: 'spaces', phase: 'spaces', seconds: 10 }], 0);
    time.progress({ phase: 'spaces', done: 900, total: 900 }, 5);
    for (let at = 0; at < 5; at += 0.1) time.at(at);
    expect(time.at(5)).toBeCloseTo(5, 0);
    time.progress({ phase: 'spaces', done: 1, total: 900 }, 5);
    time.progress({ phase: 'spaces', done: 900, total: 900 }, 10);
    for (let at = 5; at < 30; at += 0.1) time.at(at);
    expect(time.at(30)).toBeCloseTo(0, 1);
  });

  it('is nothing without steps', () => expect(new TimeLeft([], 0).at(5)).toBe(0));
});
