import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { backend, customGrad, engine, type Tensor, tensor1d } from '@tensorflow/tfjs-core';

/** A batch normalised over all axes but the last, with the statistics that did it. */
export interface NormalisedBatch {
  readonly y: Tensor;
  /** Per channel. */
  readonly mean: Float64Array;
  readonly variance: Float64Array;
}

/**
 * Batch normalisation while learning: y = gamma (x - mean) / sqrt(variance + epsilon) + beta with the batch's own statistics, and
 * its gradient in closed form (Ioffe and Szegedy 2015, section 3), in two passes over memory. TensorFlow.js composes it of some
 * forty element-wise operations, which take longer than the convolutions. For the wasm backend, whose memory is worked on in place.
 */
export function normaliseBatch(x: Tensor, gamma: Tensor, beta: Tensor, epsilon: number): NormalisedBatch {
  const channels = gamma.size;
  const count = x.size / channels;
  const mean = new Float64Array(channels);
  const variance = new Float64Array(channels);

  const normalise = customGrad((...inputs) => {
    const [input, scale, shift, save] = inputs as [Tensor, Tensor, Tensor, (tensors: Tensor[]) => void];
    save([input, scale]);
    const gammas = scale.dataSync();
    const betas = shift.dataSync();
    const y = emptyLike(input);
    const xs = view(input);

    for (let row = 0; row < xs.length; row += channels) {
      for (let c = 0; c < channels; c++) {
        const value = xs[row + c];
        mean[c] += value;
        variance[c] += value * value;
      }
    }
    const factor = new Float64Array(channels);
    const offset = new Float64Array(channels);
    for (let c = 0; c < channels; c++) {
      mean[c] /= count;
      variance[c] = Math.max(0, variance[c] / count - mean[c] ** 2);
      factor[c] = gammas[c] / Math.sqrt(variance[c] + epsilon);
      offset[c] = betas[c] - mean[c] * factor[c];
    }
    const ys = view(y);
    for (let row = 0; row < xs.length; row += channels) {
      for (let c = 0; c < channels; c++) ys[row + c] = xs[row + c] * factor[c] + offset[c];
    }

    const gradFunc = (dy: Tensor, saved: Tensor[]) => backpropagate(dy, saved[0], saved[1], mean, variance, epsilon);
    return { value: y, gradFunc };
  });
  return { y: normalise(x, gamma, beta), mean, variance };
}

function backpropagate(
  dy: Tensor,
  x: Tensor,
  gamma: Tensor,
  mean: Float64Array,
  variance: Float64Array,
  epsilon: number,
): Tensor[] {
  const channels = mean.length;
  const count = x.size / channels;
  const gammas = gamma.dataSync();
  const dx = emptyLike(x);
  const xs = view(x);
  const dys = view(dy);

  const sums = new Float64Array(channels);
  const products = new Float64Array(channels);
  for (let row = 0; row < xs.length; row += channels) {
    for (let c = 0; c < channels; c++) {
      const value = dys[row + c];
      sums[c] += value;
      products[c] += value * xs[row + c];
    }
  }
  // dx = gamma / std (dy - mean(dy) - normalised x mean(dy normalised x)), sorted by what multiplies dy, x and 1.
  const perDy = new Float64Array(channels);
  const perX = new Float64Array(channels);
  const constant = new Float64Array(channels);
  const dGamma = new Float32Array(channels);
  for (let c = 0; c < channels; c++) {
    const inverse = 1 / Math.sqrt(variance[c] + epsilon);
    dGamma[c] = inverse * (products[c] - mean[c] * sums[c]);
    perDy[c] = gammas[c] * inverse;
    perX[c] = (-perDy[c] * inverse * dGamma[c]) / count;
    constant[c] = (-perDy[c] * sums[c]) / count - perX[c] * mean[c];
  }
  const dxs = view(dx);
  for (let row = 0; row < xs.length; row += channels) {
    for (let c = 0; c < channels; c++) dxs[row + c] = dys[row + c] * perDy[c] + xs[row + c] * perX[c] + constant[c];
  }
  return [dx, tensor1d(dGamma), tensor1d(Float32Array.from(sums))];
}

/** A tensor of the same shape with arbitrary content. */
function emptyLike({ shape }: Tensor): Tensor {
  return engine().makeTensorFromTensorInfo((backend() as BackendWasm).makeOutput(shape, 'float32'));
}

/** A tensor's values in the backend's own memory. The next allocation may move that memory: take views after it. */
function view(tensor: Tensor): Float32Array {
  return (backend() as BackendWasm).typedArrayFromHeap(tensor) as Float32Array;
}
