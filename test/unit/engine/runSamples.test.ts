import { describe, expect, it } from 'vitest';
import type { Dataset } from '../../../src/data/dataset.js';
import type { SampleSet } from '../../../src/engine/open/samples.js';
import type { Pools } from '../../../src/engine/run/pools.js';
import {
  drawSamples,
  type FittedSamples,
  type Quotas,
  type Roles,
  type RunSamples,
} from '../../../src/engine/run/samples.js';

const NAMES = ['ant', 'bee', 'cat', 'dog', 'eel', 'fox'];
const ROLES: Roles = { retain: [1, 2, 3], forget: [0], earlier: [4] };
const SIDES = ['retain', 'forget', 'earlier'] as const;

/** So many samples of each class, one of each class in turn. */
function labelsOf(counts: readonly number[]): number[] {
  const labels: number[] = [];
  for (let round = 0; round < Math.max(...counts); round++) {
    for (const [label, count] of counts.entries()) if (round < count) labels.push(label);
  }
  return labels;
}

function poolsOf(labels: readonly number[], heldOut: readonly number[] = []): Pools {
  const dataset: Dataset = {
    ...{
      format: 'test',
      isFilePerSample: false,
      size: labels.length,
      labels: Int32Array.from(labels),
      shape: [1, 1, 1],
    },
    where: (index) => ({ file: 'the-labels', place: `record ${index}` }),
    async read(indices) {
      return { count: indices.length, shape: [1, 1, 1], data: Uint8Array.from(indices), scale: 1 };
    },
    async close() {},
  };
  const available = { dataset, input: { layout: 'nhwc' as const }, indices: [...labels.keys()] };
  return { available, heldOut, measured: available, measuredOn: { split: 'test', heldOut: false, samples: 0 } };
}

function draw(labels: readonly number[], quotas: Partial<Quotas> = {}, roles = ROLES, heldOut: number[] = []) {
  const all = { samples: 30, forgetSamples: 60, heldOut: 1 / 3, seed: 1, ...quotas };
  return drawSamples(poolsOf(labels, heldOut), roles, NAMES, all, 0);
}

const fittedOf = (fitted: FittedSamples) => SIDES.flatMap((side) => fitted[side].indices);
const sorted = (indices: readonly number[]) => [...indices].sort((a, b) => a - b);
const perClass = (labels: readonly number[], indices: readonly number[]) =>
  NAMES.map((_, label) => indices.filter((index) => labels[index] === label).length);

/** Nothing is there twice, and a model is never judged on what it was made from. */
function expectApart({ folds, all }: RunSamples): void {
  for (const { fitted, judged } of folds) {
    const both = [...fittedOf(fitted), ...judged.indices];
    expect(new Set(both).size).toBe(both.length);
    expect(sorted(both)).toEqual(sorted(all.indices));
  }
}

