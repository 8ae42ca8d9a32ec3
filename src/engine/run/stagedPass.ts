import { breathe } from '../../base/abort.js';
import type { Tensor } from '../../linalg/tensor.js';
import type { ActivationId, Classifier } from '../../models/classifier.js';
import { inBatches, type SampleSet } from '../open/samples.js';

/** Values of some samples, one after the other. */
export interface Chunk {
  readonly values: ReadonlyMap<ActivationId, Tensor>;
  readonly samples: number;
}

/**
 * Samples on their way through a network that changes while they pass: they stand at values that decide all that follows, and go
 * on from there in whatever the network is by then.
 */
export class StagedPass {
  readonly #samples: SampleSet;
  readonly #source: ActivationId;
  readonly #step: number;
  /** Where the samples stand; undefined: at the input, which is read anew each time. */
  #standing: readonly Chunk[] | undefined;

  /** @param step samples in a chunk. */
  constructor(samples: SampleSet, source: ActivationId, step: number) {
    this.#samples = samples;
    this.#source = source;
    this.#step = step;
  }

  /**
   * Runs the samples from where they stand to some values.
   * @param keep those of them where the samples stand from then on, once all have been asked for; null leaves them where they are.
   */
  async *run(
    model: Classifier,
    values: readonly ActivationId[],
    keep: readonly ActivationId[] | null,
    signal?: AbortSignal,
  ): AsyncGenerator<Chunk> {
    const standing: Chunk[] = [];
    for await (const { values: from, samples } of this.#chunks(signal)) {
      await breathe(signal);
      const found = await model.resume(from, { values, signal });
      if (keep) standing.push({ values: new Map(keep.map((value) => [value, found.values.get(value)!])), samples });
      yield { values: found.values, samples };
    }
    if (keep) this.#standing = standing;
  }

  async *#chunks(signal?: AbortSignal): AsyncGenerator<Chunk> {
    if (this.#standing) yield* this.#standing;
    else {
      for await (const { tensor, labels } of inBatches(this.#samples, this.#step, signal)) {
        yield { values: new Map([[this.#source, tensor]]), samples: labels.length };
      }
    }
  }
}
