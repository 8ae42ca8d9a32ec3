import { describe, expect, it } from 'vitest';
import { LetheError } from '../../../src/base/errors.js';
import type { RawBatch } from '../../../src/data/dataset.js';
import { type InputSettings, inputSettings, toTensor } from '../../../src/data/preprocess.js';

/** Two images of 2 x 3 pixels; channel c of pixel p of image n is 100 n + 10 c + p. */
function images(channels: number): RawBatch {
  const data = new Uint8Array(2 * 6 * channels);
  for (let n = 0; n < 2; n++) {
    for (let p = 0; p < 6; p++)
      for (let c = 0; c < channels; c++) data[(n * 6 + p) * channels + c] = 100 * n + 10 * c + p;
  }
  return { count: 2, shape: [2, 3, channels], data, scale: 255 };
}

const rows: RawBatch = { count: 2, shape: [4], data: Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8), scale: 1 };
const rounded = (values: Float32Array, factor = 255) =>
  Array.from(values, (value) => Math.round(value * factor * 1000) / 1000);

function errorOf(raw: RawBatch, input: InputSettings): LetheError {
  try {
    toTensor(raw, input);
  } catch (error) {
    if (error instanceof LetheError) return error;
    throw error;
  }
  throw new Error('expected an error');
}

describe('toTensor', () => {
  it('lays images out as the model takes them, scaled to 0 .. 1', () => {
    const planes = toTensor(images(3), { layout: 'nchw' });
    expect(planes.dims).toEqual([2, 3, 2, 3]);
    expect(rounded(planes.data).slice(18, 24)).toEqual([100, 101, 102, 103, 104, 105]);
    expect(rounded(planes.data).slice(24, 27)).toEqual([110, 111, 112]);
    const pixels = toTensor(images(3), { layout: 'nhwc' });
    expect(pixels.dims).toEqual([2, 2, 3, 3]);
    expect(rounded(pixels.data).slice(18, 24)).toEqual([100, 110, 120, 101, 111, 121]);
    const flat = toTensor(images(3), { layout: 'features' });
    expect(flat.dims).toEqual([2, 18]);
    expect(flat.data).toEqual(pixels.data);
    expect(toTensor({ ...images(1), scale: 100 }, { layout: 'nchw' }).data[7]).toBeCloseTo(1.01, 6);
  });

  it('applies range, then mean and std, of each channel or all', () => {
    const [mean, std] = [
      [0.485, 0.456, 0.406],
      [0.229, 0.224, 0.225],
    ];
    const each = toTensor(images(3), { layout: 'nchw', mean, std });
    for (let c = 0; c < 3; c++) {
      expect(each.data[18 + c * 6 + 4]).toBeCloseTo(((104 + 10 * c) / 255 - mean[c]) / std[c], 5);
    }
    const all = toTensor(images(3), { layout: 'nhwc', mean: 0.5, std: [0.25] });
    expect(all.data[0]).toBeCloseTo(-2, 6);
    const signed = toTensor(images(1), { layout: 'nchw', range: [-1, 1] });
    expect(signed.data[6]).toBeCloseTo((100 / 255) * 2 - 1, 6);
    const caffe = toTensor(images(3), {
      layout: 'nhwc',
      range: [0, 255],
      mean: [103.939, 116.779, 123.68],
      channelOrder: 'bgr',
    });
    expect([...caffe.data.slice(0, 3)].map((value) => Math.round(value * 1000))).toEqual([-83939, -106779, -123680]);
  });

  it('repeats grey, weighs colours and drops alpha', () => {
    const repeated = toTensor(images(1), { layout: 'nhwc', channels: 3 });
    expect(rounded(repeated.data).slice(3, 6)).toEqual([1, 1, 1]);
    const grey = toTensor(images(3), { layout: 'nchw', channels: 1 });
    expect(grey.dims).toEqual([2, 1, 2, 3]);
    expect(grey.data[7] * 255).toBeCloseTo(0.299 * 101 + 0.587 * 111 + 0.114 * 121, 3);
    expect(toTensor(images(4), { layout: 'nchw', channels: 3 }).data).toEqual(
      toTensor(images(3), { layout: 'nchw' }).data,
    );
    expect(toTensor(images(4), { layout: 'nchw', channels: 1 }).data).toEqual(grey.data);
    expect(toTensor(images(2), { layout: 'nchw', channels: 1 }).data).toEqual(
      toTensor(images(1), { layout: 'nchw' }).data,
    );
    expect(toTensor(images(4), { layout: 'nchw' }).dims).toEqual([2, 4, 2, 3]);
    expect(toTensor(images(5), { layout: 'nchw', channels: 5 }).dims).toEqual([2, 5, 2, 3]);
  });

  it('takes rows of numbers as features, or as images of the stated size', () => {
    const features = toTensor(rows, { layout: 'features', mean: [1, 2, 3, 4], std: 2 });
    expect(features.dims).toEqual([2, 4]);
    expect([...features.data]).toEqual([0, 0, 0, 0, 2, 2, 2, 2]);
    const square = toTensor(rows, { layout: 'nchw', size: [2, 2], channels: 1 });
    expect(square.dims).toEqual([2, 1, 2, 2]);
    expect([...square.data]).toEqual([...rows.data]);
    expect(toTensor({ ...rows, shape: [2], count: 4 }, { layout: 'features', channels: 1 }).dims).toEqual([4, 2]);
    expect(toTensor(rows, { layout: 'nhwc', size: [1, 2] }).dims).toEqual([2, 1, 2, 2]);
  });

  it.each([
    [
      images(1),
      { layout: 'nchw', size: [28, 28] },
      'image-size',
      'samples are 2 x 3 (height x width), the model takes 28 x 28',
    ],
    [
      images(3),
      { layout: 'features', size: [2, 2] },
      'image-size',
      'samples are 2 x 3 (height x width), the model takes 2 x 2',
    ],
    [images(5), { layout: 'nchw', channels: 3 }, 'image-size', 'samples have 5 channels, the model takes 3'],
    [images(1), { layout: 'nchw', channels: 4 }, 'image-size', 'samples have 1 channel, the model takes 4'],
    [rows, { layout: 'nchw' }, 'image-size', 'samples are rows of 4 numbers, the model takes images'],
    [
      rows,
      { layout: 'nchw', size: [3, 3], channels: 1 },
      'image-size',
      'rows of 4 numbers, the model takes 3 x 3 with 1 channels',
    ],
    [
      images(1),
      { layout: 'nchw', mean: [1, 2, 3] },
      'config-invalid',
      '"mean" under "input" has 3 values, the model takes 1 channel',
    ],
  ] as const)('says what does not fit (%#)', (raw, input, code, message) => {
    const error = errorOf(raw, input as InputSettings);
    expect(error.code).toBe(code);
    expect(error.message).toContain(message);
    expect(error.hint).toBeTruthy();
  });
});

describe('inputSettings', () => {
  it('fills in defaults and refuses what makes no sense', () => {
    expect(inputSettings.parse({ mean: [0.5] })).toEqual({ mean: [0.5], channelOrder: 'rgb', range: [0, 1] });
    for (const wrong of [
      { std: 0 },
      { size: [28] },
      { size: [0, 28] },
      { layout: 'hwc' },
      { range: [1, 0] },
      { typo: 1 },
    ]) {
      expect(inputSettings.safeParse(wrong).success).toBe(false);
    }
  });
});
