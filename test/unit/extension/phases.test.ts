import { expect, it } from 'vitest';
import { jobText, stepText } from '../../../src/extension/jobs/phases.js';
import { states } from '../../support/studio/snapshots.js';

const run = states.running.run!;

it('says what a job is at', () => {
  expect(stepText(run)).toBe('Trying candidates');
  expect(stepText({ ...run, progress: null })).toBe('Starting');
  expect(stepText({ ...run, status: 'queued', position: 0 })).toBe('Starting');
  expect(stepText({ ...run, status: 'queued', position: 1 })).toBe('Waiting for another job');
  expect(stepText({ ...run, status: 'queued', position: 3 })).toBe('Waiting for 3 jobs');
  expect(stepText({ ...run, status: 'cancelling' })).toBe('Cancelling');
  expect(stepText({ ...run, status: 'done' })).toBe('');
});

it('says how far it is and how long it will take, as far as that is known', () => {
  expect(jobText(run)).toBe('Trying candidates: 40%, about 10 s left');
  expect(jobText({ ...run, secondsLeft: null })).toBe('Trying candidates: 40%');
  expect(jobText({ ...run, secondsLeft: 40, progress: null })).toBe('Starting, about 40 s left');
  expect(jobText({ ...run, status: 'cancelling' })).toBe('Cancelling');
  expect(jobText({ ...run, status: 'queued', position: 1 })).toBe('Waiting for another job');
});
