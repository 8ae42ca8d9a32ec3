import { LetheError } from '../base/errors.js';
import { type Matrix, matrix } from '../linalg/matrix.js';
import { elementCount, type Tensor } from '../linalg/tensor.js';
import type { ConvGeometry, Geometry } from './classifier.js';

/**
 * How many input vectors a tapped tensor of these dims holds: batch x output positions for a convolution, the product of
 * all axes but the vector's for a dense layer. `dims` starts with the batch, so `[1, ...]` gives the count a sample.
 */
export function positionCount(geometry: Geometry, dims: readonly number[]): number {
  if (geometry.kind === 'dense') {
    const axis = vectorAxis(geometry.axis, dims);
    return elementCount(dims) / Math.max(1, dims[axis]);
  }
  return dims[0] * elementCount(slide(geometry, dims).map((axis) => axis.outputs));
}

/**
 * The input vectors of a layer at chosen positions of its tapped tensor: n x (groups * in), in the column order of `Layer`
 * (channel, kernel position row-major; the groups side by side).
 * @param positions indices in [0, positionCount), row-major over batch and output positions (convolution) or over all
 *   axes but the vector's (dense); any order, repeats allowed.
 * @throws LetheError `model-unsupported` if the tensor's dims do not fit the layer.
 */
export function inputVectors(
  layer: { readonly in: number; readonly groups: number },
  geometry: Geometry,
  tap: Tensor,
  positions: ArrayLike<number>,
): Matrix {
  const vectors = matrix(positions.length, layer.groups * layer.in);
  if (geometry.kind === 'dense') gather(tap, vectorAxis(geometry.axis, tap.dims), positions, vectors);
  else unfold(tap, geometry, positions, vectors);
  return vectors;
}

function vectorAxis(axis: number | undefined, dims: readonly number[]): number {
  const wanted = axis ?? -1;
  const found = wanted < 0 ? dims.length + wanted : wanted;
  if (found < 0 || found >= dims.length) throw misfit(dims, `axis ${wanted} was expected to hold its vectors`);
  return found;
}

/** Copies the vectors that lie along one axis of the tensor. */
function gather(tap: Tensor, axis: number, positions: ArrayLike<number>, vectors: Matrix): void {
  const length = tap.dims[axis];
  if (length !== vectors.cols) throw misfit(tap.dims, `axis ${axis} should have ${vectors.cols} entries`);
  const stride = elementCount(tap.dims.slice(axis + 1));
  const { data } = tap;
  for (let row = 0; row < positions.length; row++) {
    const position = positions[row];
    const outer = Math.floor(position / stride);
    let from = outer * length * stride + (position - outer * stride);
    let to = row * length;
    if (stride === 1) {
      vectors.data.set(data.subarray(from, from + length), to);
      continue;
    }
    for (let i = 0; i < length; i++, from += stride) vectors.data[to++] = data[from];
  }
}

/** One spatial axis of a convolution on a tensor of known size. */
interface SlidingAxis {
  readonly size: number;
  readonly outputs: number;
  readonly before: number;
  readonly kernel: number;
  readonly stride: number;
  readonly dilation: number;
}

/** Output size and padding of every spatial axis. */
function slide(geometry: ConvGeometry, dims: readonly number[]): SlidingAxis[] {
  const { kernel, strides, dilations, padding } = geometry;
  if (dims.length !== kernel.length + 2)
    throw misfit(dims, `a ${kernel.length}-D convolution reads ${kernel.length + 2} axes`);
  const firstAxis = geometry.layout === 'channels-first' ? 2 : 1;
  return kernel.map((length, i) => {
    const size = dims[firstAxis + i];
    const stride = strides[i];
    const extent = (length - 1) * dilations[i] + 1;
    let before: number;
    let outputs: number;
    if (padding === 'same' || padding === 'same-lower') {
      // TensorFlow's rule (tf.nn.convolution): as many outputs as strides fit, an odd zero goes behind ('same-lower': before).
      outputs = Math.ceil(size / stride);
      const total = Math.max(0, (outputs - 1) * stride + extent - size);
      before = padding === 'same' ? Math.floor(total / 2) : Math.ceil(total / 2);
    } else {
      before = padding.before[i];
      outputs = Math.max(0, Math.floor((size + before + padding.after[i] - extent) / stride) + 1);
    }
    return { size, outputs, before, kernel: length, stride, dilation: dilations[i] };
  });
}

/** Copies the patches under the kernel. Only wanted positions are touched: no unfolded copy of the whole tensor. */
function unfold(tap: Tensor, geometry: ConvGeometry, positions: ArrayLike<number>, vectors: Matrix): void {
  const axes = slide(geometry, tap.dims);
  const channelsFirst = geometry.layout === 'channels-first';
  const channels = tap.dims[channelsFirst ? 1 : tap.dims.length - 1];
  const kernelSize = elementCount(geometry.kernel);
  if (channels * kernelSize !== vectors.cols) {
    throw misfit(tap.dims, `${vectors.cols / kernelSize} channels were expected`);
  }
  const area = elementCount(axes.map((axis) => axis.size));
  const outputs = elementCount(axes.map((axis) => axis.outputs));
  const channelStep = channelsFirst ? area : 1;
  const pixelStep = channelsFirst ? 1 : channels;
  const { data } = tap;
  const out = vectors.data;
  const offsets = new Int32Array(kernelSize);
  for (let row = 0; row < positions.length; row++) {
    const sample = Math.floor(positions[row] / outputs);
    const padded = kernelOffsets(axes, positions[row] - sample * outputs, pixelStep, offsets);
    let from = sample * area * channels;
    let to = row * vectors.cols;
    if (padded) {
      for (let c = 0; c < channels; c++, from += channelStep) {
        for (let k = 0; k < kernelSize; k++, to++) if (offsets[k] >= 0) out[to] = data[from + offsets[k]];
      }
    } else {
      for (let c = 0; c < channels; c++, from += channelStep) {
        for (let k = 0; k < kernelSize; k++) out[to++] = data[from + offsets[k]];
      }
    }
  }
}

/**
 * Fills `offsets` with the distance of every kernel position from the sample's start, -1 in the padding.
 * @returns whether any lies in the padding.
 */
function kernelOffsets(
  axes: readonly SlidingAxis[],
  position: number,
  pixelStep: number,
  offsets: Int32Array,
): boolean {
  offsets.fill(0);
  let padded = false;
  let rest = position;
  let step = pixelStep;
  let repeat = 1;
  // From the last axis to the first: `repeat` kernel positions share one coordinate of the axis in hand.
  for (let a = axes.length - 1; a >= 0; a--) {
    const { size, outputs, before, kernel, stride, dilation } = axes[a];
    const coordinate = rest % outputs;
    rest = (rest - coordinate) / outputs;
    const start = coordinate * stride - before;
    for (let k = 0; k < offsets.length; k++) {
      if (offsets[k] < 0) continue;
      const at = start + (Math.floor(k / repeat) % kernel) * dilation;
      if (at < 0 || at >= size) {
        offsets[k] = -1;
        padded = true;
      } else offsets[k] += at * step;
    }
    step *= size;
    repeat *= kernel;
  }
  return padded;
}

function misfit(dims: readonly number[], expected: string): LetheError {
  return new LetheError('model-unsupported', {
    message: `a layer's input has dims [${dims.join(', ')}], but ${expected}`,
    hint: 'The model file describes this layer in a way that does not agree with what it computes.',
  });
}
