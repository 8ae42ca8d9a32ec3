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

  /** Runs the samples from where they stand, and leaves them there. */
  async *look(model: Classifier, values: readonly ActivationId[], signal?: AbortSignal): AsyncGenerator<Chunk> {
    for await (const chunk of this.#chunks(signal)) {
      await breathe(signal);
      const found = await model.resume(chunk.values, { values, signal });
      yield { values: found.values, samples: chunk.samples };
    }
  }

  /** Runs the samples to these values, where they stand from then on, once all have been asked for. */
  async *advance(model: Classifier, values: readonly ActivationId[], signal?: AbortSignal): AsyncGenerator<Chunk> {
    const standing: Chunk[] = [];
    for await (const chunk of this.look(model, values, signal)) {
      standing.push(chunk);
      yield chunk;
    }
    this.#standing = standing;
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
