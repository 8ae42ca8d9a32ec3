import type { Random } from '../../../src/base/random.js';
import { elementCount, type Tensor } from '../../../src/linalg/tensor.js';

/** Standard normal values. */
export function normals(count: number, random: Random): Float32Array {
  return Float32Array.from({ length: count }, () => random.normal());
}

/** A tensor of standard normal values. */
export function tensorOf(dims: readonly number[], random: Random): Tensor {
  return { dims, data: normals(elementCount(dims), random) };
}

/** The largest absolute difference of two arrays, Infinity where the lengths differ or a value is not a number. */
export function maxDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return Infinity;
  let largest = 0;
  for (let i = 0; i < a.length; i++) {
    const difference = Math.abs(a[i] - b[i]);
    if (Number.isNaN(difference)) return Infinity;
    if (difference > largest) largest = difference;
  }
  return largest;
}
