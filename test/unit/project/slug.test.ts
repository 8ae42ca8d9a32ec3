import { describe, expect, it } from 'vitest';
import { slugOf } from '../../../src/project/slug.js';

const fashion = ['T-shirt/top', 'Trouser', 'Shirt', 'Ankle boot'];

describe('slugOf', () => {
  it('keeps letters and digits and joins the rest with dashes', () => {
    expect(slugOf([0], fashion)).toBe('t-shirt-top');
    expect(slugOf([3], fashion)).toBe('ankle-boot');
    expect(slugOf([2, 1], fashion)).toBe('shirt-trouser');
  });

  it('writes accented letters plainly', () => {
    expect(slugOf([0], ['Crème brûlée', 'x'])).toBe('creme-brulee');
  });

  it('falls back to the index for names without a letter it can write', () => {
    expect(slugOf([1], ['a', '衬衫'])).toBe('class-1');
    expect(slugOf([0], ['...', 'a'])).toBe('class-0');
    expect(slugOf([1], ['a', '../../etc/passwd'])).toBe('etc-passwd');
  });

  it('tells classes apart whose names differ only in signs', () => {
    const classes = ['A/B', 'a b', 'C'];
    expect(slugOf([0], classes)).toBe('a-b-0');
    expect(slugOf([1], classes)).toBe('a-b-1');
  });

  it('stays short for long names and long lists, and different for different lists', () => {
    const classes = Array.from({ length: 100 }, (_, index) => `a rather long class name ${index}`);
    const first = slugOf(
      classes.map((_, index) => index),
      classes,
    );
    const second = slugOf(classes.map((_, index) => index).slice(1), classes);
    expect(first.length).toBeLessThanOrEqual(60);
    expect(first).toMatch(/^a-rather-long.*-[0-9a-f]{8}$/);
    expect(first).not.toBe(second);
    expect(slugOf([0], ['x'.repeat(500), 'y']).length).toBeLessThanOrEqual(60);
  });
});
