import { expect, it } from 'vitest';
import { ticks } from '../../../src/report/axis.js';

it.each([
  [
    [0, 1],
    [0, 0.2, 0.4, 0.6, 0.8, 1],
  ],
  [
    [-2.2, 2.2],
    [-2, -1, 0, 1, 2],
  ],
  [
    [0.9, 1],
    [0.9, 0.92, 0.94, 0.96, 0.98, 1],
  ],
] as const)('an axis over %j has round ticks', (domain, expected) => {
  expect(ticks(domain)).toEqual(expected);
});
