import { describe, expect, it } from 'vitest';
import { JOBS, type JobName, placeOf } from '../../../src/contract/jobs.js';

describe('where a job runs', () => {
  const run = '/project/.lethe/runs/a-run';

  it('is among the looks for a plain report, which is made from the record alone', () => {
    expect(placeOf('report', { run })).toBe('looks');
    expect(placeOf('report', { run, force: true, explanations: false })).toBe('looks');
  });

  it('is where the work is for a report with explanations, or on another candidate', () => {
    expect(placeOf('report', { run, explanations: true })).toBe('work');
    expect(placeOf('report', { run, candidate: 'projection-30-10' })).toBe('work');
    expect(placeOf('report', { run, candidate: 'projection-30-10', explanations: true })).toBe('work');
  });

  it('is where the work is for a diagnosis that evaluates, or that reads many tensors', () => {
    const models = ['/project'];
    expect(placeOf('diagnose', { models })).toBe('looks');
    expect(placeOf('diagnose', { models, evaluate: false, scanBytes: 64 * 2 ** 20 })).toBe('looks');
    expect(placeOf('diagnose', { models, scanBytes: 64 * 2 ** 20 + 1 })).toBe('work');
    expect(placeOf('diagnose', { models, evaluate: true })).toBe('work');
    expect(placeOf('diagnose', { models, evaluate: true, scanBytes: 0 })).toBe('work');
  });

  it('does not hang on what is asked for with all others', () => {
    const places = (Object.keys(JOBS) as JobName[]).flatMap((name) => {
      const { place } = JOBS[name];
      return typeof place === 'function' ? [] : [[name, place]];
    });
    expect(Object.fromEntries(places)).toMatchObject({
      ...{ inspect: 'looks', describe: 'looks', runs: 'looks', showRun: 'looks', thumbnails: 'looks' },
      ...{ findData: 'looks', writeSetup: 'looks', environment: 'looks' },
      ...{ evaluate: 'work', unlearn: 'work', estimate: 'work', checkSetup: 'work' },
      ...{ candidate: 'work', saveCandidate: 'work', saliency: 'work', focus: 'work', boundary: 'work' },
    });
  });

  it('is where the work is for whatever may multiply matrices, for some request at least', () => {
    for (const [name, traits] of Object.entries(JOBS)) {
      if (!('multiplies' in traits)) continue;
      expect([name, typeof traits.place === 'function' || traits.place === 'work']).toEqual([name, true]);
    }
  });
});
