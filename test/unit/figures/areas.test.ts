import { describe, expect, test } from 'vitest';
import type { BoundaryMap } from '../../../src/contract/explain.js';
import { areasOf, takeoversOf, takeoverText } from '../../../src/figures/areas.js';
import { featuresAnswer } from '../../support/studio/answers.js';

/** A map from its rows, the topmost (largest y) first. */
function mapOf(...rows: string[]): BoundaryMap {
  const classes = Uint16Array.from([...rows].reverse().join(''), Number);
  return { classes, confidence: Float32Array.from(classes, () => 1) };
}

describe('areas', () => {
  test('say who has what was whose', () => {
    const result = {
      ...featuresAnswer(17),
      size: 3,
      before: mapOf('001', '001', '222'),
      after: mapOf('221', '021', '222'),
    };
    const { total, before, after, heirs } = areasOf(result);
    expect(total).toBe(9);
    expect([...before].sort()).toEqual([
      [0, 4],
      [1, 2],
      [2, 3],
    ]);
    expect([...after!].sort()).toEqual([
      [0, 1],
      [1, 2],
      [2, 6],
    ]);
    expect(heirs.get(0)).toEqual([
      { class: 2, points: 3 },
      { class: 0, points: 1 },
    ]);
  });

  test('of a map alone have no heirs', () => {
    const { after, heirs } = areasOf({ ...featuresAnswer(17), after: null });
    expect(after).toBeNull();
    expect(heirs.size).toBe(0);
  });
});

describe('what became of a part of the map', () => {
  const names = ['Shirt', 'Coat', 'Bag', 'Dress', 'Boot'];
  const textOf = (before: string, after: string, index = 0) => {
    const result = { before: mapOf(before), after: mapOf(after) };
    return takeoversOf(areasOf(result), [index]).map((entry) => takeoverText(entry, (at) => names[at]));
  };

  test.each([
    [
      '0001',
      '1221',
      'Shirt had 75.0% of this area before. Nothing of it is left: 66.7% went to Bag and 33.3% to Coat.',
    ],
    ['0001', '0011', 'Shirt had 75.0% of this area before. 66.7% of it is left: 33.3% went to Coat.'],
    ['0001', '0001', 'Shirt had 75.0% of this area, and still has all of it.'],
    ['1111', '1111', 'Shirt had no part of this area before.'],
    [
      '00000000',
      '01112234',
      'Shirt had 100.0% of this area before. 12.5% of it is left: 37.5% went to Coat, 25.0% to Bag, 12.5% to Dress and the rest to 1 more.',
    ],
  ])('%s to %s', (before, after, text) => expect(textOf(before, after)).toEqual([text]));

  test('is unknown without a run', () => {
    expect(takeoversOf(areasOf({ before: mapOf('01'), after: null }), [0])).toEqual([]);
  });
});
