import { type Batch, batches } from '../../data/batches.js';
import type { Dataset, RawBatch } from '../../data/dataset.js';
import type { InputSettings } from '../../data/preprocess.js';
import { elementCount } from '../../linalg/tensor.js';

/** Some samples of a data set in a fixed order, to be fed to one model. */
export interface SampleSet {
  readonly dataset: Dataset;
  readonly input: InputSettings;
  readonly indices: readonly number[];
}

export function inBatches(samples: SampleSet, batchSize: number, signal?: AbortSignal): AsyncGenerator<Batch> {
  return batches(samples.dataset, samples.indices, { batchSize, input: samples.input, signal });
}

/** The first `share` (0..1) of the samples, at least one. */
export function beginning(samples: SampleSet, share: number): SampleSet {
  const count = Math.max(1, Math.ceil(share * samples.indices.length));
  return { ...samples, indices: samples.indices.slice(0, count) };
}

/** The same data set, which reads each of these samples only once if they take no more than so many bytes as stored. */
export function remembering(dataset: Dataset, indices: readonly number[], bytes: number): Dataset {
  const length = elementCount(dataset.shape);
  // Four bytes a value: whether it is less is known only after the first reading.
  if (indices.length * length * 4 > bytes) return dataset;
  const slots = new Map(indices.map((index, slot) => [index, slot]));
  const known = new Uint8Array(indices.length);
  let store: { readonly data: RawBatch['data']; readonly scale: number } | undefined;

  async function read(wanted: readonly number[], signal?: AbortSignal): Promise<RawBatch> {
    if (store && wanted.every((index) => known[slots.get(index)!] === 1)) {
      const { data, scale } = store;
      const batch = like(data, wanted.length * length);
      for (const [at, index] of wanted.entries()) {
        const from = slots.get(index)! * length;
        batch.set(data.subarray(from, from + length), at * length);
      }
      return { count: wanted.length, shape: dataset.shape, data: batch, scale };
    }
    const raw = await dataset.read(wanted, signal);
    store ??= { data: like(raw.data, indices.length * length), scale: raw.scale };
    for (const [at, index] of wanted.entries()) {
      const slot = slots.get(index);
      if (slot === undefined) continue;
      store.data.set(raw.data.subarray(at * length, (at + 1) * length), slot * length);
      known[slot] = 1;
    }
    return raw;
  }
  return { ...dataset, where: (...place) => dataset.where(...place), close: () => dataset.close(), read };
}

function like(data: RawBatch['data'], length: number): RawBatch['data'] {
  return data instanceof Uint8Array ? new Uint8Array(length) : new Float32Array(length);
}

/**
 * Mixes classes so that every beginning of the list holds the same share of each class: the first tenth of the list is a
 * tenth of every class's samples. Samples of one class stay in their order.
 */
export function interleave(indices: readonly number[], labels: Int32Array): number[] {
  const totals = new Map<number, number>();
  for (const index of indices) totals.set(labels[index], (totals.get(labels[index]) ?? 0) + 1);
  const seen = new Map<number, number>();
  const ranked = indices.map((index) => {
    const label = labels[index];
    const at = seen.get(label) ?? 0;
    seen.set(label, at + 1);
    return { index, rank: (at + 0.5) / totals.get(label)! };
  });
  return ranked.sort((a, b) => a.rank - b.rank).map(({ index }) => index);
}
