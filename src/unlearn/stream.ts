import type { Matrix } from '../linalg/matrix.js';

/** Retain: what must stay recognised. Forget: what must not. */
export type Side = 'retain' | 'forget';

/** One weight to project: `groups` independent problems of size `in`, together `out` rows. */
export interface ProjectionProblem {
  readonly id: string;
  readonly in: number;
  readonly out: number;
  readonly groups: number;
}

/**
 * Input vectors of one problem from one batch of samples: n x (groups * in), a row a position, the groups side by side
 * (columns g * in .. (g + 1) * in belong to group g).
 */
export interface VectorBatch {
  readonly problem: string;
  readonly vectors: Matrix;
}

/** The activations of a model on the chosen samples, as the algorithm sees them. It knows no model and no data. */
export interface ActivationStream {
  /**
   * One forward pass over one side's samples, yielding the input vectors of the wanted problems batch by batch.
   * May be called again for other problems; the same problem always yields the same vectors.
   */
  vectors(side: Side, problems: readonly string[], signal?: AbortSignal): AsyncIterable<VectorBatch>;
  /** How many vectors `vectors` will yield for this problem, known before the pass. */
  count(side: Side, problem: string): number;
}
