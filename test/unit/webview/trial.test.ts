import { expect, test } from 'vitest';
import { alphaStops, trialOf } from '../../../webview/studio/views/layers/trial.js';

test('a slider stops at the run’s alpha, whatever it is', () => {
  for (const alpha of [0, 0.5, 30, 77.7, 1e6]) {
    const stops = alphaStops(alpha);
    expect(stops).toContain(alpha);
    expect([...stops].sort((a, b) => a - b)).toEqual(stops);
    expect(new Set(stops).size).toBe(stops.length);
  }
  expect(alphaStops(undefined)).toEqual(alphaStops(30));
});

test('what was set by hand counts for the pair that it was set for', () => {
  const ofRun = { alphaR: 300, alphaF: 100 };
  const instead = { alphaR: 10, alphaF: 100 };
  expect(trialOf(ofRun, null)).toEqual({ ofRun, drawn: ofRun, isWhatIf: false });
  expect(trialOf(ofRun, { instead, of: { ...ofRun } })).toEqual({ ofRun, drawn: instead, isWhatIf: true });
  expect(trialOf(ofRun, { instead, of: { alphaR: 30, alphaF: 10 } }).drawn).toBe(ofRun);
  expect(trialOf(ofRun, { instead: { ...ofRun }, of: ofRun }).isWhatIf).toBe(false);
  expect(trialOf(ofRun, { instead, of: null }).isWhatIf).toBe(false);
  expect(trialOf(null, { instead, of: null })).toEqual({ ofRun: null, drawn: instead, isWhatIf: true });
  expect(trialOf(null, null).isWhatIf).toBe(true);
});
