import type { Matrix } from './matrix.js';

export type LayerId = string;

/** New values for a layer that computes W x + b. */
export interface LayerEdit {
  /** `out` x `in`. */
  readonly weight: Matrix;
  /** `out` values in the order of the weight's rows; undefined leaves the bias as it is. */
  readonly bias?: Float32Array;
}

/** New values for a model's layers; those that are not named stay as they are. */
export type WeightEdits = ReadonlyMap<LayerId, LayerEdit>;
