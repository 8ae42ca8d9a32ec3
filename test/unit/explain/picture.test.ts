import { expect, it } from 'vitest';
import type { RawBatch } from '../../../src/data/dataset.js';
import { pictureOf } from '../../../src/engine/explain/picture.js';

function bytes(shape: readonly number[], ...values: number[]): RawBatch {
  const length = shape.reduce((product, side) => product * side, 1);
  return { count: values.length / length, shape, data: Uint8Array.from(values), scale: 255 };
}

it('repeats grey, and takes the sample that is asked for', () => {
  const raw = bytes([1, 2, 1], 1, 2, 3, 255);
  expect(pictureOf(raw, 0)).toEqual({ width: 2, height: 1, rgb: Uint8Array.of(1, 1, 1, 2, 2, 2) });
  expect(pictureOf(raw, 1)).toEqual({ width: 2, height: 1, rgb: Uint8Array.of(3, 3, 3, 255, 255, 255) });
});

it('takes the colours of colour images and leaves alpha out', () => {
  expect(pictureOf(bytes([1, 2, 3], 1, 2, 3, 4, 5, 6), 0).rgb).toEqual(Uint8Array.of(1, 2, 3, 4, 5, 6));
  expect(pictureOf(bytes([2, 1, 4], 1, 2, 3, 99, 4, 5, 6, 99), 0)).toEqual({
    width: 1,
    height: 2,
    rgb: Uint8Array.of(1, 2, 3, 4, 5, 6),
  });
  expect(pictureOf(bytes([1, 2, 2], 7, 99, 8, 99), 0).rgb).toEqual(Uint8Array.of(7, 7, 7, 8, 8, 8));
  expect(pictureOf(bytes([1, 1, 5], 7, 1, 2, 3, 4), 0).rgb).toEqual(Uint8Array.of(7, 7, 7));
});

it('scales numbers by what stands for 1, or by their own range where they leave it', () => {
  const floats = (...values: number[]): RawBatch => ({
    ...{ count: 1, shape: [1, values.length, 1], scale: 1 },
    data: Float32Array.from(values),
  });
  expect(pictureOf(floats(0, 0.5, 1), 0).rgb.filter((_, at) => at % 3 === 0)).toEqual(Uint8Array.of(0, 128, 255));
  expect(pictureOf(floats(-2, 0, 2), 0).rgb.filter((_, at) => at % 3 === 0)).toEqual(Uint8Array.of(0, 128, 255));
  expect(pictureOf(floats(5, 5, 5), 0).rgb).toEqual(new Uint8Array(9));
});

it('sees the image in a square row, and none in a few features', () => {
  const row = bytes([16], ...Array.from({ length: 16 }, (_, at) => at));
  expect(pictureOf(row, 0)).toMatchObject({ width: 4, height: 4 });
  expect(pictureOf(row, 0).rgb[3 * 5]).toBe(5);
  for (const features of [2, 4, 9, 24]) {
    expect(pictureOf(bytes([features], ...new Array<number>(features).fill(1)), 0)).toMatchObject({
      width: 0,
      height: 0,
    });
  }
});
