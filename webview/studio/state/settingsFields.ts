import { globOf, globOfAll, matching } from '../../../src/contract/layerGlob.js';
import {
  type AskedSettings,
  FIELD_SETTINGS,
  type FieldSetting,
  isAlpha,
  LARGEST_ALPHA,
  RUN_SETTINGS,
  type RunSettings,
  settingsBeside,
} from '../../../src/contract/settings.js';
import type { StudioSnapshot } from '../../../src/contract/studio.js';
import { countText } from '../../../src/contract/text.js';

export type AlphaChoice = 'search' | 'fixed';
export type RangeChoice = 'all' | 'last' | 'pattern';

/** What is written in the fields of the settings, and chosen. */
export interface SettingsText extends Readonly<Partial<Record<FieldSetting, string>>> {
  readonly alphas?: AlphaChoice;
  /** Those to search. */
  readonly alphaR?: string;
  readonly alphaF?: string;
  /** The pair that is given. */
  readonly pairR?: string;
  readonly pairF?: string;
  readonly range?: RangeChoice;
  /** How many of the last layers. */
  readonly last?: string;
  /** The pattern. */
  readonly layers?: string;
}

export type FieldName = Exclude<keyof SettingsText, 'alphas' | 'range'>;

/** What a model and the editor's settings say: what empty fields mean. */
export interface SettingsBasis {
  readonly defaults: StudioSnapshot['defaults'];
  /** Names of the layers that can be edited, in forward order. */
  readonly layers: readonly string[];
}

export interface ParsedSettings {
  readonly settings: AskedSettings;
  /** What is wrong with a field, by its name. */
  readonly problems: { readonly [Name in FieldName]?: string };
  /** The layers that would be edited. */
  readonly layers: readonly string[];
}

/** The basis of a snapshot. */
export function basisOf({ defaults, facts }: StudioSnapshot): SettingsBasis {
  return { defaults, layers: facts?.layers.map(({ name }) => name) ?? [] };
}

export function alphaChoice({ alphas = 'search' }: SettingsText): AlphaChoice {
  return alphas;
}

/** What was chosen; before that, what was written or the editor's settings mean. */
export function rangeChoice({ range, layers }: SettingsText, { defaults }: SettingsBasis): RangeChoice {
  return range ?? (layers?.trim() || defaults.layers !== null ? 'pattern' : 'all');
}

/** Empty fields take the default and are left out. */
export function parseSettings(text: SettingsText, basis: SettingsBasis): ParsedSettings {
  const settings: Record<string, unknown> = {};
  const problems: Record<string, string> = {};
  const take = <Value>(setting: keyof AskedSettings, field: FieldName, parse: Parse<Value>, isNeeded = false) => {
    const written = text[field]?.trim() ?? '';
    if (!written && !isNeeded) return;
    const parsed = parse(written);
    if (!('value' in parsed)) problems[field] = parsed.expected;
    else if (parsed.value !== undefined) settings[setting] = parsed.value;
  };

  for (const name of FIELD_SETTINGS) take(name, name, whole(RUN_SETTINGS[name].least));
  if (alphaChoice(text) === 'search') {
    take('alphaR', 'alphaR', numbers);
    take('alphaF', 'alphaF', numbers);
  } else {
    take('alphaR', 'pairR', oneNumber, true);
    take('alphaF', 'pairF', oneNumber, true);
  }
  const range = rangeChoice(text, basis);
  // All layers need no pattern, unless the editor's settings narrow them.
  if (range === 'all' && basis.defaults.layers !== null) settings.layers = globOfAll(basis.layers);
  if (range === 'last') take('layers', 'last', lastOf(basis), true);
  if (range === 'pattern') take('layers', 'layers', patternOf(basis));

  const glob = (settings.layers as string | undefined) ?? (range === 'last' ? null : basis.defaults.layers);
  const hasProblem = 'last' in problems || 'layers' in problems;
  return { settings, problems, layers: hasProblem ? [] : matching(glob, basis.layers) };
}

/** What asks for the settings of a run again: those that a run would not take by itself now. */
export function settingsAgain(settings: RunSettings, { defaults, layers }: SettingsBasis): AskedSettings {
  // All layers are asked for by a pattern where the editor's settings narrow them.
  const all = defaults.layers === null ? null : globOfAll(layers);
  return settingsBeside({ ...settings, layers: settings.layers ?? all }, defaults);
}

/** A value, or what is expected instead. */
type Parse<Value> = (text: string) => { readonly value: Value } | { readonly expected: string };

const whole =
  (least: number): Parse<number> =>
  (text) =>
    /^\d+$/.test(text) && Number(text) >= least && Number.isSafeInteger(Number(text))
      ? { value: Number(text) }
      : { expected: `Enter a whole number from ${least} on.` };

const LARGEST = countText(LARGEST_ALPHA);

const numbers: Parse<readonly number[]> = (text) => {
  const values = text
    .split(/[\s,;]+/)
    .filter(Boolean)
    .map(Number);
  if (values.length > 0 && values.every(isAlpha)) return { value: values };
  return { expected: `Enter positive numbers up to ${LARGEST}, like 10, 30, 100.` };
};

const oneNumber: Parse<readonly number[]> = (text) =>
  isAlpha(Number(text))
    ? { value: [Number(text)] }
    : { expected: `Enter a positive number up to ${LARGEST}, like 30.` };

const lastOf =
  ({ layers, defaults }: SettingsBasis): Parse<string | undefined> =>
  (text) => {
    const parsed = whole(1)(text);
    if (!('value' in parsed) || parsed.value > layers.length) {
      return { expected: `Enter a whole number from 1 to ${layers.length}.` };
    }
    if (parsed.value < layers.length) return { value: globOf(layers.slice(-parsed.value)) };
    return { value: defaults.layers === null ? undefined : globOfAll(layers) };
  };

const patternOf =
  ({ layers }: SettingsBasis): Parse<string> =>
  (text) =>
    matching(text, layers).length > 0 ? { value: text } : { expected: 'No layer’s name matches this pattern.' };
