import { expect, it } from 'vitest';
import type { ModelSummary } from '../../../src/contract/models.js';
import { classesAt, limitsAt, stillThere } from '../../../src/extension/classes/names.js';

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

it('knows the limits of the classes that a run is to forget, by name or by index', () => {
  const policy = [{ class: 'Shirt', index: 2, maxAccuracy: 0.05, reason: 'R-1' }];
  const named = { classes: before, classCount: 3, policy } as Partial<ModelSummary> as ModelSummary;
  expect(limitsAt(named, classesAt(named, [0, 2]))).toEqual([
    { class: 'T-shirt', index: 0, reason: null, maxAccuracy: 0.01 },
    { class: 'Shirt', index: 2, reason: 'R-1', maxAccuracy: 0.05 },
  ]);
  expect(limitsAt(named, ['Bag'])).toEqual([]);
  const numbered = { classes: null, classCount: 3, policy: [] } as Partial<ModelSummary> as ModelSummary;
  expect(limitsAt(numbered, classesAt(numbered, [1]))).toEqual([
    { class: '1', index: 1, reason: null, maxAccuracy: 0.01 },
  ]);
});