describe('the samples of a run', () => {
  const plenty = labelsOf([80, 50, 40, 60, 70, 5]);

  it('are so many of each class, by what becomes of it', () => {
    const { all, fitted, folds } = draw(plenty);
    expect(perClass(plenty, all.indices)).toEqual([60, 30, 30, 30, 60, 0]);
    for (const { retain, forget, earlier } of [fitted, folds[0].fitted]) {
      expect(perClass(plenty, retain.indices)).toEqual([0, 20, 20, 20, 0, 0]);
      expect(perClass(plenty, forget.indices)).toEqual([40, 0, 0, 0, 0, 0]);
      expect(perClass(plenty, earlier.indices)).toEqual([0, 0, 0, 0, 40, 0]);
    }
  });

  it('are cut into a part to judge with and the rest where there are enough of each class', () => {
    const samples = draw(plenty);
    expect(samples.folds).toHaveLength(1);
    // What the run writes is made from what its candidates are made from.
    expect(samples.fitted).toBe(samples.folds[0].fitted);
    expectApart(samples);
    expect(perClass(plenty, samples.folds[0].judged.indices)).toEqual([20, 10, 10, 10, 20, 0]);
  });

  it.each([
    [0.9, 2],
    [1 / 2, 2],
    [1 / 3, 3],
    [0.3, 3],
    [1 / 5, 5],
    [0.15, 7],
  ])('hold out %s of each class, as far as that goes into one', (heldOut, parts) => {
    for (const counts of [
      [31, 29, 30, 28, 33, 0],
      [7, 8, 9, 10, 11, 0],
    ]) {
      const labels = labelsOf(counts);
      const samples = draw(labels, { heldOut });
      expect(samples.folds).toHaveLength(1);
      expectApart(samples);
      for (const [label, judged] of perClass(labels, samples.folds[0].judged.indices).entries()) {
        expect(judged).toBeGreaterThanOrEqual(Math.floor(Math.min(counts[label], 60) / parts));
        expect(judged).toBeLessThanOrEqual(Math.ceil(Math.min(counts[label], 60) / parts));
      }
    }
  });

  it('are judged mixed, so that every beginning holds the same share of each class', () => {
    const [{ judged }] = draw(plenty).folds;
    expect(perClass(plenty, judged.indices.slice(0, 35))).toEqual([10, 5, 5, 5, 10, 0]);
  });

  it('are the same for a seed, and others for another one', () => {
    const placesOf = ({ fitted, folds, all }: RunSamples) => {
      const sets = [fitted, ...folds.map((fold) => fold.fitted)].flatMap((set) => SIDES.map((side) => set[side]));
      return [...sets, ...folds.map(({ judged }) => judged), all].map(({ indices }) => indices);
    };
    for (const labels of [plenty, labelsOf([40, 1, 40, 40, 40, 0])]) {
      expect(placesOf(draw(labels))).toEqual(placesOf(draw(labels)));
      expect(placesOf(draw(labels, { seed: 2 }))).not.toEqual(placesOf(draw(labels)));
    }
  });

  it('are none of those that the run must leave alone', () => {
    const reserved = plenty.flatMap((label, index) => (label === 2 || index % 3 === 0 ? index : []));
    const left = reserved.filter((index) => plenty[index] !== 2).concat(reserved.filter((_, at) => at % 2 === 0));
    const { all } = draw(plenty, {}, ROLES, left);
    expect(all.indices.filter((index) => left.includes(index))).toEqual([]);
    expect(all.indices.length).toBeGreaterThan(100);
  });

  it('may all be fitted and judged on', () => {
    const samples = draw(plenty, { heldOut: 0 });
    expect(samples.folds).toHaveLength(1);
    expect(samples.fitted).toBe(samples.folds[0].fitted);
    expect(sorted(fittedOf(samples.fitted))).toEqual(sorted(samples.all.indices));
    expect(sorted(samples.folds[0].judged.indices)).toEqual(sorted(samples.all.indices));
    expect(perClass(plenty, samples.fitted.forget.indices)).toEqual([60, 0, 0, 0, 0, 0]);
  });
});

describe('the samples of a run that has few of some class', () => {
  it('are all judged on, each by a model that was made without it', () => {
    for (const counts of [
      [40, 2, 40, 40, 40, 0],
      [1, 40, 40, 40, 40, 0],
      [40, 40, 40, 40, 2, 0],
      [20, 1, 1, 1, 20, 0],
      [5, 3, 4, 2, 3, 0],
    ]) {
      const labels = labelsOf(counts);
      const samples = draw(labels);
      expect(samples.folds).toHaveLength(3);
      // What is written in the end is made from all of them.
      expect(sorted(fittedOf(samples.fitted))).toEqual(sorted(samples.all.indices));
      // Sides that have fewer than there are parts stay whole.
      const sizes = { retain: counts[1] + counts[2] + counts[3], forget: counts[0], earlier: counts[4] };
      const whole = new Set(SIDES.filter((side) => sizes[side] < 3));
      const isCut = (index: number) => !SIDES.some((side) => whole.has(side) && ROLES[side].includes(labels[index]));
      const judged = samples.folds.flatMap((fold) => fold.judged.indices.filter(isCut));
      expect(sorted(judged)).toEqual(sorted(samples.all.indices.filter(isCut)));
      for (const fold of samples.folds) {
        const made = new Set(fittedOf(fold.fitted));
        expect(fold.judged.indices.filter((index) => isCut(index) && made.has(index))).toEqual([]);
        expect(made.size + fold.judged.indices.filter(isCut).length).toBe(samples.all.indices.length);
      }
    }
  });

  it('are in every part about as many of each class', () => {
    const counts = [20, 2, 10, 11, 16, 0];
    const labels = labelsOf(counts);
    for (const { judged } of draw(labels).folds) {
      for (const [label, count] of perClass(labels, judged.indices).entries()) {
        expect(Math.abs(count - counts[label] / 3)).toBeLessThan(1);
      }
    }
  });

  it('spread classes with a single sample over the parts', () => {
    const labels = labelsOf([30, 1, 1, 1, 30, 0]);
    const { folds } = draw(labels);
    const held = folds.map(({ judged }) => perClass(labels, judged.indices).slice(1, 4));
    expect(sorted(held.map((counts) => counts.indexOf(1)))).toEqual([0, 1, 2]);
    for (const counts of held) expect(sorted(counts)).toEqual([0, 0, 1]);
  });

  it('keep a side whole that has fewer of them than there are parts', () => {
    const labels = labelsOf([2, 20, 20, 20, 1, 0]);
    const samples = draw(labels);
    expect(samples.folds).toHaveLength(3);
    for (const { fitted, judged } of samples.folds) {
      expect(perClass(labels, fitted.forget.indices)[0]).toBe(2);
      expect(perClass(labels, fitted.earlier.indices)[4]).toBe(1);
      expect(perClass(labels, judged.indices)).toMatchObject({ 0: 2, 4: 1 });
    }
  });

  it('leave no side without samples to fit, however its classes lie among the others', () => {
    const roles: Roles = { retain: [0, 2, 4], forget: [1, 3], earlier: [5] };
    for (const counts of [
      [1, 2, 1, 2, 1, 3],
      [2, 1, 2, 3, 2, 1],
      [1, 5, 1, 8, 1, 3],
    ]) {
      const { folds } = draw(labelsOf(counts), {}, roles);
      for (const { fitted } of folds) for (const side of SIDES) expect(fitted[side].indices).not.toEqual([]);
    }
  });

  it('are not more than before where what is fitted to is judged on', () => {
    const labels = labelsOf([40, 1, 40, 40, 40, 0]);
    const samples = draw(labels, { heldOut: 0 });
    expect(samples.folds).toHaveLength(1);
    expect(samples.folds[0].judged.indices).toHaveLength(samples.all.indices.length);
  });
});

