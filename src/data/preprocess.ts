import { z } from 'zod';
import { LetheError } from '../base/errors.js';
import type { Tensor } from '../linalg/tensor.js';
import type { RawBatch } from './dataset.js';

const perChannel = (value: z.ZodNumber) => z.union([value, z.array(value).min(1)]);

/** How samples become the model's input, as `lethe.json` states it. */
export const inputSettings = z.strictObject({
  layout: z
    .enum(['nchw', 'nhwc', 'features'])
    .optional()
    .describe('Order of the axes of the model input; "features" for flat rows (pixels row by row, channels last).'),
  size: z
    .tuple([z.int().min(1), z.int().min(1)])
    .optional()
    .describe('[height, width] of the model input, checked against the samples.'),
  channels: z
    .int()
    .min(1)
    .optional()
    .describe(
      '1 turns colour into grey (0.299 R + 0.587 G + 0.114 B), 3 repeats grey. Default: as stored. Alpha is dropped.',
    ),
  mean: perChannel(z.number()).optional().describe('Subtracted from the scaled values: one number, or one a channel.'),
  std: perChannel(z.number().positive()).optional().describe('Divides the result: one number, or one a channel.'),
  channelOrder: z
    .enum(['rgb', 'bgr'])
    .default('rgb')
    .describe('Order of the colours the model was trained with. "mean" and "std" follow it.'),
  range: z
    .tuple([z.number(), z.number()])
    .refine(([low, high]) => low < high, 'the range must ascend')
    .default([0, 1])
    .describe('What black and white become before "mean" and "std": [0, 1], [0, 255] or [-1, 1] are usual.'),
});

export type InputOptions = z.output<typeof inputSettings>;
/** Settings that are complete: the layout is stated, or was taken from the model. */
export type InputSettings = Partial<InputOptions> & { readonly layout: 'nchw' | 'nhwc' | 'features' };

/** Luma of ITU-R BT.601, as Pillow's "L" and TensorFlow's rgb_to_grayscale have it. */
const [RED, GREEN, BLUE] = [0.299, 0.587, 0.114];

/**
 * The model's input for a batch of stored samples: n x c x h x w, n x h x w x c or n x features.
 * A stored value v becomes `(low + v / scale * (high - low) - mean) / std`.
 * @throws LetheError `image-size` if size or channels are not the model's; `config-invalid` if mean or std do not fit.
 */
export function toTensor(raw: RawBatch, input: InputSettings): Tensor {
  const [height, width, stored] = storedShape(raw, input);
  const isRow = raw.shape.length === 1 && !input.size;
  const channels = isRow ? stored : (input.channels ?? stored);
  const source = channelSource(stored, channels, input);
  const pixels = height * width;
  const { factor, shift } = scaling(raw, input, channels);
  const out = new Float32Array(raw.count * channels * pixels);
  const planar = input.layout === 'nchw';
  const step = planar ? 1 : channels;
  for (let sample = 0; sample < raw.count; sample++) {
    const from = sample * pixels * stored;
    const to = sample * pixels * channels;
    for (let channel = 0; channel < channels; channel++) {
      const first = to + (planar ? channel * pixels : channel);
      const plane = { out, first, step, factor: factor[channel], shift: shift[channel] };
      if (source === 'luma') fillLuma(plane, raw.data, from, stored, pixels);
      else fillPlane(plane, raw.data, from + source(channel), stored, pixels);
    }
  }
  return { dims: tensorDims(raw.count, channels, height, width, input.layout), data: out };
}

/** Where one channel goes, and how its values are scaled on the way. */
interface Plane {
  readonly out: Float32Array;
  readonly first: number;
  readonly step: number;
  readonly factor: number;
  readonly shift: number;
}

function fillPlane(plane: Plane, data: RawBatch['data'], from: number, stride: number, pixels: number): void {
  const { out, step, factor, shift } = plane;
  for (let pixel = 0, at = from, to = plane.first; pixel < pixels; pixel++, at += stride, to += step) {
    out[to] = data[at] * factor + shift;
  }
}

