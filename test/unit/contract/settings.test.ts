import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { contributes } from '../../../package.json';
import { unlearnCommand } from '../../../src/cli/commands/unlearn.js';
import type { Process } from '../../../src/cli/context.js';
import { settingOptions } from '../../../src/cli/options.js';
import {
  askedSettings,
  EDITOR_SETTINGS,
  isAlpha,
  LARGEST_ALPHA,
  METHOD_NAMES,
  METHOD_TITLES,
  RUN_SETTINGS,
  type RunSettings,
  SETTING_NAMES,
  type SettingKind,
  type SettingName,
  settingsOf,
  settingText,
  unusualSettings,
} from '../../../src/contract/settings.js';

/** Other values than the defaults of all settings. */
const UNUSUAL = {
  method: 'projection',
  alphaR: [5],
  alphaF: [2, 7.5],
  tolerance: 0.025,
  depth: 0.75,
  samples: 50,
  forgetSamples: 70,
  heldOut: 0,
  maxPatches: 500,
  layers: 'conv*',
  memory: 2 ** 29,
  seed: 0,
} as const satisfies RunSettings;

describe('the settings of a run', () => {
  it('have defaults, of which one follows from another', () => {
    expect(settingsOf({})).toEqual({
      method: 'refit',
      alphaR: null,
      alphaF: null,
      tolerance: 0.01,
      depth: null,
      samples: 150,
      forgetSamples: 1350,
      heldOut: 1 / 3,
      maxPatches: 2000,
      layers: null,
      memory: 2 ** 31,
      seed: 1,
    });
    expect(Object.keys(settingsOf({}))).toEqual(SETTING_NAMES);
    expect(settingsOf({ samples: 7 })).toEqual({ ...settingsOf({}), samples: 7, forgetSamples: 63 });
    expect(settingsOf({ samples: 7, forgetSamples: 8 })).toMatchObject({ samples: 7, forgetSamples: 8 });
    expect(settingsOf(UNUSUAL)).toEqual(UNUSUAL);
  });

  it('may be left to the run, or be as little as there is', () => {
    expect(settingsOf({ alphaR: null, alphaF: [3], depth: null })).toEqual({ ...settingsOf({}), alphaF: [3] });
    expect(settingsOf({ tolerance: 0, depth: 0, heldOut: 0, seed: 0 })).toMatchObject({
      ...{ tolerance: 0, depth: 0, heldOut: 0, seed: 0 },
    });
  });

  it('are asked for again by those that are not the defaults', () => {
    expect(unusualSettings(settingsOf({}))).toEqual({});
    for (const name of SETTING_NAMES) {
      const asked = { [name]: UNUSUAL[name] };
      expect(unusualSettings(settingsOf(asked))).toEqual(asked);
      expect(settingsOf(unusualSettings(settingsOf(asked)))).toEqual(settingsOf(asked));
    }
    expect(unusualSettings(UNUSUAL)).toEqual(UNUSUAL);
    // As many samples of the classes to forget as follow from the others are none that were asked for.
    expect(unusualSettings(settingsOf({ samples: 50, forgetSamples: 450 }))).toEqual({ samples: 50 });
    expect(unusualSettings(settingsOf({ samples: 50, forgetSamples: 1350 }))).toEqual({
      samples: 50,
      forgetSamples: 1350,
    });
  });

  it('are told from what else a request holds', () => {
    expect(askedSettings({ model: 'a.onnx', samples: 5, seed: undefined, force: true } as object)).toEqual({
      samples: 5,
    });
  });

  it('are shown as people read them', () => {
    const shown = (settings: RunSettings) => SETTING_NAMES.map((name) => settingText(name, settings));
    expect(shown({ ...UNUSUAL, samples: 1200 })).toEqual([
      ...['projection', '5', '2, 7.5', '2.5%', '75%', '1,200', '70', '0%', '500', 'conv*', '512 MiB', '0'],
    ]);
    expect(shown(settingsOf({}))).toEqual([
      ...['refit', 'searched for', 'searched for', '1%', 'as deep as the tolerance allows', '150', '1,350', '33.3%'],
      ...['2,000', 'all', '2.0 GiB', '1'],
    ]);
  });

  it('name every method, and what it is called', () => {
    expect(METHOD_NAMES).toEqual(['refit', 'projection']);
    for (const name of METHOD_NAMES) expect(METHOD_TITLES[name].toLowerCase()).toContain(name);
  });

  it('take alphas over 0 and up to where the mathematics ends', () => {
    expect(LARGEST_ALPHA).toBe(1e5);
    expect([Number.MIN_VALUE, 0.5, 1, 1e5].map(isAlpha)).toEqual([true, true, true, true]);
    expect([0, -0, -1, 1e5 + 1e-9, Number.POSITIVE_INFINITY, Number.NaN].some(isAlpha)).toBe(false);
  });
});

