import { expect, it } from 'vitest';
import { stillThere } from '../../../src/extension/classes/names.js';

const before = ['T-shirt', 'Trouser', 'Shirt'];

it('knows classes again by their names', () => {
  expect(stillThere([0, 2], before, ['Shirt', 'T-shirt'])).toEqual([0, 1]);
  expect(stillThere([0, 2], before, before)).toEqual([0, 2]);
});

it('drops classes that are not there any more', () => {
  expect(stillThere([1, 2], before, ['T-shirt', 'Shirt'])).toEqual([1]);
  expect(stillThere([0, 1, 2], before, [])).toEqual([]);
});

it('keeps the places of classes that get a name', () => {
  expect(stillThere([0, 2], ['0', '1', '2'], before)).toEqual([0, 2]);
  expect(stillThere([0, 2], undefined, before)).toEqual([0, 2]);
  expect(stillThere([0, 5], undefined, before)).toEqual([0]);
});
