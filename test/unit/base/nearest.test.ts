import { describe, expect, it } from 'vitest';
import { nearest, suggestion } from '../../../src/base/nearest.js';

const classes = ['T-shirt/top', 'Trouser', 'Pullover', 'Shirt', 'Sneaker'];

describe('nearest', () => {
  it('finds a name with a letter missing, and other cases', () => {
    expect(nearest('Shrt', classes)[0]).toBe('Shirt');
    expect(nearest('shirt', classes)[0]).toBe('Shirt');
    expect(nearest('SNEAKERS', classes)).toEqual(['Sneaker']);
  });

  it('finds a name from a part of it', () => {
    expect(nearest('t-shirt', classes)).toContain('T-shirt/top');
  });

  it('finds nothing where nothing is near', () => {
    expect(nearest('giraffe', classes)).toEqual([]);
  });
});

describe('suggestion', () => {
  it('asks for the nearest, or tells what there is', () => {
    expect(suggestion('Shrt', classes)).toBe('Did you mean "Shirt"?');
    expect(suggestion('giraffe', ['a', 'b'])).toBe('Known: "a", "b".');
    const many = Array.from({ length: 100 }, (_, index) => `class number ${index}`);
    expect(suggestion('giraffe', many)).toMatch(/"class number 11", \.\.\. 88 more\.$/);
  });
});
