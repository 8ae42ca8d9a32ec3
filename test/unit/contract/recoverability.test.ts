import { describe, expect, it } from 'vitest';
import { errorText, recoverabilitySentence, recoverabilityText } from '../../../src/contract/recoverability.js';
import { NONE } from '../../../src/contract/text.js';

const readable = (balancedAccuracy: number, error = 0.0123) => ({ balancedAccuracy, error, auc: 0.9 });

describe('how well a class can be read', () => {
  it('is written with its standard error in points', () => {
    expect(recoverabilityText(readable(0.8951))).toBe('89.5% ± 1.2');
    expect(recoverabilityText(readable(1, 0))).toBe('100.0% ± 0.0');
    expect(errorText({ error: 0.1 })).toBe('± 10.0');
  });

  it('has a dash where nobody knows', () => {
    expect([recoverabilityText(null), recoverabilityText(undefined)]).toEqual([NONE, NONE]);
  });

  it('is said in a sentence of the run, or of the model before it', () => {
    const both = recoverabilitySentence({ before: readable(0.98), after: readable(0.731) }, ['Shirt', 'Bag']);
    expect(both).toMatch(/^After the run, .* tells samples of Shirt and Bag from others 73\.1% of the time/);
    expect(both).toContain('98.0% before the run');
    expect(both).toContain('50%');
    const early = recoverabilitySentence({ before: readable(0.98), after: null }, ['Shirt']);
    expect(early).toMatch(/^Before the run, .* told samples of Shirt from others 98\.0% of the time/);
    const late = recoverabilitySentence({ before: null, after: readable(0.731) }, ['Shirt']);
    expect(late).toContain('73.1%');
    expect(late).not.toContain('before');
    expect(recoverabilitySentence({ before: null, after: null }, ['Shirt'])).toBe('');
  });
});
