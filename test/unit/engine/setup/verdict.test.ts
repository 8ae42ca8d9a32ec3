import { describe, expect, it } from 'vitest';
import { chanceOf, isNearChance, warningOf } from '../../../../src/engine/setup/verdict.js';

const classes = ['a', 'b', 'c'];
const good = [
  [18, 1, 1],
  [2, 18, 0],
  [0, 1, 19],
];
const turned = [good[1], good[2], good[0]];
const guessed = [
  [6, 7, 7],
  [7, 7, 6],
  [6, 8, 6],
];

describe('the verdict on settings', () => {
  it('knows what guessing would reach', () => {
    expect(chanceOf(good)).toBeCloseTo(1 / 3, 12);
    expect(
      chanceOf([
        [3, 0],
        [0, 1],
      ]),
    ).toBe(0.75);
  });

  it('takes few samples for less', () => {
    expect(isNearChance(0.6, 0.5, 20)).toBe(true);
    expect(isNearChance(0.6, 0.5, 2000)).toBe(false);
    expect(isNearChance(0.1, 0.001, 200)).toBe(true);
    expect(isNearChance(0.5, 0.001, 200)).toBe(false);
  });

  it('has nothing against good answers', () => {
    expect(warningOf(good, classes, 0)).toBeNull();
  });

  it('warns of guesses, and says whether the scaling is to blame', () => {
    expect(warningOf(guessed, classes, 0)).toMatch(
      /^Only 31\.7% of 60 .* would reach 33\.3%\. The scaling of the values, the/,
    );
    expect(warningOf(guessed, classes, 0.9)).toMatch(/33\.3%\. The values are probably not scaled/);
  });

  it('names the answer that is always given', () => {
    const always = [
      [0, 0, 20],
      [0, 0, 20],
      [0, 1, 19],
    ];
    expect(warningOf(always, classes, 0)).toContain('Nearly all are taken for "c".');
  });

  it('tells a wrong order of the classes, unless another scaling does as much', () => {
    expect(warningOf(turned, classes, 0)).toContain('"a" is mostly taken for "b"');
    expect(warningOf(turned, classes, 0.4)).toContain('"a" is mostly taken for "b"');
    expect(warningOf(turned, classes, 0.95)).not.toContain('order');
  });

  it('says of two classes that have changed places that they have', () => {
    const names = [...'abcdef'];
    const swapped = names.map((_, row) =>
      names.map((_, column) => (column === ([1, 0, 3, 2, 4, 5][row] as number) ? 10 : 0)),
    );
    expect(isNearChance(20 / 60, 1 / 6, 60)).toBe(false);
    expect(warningOf(swapped, names, 0)).toMatch(/^The answers follow the classes under other names \("a" is mostly/);
  });

  it('sees no order in one sample a class', () => {
    const names = Array.from({ length: 20 }, (_, at) => String(at));
    const scattered = names.map((_, row) => names.map((_, column) => (column === (row + 7) % 20 ? 1 : 0)));
    expect(warningOf(scattered, names, 0)).not.toContain('mostly taken for');
  });

  it('says nothing of samples of one class', () => {
    expect(
      warningOf(
        [
          [20, 0],
          [0, 0],
        ],
        ['a', 'b'],
        0,
      ),
    ).toContain('All samples are of one class');
  });
});
