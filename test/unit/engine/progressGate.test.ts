import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Progress } from '../../../src/contract/progress.js';
import { ProgressGate } from '../../../src/engine/server/progressGate.js';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

const step = (phase: string, done: number): Progress => ({ phase, done, total: 1000 });

test('progress: twenty messages a second, and the latest of what was held back', () => {
  const sent: Progress[] = [];
  const gate = new ProgressGate((progress) => sent.push(progress));
  for (let done = 0; done < 1000; done++) {
    gate.report(step('forward', done));
    vi.advanceTimersByTime(1);
  }
  // At 0, 50, ... 1000 ms.
  expect(sent.length).toBe(21);
  expect(sent[0]).toEqual(step('forward', 0));
  vi.advanceTimersByTime(50);
  expect(sent.at(-1)).toEqual(step('forward', 999));
});

test('progress: the last step of a phase arrives, in order, though the next one follows at once', () => {
  const sent: Progress[] = [];
  const gate = new ProgressGate((progress) => sent.push(progress));
  for (const phase of ['load', 'measure', 'search']) for (const done of [1, 500, 1000]) gate.report(step(phase, done));
  expect(sent).toEqual([step('load', 1)]);
  gate.flush();
  expect(sent.slice(1)).toEqual([step('load', 1000), step('measure', 1000), step('search', 1000)]);
  vi.advanceTimersByTime(1000);
  expect(sent.length).toBe(4);
});
