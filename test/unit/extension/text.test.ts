import { describe, expect, it } from 'vitest';
import { durationText, listText, percentText, plainText, sizeText } from '../../../src/extension/text.js';

describe('sizeText', () => {
  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [1000, '1.0 kB'],
    [385_711, '386 kB'],
    [999_499, '999 kB'],
    [999_500, '1.0 MB'],
    [33_100_000, '33 MB'],
    [2.7e9, '2.7 GB'],
  ])('%d bytes are %s', (bytes, text) => expect(sizeText(bytes)).toBe(text));
});

describe('percentText', () => {
  it('says nothing where there was no sample', () => {
    expect([0, 0.753, 1, null, undefined].map(percentText)).toEqual(['0.0%', '75.3%', '100.0%', '', '']);
  });
});

describe('durationText', () => {
  it('never says that something takes no time', () => {
    expect([0.1, 12.4, 89, 91, 600].map(durationText)).toEqual([
      'about 1 s',
      'about 12 s',
      'about 89 s',
      'about 2 min',
      'about 10 min',
    ]);
  });
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

describe('plainText', () => {
  it('leaves no link that would run a command', () => {
    expect(plainText('layer "[Fix](command:evil)"')).not.toMatch(/\]\(/);
  });
});
