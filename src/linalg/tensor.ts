/** A dense float32 tensor in row-major order. `dims` may start with the batch size. */
export interface Tensor {
  readonly dims: readonly number[];
  readonly data: Float32Array;
}

/** Number of elements of a tensor of the given dimensions (1 for a scalar). */
export function elementCount(dims: readonly number[]): number {
  return dims.reduce((product, dim) => product * dim, 1);
}

/** No single tensor may be larger: some allocators (Electron's) trap on more, and no classifier's activation needs it. */
export const LARGEST_TENSOR_BYTES = 512 * 2 ** 20;
