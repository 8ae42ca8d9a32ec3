import { type Tensor4D, tensor4d } from '@tensorflow/tfjs-core';
import type { Random } from '../../src/base/random.js';
import { type Images, side } from './data.js';

/** What the pixels are scaled by, as lethe.json says it: (value / 255 - mean) / std. */
export const mean = 0.286;
export const std = 0.353;

const pixels = side * side;

/** The pictures at `indices`, n x 28 x 28 x 1, normalised; with random numbers, each is turned left to right half of the time. */
export function batchOf(images: Images, indices: ArrayLike<number>, random?: Random): Tensor4D {
  const data = new Float32Array(indices.length * pixels);
  for (let n = 0; n < indices.length; n++) {
    const flip = random?.below(2) === 1;
    for (let at = 0; at < pixels; at++) {
      const col = at % side;
      const from = flip ? at - col + side - 1 - col : at;
      data[n * pixels + at] = (images.pixels[indices[n] * pixels + from] / 255 - mean) / std;
    }
  }
  return tensor4d(data, [indices.length, side, side, 1]);
}
