import { describe, expect, it } from 'vitest';
import type { Dataset } from '../../../src/data/dataset.js';
import { beginning, inBatches, interleave, remembering } from '../../../src/engine/open/samples.js';

/** Twelve samples of two pixels, whose value is their index; counts what is read. */
function numbered(labels: number[]) {
  const reads: number[][] = [];
  const dataset: Dataset = {
    format: 'test',
    isFilePerSample: false,
    size: labels.length,
    labels: Int32Array.from(labels),
    shape: [1, 2, 1],
    where: (index) => ({ file: 'f', place: `record ${index}` }),
    async read(indices) {
      reads.push([...indices]);
      const data = Uint8Array.from(indices.flatMap((index) => [index, index + 100]));
      return { count: indices.length, shape: [1, 2, 1], data, scale: 1 };
    },
    async close() {},
  };
  return { dataset, reads };
}

const input = { layout: 'nhwc' as const };

async function values(dataset: Dataset, indices: number[], size: number) {
  const seen: number[] = [];
  for await (const { tensor } of inBatches({ dataset, input, indices }, size)) seen.push(...tensor.data);
  return seen;
}

describe('interleave', () => {
  it('gives every beginning the same share of each class', () => {
    const labels = Int32Array.from([...Array(40).fill(0), ...Array(20).fill(1), ...Array(4).fill(2)]);
    const mixed = interleave([...labels.keys()], labels);
    expect([...mixed].sort((a, b) => a - b)).toEqual([...labels.keys()]);
    for (const share of [0.25, 0.5, 0.75]) {
      const part = mixed.slice(0, 64 * share);
      expect([0, 1, 2].map((label) => part.filter((at) => labels[at] === label).length)).toEqual([
        40 * share,
        20 * share,
        4 * share,
      ]);
    }
    expect(mixed.filter((at) => labels[at] === 0)).toEqual([...Array(40).keys()]);
  });
});

describe('beginning', () => {
  it('takes a share of the samples, and always one', () => {
    const { dataset } = numbered([0, 1, 0, 1]);
    const set = { dataset, input, indices: [3, 1, 0, 2] };
    expect(beginning(set, 0.5).indices).toEqual([3, 1]);
    expect(beginning(set, 0.001).indices).toEqual([3]);
    expect(beginning(set, 1).indices).toEqual([3, 1, 0, 2]);
  });
});

describe('remembering', () => {
  it('reads each sample once and gives the same values in any order after that', async () => {
    const { dataset, reads } = numbered(Array(12).fill(0));
    const kept = remembering(dataset, [9, 2, 5, 7], 1000);
    const first = await values(kept, [9, 2, 5, 7], 3);
    expect(first).toEqual([9, 109, 2, 102, 5, 105, 7, 107]);
    expect(await values(kept, [7, 9], 2)).toEqual([7, 107, 9, 109]);
    expect(await values(kept, [5], 1)).toEqual([5, 105]);
    expect(reads).toEqual([[9, 2, 5], [7]]);
  });

  it('still reads what it was not told of', async () => {
    const { dataset, reads } = numbered(Array(12).fill(0));
    const kept = remembering(dataset, [1, 2], 1000);
    expect(await values(kept, [1, 11], 2)).toEqual([1, 101, 11, 111]);
    expect(await values(kept, [11], 1)).toEqual([11, 111]);
    expect(reads).toEqual([[1, 11], [11]]);
  });

  it('keeps nothing that is over the budget', async () => {
    const { dataset, reads } = numbered(Array(12).fill(0));
    const kept = remembering(dataset, [1, 2], 15);
    await values(kept, [1], 1);
    await values(kept, [1], 1);
    expect(reads).toHaveLength(2);
  });
});
