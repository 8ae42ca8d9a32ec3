import { describe, expect, test } from 'vitest';
import { classesShown } from '../../../webview/studio/views/confusion/filter.js';
import { after, before, matrix } from '../../support/studio/confusion.js';

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