describe('the settings of the editor', () => {
  interface Property {
    readonly type: string | readonly string[];
    readonly default: unknown;
    readonly minimum?: number;
    readonly maximum?: number;
    readonly items?: object;
    readonly enum?: readonly unknown[];
  }

  const PREFIX = 'lethe.unlearn.';
  const sections = contributes.configuration as unknown as { readonly properties: Record<string, Property> }[];
  const properties = sections
    .flatMap((section) => Object.entries(section.properties))
    .filter(([name]) => name.startsWith(PREFIX))
    .map(([name, property]) => [name.slice(PREFIX.length) as SettingName, property] as const);

  it('are those of the table that it should have', () => {
    expect(properties.map(([name]) => name).sort()).toEqual([...EDITOR_SETTINGS].sort());
  });

  it.each(properties)('have the type, the bounds and the default of the table: %s', (name, property) => {
    const { kind, default: usual, ...facts } = RUN_SETTINGS[name];
    const none = usual === null;
    const types: Readonly<Record<SettingKind, string>> = {
      ...{ method: 'string', glob: 'string', alphas: 'array', share: 'number' },
      ...{ count: 'integer', seed: 'integer', bytes: 'integer' },
    };
    // An empty text is none.
    expect(property.type).toEqual(none && kind !== 'glob' ? [types[kind], 'null'] : types[kind]);
    expect(property.default).toEqual(none && kind === 'glob' ? '' : usual);
    const isShare = kind === 'share';
    expect(property.minimum).toBe('least' in facts ? facts.least : isShare ? 0 : undefined);
    expect(property.maximum).toBe(isShare ? 1 : undefined);
    expect(property.enum).toEqual(kind === 'method' ? METHOD_NAMES : undefined);
    if (kind === 'alphas') {
      expect(property.items).toEqual({ type: 'number', exclusiveMinimum: 0, maximum: LARGEST_ALPHA });
    }
  });
});

describe('the options of the command line', () => {
  const written: Readonly<Record<SettingName, readonly [text: string, value: unknown]>> = {
    method: ['projection', UNUSUAL.method],
    alphaR: ['5', UNUSUAL.alphaR],
    alphaF: ['2, 7.5', UNUSUAL.alphaF],
    tolerance: ['0.025', UNUSUAL.tolerance],
    depth: ['.75', UNUSUAL.depth],
    heldOut: ['0', UNUSUAL.heldOut],
    samples: ['50', UNUSUAL.samples],
    forgetSamples: ['70', UNUSUAL.forgetSamples],
    maxPatches: ['500', UNUSUAL.maxPatches],
    layers: ['conv*', UNUSUAL.layers],
    memory: ['512MiB', UNUSUAL.memory],
    seed: ['0', UNUSUAL.seed],
  };

  it('are made from the table: one a setting, in its order, and each is in the help', () => {
    const program = new Command();
    unlearnCommand(program, {} as Process, () => {});
    const [command] = program.commands;
    const options = settingOptions(new Command()).options;
    expect(options.map((option) => option.attributeName())).toEqual(SETTING_NAMES);
    expect(command.options.slice(-options.length).map(({ flags }) => flags)).toEqual(options.map(({ flags }) => flags));
    const help = command.helpInformation().replace(/\s+/g, ' ');
    for (const { option, help: text } of Object.values(RUN_SETTINGS)) expect(help).toContain(`${option} ${text}`);
  });

  it('read what is written after them', () => {
    const args = Object.entries(written).flatMap(([name, [text]]) => [flagOf(name as SettingName), text]);
    expect(settingOptions(new Command()).parse(args, { from: 'user' }).opts()).toEqual(UNUSUAL);
    expect(settingOptions(new Command()).parse([], { from: 'user' }).opts()).toEqual({});
  });

  it('read the ends of a share', () => {
    const read = (...args: string[]) => settingOptions(new Command()).parse(args, { from: 'user' }).opts();
    expect(read('--depth', '0', '--tolerance', '1')).toEqual({ depth: 0, tolerance: 1 });
    expect(read('--depth', '1', '--tolerance', '0')).toEqual({ depth: 1, tolerance: 0 });
  });

  it.each([
    ['method', 'magic', '--method must be refit or projection, not "magic"'],
    ['method', '', '--method must be refit or projection, not ""'],
    ['tolerance', '-0.1', '--tolerance must be a number from 0 to 1, not "-0.1"'],
    ['tolerance', '1%', '--tolerance must be a number from 0 to 1, not "1%"'],
    ['depth', '1.01', '--depth must be a number from 0 to 1, not "1.01"'],
    ['depth', ' ', '--depth must be a number from 0 to 1, not " "'],
    ['heldOut', 'NaN', '--held-out must be a number from 0 to 1, not "NaN"'],
    ['alphaR', '0', '--alpha-r must be positive numbers up to 100000 like 10,30,100, not "0"'],
    ['alphaF', '1,1e9', '--alpha-f must be positive numbers up to 100000 like 10,30,100, not "1,1e9"'],
    ['samples', '0', '--samples must be a whole number from 1 on, not "0"'],
    ['forgetSamples', '0', '--forget-samples must be a whole number from 1 on, not "0"'],
    ['maxPatches', '-1', '--max-patches must be a whole number from 1 on, not "-1"'],
    ['memory', '0', '--memory must be an amount like 512MiB or 2GiB, not "0"'],
    ['seed', '1.5', '--seed must be a whole number from 0 on, not "1.5"'],
  ] as const)('refuse what is out of bounds: %s %s', (name, text, message) => {
    const parse = () => settingOptions(new Command()).parse([`${flagOf(name)}=${text}`], { from: 'user' });
    expect(parse).toThrow(message);
  });

  function flagOf(name: SettingName): string {
    return RUN_SETTINGS[name].option.split(' ')[0];
  }
});
