import { expect, test } from 'vitest';
import { dimensionOf, importance } from '../../../src/figures/importance.js';

test('importance goes from the share itself to all or nothing', () => {
  expect(importance(0.3, 1)).toBeCloseTo(0.3, 12);
  expect(importance(0.01, 100)).toBeCloseTo(1 / 1.99, 12);
  expect(importance(1, 1000)).toBe(1);
  expect(importance(0, 1000)).toBe(0);
  // 0 / 0 by the formula.
  expect(importance(1, 0)).toBe(0);
});

test('the dimension is what all directions count as together', () => {
  expect(dimensionOf(Float32Array.of(0.5, 0.25, 0.25), 1)).toBeCloseTo(1, 6);
  expect(dimensionOf(Float32Array.of(0.5, 0.25, 0.25), 1e9)).toBeCloseTo(3, 6);
  expect(dimensionOf(new Float32Array(), 10)).toBe(0);
});