describe('what is said of the samples', () => {
  it('is which classes have few, and which have none', () => {
    const labels = labelsOf([60, 30, 1, 0, 60, 0]);
    const { notes, all } = draw(labels, { samples: 40 });
    expect(notes).toEqual([
      'class bee has only 30 samples: what it is taken for is a rough guess',
      'class cat has only 1 sample: what it is taken for is a rough guess',
      'class dog has no samples: what happens to it is not known',
    ]);
    expect(perClass(labels, all.indices)).toEqual([60, 30, 1, 0, 60, 0]);
  });

  it('is nothing where more was asked for than there is, but that is enough', () => {
    expect(draw(labelsOf([60, 55, 55, 55, 60, 0]), { samples: 1000, forgetSamples: 1000 }).notes).toEqual([]);
  });

  it('is that there are none of a class to forget, or of any class to keep', () => {
    const refusal = (what: string) =>
      expect.objectContaining({ code: 'samples-missing', file: 'the-labels', message: expect.stringContaining(what) });
    expect(() => draw(labelsOf([0, 30, 30, 30, 30, 0]))).toThrow(refusal('"ant"'));
    expect(() => draw(labelsOf([30, 0, 0, 0, 30, 0]))).toThrow(refusal('"bee", "cat", "dog"'));
    // A class forgotten earlier may have none.
    const { fitted } = draw(labelsOf([30, 30, 30, 30, 0, 0]));
    expect(fitted.earlier.indices).toEqual([]);
  });
});

describe('the data set of a run', () => {
  it('is read once for all who use the same sample', async () => {
    const labels = labelsOf([30, 30, 30, 30, 30, 0]);
    const { available, ...pools } = poolsOf(labels);
    const reads: number[] = [];
    const read: Dataset['read'] = (indices, signal) => {
      reads.push(...indices);
      return available.dataset.read(indices, signal);
    };
    const counting: SampleSet = { ...available, dataset: { ...available.dataset, read } };
    const quotas = { samples: 30, forgetSamples: 60, heldOut: 1 / 3, seed: 1 };
    const samples = drawSamples({ ...pools, available: counting }, ROLES, NAMES, quotas, 1e6);
    const sets = [samples.all, ...samples.folds.map(({ judged }) => judged), ...Object.values(samples.fitted)];
    for (const { dataset: shared, indices } of [...sets, ...sets]) {
      for (const index of indices) expect([...(await shared.read([index])).data]).toEqual([index]);
    }
    expect(sorted(reads)).toEqual(sorted(samples.all.indices));
  });
});
