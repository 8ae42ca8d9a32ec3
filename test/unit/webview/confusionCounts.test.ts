import { describe, expect, test } from 'vitest';
import {
  changeText,
  classesShown,
  type Matrix,
  matrixOf,
  ofTotal,
  shareAt,
  topPairs,
} from '../../../webview/studio/views/confusion/counts.js';

function matrix(rows: readonly (readonly number[])[]): Matrix {
  return matrixOf({ size: rows.length, counts: Uint32Array.from(rows.flat()) });
}

const before = matrix([
  [90, 8, 2, 0],
  [1, 19, 0, 0],
  [0, 5, 5, 0],
  [0, 0, 0, 0],
]);
const after = matrix([
  [90, 3, 7, 0],
  [1, 19, 0, 0],
  [0, 2, 8, 0],
  [0, 0, 0, 0],
]);

test('shares are of the row, and nothing where there are no samples', () => {
  expect([...before.totals]).toEqual([100, 20, 10, 0]);
  expect(shareAt(before, 2, 1)).toBe(0.5);
  expect(shareAt(before, 3, 3)).toBe(0);
  expect(ofTotal(before, 1, 0)).toBe('1 of 20 (5.0%)');
  expect(ofTotal(before, 3, 0)).toBe('no samples');
});

describe('the pairs confused most', () => {
  const all = [0, 1, 2, 3];

  test('in percent: small classes count as much as large ones', () => {
    expect(topPairs(before, after, all, 'percent', 3)).toEqual([
      { row: 2, column: 1, before: 50, after: 20 },
      { row: 0, column: 1, before: 8, after: 3 },
      { row: 0, column: 2, before: 2, after: expect.closeTo(7, 9) },
    ]);
  });

  test('in samples, by the larger of before and after', () => {
    expect(topPairs(before, after, all, 'count', 2)).toEqual([
      { row: 0, column: 1, before: 8, after: 3 },
      { row: 0, column: 2, before: 2, after: 7 },
    ]);
  });

  test('among some classes only, and before a run has ended', () => {
    expect(topPairs(before, null, [0, 1], 'count', 9)).toEqual([
      { row: 0, column: 1, before: 8, after: null },
      { row: 1, column: 0, before: 1, after: null },
    ]);
  });
});

describe('a filter', () => {
  const names = ['hen', 'Cock', 'hen harrier', 'shark'];

  test('finds parts of names, in any case, with what they are confused with', () => {
    expect(classesShown(names, '', [before])).toEqual([0, 1, 2, 3]);
    expect(classesShown(names, ' SHARK ', [before, after])).toEqual([3]);
    expect(classesShown(names, 'cock', [before, after])).toEqual([0, 1, 2]);
    expect(classesShown(names, 'zebra', [before, after])).toEqual([]);
  });

  test('that is a whole name finds that alone', () => {
    const apart = matrix([
      [9, 0, 0, 1],
      [0, 9, 0, 0],
      [0, 0, 9, 0],
      [0, 0, 0, 9],
    ]);
    expect(classesShown(names, 'hen', [apart])).toEqual([0, 3]);
    expect(classesShown(names, 'he', [apart])).toEqual([0, 2, 3]);
  });
});

test('changes have a sign, unless they are none', () => {
  expect(changeText(12, 'count')).toBe('+12');
  expect(changeText(-0.94, 'percent')).toBe('−0.9');
  expect(changeText(0.04, 'percent')).toBe('0.0');
  expect(changeText(0, 'count')).toBe('0');
});
