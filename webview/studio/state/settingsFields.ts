import type { MethodName } from '../../../src/contract/candidates.js';
import { globOf, globOfAll, matching } from '../../../src/contract/layerGlob.js';
import {
  type AskedSettings,
  FIELD_SETTINGS,
  type FieldSetting,
  isAlpha,
  LARGEST_ALPHA,
  METHOD_NAMES,
  RUN_SETTINGS,
  type RunSettings,
  settingsBeside,
} from '../../../src/contract/settings.js';
import type { StudioSnapshot } from '../../../src/contract/studio.js';
import type { AlphaPair } from '../../../src/contract/terms.js';
import { countText } from '../../../src/contract/text.js';

export type DepthChoice = 'automatic' | 'dial';
export type AlphaChoice = 'search' | 'fixed';
export type RangeChoice = 'all' | 'last' | 'pattern';

/** What is written in the fields of the settings, and chosen. */
export interface SettingsText extends Readonly<Partial<Record<FieldSetting, string>>> {
  readonly method?: MethodName;
  readonly depthBy?: DepthChoice;
  /** Points of retain accuracy. */
  readonly tolerance?: string;
  /** From 0 to 1, where the dial stands. */
  readonly depth?: string;
  readonly alphas?: AlphaChoice;
  /** Lists of those to try. */
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

export type FieldName = Exclude<keyof SettingsText, 'method' | 'depthBy' | 'depth' | 'alphas' | 'range'>;

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

/** Steps of the dial from one end to the other. */
export const DEPTH_STEPS = 10;

/** A pair for where nothing tells a better one: in the middle of what runs try. */
export const EXAMPLE_PAIR: AlphaPair = { alphaR: 30, alphaF: 10 };

/** The method that a run would use. */
export function methodChoice({ method }: SettingsText, { defaults }: Pick<SettingsBasis, 'defaults'>): MethodName {
  return METHOD_NAMES.find((name) => name === method) ?? defaults.method;
}

/** What was chosen; before that, what the editor's settings mean. */
export function depthChoice({ depthBy }: SettingsText, { defaults }: Pick<SettingsBasis, 'defaults'>): DepthChoice {
  return depthBy ?? (defaults.depth === null ? 'automatic' : 'dial');
}

/** Where the dial stands: in the middle until it is moved. */
export function depthOf({ depth }: SettingsText, { defaults }: Pick<SettingsBasis, 'defaults'>): number {
  const value = depth === undefined ? Number.NaN : Number(depth);
  return value >= 0 && value <= 1 ? value : (defaults.depth ?? 0.5);
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
  const method = methodChoice(text, basis);
  if (method !== basis.defaults.method) settings.method = method;
  if (alphaChoice(text) === 'search') {
    take('alphaR', 'alphaR', numbers);
    take('alphaF', 'alphaF', numbers);
    if (depthChoice(text, basis) === 'automatic') {
      take('tolerance', 'tolerance', points);
      // Where the editor's settings have a place on the dial.
      if (basis.defaults.depth !== null) settings.depth = null;
    } else if (depthOf(text, basis) !== basis.defaults.depth) {
      settings.depth = depthOf(text, basis);
    }
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

const points: Parse<number> = (text) => {
  const value = Number(text.replace(',', '.'));
  // 0.7 points are 0.007, and not what the division makes of it.
  if (value >= 0 && value <= 100) return { value: Number((value / 100).toPrecision(12)) };
  return { expected: 'Enter points from 0 to 100, like 1 or 0.5.' };
};

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
