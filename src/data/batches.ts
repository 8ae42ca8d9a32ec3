import { throwIfAborted } from '../base/abort.js';
import { LetheError } from '../base/errors.js';
import type { Tensor } from '../linalg/tensor.js';
import type { Dataset, RawBatch } from './dataset.js';
import { type InputSettings, toTensor } from './preprocess.js';

export interface BatchOptions {
  /** Samples in one batch; the last one may hold fewer. */
  readonly batchSize: number;
  readonly input: InputSettings;
  readonly signal?: AbortSignal;
}

/** Samples ready for the model. */
export interface Batch {
  readonly tensor: Tensor;
  readonly labels: Int32Array;
  readonly indices: readonly number[];
}

/**
 * The samples of `indices` in batches, in their order. While one batch is in use, the next one is being read.
 * @throws LetheError naming file and record; `cancelled`.
 */
export async function* batches(
  dataset: Dataset,
  indices: readonly number[],
  options: BatchOptions,
): AsyncGenerator<Batch> {
  const { batchSize, signal } = options;
  if (!(batchSize >= 1)) throw new RangeError(`batches of ${batchSize} samples`);
  const stopped = new AbortController();
  const stop = signal ? AbortSignal.any([signal, stopped.signal]) : stopped.signal;
  const read = (start: number) => {
    const reading = dataset.read(indices.slice(start, start + batchSize), stop);
    // Its failure is reported when its turn comes, and not at all if nobody asks for it any more.
    reading.catch(() => {});
    return reading;
  };
  let ahead: Promise<RawBatch> | null = indices.length > 0 ? read(0) : null;
  try {
    for (let start = 0; ahead; start += batchSize) {
      throwIfAborted(signal);
      const raw: RawBatch = await ahead;
      const next = start + batchSize;
      ahead = next < indices.length ? read(next) : null;
      const part = indices.slice(start, next);
      yield { tensor: located(dataset, part[0], raw, options.input), labels: labelsOf(dataset, part), indices: part };
    }
  } finally {
    // The data set may be closed when this returns, so nothing may still be reading from it.
    stopped.abort();
    await ahead?.catch(() => {});
  }
}

/** The tensor, or an error that names the file of the batch's first sample (all of a data set have one shape). */
function located(dataset: Dataset, first: number, raw: RawBatch, input: InputSettings): Tensor {
  try {
    return toTensor(raw, input);
  } catch (error) {
    if (!(error instanceof LetheError) || error.code !== 'image-size') throw error;
    throw new LetheError(error.code, { message: error.message, hint: error.hint, file: dataset.where(first).file });
  }
}

function labelsOf(dataset: Dataset, indices: readonly number[]): Int32Array {
  return Int32Array.from(indices, (index) => dataset.labels[index]);
}
