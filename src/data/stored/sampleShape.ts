import { LetheError } from '../../base/errors.js';
import { elementCount, LARGEST_TENSOR_BYTES } from '../../linalg/tensor.js';
import type { Location } from '../dataset.js';

/** Values of one sample, at most, as float32. More is a damaged header. */
const MOST_VALUES = LARGEST_TENSOR_BYTES / 4;

/** How one stored sample is to be read. */
export interface SampleShape {
  /** [height, width, channels] or [features], as a `RawBatch` has it. */
  readonly shape: readonly number[];
  /** Whether the channels are stored as whole planes, one after the other. */
  readonly isPlanar: boolean;
}

/**
 * Reads the axes behind the first one (the samples): none or one are features, two a grey image, three an image whose axis of 1
 * to 4 values is the channels unless `layout` says which it is.
 * @throws LetheError `data-unsupported` if there are more axes, or it stays open which one holds the channels; `data-corrupt` if
 * a sample would be larger than any can be.
 */
export function sampleShape(
  dims: readonly number[],
  layout: 'nhwc' | 'nchw' | undefined,
  where: Location,
): SampleShape {
  if (elementCount(dims) > MOST_VALUES) {
    throw new LetheError('data-corrupt', { message: `states samples of ${dims.join(' x ')} values`, ...where });
  }
  if (dims.length <= 1) return { shape: [dims[0] ?? 1], isPlanar: false };
  if (dims.length === 2) return { shape: [dims[0], dims[1], 1], isPlanar: false };
  const written = ['n', ...dims].join(' x ');
  if (dims.length > 3) {
    throw new LetheError('data-unsupported', {
      message: `holds an array of ${written}, samples are rows of numbers or images`,
      ...where,
    });
  }
  const isPlanar = layout ? layout === 'nchw' : inferPlanar(dims);
  if (isPlanar === undefined) {
    throw new LetheError('data-unsupported', {
      message: `holds images of ${written}, which leaves open which axis holds the channels`,
      hint: 'State "layout": "nhwc" or "nchw" in the data source.',
      ...where,
    });
  }
  const [height, width, channels] = isPlanar ? [dims[1], dims[2], dims[0]] : dims;
  return { shape: [height, width, channels], isPlanar };
}

function inferPlanar([first, , last]: readonly number[]): boolean | undefined {
  const firstFits = first <= 4;
  const lastFits = last <= 4;
  return firstFits === lastFits ? undefined : firstFits;
}

/** Turns planes of `channels` into pixels, sample by sample. */
export function interleave<Data extends Uint8Array | Float32Array>(
  planes: Data,
  pixels: number,
  channels: number,
): Data {
  const out = planes.slice() as Data;
  const length = pixels * channels;
  for (let sample = 0; sample < planes.length; sample += length) {
    for (let channel = 0; channel < channels; channel++) {
      const from = sample + channel * pixels;
      for (let pixel = 0, to = sample + channel; pixel < pixels; pixel++, to += channels)
        out[to] = planes[from + pixel];
    }
  }
  return out;
}
