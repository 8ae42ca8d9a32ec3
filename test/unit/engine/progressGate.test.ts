import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Phase, Progress } from '../../../src/contract/progress.js';
import { ProgressGate } from '../../../src/engine/server/progressGate.js';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

const step = (phase: Phase, done: number): Progress => ({ phase, done, total: 1000 });

test('progress: twenty messages a second, and the latest of what was held back', () => {
  const sent: Progress[] = [];
  const gate = new ProgressGate((progress) => sent.push(progress));
  for (let done = 0; done < 1000; done++) {
    gate.report(step('spaces', done));
    vi.advanceTimersByTime(1);
  }
  // At 0, 50, ... 1000 ms.
  expect(sent.length).toBe(21);
  expect(sent[0]).toEqual(step('spaces', 0));
  vi.advanceTimersByTime(50);
  expect(sent.at(-1)).toEqual(step('spaces', 999));
});

test('progress: the last step of a phase arrives, in order, though the next one follows at once', () => {
  const sent: Progress[] = [];
  const gate = new ProgressGate((progress) => sent.push(progress));
  for (const phase of ['load', 'measure', 'search'] as const)
    for (const done of [1, 500, 1000]) gate.report(step(phase, done));
  expect(sent).toEqual([step('load', 1)]);
  gate.flush();
  expect(sent.slice(1)).toEqual([step('load', 1000), step('measure', 1000), step('search', 1000)]);
  vi.advanceTimersByTime(1000);
  expect(sent.length).toBe(4);
});

test('progress: the same phase in two steps is told for both of them', () => {
  const sent: Progress[] = [];
  const gate = new ProgressGate((progress) => sent.push(progress));
  gate.report(step('load', 1000));
  const told = [step('measure', 1000), step('search', 1000), { ...step('measure', 1000), step: 'check' as const }];
  for (const progress of told) gate.report(progress);
  gate.flush();
  expect(sent.slice(1)).toEqual(told);
});
