import { describe, expect, test } from 'vitest';
import {
  cellText,
  changedPairs,
  changeText,
  countsOf,
  ofTotal,
  shareAt,
  strengthOf,
  topPairs,
  valueText,
} from '../../../src/figures/confusion.js';
import { after, before, matrix } from '../../support/studio/confusion.js';

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

test('changes have a sign, unless they are none', () => {
  expect(changeText(12, 'count')).toBe('+12');
  expect(changeText(-0.94, 'percent')).toBe('−0.9');
  expect(changeText(0.04, 'percent')).toBe('0.0');
  expect(changeText(0, 'count')).toBe('0');
});

test('values are in samples or in percent of the row', () => {
  expect([
    valueText(1200, 'count'),
    valueText(12, 'percent'),
    valueText(null, 'percent'),
    valueText(null, 'count'),
  ]).toEqual(['1,200', '12.0%', '–', '–']);
});

test('the rows of a record become one list', () => {
  expect(
    countsOf([
      [1, 2],
      [3, 4],
    ]),
  ).toEqual({ size: 2, counts: Uint32Array.of(1, 2, 3, 4) });
});

test('the pairs that changed most, whichever way, in percent of the row', () => {
  const larger = matrix([
    [89, 4, 7, 0],
    [1, 19, 0, 0],
    [0, 2, 8, 0],
    [0, 0, 0, 0],
  ]);
  expect(changedPairs(before, larger, [0, 1, 2, 3], 9)).toEqual([
    { row: 2, column: 1, before: 50, after: 20 },
    { row: 0, column: 2, before: 2, after: expect.closeTo(7, 9) },
    { row: 0, column: 1, before: 8, after: 4 },
  ]);
  expect(changedPairs(before, before, [0, 1, 2, 3], 9)).toEqual([]);
});

test('small shares are seen', () => {
  expect([0, 0.01, 0.25, 1, 4, -0.25].map(strengthOf)).toEqual([0, 0.1, 0.5, 1, 1, -0.5]);
});

test.each([
  [0, ['', '', '']],
  [0.01, ['<0.1', '<0.1', '']],
  [0.4, ['0.4', '0.4', '']],
  [0.6, ['0.6', '0.6', '1']],
  [9.96, ['10.0', '10', '10']],
  [99.96, ['>99', '>99', '>99']],
  [99.6, ['99.6', '>99', '>99']],
  [100, ['100', '100', '100']],
])('%d%% in a cell, by its room', (value, texts) => {
  expect((['decimal', 'digits', 'whole'] as const).map((room) => cellText(value, 'percent', room))).toEqual(texts);
});

test('many samples in a cell', () => {
  expect([9_999, 12_345, 0].map((value) => cellText(value, 'count', 'digits'))).toEqual(['9999', '12k', '']);
});
