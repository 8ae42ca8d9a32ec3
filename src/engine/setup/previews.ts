import type { RgbImage } from '../../data/images/decode.js';
import { encodePng } from '../../data/images/encode.js';
import type { InputSettings } from '../../data/preprocess.js';
import type { Tensor } from '../../linalg/tensor.js';

/** Pixels of a preview's longer side. */
const AT_LEAST = 64;
const AT_MOST = 192;

/** A sample's place in a tensor, read as an image. */
interface View {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  /** Steps in the sample from a pixel to the next, and from a channel to the next. */
  readonly pixelStep: number;
  readonly channelStep: number;
}

/**
 * One sample of what the network is fed as a PNG. The lowest of its values becomes black and the highest white, over all
 * channels together, so a wrong mean or std of one channel shows as a tint. Colours that are fed as BGR are shown as RGB.
 * Rows of numbers are shown as a square where they make one, else as a strip.
 * @param shape of the stored sample, which tells the sides of images that are fed as rows.
 */
export async function encodePreview(tensor: Tensor, at: number, input: InputSettings, shape: readonly number[]) {
  const length = tensor.data.length / tensor.dims[0];
  const sample = tensor.data.subarray(at * length, (at + 1) * length);
  const image = toImage(sample, viewOf(tensor.dims, input.layout, shape), input.channelOrder === 'bgr');
  return encodePng(image, { atLeast: AT_LEAST, atMost: AT_MOST });
}

function viewOf(dims: readonly number[], layout: InputSettings['layout'], shape: readonly number[]): View {
  if (layout === 'nchw') {
    const [, channels, height, width] = dims;
    return { height, width, channels, pixelStep: 1, channelStep: height * width };
  }
  const [height, width, channels] = layout === 'nhwc' ? dims.slice(1) : rowSides(dims[1], shape);
  return { height, width, channels, pixelStep: channels, channelStep: 1 };
}

function rowSides(features: number, shape: readonly number[]): number[] {
  const channels = shape.length === 3 ? features / (shape[0] * shape[1]) : Number.NaN;
  if (Number.isInteger(channels)) return [shape[0], shape[1], channels];
  const side = Math.sqrt(features);
  return Number.isInteger(side) && side > 2 ? [side, side, 1] : [1, features, 1];
}

function toImage(sample: Float32Array, view: View, isReversed: boolean): RgbImage {
  const { height, width, channels, pixelStep, channelStep } = view;
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of sample) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  const factor = high > low ? 255 / (high - low) : 0;
  // Anything but colours is shown as its first channel.
  const order = channels !== 3 ? [0, 0, 0] : isReversed ? [2, 1, 0] : [0, 1, 2];
  const data = new Uint8Array(height * width * 3);
  for (let pixel = 0, to = 0; pixel < height * width; pixel++) {
    for (const channel of order) {
      data[to++] = Math.round((sample[pixel * pixelStep + channel * channelStep] - low) * factor);
    }
  }
  return { height, width, data };
}
