import { expect, test } from 'vitest';
import { countsOf } from '../../../src/figures/confusion.js';
import { destinationsOf, othersText } from '../../../src/figures/destinations.js';

const before = countsOf([
  [8, 1, 1, 0, 0],
  [2, 8, 0, 0, 0],
  [0, 0, 9, 0, 0],
  [0, 0, 0, 9, 0],
  [0, 0, 0, 0, 9],
]);
const after = countsOf([
  [0, 1, 4, 3, 2],
  [0, 8, 1, 1, 0],
  [0, 0, 9, 0, 0],
  [0, 0, 0, 9, 0],
  [0, 0, 0, 0, 9],
]);

test('their own class comes first, then those that get most', () => {
  expect(destinationsOf(before, after, [0], 8)).toEqual([
    { kind: 'own', class: null, classes: 1, before: 8, after: 0 },
    { kind: 'class', class: 2, classes: 1, before: 1, after: 4 },
    { kind: 'class', class: 3, classes: 1, before: 0, after: 3 },
    { kind: 'class', class: 4, classes: 1, before: 0, after: 2 },
    { kind: 'class', class: 1, classes: 1, before: 1, after: 1 },
  ]);
});

test('many are added up, but never a single one', () => {
  const others = destinationsOf(before, after, [0], 2)[3];
  expect(others).toEqual({ kind: 'others', class: null, classes: 2, before: 1, after: 3 });
  expect(othersText(others)).toBe('2 other classes');
  expect(destinationsOf(before, after, [0], 3)).toHaveLength(5);
});

test('of several classes, what is taken for another of them is no longer recognised', () => {
  const [own, ...others] = destinationsOf(before, after, [0, 1], 8);
  expect(own).toMatchObject({ classes: 2, before: 16, after: 8 });
  expect(others.find((entry) => entry.class === 0)).toMatchObject({ before: 2, after: 0 });
  expect(others.find((entry) => entry.class === 2)).toMatchObject({ before: 1, after: 5 });
});

test('nobody knows the numbers after before a run has ended', () => {
  expect(destinationsOf(before, null, [0], 8).map((entry) => entry.after)).toEqual([null, null, null]);
});
