import type { Picture } from '../../contract/terms.js';
import type { RawBatch } from '../../data/dataset.js';

/** Rows of fewer numbers are no images. */
const SMALLEST_ROW_IMAGE = 16;

/** For samples that are no images. */
const noPicture: Picture = { width: 0, height: 0, rgb: new Uint8Array(0) };

/**
 * One sample as it is stored, before any preprocessing. Grey is repeated, with or without alpha; of colours the first three
 * channels are shown, of other numbers of channels the first. Rows of numbers are a picture where they make a square, as
 * flattened images do, and else none (0 x 0).
 */
export function pictureOf(raw: RawBatch, at: number): Picture {
  const sides = sidesOf(raw.shape);
  if (!sides) return noPicture;
  const [height, width, channels] = sides;
  const pixels = height * width;
  const sample = raw.data.subarray(at * pixels * channels, (at + 1) * pixels * channels);
  const { low, factor } = rangeOf(sample, raw.scale);
  const isColor = channels === 3 || channels === 4;
  const rgb = new Uint8Array(pixels * 3);
  for (let pixel = 0, to = 0; pixel < pixels; pixel++) {
    for (let color = 0; color < 3; color++) {
      const value = (sample[pixel * channels + (isColor ? color : 0)] - low) * factor;
      rgb[to++] = Math.max(0, Math.min(255, Math.round(value)));
    }
  }
  return { width, height, rgb };
}

/** [height, width, channels], or null where a sample is no image. */
function sidesOf(shape: readonly number[]): readonly number[] | null {
  if (shape.length === 3) return shape;
  const [features] = shape;
  const side = Math.sqrt(features);
  return features >= SMALLEST_ROW_IMAGE && Number.isInteger(side) ? [side, side, 1] : null;
}

/**
 * Black and white: 0 and the value that means 1.0, unless the sample leaves that range (data that were normalised before they
 * were stored): then its own lowest and highest value.
 */
function rangeOf(sample: RawBatch['data'], scale: number): { readonly low: number; readonly factor: number } {
  let [low, high] = [0, scale];
  let isOutside = false;
  for (const value of sample) {
    if (value < 0 || value > scale) isOutside = true;
  }
  if (isOutside) {
    [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (const value of sample) {
      if (value < low) low = value;
      if (value > high) high = value;
    }
  }
  return { low, factor: high > low ? 255 / (high - low) : 0 };
}
