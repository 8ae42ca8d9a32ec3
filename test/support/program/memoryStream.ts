import { throwIfAborted } from '../../../src/base/abort.js';
import { type Matrix, rowsOf } from '../../../src/linalg/matrix.js';
import type { ActivationStream, Side, VectorBatch } from '../../../src/unlearn/stream.js';

/** Input vectors of each problem, by side: n x (groups * in). */
export type Vectors = Readonly<Record<Side, Readonly<Record<string, Matrix>>>>;

/** An activation stream over matrices in memory, which notes its passes. */
export class MemoryStream implements ActivationStream {
  readonly passes: { readonly side: Side; readonly problems: readonly string[] }[] = [];
  readonly #vectors: Vectors;
  readonly #batch: number;

  constructor(vectors: Vectors, batch = 97) {
    this.#vectors = vectors;
    this.#batch = batch;
  }

  count(side: Side, problem: string): number {
    return this.#vectors[side][problem].rows;
  }

  async *vectors(side: Side, problems: readonly string[], signal?: AbortSignal): AsyncGenerator<VectorBatch> {
    this.passes.push({ side, problems });
    const longest = Math.max(...problems.map((problem) => this.count(side, problem)));
    for (let row = 0; row < longest; row += this.#batch) {
      throwIfAborted(signal);
      for (const problem of problems) {
        const all = this.#vectors[side][problem];
        if (row < all.rows) yield { problem, vectors: rowsOf(all, row, row + this.#batch) };
      }
    }
  }
}
