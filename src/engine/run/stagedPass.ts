import { breathe } from '../../base/abort.js';
import { ArrayStore, type Stored } from '../../base/arrayStore.js';
import type { Tensor } from '../../linalg/tensor.js';
import type { ActivationId, Classifier } from '../../models/classifier.js';
import { inBatches, type SampleSet } from '../open/samples.js';

/** Values of some samples, one after the other. */
export interface Chunk {
  readonly values: ReadonlyMap<ActivationId, Tensor>;
  readonly samples: number;
}

/** A chunk that is kept. */
interface Standing {
  readonly values: readonly { readonly id: ActivationId; readonly dims: readonly number[]; readonly stored: Stored }[];
  readonly samples: number;
}

export interface StagedPassOptions {
  /** The value that the whole network starts from. */
  readonly source: ActivationId;
  /** Samples in a chunk. */
  readonly step: number;
  /** Bytes that the samples may take where they stand; there may be two such places at a time. Beyond, they lie in a scratch file. */
  readonly memory: number;
}

/**
 * Samples on their way through a network that changes while they pass: they stand at values that decide all that follows, and go
 * on from there in whatever the network is by then. Dispose of it when done.
 */
export class StagedPass {
  readonly #samples: SampleSet;
  readonly #options: StagedPassOptions;
  /** Where the samples stand; undefined: at the input, which is read anew each time. */
  #standing:
    | { readonly store: ArrayStore; readonly chunks: readonly Standing[]; readonly withSource: boolean }
    | undefined;

  constructor(samples: SampleSet, options: StagedPassOptions) {
    this.#samples = samples;
    this.#options = options;
  }

  /**
   * Runs the samples from where they stand to some values.
   * @param keep those of them where the samples stand from then on, once all have been asked for; null leaves them where they are.
   *   The network's own input may be one of them: it is read again instead of kept.
   */
  async *run(
    model: Classifier,
    values: readonly ActivationId[],
    keep: readonly ActivationId[] | null,
    signal?: AbortSignal,
  ): AsyncGenerator<Chunk> {
    const next = keep && {
      store: new ArrayStore(this.#options.memory),
      chunks: [] as Standing[],
      withSource: keep.includes(this.#options.source),
    };
    let isDone = false;
    try {
      for await (const { values: from, samples } of this.#chunks(signal)) {
        await breathe(signal);
        const found = await model.resume(from, { values, signal });
        if (next) {
          const kept: Standing['values'][number][] = [];
          for (const id of keep.filter((value) => value !== this.#options.source)) {
            const { dims, data } = found.values.get(id)!;
            kept.push({ id, dims, stored: await next.store.put(data, signal) });
          }
          next.chunks.push({ values: kept, samples });
        }
        yield { values: found.values, samples };
      }
      isDone = true;
    } finally {
      // Whoever asks for the values may have had enough, or failed.
      if (!isDone) await next?.store.dispose();
    }
    if (!next) return;
    await this.dispose();
    this.#standing = next;
  }

  async dispose(): Promise<void> {
    const standing = this.#standing;
    this.#standing = undefined;
    await standing?.store.dispose();
  }

  async *#chunks(signal?: AbortSignal): AsyncGenerator<Chunk> {
    const { source, step } = this.#options;
    const standing = this.#standing;
    let chunk = 0;
    if (!standing || standing.withSource) {
      for await (const { tensor, labels } of inBatches(this.#samples, step, signal)) {
        const values = standing ? await this.#kept(standing.chunks[chunk++], signal) : new Map<ActivationId, Tensor>();
        yield { values: values.set(source, tensor), samples: labels.length };
      }
      return;
    }
    for (const one of standing.chunks) yield { values: await this.#kept(one, signal), samples: one.samples };
  }

  async #kept({ values }: Standing, signal?: AbortSignal): Promise<Map<ActivationId, Tensor>> {
    const tensors = new Map<ActivationId, Tensor>();
    for (const { id, dims, stored } of values) {
      tensors.set(id, { dims, data: await this.#standing!.store.get(stored, signal) });
    }
    return tensors;
  }
}
