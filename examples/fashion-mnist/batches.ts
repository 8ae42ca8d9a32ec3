import { type Tensor4D, tensor4d } from '@tensorflow/tfjs-core';
import type { Random } from '../../src/base/random.js';
import { type Images, side } from './data.js';

/** What the pixels are scaled by, as lethe.json says it: (value / 255 - mean) / std. */
export const mean = 0.286;
export const std = 0.353;

/** How a picture is changed each time it is shown. */
export interface Augmentation {
  /** Turned left to right half of the time. */
  readonly flip: boolean;
  /** Moved by at most so many pixels each way. */
  readonly shift: number;
}

const pixels = side * side;
const unchanged: Augmentation = { flip: false, shift: 0 };

/** The pictures at `indices`, n x 28 x 28 x 1, normalised. */
export function batchOf(images: Images, indices: ArrayLike<number>, random?: Random, how = unchanged): Tensor4D {
  const data = new Float32Array(indices.length * pixels).fill(-mean / std);
  for (let n = 0; n < indices.length; n++) {
    const flip = how.flip && random!.below(2) === 1;
    const right = how.shift && random!.below(2 * how.shift + 1) - how.shift;
    const down = how.shift && random!.below(2 * how.shift + 1) - how.shift;
    for (let row = Math.max(0, down); row < Math.min(side, side + down); row++) {
      const from = indices[n] * pixels + (row - down) * side;
      const to = n * pixels + row * side;
      for (let col = Math.max(0, right); col < Math.min(side, side + right); col++) {
        const value = images.pixels[from + (flip ? side - 1 - (col - right) : col - right)];
        data[to + col] = (value / 255 - mean) / std;
      }
    }
  }
  return tensor4d(data, [indices.length, side, side, 1]);
}