function fillLuma(plane: Plane, data: RawBatch['data'], from: number, stride: number, pixels: number): void {
  const { out, step, factor, shift } = plane;
  for (let pixel = 0, at = from, to = plane.first; pixel < pixels; pixel++, at += stride, to += step) {
    out[to] = (RED * data[at] + GREEN * data[at + 1] + BLUE * data[at + 2]) * factor + shift;
  }
}

/**
 * Which stored channel each of the model's channels is read from. Grey (with or without alpha) is repeated, colour turns into
 * luma, and a second or fourth channel that the model does not take is alpha and dropped.
 */
function channelSource(stored: number, channels: number, input: InputSettings): 'luma' | ((channel: number) => number) {
  const reversed = input.channelOrder === 'bgr' && channels === 3;
  const isColor = stored === 3 || stored === 4;
  if (channels === stored || (channels === 3 && isColor)) return (channel) => (reversed ? 2 - channel : channel);
  if (channels === 1 && isColor) return 'luma';
  if ((channels === 1 || channels === 3) && stored <= 2) return () => 0;
  throw new LetheError('image-size', {
    message: `samples have ${stored} ${plural(stored, 'channel')}, the model takes ${channels}`,
    hint: 'Correct "channels" under "input"; only grey and RGB turn into each other.',
  });
}

/** [height, width, channels] of the stored samples. Rows of numbers count as one pixel, or as the image that `size` states. */
function storedShape(raw: RawBatch, input: InputSettings): readonly number[] {
  const { size, layout } = input;
  if (raw.shape.length === 3) {
    const [height, width] = raw.shape;
    if (size && (size[0] !== height || size[1] !== width)) {
      throw new LetheError('image-size', {
        message: `samples are ${height} x ${width} (height x width), the model takes ${size[0]} x ${size[1]}`,
        hint: 'Correct "size" under "input", or let an imageFolder source "resize" and "crop".',
      });
    }
    return raw.shape;
  }
  const [features] = raw.shape;
  const channels = input.channels ?? (size ? features / (size[0] * size[1]) : 1);
  if (size && size[0] * size[1] * channels === features) return [size[0], size[1], channels];
  if (layout === 'features' && !size) return [1, 1, features];
  throw new LetheError('image-size', {
    message: size
      ? `samples are rows of ${features} numbers, the model takes ${size[0]} x ${size[1]} with ${input.channels ?? 'any'} channels`
      : `samples are rows of ${features} numbers, the model takes images`,
    hint: 'State "size" and "channels" under "input", or the "shape" of a csv source.',
  });
}

/** value * factor + shift, for each channel in the model's order. */
function scaling(raw: RawBatch, input: InputSettings, channels: number) {
  const [low, high] = input.range ?? [0, 1];
  const mean = eachChannel('mean', input.mean ?? 0, channels);
  const std = eachChannel('std', input.std ?? 1, channels);
  return {
    factor: std.map((deviation) => (high - low) / raw.scale / deviation),
    shift: std.map((deviation, channel) => (low - mean[channel]) / deviation),
  };
}

function eachChannel(name: string, value: number | readonly number[], channels: number): readonly number[] {
  const values = typeof value === 'number' ? [value] : value;
  if (values.length === channels) return values;
  if (values.length === 1) return new Array(channels).fill(values[0]);
  throw new LetheError('config-invalid', {
    message: `"${name}" under "input" has ${values.length} values, the model takes ${channels} ${plural(channels, 'channel')}`,
    hint: 'Give one number, or one for each channel.',
  });
}

function tensorDims(count: number, channels: number, height: number, width: number, layout: InputSettings['layout']) {
  if (layout === 'nchw') return [count, channels, height, width];
  if (layout === 'nhwc') return [count, height, width, channels];
  return [count, height * width * channels];
}

function plural(count: number, word: string): string {
  return count === 1 ? word : `${word}s`;
}
