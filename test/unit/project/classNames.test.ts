import { describe, expect, it } from 'vitest';
import { classIndex, classIndices } from '../../../src/project/classNames.js';

describe('classIndex', () => {
  const folders = ['0', '1', '10', '2'];

  it('takes a text for a name first, and for an index where no class is called so', () => {
    expect(classIndex('10', folders)).toBe(2);
    expect(classIndex('3', folders)).toBe(3);
    expect(classIndex('7', folders)).toBeUndefined();
  });

  it('takes a number for an index, whatever the classes are called', () => {
    expect(classIndex(2, folders)).toBe(2);
    expect(classIndex(3, folders)).toBe(3);
    expect(classIndex(10, folders)).toBeUndefined();
    expect(classIndices([2, '10', 3], folders)).toEqual([2, 3]);
  });

  it('says which class there is none of', () => {
    expect(() => classIndices(['1', 'e'], folders)).toThrow('there is no class "e"');
  });
});
