import { describe, expect, it } from 'vitest';
import {
  aboutText,
  countText,
  dateText,
  dateTimeText,
  decimalText,
  dimensionText,
  durationText,
  finePercentText,
  leftText,
  limitText,
  listText,
  memoryText,
  NONE,
  percentOver,
  percentText,
  percentTick,
  pluralText,
  pointsOver,
  pointsText,
  sentenceText,
  signedText,
  significantText,
  sizeText,
} from '../../../src/contract/text.js';

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
    [5e15, '5,000.0 TB'],
  ])('%d bytes are %s', (bytes, text) => expect(sizeText(bytes)).toBe(text));

  it('shows that there is too little room, by however little', () => {
    expect([sizeText(1_210_000_000, 'up'), sizeText(1_190_000_000, 'down')]).toEqual(['1.3 GB', '1.1 GB']);
    expect([sizeText(999_901, 'up'), sizeText(999_999, 'down')]).toEqual(['1.0 MB', '999.9 kB']);
  });
});

describe('memoryText', () => {
  it.each([
    [0, '0 MiB'],
    [2 ** 20, '1 MiB'],
    [512 * 2 ** 20, '512 MiB'],
    [1023.4 * 2 ** 20, '1023 MiB'],
    [1023.5 * 2 ** 20, '1.0 GiB'],
    [2 ** 31, '2.0 GiB'],
    [3.14 * 2 ** 30, '3.1 GiB'],
  ])('%d bytes are %s', (bytes, text) => expect(memoryText(bytes)).toBe(text));

  it('shows that a limit is missed, by however little', () => {
    const limit = 2 ** 31;
    expect([memoryText(limit + 1, 'up'), memoryText(limit), memoryText(limit - 1, 'down')]).toEqual([
      '2.1 GiB',
      '2.0 GiB',
      '1.9 GiB',
    ]);
    expect([memoryText(1, 'up'), memoryText(2 ** 20 - 1, 'down')]).toEqual(['1 MiB', '0 MiB']);
  });
});

describe('percentText', () => {
  it('has one dash where there was no sample', () => {
    expect([0, 0.753, 1, null, undefined].map((share) => percentText(share))).toEqual([
      '0.0%',
      '75.3%',
      '100.0%',
      NONE,
      NONE,
    ]);
    expect(percentText(0.456, 0)).toBe('46%');
    expect(percentText(-0.00001)).toBe('0.0%');
  });

  it('tells a share from the limit that it is over', () => {
    expect([percentOver(0.2, 0.01), percentOver(0.0104, 0.01), percentOver(0.010001, 0.01)]).toEqual([
      '20.0%',
      '1.04%',
      '1.0001%',
    ]);
    expect(pointsOver(0.0304, 0.03)).toBe('3.04');
    expect([0.01, 0.005, 1].map(limitText)).toEqual(['1%', '0.5%', '100%']);
  });

  it('leaves the unit to the title of an axis', () => {
    expect([0, 0.125, 0.45, 1, -0.25].map(percentTick)).toEqual(['0', '12.5', '45', '100', '−25']);
  });
});

describe('pointsText', () => {
  it('has a sign, but none for what rounds to nothing', () => {
    expect([pointsText(0.95, 0.94), pointsText(0.9, 0.951), pointsText(0.5, 0.49999), pointsText(null, 1)]).toEqual([
      '−1.0',
      '+5.1',
      '0.0',
      NONE,
    ]);
  });

  it('can be read by programs', () => expect(pointsText(0.95, 0.94, '-')).toBe('-1.0'));
});

