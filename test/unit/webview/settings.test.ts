import { describe, expect, test } from 'vitest';
import { DEFAULTS } from '../../../src/engine/defaults.js';
import { FIELD_NAMES, FIELDS, parseSettings } from '../../../webview/studio/settingsFields.js';

test('what empty fields show is what the engine does', () => {
  const shown = Object.fromEntries(FIELD_NAMES.map((name) => [name, FIELDS[name].fallback]));
  const { layers, ...rest } = shown;
  expect(layers).toBe('all');
  const { samples, maxPatches, alphaR, alphaF, seed } = DEFAULTS;
  expect(parseSettings(rest)).toEqual({ settings: { samples, maxPatches, alphaR, alphaF, seed }, problems: {} });
  expect(DEFAULTS.forgetFactor).toBe(9);
  expect(FIELDS.samples.help).toContain('nine times');
});

describe('a field', () => {
  test('that is empty or blank is left out', () => {
    expect(parseSettings({ samples: '', seed: '  ' })).toEqual({ settings: {}, problems: {} });
  });

  test.each([
    ['samples', '0'],
    ['samples', '1.5'],
    ['samples', '1e3'],
    ['maxPatches', '-1'],
    ['seed', '99999999999999999999'],
    ['alphaR', '10, ten'],
    ['alphaR', ','],
    ['alphaF', '0'],
    ['alphaF', '1;Infinity'],
  ] as const)('%s does not take %s', (name, text) => {
    const { settings, problems } = parseSettings({ [name]: text });
    expect(settings).toEqual({});
    expect(Object.keys(problems)).toEqual([name]);
  });

  test('takes what it asks for', () => {
    expect(parseSettings({ seed: '0', alphaF: ' 0.5;1  3, ', layers: ' conv* ' }).settings).toEqual({
      seed: 0,
      alphaF: [0.5, 1, 3],
      layers: 'conv*',
    });
  });
});
