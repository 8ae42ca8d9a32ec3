import { expect, it } from 'vitest';
import { directions } from '../../../webview/studio/views/layers/dimensions.js';

it.each([
  [null, '–'],
  [0, '0.0'],
  [0.034, '0.03'],
  [0.1, '0.1'],
  [6518.46, '6,518.5'],
])('%s directions are written %s', (dimension, text) => {
  expect(directions(dimension)).toBe(text);
});
