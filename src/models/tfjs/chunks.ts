import { breathe } from '../../base/abort.js';
import { LetheError } from '../../base/errors.js';
import { elementCount, type Tensor } from '../../linalg/tensor.js';

/** Aimed at, so that a chunk that turns out twice as slow still lets the thread breathe every 250 ms. */
const TARGET_MS = 100;
const MAX_CHUNK_BYTES = 64 * 2 ** 20;

/** How many samples fit one native call, learnt from the calls so far. Results do not depend on it. */
export class Pace {
  #samples = 1;

  next(left: number): number {
    return Math.min(left, this.#samples);
  }

  took(samples: number, milliseconds: number, bytes: number): void {
    const byTime = (samples * TARGET_MS) / Math.max(1, milliseconds);
    const byMemory = (samples * MAX_CHUNK_BYTES) / Math.max(1, bytes);
    this.#samples = Math.max(1, Math.floor(Math.min(byTime, byMemory, samples * 4)));
  }
}

/** Runs some samples at once: their values in, one tensor an output back, with the samples along the first axis. */
export type RunChunk = (inputs: Tensor[]) => Tensor[];

export interface ChunkOptions {
  readonly pace: Pace;
  /** The batch size that the model insists on: chunks are filled up with copies of their last sample. */
  readonly fixed: number | null;
  readonly signal?: AbortSignal;
}

/**
 * Runs a batch of any size in chunks of under 250 ms and puts the outputs together again. An output may hold several rows
 * a sample (a first axis of k x batch).
 * @param batch as many samples of each value that is fed
 * @throws LetheError `cancelled`.
 */
export async function runInChunks(batch: readonly Tensor[], run: RunChunk, options: ChunkOptions): Promise<Tensor[]> {
  const { pace, fixed, signal } = options;
  const total = batch[0].dims[0];
  let whole: { dims: number[]; data: Float32Array; perSample: number }[] | undefined;
  for (let done = 0; done < total; ) {
    await breathe(signal);
    const samples = fixed === null ? pace.next(total - done) : Math.min(fixed, total - done);
    const size = fixed ?? samples;
    const inputs = batch.map((value) => part(value, done, samples, size));
    const started = performance.now();
    const outputs = run(inputs);
    const bytes = 4 * [...inputs, ...outputs].reduce((sum, { data }) => sum + data.length, 0);
    pace.took(samples, performance.now() - started, bytes);
    whole ??= outputs.map(({ dims, data }) => {
      if (dims[0] % size !== 0) throw notPerSample(dims, size);
      const perSample = data.length / size;
      return {
        dims: [(dims[0] / size) * total, ...dims.slice(1)],
        data: new Float32Array(perSample * total),
        perSample,
      };
    });
    outputs.forEach(({ data }, i) => {
      const { perSample, data: all } = (whole as NonNullable<typeof whole>)[i];
      all.set(data.subarray(0, samples * perSample), done * perSample);
    });
    done += samples;
  }
  return (whole ?? []).map(({ dims, data }) => ({ dims, data }));
}

function notPerSample(dims: readonly number[], samples: number): LetheError {
  return new LetheError('model-unsupported', {
    message: `a value inside has the shape [${dims.join(', ')}] for ${samples} samples, so its first axis is not the batch`,
    hint: 'Leave this layer out, or convert the model to ONNX.',
  });
}

/** Some samples, filled up to `size`. */
function part({ dims, data }: Tensor, start: number, samples: number, size: number): Tensor {
  const sample = elementCount(dims.slice(1));
  const rows = data.subarray(start * sample, (start + samples) * sample);
  return { dims: [size, ...dims.slice(1)], data: size === samples ? rows : filledUp(rows, sample, size) };
}

function filledUp(rows: Float32Array, sample: number, size: number): Float32Array {
  const filled = new Float32Array(size * sample);
  filled.set(rows);
  for (let at = rows.length; at < filled.length; at += sample) {
    filled.copyWithin(at, rows.length - sample, rows.length);
  }
  return filled;
}
