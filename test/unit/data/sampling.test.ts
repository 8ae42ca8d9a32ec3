import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Random } from '../../../src/base/random.js';
import { sampleIndices } from '../../../src/data/sampling.js';
import { expectError } from '../../support/data/datasets.js';

const labelLists = fc.array(fc.nat(6), { minLength: 1, maxLength: 300 }).map((labels) => Int32Array.from(labels));
const seeds = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });

function counts(labels: Int32Array, indices: readonly number[]): Map<number, number> {
  const found = new Map<number, number>();
  for (const index of indices) found.set(labels[index], (found.get(labels[index]) ?? 0) + 1);
  return found;
}

const everything = (labels: Int32Array) => counts(labels, [...labels.keys()]);

describe('sampleIndices', () => {
  it('draws distinct samples, the stated number of each class, and reports classes that have fewer', () => {
    fc.assert(
      fc.property(labelLists, fc.integer({ min: 1, max: 60 }), seeds, (labels, perClass, seed) => {
        const { indices, short } = sampleIndices(labels, { perClass, seed });
        expect(new Set(indices).size).toBe(indices.length);
        const drawn = counts(labels, indices);
        for (const [label, available] of everything(labels)) {
          expect(drawn.get(label)).toBe(Math.min(perClass, available));
          expect(short.find((entry) => entry.class === label)).toEqual(
            available < perClass ? { class: label, wanted: perClass, available } : undefined,
          );
        }
      }),
    );
  });

  it('begins every larger drawing with the smaller one', () => {
    fc.assert(
      fc.property(
        labelLists,
        fc.integer({ min: 1, max: 40 }),
        fc.integer({ min: 0, max: 40 }),
        seeds,
        (labels, few, more, seed) => {
          const small = sampleIndices(labels, { perClass: few, seed }).indices;
          const large = sampleIndices(labels, { perClass: few + more, seed }).indices;
          expect(large.slice(0, small.length)).toEqual(small);
          const part = sampleIndices(labels, { total: few, seed }).indices;
          const whole = sampleIndices(labels, { total: few + more, seed }).indices;
          expect(whole.slice(0, part.length)).toEqual(part);
        },
      ),
    );
  });

  it('shares a total out as the classes share the data, and takes no more than there is', () => {
    fc.assert(
      fc.property(labelLists, fc.integer({ min: 1, max: 400 }), seeds, (labels, total, seed) => {
        const { indices } = sampleIndices(labels, { total, seed });
        expect(indices).toHaveLength(Math.min(total, labels.length));
        const drawn = counts(labels, indices);
        const all = everything(labels);
        if (total < all.size) return;
        for (const [label, available] of all) {
          const fair = (Math.min(total, labels.length) * available) / labels.length;
          expect(drawn.get(label)).toBeGreaterThanOrEqual(Math.max(1, Math.floor(fair - all.size / 2)));
          expect(drawn.get(label)).toBeLessThanOrEqual(Math.min(available, Math.ceil(fair + all.size / 2)));
        }
      }),
    );
  });

  it('depends on labels, seed and exclusions alone', () => {
    fc.assert(
      fc.property(labelLists, seeds, fc.array(fc.nat(299)), (labels, seed, excluded) => {
        const exclude = excluded.filter((index) => index < labels.length);
        if (
          [...everything(labels).keys()].some((label) => labels.every((l, at) => l !== label || exclude.includes(at)))
        )
          return;
        const once = sampleIndices(labels, { perClass: 5, seed, exclude });
        sampleIndices(labels, { perClass: 9, seed: seed ^ 1 });
        expect(sampleIndices(labels, { perClass: 5, seed, exclude: new Set(exclude) })).toEqual(once);
        expect(once.indices.some((index) => exclude.includes(index))).toBe(false);
      }),
    );
  });

  it('continues the same order when the first samples are excluded', () => {
    const labels = Int32Array.from({ length: 500 }, (_, at) => at % 3);
    const first = sampleIndices(labels, { perClass: 20, seed: 4 }).indices;
    const next = sampleIndices(labels, { perClass: 20, seed: 4, exclude: first }).indices;
    expect([...first, ...next].sort()).toEqual(sampleIndices(labels, { perClass: 40, seed: 4 }).indices.sort());
  });

  it('draws a class alike whichever others are drawn with it, and every sample equally often', () => {
    const labels = Int32Array.from({ length: 60 }, (_, at) => at % 2);
    const alone = sampleIndices(labels, { classes: [1], perClass: 6, seed: 9 }).indices;
    const both = sampleIndices(labels, { perClass: 6, seed: 9 }).indices;
    expect(both.filter((index) => labels[index] === 1)).toEqual(alone);
    const often = new Int32Array(60);
    const random = new Random(1);
    for (let round = 0; round < 3000; round++) {
      for (const index of sampleIndices(labels, { perClass: 6, seed: random.below(2 ** 30) }).indices) often[index]++;
    }
    // Each is expected 600 times, with a standard deviation of 22.
    expect(Math.min(...often)).toBeGreaterThan(480);
    expect(Math.max(...often)).toBeLessThan(720);
  });

  it('differs between seeds', () => {
    const labels = new Int32Array(1000);
    const drawings = [0, 1, 2, 3].map((seed) => sampleIndices(labels, { perClass: 50, seed }).indices.join());
    expect(new Set(drawings).size).toBe(4);
  });

  it('names classes that have no samples', async () => {
    const labels = Int32Array.of(0, 0, 2);
    const draw = (options: object) =>
      Promise.resolve().then(() => sampleIndices(labels, { seed: 1, perClass: 1, ...options }));
    await expectError(draw({ classes: [0, 1, 3], names: ['Shirt', 'Coat', 'Bag', 'Boot'], file: 'train.npz' }), {
      code: 'samples-missing',
      file: 'train.npz',
      message: 'there are no samples of classes "Coat", "Boot"',
    });
    await expectError(draw({ exclude: [2] }), {
      code: 'samples-missing',
      message: 'there are no samples of class 2 that are not in use already',
    });
    expect(() => sampleIndices(labels, { seed: 1 })).toThrow(RangeError);
  });
});
