import picomatch from 'picomatch';
import { describe, expect, test } from 'vitest';
import { globOf, globOfAll, matching } from '../../../src/contract/layerGlob.js';
import { type AskedSettings, settingsOf } from '../../../src/contract/settings.js';
import {
  alphaChoice,
  depthChoice,
  depthOf,
  methodChoice,
  parseSettings,
  rangeChoice,
  type SettingsBasis,
  settingsAgain,
} from '../../../webview/studio/state/settingsFields.js';

const LAYERS = ['stem', 'block1.conv', 'block1.pointwise', 'block2.conv', 'head'];
const basis: SettingsBasis = { defaults: settingsOf({}), layers: LAYERS };
/** Where the editor's settings narrow the layers. */
const narrowed: SettingsBasis = { ...basis, defaults: { ...basis.defaults, layers: 'block*' } };

/** As the engine decides which layers are edited. */
const edited = (glob: string, names: readonly string[]) =>
  names.filter((name) => picomatch(glob, { bash: true })(name));

test('the words of the settings about samples say what the engine does', () => {
  expect(settingsOf({ samples: 7 }).forgetSamples).toBe(9 * 7);
});

describe('a field', () => {
  test('that is empty or blank is left out', () => {
    const parsed = parseSettings({ samples: '', seed: '  ', layers: ' ', alphaR: '' }, basis);
    expect(parsed).toEqual({ settings: {}, problems: {}, layers: LAYERS });
  });

  test.each([
    ['samples', '0'],
    ['samples', '1.5'],
    ['samples', '1e3'],
    ['maxPatches', '-1'],
    ['seed', '99999999999999999999'],
    ['alphaR', '10, ten'],
    ['alphaR', ','],
    ['alphaR', '100001'],
    ['alphaF', '0'],
    ['alphaF', '1;Infinity'],
    ['layers', 'blok*'],
    ['tolerance', '-1'],
    ['tolerance', '101'],
    ['tolerance', 'a point'],
    ['tolerance', 'Infinity'],
  ] as const)('%s does not take %s', (name, text) => {
    const { settings, problems } = parseSettings({ [name]: text }, basis);
    expect(settings).toEqual({});
    expect(Object.keys(problems)).toEqual([name]);
  });

  test('takes what it asks for', () => {
    const text = { samples: '50', maxPatches: '1000', seed: '0', alphaF: ' 0.5;1  3, ', layers: ' block1* ' };
    expect(parseSettings(text, basis).settings).toEqual({
      samples: 50,
      maxPatches: 1000,
      seed: 0,
      alphaF: [0.5, 1, 3],
      layers: 'block1*',
    });
  });
});

describe('the method', () => {
  test('is that of the defaults until another one is chosen', () => {
    expect(methodChoice({}, basis)).toBe('refit');
    expect(parseSettings({ method: 'refit' }, basis).settings).toEqual({});
    expect(parseSettings({ method: 'projection' }, basis).settings).toEqual({ method: 'projection' });
    const papers = { ...basis, defaults: settingsOf({ method: 'projection' }) };
    expect(methodChoice({}, papers)).toBe('projection');
    expect(parseSettings({ method: 'refit' }, papers).settings).toEqual({ method: 'refit' });
  });

  test('is no word that another version may have left', () => {
    const text = { method: 'pruning' as 'refit' };
    expect(methodChoice(text, basis)).toBe('refit');
    expect(parseSettings(text, basis)).toEqual({ settings: {}, problems: {}, layers: LAYERS });
  });
});

describe('the depth', () => {
  /** Where the editor's settings have a place on the dial. */
  const deep: SettingsBasis = { ...basis, defaults: settingsOf({ depth: 0.8 }) };

  test('follows a tolerance in points, which may be 0', () => {
    const toleranceOf = (tolerance: string) => parseSettings({ tolerance }, basis).settings.tolerance;
    expect(toleranceOf('2')).toBe(0.02);
    expect(toleranceOf('0')).toBe(0);
    expect(toleranceOf(' 0.7 ')).toBe(0.007);
    expect(toleranceOf('0,5')).toBe(0.005);
    expect(toleranceOf('100')).toBe(1);
  });

  test('is a place on a dial instead', () => {
    const text = { depthBy: 'dial', tolerance: 'wrong' } as const;
    expect(depthChoice(text, basis)).toBe('dial');
    expect(parseSettings(text, basis)).toEqual({ settings: { depth: 0.5 }, problems: {}, layers: LAYERS });
    expect(parseSettings({ ...text, depth: '0' }, basis).settings).toEqual({ depth: 0 });
    expect(parseSettings({ ...text, depth: '1' }, basis).settings).toEqual({ depth: 1 });
    // Where it stood is kept for when the dial is chosen again.
    expect(parseSettings({ depthBy: 'automatic', depth: '1' }, basis).settings).toEqual({});
  });

  test.each(['', 'deep', '-1', '1.5'])('is in the middle where "%s" was left as its place', (depth) => {
    expect(depthOf({ depth: depth || undefined }, basis)).toBe(0.5);
    expect(depthOf({ depth: depth || undefined }, deep)).toBe(0.8);
  });

  test('is that of the editor’s settings, until it is left to the run again', () => {
    expect(depthChoice({}, deep)).toBe('dial');
    expect(parseSettings({}, deep).settings).toEqual({});
    expect(parseSettings({ depth: '0.3' }, deep).settings).toEqual({ depth: 0.3 });
    expect(parseSettings({ depthBy: 'automatic' }, deep).settings).toEqual({ depth: null });
    expect(settingsOf({ ...deep.defaults, depth: null }).depth).toBeNull();
  });

  test('is nothing to choose with a fixed pair', () => {
    const text = { alphas: 'fixed', pairR: '30', pairF: '10', depthBy: 'dial', depth: '1', tolerance: '5' } as const;
    expect(parseSettings(text, basis).settings).toEqual({ alphaR: [30], alphaF: [10] });
  });
});

