import { describe, expect, it } from 'vitest';
import {
  asPart,
  asUnit,
  inStep,
  PHASES,
  type Phase,
  type Progress,
  phaseFacts,
  STEPS,
  type Step,
  stepOf,
  type Work,
} from '../../../src/contract/progress.js';
import { projectionRecipe } from '../../../src/contract/recipes.js';

/** Work that notes what is told of it. */
function noted(): { readonly heard: Progress[]; readonly work: Work } {
  const heard: Progress[] = [];
  return { heard, work: { onProgress: (progress) => heard.push(progress) } };
}

describe('the steps of a run', () => {
  it('share its time without a gap', () => {
    const shares = Object.values(STEPS).map(({ share }) => share);
    expect(shares[0][0]).toBe(0);
    for (const [at, [from, to]] of shares.entries()) {
      expect(to).toBeGreaterThan(from);
      expect(to).toBe(shares[at + 1]?.[0] ?? 100);
    }
  });

  it('have titles, and phases that they come in', () => {
    const titles = Object.values(STEPS).map(({ title }) => title);
    expect(new Set(titles).size).toBe(titles.length);
    const begun = new Set((Object.keys(PHASES) as Phase[]).map((phase) => stepOf({ phase })));
    for (const step of Object.keys(STEPS)) expect(begun).toContain(step);
  });
});

describe('a phase', () => {
  it.each(Object.keys(PHASES) as Phase[])(
    'has a title, and a step that there is, if it is one of a run: %s',
    (phase) => {
      const { title, step, passes = 1 } = phaseFacts(phase);
      expect(title).toMatch(/^[A-Z][a-z]+(ing|ing .+)$/);
      expect(step === undefined || step in STEPS).toBe(true);
      expect(Number.isInteger(passes) && passes > 0).toBe(true);
    },
  );

  it('is in its own step unless a message says otherwise', () => {
    expect(stepOf({ phase: 'measure' })).toBe('measure');
    expect(stepOf({ phase: 'measure', step: 'check' })).toBe('check');
    expect(stepOf({ phase: 'dimensions' })).toBe('check');
    expect(stepOf({ phase: 'folders' })).toBeUndefined();
  });
});

describe('work in another step', () => {
  it('tells all that it tells as a part of that', () => {
    const { heard, work } = noted();
    const signal = new AbortController().signal;
    const saving = inStep('save', { ...work, signal });
    saving.onProgress?.({ phase: 'hash', done: 1, total: 2, detail: 'a.onnx' });
    expect(heard).toEqual([{ phase: 'hash', done: 1, total: 2, detail: 'a.onnx', step: 'save' satisfies Step }]);
    expect(saving.signal).toBe(signal);
    expect(inStep('save', {}).onProgress).toBeUndefined();
  });

  it('tells its parts as before', () => {
    const parts: unknown[] = [];
    inStep('save', { onPart: (part) => parts.push(part) }).onPart?.(3);
    expect(parts).toEqual([3]);
  });
});

describe('work that is one unit of other work', () => {
  const unit: Progress = {
    ...{ phase: 'search', done: 3, total: 20, step: 'search', detail: 'a candidate' },
    recipe: projectionRecipe(30, 10),
  };

  it('is told as a part of that unit, in its words', () => {
    const { heard, work } = noted();
    const part = asUnit(work, unit);
    for (const done of [0, 150, 300]) part.onProgress?.({ phase: 'measure', done, total: 300, step: 'check' });
    expect(heard).toEqual([3, 3.5, 4].map((done) => ({ ...unit, done })));
  });

  it('never goes beyond it, nor anywhere while nobody knows how much there is to do', () => {
    const { heard, work } = noted();
    const part = asUnit(work, unit);
    part.onProgress?.({ phase: 'unpack', done: 12, total: 10 });
    part.onProgress?.({ phase: 'unpack', done: 12, total: 0 });
    expect(heard.map(({ done }) => done)).toEqual([4, 3]);
  });

  it('is stopped with it, and tells no parts of a result', () => {
    const { signal } = new AbortController();
    const part = asUnit({ signal, onPart: () => {} }, unit);
    expect(part).toEqual({ signal, onProgress: undefined });
  });
});

describe('work that is a part of some work', () => {
  it('tells of itself in its own words, as that share of it', () => {
    const { heard, work } = noted();
    const [first, second] = [asPart(work, 0, 0.25), asPart(work, 0.25, 1)];
    for (const done of [1, 2]) first.onProgress?.({ phase: 'load', done, total: 2 });
    for (const done of [0, 1, 3]) second.onProgress?.({ phase: 'measure', done, total: 2, step: 'check', detail: 'x' });
    expect(heard).toEqual([
      ...[0.125, 0.25].map((done) => ({ phase: 'load', done, total: 1 })),
      ...[0.25, 0.625, 1].map((done) => ({ phase: 'measure', done, total: 1, step: 'check', detail: 'x' })),
    ]);
  });

  it('is a part of the unit that the whole is', () => {
    const { heard, work } = noted();
    const unit: Progress = { phase: 'describe', done: 3, total: 5, detail: 'a.onnx' };
    asPart(asUnit(work, unit), 0.5, 1).onProgress?.({ phase: 'measure', done: 1, total: 2 });
    expect(heard).toEqual([{ ...unit, done: 3.75 }]);
  });

  it('is stopped with it, and tells no parts of a result', () => {
    const { signal } = new AbortController();
    expect(asPart({ signal, onPart: () => {} }, 0, 1)).toEqual({ signal, onProgress: undefined });
  });
});
