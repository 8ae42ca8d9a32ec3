import { describe, expect, it } from 'vitest';
import {
  aboutText,
  countText,
  durationText,
  leftText,
  listText,
  percentText,
  pointsText,
  sizeText,
} from '../../../src/base/text.js';

describe('sizeText', () => {
  it.each([
    [0, '0 B'],
    [812, '812 B'],
    [999, '999 B'],
    [1000, '1.0 kB'],
    [385_711, '385.7 kB'],
    [999_949, '999.9 kB'],
    [999_950, '1.0 MB'],
    [39_100_000, '39.1 MB'],
    [2e12, '2.0 TB'],
    [5e15, '5000.0 TB'],
  ])('%d bytes are %s', (bytes, text) => expect(sizeText(bytes)).toBe(text));
});

describe('percentText', () => {
  it('says nothing, or what it is told to, where there was no sample', () => {
    expect([0, 0.753, 1, null, undefined].map((share) => percentText(share))).toEqual([
      '0.0%',
      '75.3%',
      '100.0%',
      '',
      '',
    ]);
    expect(percentText(null, '-')).toBe('-');
  });
});

describe('pointsText', () => {
  it('has a sign, but none for what rounds to nothing', () => {
    expect([pointsText(0.95, 0.94), pointsText(0.9, 0.951), pointsText(0.5, 0.49999), pointsText(null, 1)]).toEqual([
      '-1.0',
      '+5.1',
      '0.0',
      '-',
    ]);
  });
});

describe('durationText', () => {
  it('is exact to a tenth, then to a second', () => {
    expect([0.84, 59.94, 59.96, 72].map(durationText)).toEqual(['0.8 s', '59.9 s', '1 min 0 s', '1 min 12 s']);
  });
});

describe('aboutText', () => {
  it('never says that something takes no time', () => {
    expect([0.1, 12.4, 89, 91, 600].map(aboutText)).toEqual([
      'about 1 s',
      'about 12 s',
      'about 89 s',
      'about 2 min',
      'about 10 min',
    ]);
  });
});

describe('leftText', () => {
  it('goes in steps of five seconds, then of minutes', () => {
    expect([0, 4.9, 5, 12, 13, 88, 91, 600].map(leftText)).toEqual([
      'a few seconds left',
      'a few seconds left',
      'about 5 s left',
      'about 10 s left',
      'about 15 s left',
      'about 2 min left',
      'about 2 min left',
      'about 10 min left',
    ]);
  });
});

describe('countText', () => {
  it('groups the digits', () => expect(countText(12_345)).toBe('12,345'));
});

describe('listText', () => {
  it('cuts long lists', () => {
    expect(listText([])).toBe('');
    expect(listText(['Shirt'])).toBe('Shirt');
    expect(listText(['Shirt', 'Bag'])).toBe('Shirt and Bag');
    expect(listText(['Shirt', 'Bag', 'Coat'])).toBe('Shirt, Bag and Coat');
    expect(listText(['Shirt', 'Bag', 'Coat', 'Dress'])).toBe('Shirt, Bag and 2 more');
  });
});