describe('alphas', () => {
  test('are searched for, or those of lists', () => {
    expect(alphaChoice({})).toBe('search');
    expect(parseSettings({ alphas: 'search' }, basis).settings).toEqual({});
    expect(parseSettings({ alphaR: '10, 30' }, basis).settings).toEqual({ alphaR: [10, 30] });
  });
});

describe('a fixed pair', () => {
  test('is a search among one, and hides the lists', () => {
    const text = { alphas: 'fixed', alphaR: '1, 2', alphaF: 'wrong', pairR: ' 30', pairF: '10' } as const;
    expect(parseSettings(text, basis)).toEqual({
      settings: { alphaR: [30], alphaF: [10] },
      problems: {},
      layers: LAYERS,
    });
  });

  test.each(['', '10, 30', '0', 'ten'])('needs one number each, which "%s" is not', (pairF) => {
    const { settings, problems } = parseSettings({ alphas: 'fixed', pairR: '30', pairF }, basis);
    expect(settings).toEqual({ alphaR: [30] });
    expect(Object.keys(problems)).toEqual(['pairF']);
  });
});

describe('the layers to edit', () => {
  test.each([
    ['1', ['head']],
    ['3', ['block1.pointwise', 'block2.conv', 'head']],
  ])('are the last %s', (last, names) => {
    const { settings, layers } = parseSettings({ range: 'last', last }, basis);
    expect(layers).toEqual(names);
    expect(edited(settings.layers!, LAYERS)).toEqual(names);
  });

  test('are all of them without a pattern', () => {
    expect(parseSettings({ range: 'last', last: '5' }, basis)).toEqual({ settings: {}, problems: {}, layers: LAYERS });
    expect(parseSettings({ range: 'all', layers: 'head' }, basis).settings).toEqual({});
  });

  test.each(['', '0', '6', 'two'])('can’t be the last "%s" of five', (last) => {
    const { settings, problems, layers } = parseSettings({ range: 'last', last }, basis);
    expect([settings, Object.keys(problems), layers]).toEqual([{}, ['last'], []]);
    expect(problems.last).toContain('from 1 to 5');
  });

  test('are those that the editor’s settings name, unless all are asked for', () => {
    expect(rangeChoice({}, basis)).toBe('all');
    expect(rangeChoice({}, narrowed)).toBe('pattern');
    expect(parseSettings({}, narrowed)).toEqual({ settings: {}, problems: {}, layers: LAYERS.slice(1, 4) });
    for (const text of [{ range: 'all' }, { range: 'last', last: '5' }] as const) {
      const { settings, layers } = parseSettings(text, narrowed);
      expect(layers).toEqual(LAYERS);
      expect(edited(settings.layers!, LAYERS)).toEqual(LAYERS);
    }
  });
});

describe('the settings of a run that is done again', () => {
  const again = (asked: AskedSettings, from: SettingsBasis) => {
    const settings = settingsOf(asked);
    return settingsOf({ ...from.defaults, ...settingsAgain(settings, from) });
  };
  const some = {
    ...{ method: 'projection', tolerance: 0, depth: 0.3, heldOut: 0 },
    ...{ samples: 20, alphaR: [30], layers: 'block*', seed: 7, memory: 2 ** 20 },
  } as const;

  test('are left out where nothing else would be taken', () => {
    expect(settingsAgain(basis.defaults, basis)).toEqual({});
    expect(settingsAgain(narrowed.defaults, narrowed)).toEqual({});
    expect(settingsAgain(settingsOf(some), basis)).toEqual({ ...some, forgetSamples: 9 * 20 });
  });

  test('are the same, whatever the editor’s settings have become', () => {
    expect(again(some, basis)).toEqual(settingsOf(some));
    expect(again(some, narrowed)).toEqual(settingsOf(some));
    const few = { samples: 20, forgetSamples: basis.defaults.forgetSamples };
    expect(again(few, basis)).toEqual(settingsOf(few));
    expect(again({}, { ...basis, defaults: settingsOf(some) })).toEqual(settingsOf({ layers: '*' }));
  });
});

describe('a pattern of names', () => {
  const odd = [
    ...['a', 'a.b', 'a..b', '1..3', '/model/Conv', 'dense_1/kernel:0', 'x,y', '{x}', '[0]', 'a*b', 'a?', '(c|d)', '!e'],
    ...['+(f)', '@g', 'h\\i', '.hidden', 'j k', '"q"', "it's", '$1', '^', '#', 'é', '层'],
  ];

  test.each(odd)('matches %s alone', (name) => {
    expect(edited(globOf([name]), odd)).toEqual([name]);
    expect(matching(globOf([name]), odd)).toEqual([name]);
  });

  test('matches several alone', () => {
    for (let from = 0; from + 3 <= odd.length; from++) {
      const names = odd.slice(from, from + 3);
      expect(edited(globOf(names), odd)).toEqual(names);
    }
  });

  test('matches all', () => {
    expect(globOfAll(LAYERS)).toBe('*');
    expect(edited(globOfAll(odd), odd)).toEqual(odd);
  });

  test.each(['block*', '*.conv', '{stem,head}', 'block[12].conv', '!stem', 'none'])(
    '%s is read as the engine does',
    (glob) => {
      expect(matching(glob, LAYERS)).toEqual(edited(glob, LAYERS));
    },
  );
});