describe('numbers', () => {
  it('are grouped', () => {
    expect([0, 999, 12_345, 1_234_567, -12_345, null].map(countText)).toEqual([
      '0',
      '999',
      '12,345',
      '1,234,567',
      '−12,345',
      NONE,
    ]);
    expect([pluralText(1, 'sample'), pluralText(1200, 'sample'), pluralText(0, 'class', 'classes')]).toEqual([
      '1 sample',
      '1,200 samples',
      '0 classes',
    ]);
  });

  it('never are less than nothing', () => {
    expect([decimalText(-1.254), decimalText(-0.004), decimalText(0), decimalText(-1234.5678, 3)]).toEqual([
      '−1.25',
      '0.00',
      '0.00',
      '−1,234.568',
    ]);
    expect([signedText(-0.914, 2), signedText(1200, 0), signedText(-0.04, 1), signedText(0.04, 1)]).toEqual([
      '−0.91',
      '+1,200',
      '0.0',
      '0.0',
    ]);
  });

  it('have the digits that count', () => {
    expect([0.0012345, 1500, -2.19999, 0].map((value) => significantText(value))).toEqual([
      '0.00123',
      '1500',
      '−2.2',
      '0',
    ]);
    expect(significantText(0.1 + 0.2, 6)).toBe('0.3');
    expect([0.1234, 1, 0.0000123].map(finePercentText)).toEqual(['12.3%', '100%', '0.00123%']);
  });

  it.each([
    [null, NONE],
    [0, '0.0'],
    [0.034, '0.03'],
    [0.1, '0.1'],
    [6518.46, '6,518.5'],
  ])('%s directions are written %s', (dimension, text) => expect(dimensionText(dimension)).toBe(text));
});

describe('durationText', () => {
  it('is exact to a tenth, then to a second', () => {
    expect([0.84, 59.94, 59.96, 72].map(durationText)).toEqual(['0.8 s', '59.9 s', '1 min 0 s', '1 min 12 s']);
  });
});

describe('aboutText', () => {
  it('goes in steps of five seconds, then of minutes, then of ten minutes', () => {
    const seconds = [0, 4.9, 5, 12, 48, 51, 89, 91, 600, 3540, 3590, 5400, 7300];
    expect(seconds.map(aboutText)).toEqual([
      'a few seconds',
      'a few seconds',
      'about 5 s',
      'about 15 s',
      'about 50 s',
      'about 1 min',
      'about 1 min',
      'about 2 min',
      'about 10 min',
      'about 59 min',
      'about 1 h',
      'about 1 h 30 min',
      'about 2 h',
    ]);
  });

  it('is said of what is left in the same words', () => {
    expect([3, 20, 90, 5400].map(leftText)).toEqual([
      'a few seconds left',
      'about 20 s left',
      'about 2 min left',
      'about 1 h 30 min left',
    ]);
  });

  it('never goes up while time goes by', () => {
    const texts = Array.from({ length: 8000 }, (_, at) => aboutText(8000 - at));
    const steps = texts.filter((text, at) => text !== texts[at - 1]);
    expect(new Set(steps).size).toBe(steps.length);
  });
});

describe('dates', () => {
  const iso = '2026-01-31T09:05:59.000Z';

  it('are the same for everybody in UTC', () => {
    expect([dateText(iso, 'utc'), dateTimeText(iso, 'utc')]).toEqual(['31 Jan 2026', '31 Jan 2026, 09:05 UTC']);
  });

  it("are the reader's elsewhere", () => {
    const local = new Date(2026, 8, 3, 7, 4).toISOString();
    expect([dateText(local), dateTimeText(local)]).toEqual(['3 Sep 2026', '3 Sep 2026, 07:04']);
  });
});

describe('listText', () => {
  it('cuts long lists', () => {
    expect(listText([])).toBe('');
    expect(listText(['Shirt'])).toBe('Shirt');
    expect(listText(['Shirt', 'Bag'])).toBe('Shirt and Bag');
    expect(listText(['Shirt', 'Bag', 'Coat'])).toBe('Shirt, Bag and Coat');
    expect(listText(['Shirt', 'Bag', 'Coat', 'Dress'])).toBe('Shirt, Bag and 2 more');
    expect(listText(['Shirt', 'Bag', 'Coat', 'Dress'], 4)).toBe('Shirt, Bag, Coat and Dress');
    expect(
      listText(
        Array.from({ length: 2000 }, (_, at) => `${at}`),
        2,
      ),
    ).toBe('0 and 1,999 more');
  });
});

describe('sentenceText', () => {
  it.each([
    ['no samples were found', 'No samples were found.'],
    ['model.json has no weights', 'model.json has no weights.'],
    ['Already one.', 'Already one.'],
    ['may it be?', 'May it be?'],
  ])('%s', (message, sentence) => expect(sentenceText(message)).toBe(sentence));
});
