import { describe, expect, it } from 'vitest';
import { type Batch, batches } from '../../../src/data/batches.js';
import type { Dataset } from '../../../src/data/dataset.js';
import { expectError } from '../../support/data/datasets.js';

/** A data set of single numbers that notes what is read when. */
function numbers(size: number, fails = -1): Dataset & { readonly log: string[]; active: number } {
  return {
    format: 'test',
    isFilePerSample: false,
    size,
    labels: Int32Array.from({ length: size }, (_, at) => at % 3),
    shape: [1],
    log: [],
    active: 0,
    where: (index) => ({ file: 'numbers', place: `record ${index}` }),
    async read(indices, signal) {
      this.log.push(`read ${indices.join()}`);
      this.active++;
      await new Promise((resolve) => setTimeout(resolve, 2));
      this.active--;
      signal?.throwIfAborted();
      if (indices.includes(fails)) throw new Error(`sample ${fails}`);
      return { count: indices.length, shape: [1], data: Float32Array.from(indices), scale: 1 };
    },
    async close() {},
  };
}

const settings = { batchSize: 4, input: { layout: 'features' } } as const;

async function collect(stream: AsyncIterable<Batch>): Promise<Batch[]> {
  const all: Batch[] = [];
  for await (const batch of stream) all.push(batch);
  return all;
}

describe('batches', () => {
  it('yields tensors and labels of the indices in order, the last batch as long as it is', async () => {
    const indices = [9, 3, 3, 0, 8, 1];
    const all = await collect(batches(numbers(10), indices, settings));
    expect(all.map(({ indices: part }) => part)).toEqual([
      [9, 3, 3, 0],
      [8, 1],
    ]);
    expect(all.map(({ tensor }) => tensor.dims)).toEqual([
      [4, 1],
      [2, 1],
    ]);
    expect(all.flatMap(({ tensor }) => [...tensor.data])).toEqual(indices);
    expect(all.flatMap(({ labels }) => [...labels])).toEqual(indices.map((index) => index % 3));
    expect(await collect(batches(numbers(10), [], settings))).toEqual([]);
  });

  it('reads the next batch while one is in use, and no more', async () => {
    const dataset = numbers(12);
    for await (const batch of batches(dataset, [...Array(12).keys()], settings))
      dataset.log.push(`use ${batch.indices.join()}`);
    expect(dataset.log).toEqual([
      'read 0,1,2,3',
      'read 4,5,6,7',
      'use 0,1,2,3',
      'read 8,9,10,11',
      'use 4,5,6,7',
      'use 8,9,10,11',
    ]);
  });

  it('leaves nothing reading behind when it is left early', async () => {
    const dataset = numbers(12);
    for await (const batch of batches(dataset, [...Array(12).keys()], settings)) {
      expect(batch.indices[0]).toBe(0);
      break;
    }
    expect(dataset.active).toBe(0);
  });

  it('fails when the turn of a batch that can not be read comes', async () => {
    const seen: number[] = [];
    const reading = (async () => {
      for await (const { indices } of batches(numbers(12, 5), [...Array(12).keys()], settings)) {
        seen.push(indices[0]);
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    })();
    await expect(reading).rejects.toThrow('sample 5');
    expect(seen).toEqual([0]);
  });

  it('names the file when the samples do not fit the model', async () => {
    const stream = batches(numbers(3), [2], { batchSize: 1, input: { layout: 'nchw', size: [2, 2], channels: 1 } });
    await expectError(collect(stream), { code: 'image-size', file: 'numbers', message: 'rows of 1 numbers' });
  });

  it('stops when cancelled', async () => {
    const stop = new AbortController();
    const seen: number[] = [];
    const reading = (async () => {
      for await (const { indices } of batches(numbers(12), [...Array(12).keys()], {
        ...settings,
        signal: stop.signal,
      })) {
        seen.push(indices[0]);
        stop.abort();
      }
    })();
    await expectError(reading, { code: 'cancelled', message: 'cancelled' });
    expect(seen).toEqual([0]);
  });
});
