import type { MethodName } from './candidates.js';
import { countText, finePercentText, memoryText } from './text.js';

/** What kind of value a setting of a run has. */
export type SettingKind = 'method' | 'alphas' | 'share' | 'count' | 'seed' | 'bytes' | 'glob';

/** One setting of a run, for all who ask for it, show it or keep it. */
interface SettingFacts {
  readonly kind: SettingKind;
  /** What it is called where people read it: in forms, comparisons and reports. */
  readonly title: string;
  /** Its option of `lethe unlearn`, with the name of the value, and what the help says of it. */
  readonly option: `--${string} <${string}>`;
  readonly help: string;
  /** Smallest value of a count or a seed. */
  readonly least?: number;
  /** What it is unless told otherwise; null takes what hangs on other settings (`settingsOf`), or leaves it to the run. */
  readonly default: MethodName | number | null;
  /** What is said of a run that it was left to. */
  readonly open?: string;
  /** Whether the editor has it among its own settings, as `lethe.unlearn.<name>`. */
  readonly inEditor: boolean;
  /** What the Studio's form says of a number that it asks for in a field; alphas and layers have groups of their own there. */
  readonly field?: { readonly label: string; readonly help: string };
}

/**
 * The settings of a run: a row is all there is to say of one. The command line, the command that repeats a run, the editor's
 * settings, the Studio's form, comparisons, reports and records walk this table.
 */
export const RUN_SETTINGS = {
  method: {
    kind: 'method',
    title: 'Method',
    option: '--method <name>',
    help: 'refit (the default), or projection, as in the paper',
    default: 'refit',
    inEditor: true,
  },
  /** Weights of the retain space's directions that are tried; null searches for them. */
  alphaR: {
    kind: 'alphas',
    title: 'α retain, tried',
    option: '--alpha-r <list>',
    help: 'weights of the retain space to try (default: searched for)',
    default: null,
    open: 'searched for',
    inEditor: true,
  },
  /** Weights of the forget space's directions that are tried; null searches for them. */
  alphaF: {
    kind: 'alphas',
    title: 'α forget, tried',
    option: '--alpha-f <list>',
    help: 'weights of the forget space to try (default: searched for)',
    default: null,
    open: 'searched for',
    inEditor: true,
  },
  /** Retain accuracy that may be given up for forgetting more deeply. */
  tolerance: {
    kind: 'share',
    title: 'Retain accuracy given up for depth',
    option: '--tolerance <share>',
    help: 'retain accuracy (0 to 1) to give up for forgetting more deeply',
    default: 0.01,
    inEditor: true,
  },
  /** Which of the candidates that are worth a look is taken; null is for the tolerance to say. */
  depth: {
    kind: 'share',
    title: 'Depth',
    option: '--depth <share>',
    help: 'from 0, keep more, to 1, forget deeper (default: as deep as the tolerance allows)',
    default: null,
    open: 'as deep as the tolerance allows',
    inEditor: true,
  },
  samples: {
    kind: 'count',
    title: 'Samples of each kept class',
    option: '--samples <n>',
    help: 'samples of each kept class',
    least: 1,
    default: 150,
    inEditor: true,
    field: {
      label: 'Samples per kept class',
      help: 'Of each class to forget, nine times as many are used. A third is held out to judge with.',
    },
  },
  forgetSamples: {
    kind: 'count',
    title: 'Samples of each class to forget',
    option: '--forget-samples <n>',
    help: 'samples of each class to forget (default: nine times --samples)',
    least: 1,
    default: null,
    inEditor: true,
  },
  /** So that no candidate is judged on what it was fitted to. As far as it goes into 1, so many parts the samples are cut into. */
  heldOut: {
    kind: 'share',
    title: 'Samples held out to judge with',
    option: '--held-out <share>',
    help: 'part of these samples to judge candidates with, a half at most; 0 judges on the samples they are made from',
    default: 1 / 3,
    inEditor: false,
  },
  maxPatches: {
    kind: 'count',
    title: 'Input vectors a layer and side, at most',
    option: '--max-patches <n>',
    help: 'most input vectors a layer and side',
    least: 1,
    default: 2000,
    inEditor: true,
    field: { label: 'Input vectors per layer', help: 'At most so many describe what a layer sees.' },
  },
  /** A glob on the layers' names; null edits all of them. */
  layers: {
    kind: 'glob',
    title: 'Layers to edit',
    option: '--layers <glob>',
    help: 'edit only the layers with such a name (default: all; fewer forget less deeply)',
    default: null,
    open: 'all',
    inEditor: true,
  },
  /** Bytes that the spaces may take. */
  memory: {
    kind: 'bytes',
    title: 'Memory for the spaces',
    option: '--memory <amount>',
    help: 'most memory for the spaces, e.g. 2GiB',
    default: 2 * 2 ** 30,
    inEditor: false,
  },
  seed: {
    kind: 'seed',
    title: 'Seed',
    option: '--seed <n>',
    help: 'for drawing samples and patches',
    least: 0,
    default: 1,
    inEditor: true,
    field: { label: 'Seed', help: 'Decides which samples are drawn.' },
  },
} as const satisfies Readonly<Record<string, SettingFacts>>;

export type SettingName = keyof typeof RUN_SETTINGS;

type Kinds = { readonly [Name in SettingName]: (typeof RUN_SETTINGS)[Name]['kind'] };
type Value<Kind extends SettingKind> = Kind extends 'alphas'
  ? readonly number[]
  : Kind extends 'method'
    ? MethodName
    : Kind extends 'glob'
      ? string
      : number;

/** Settings that a run may be without. */
type OpenSetting = {
  [Name in SettingName]: (typeof RUN_SETTINGS)[Name] extends { readonly open: string } ? Name : never;
}[SettingName];

/** What was asked for; a setting that is left out takes its default, and null leaves it to the run whatever the editor's settings say. */
export type AskedSettings = { readonly [Name in SettingName]?: RunSettings[Name] };

/** What a run was done with. */
export type RunSettings = {
  readonly [Name in SettingName]: Name extends OpenSetting ? Value<Kinds[Name]> | null : Value<Kinds[Name]>;
};

export const SETTING_NAMES = Object.keys(RUN_SETTINGS) as readonly SettingName[];

/** The settings that the editor has among its own. */
export const EDITOR_SETTINGS = SETTING_NAMES.filter((name) => RUN_SETTINGS[name].inEditor);

/** The settings that are one number in one field of the Studio's form. */
export type FieldSetting = {
  [Name in SettingName]: (typeof RUN_SETTINGS)[Name] extends { readonly field: object } ? Name : never;
}[SettingName];

export const FIELD_SETTINGS = SETTING_NAMES.filter((name): name is FieldSetting => 'field' in RUN_SETTINGS[name]);

/**
 * Samples of each class to forget, for each of a kept class. "At most 1% is recognised" can't be told from a hundred: judged on
 * 400 samples, a candidate passed that then recognised 2% of the test images; on 900 none did.
 */
const FORGET_FACTOR = 9;

/** A run's settings, with the defaults for what was not asked for. */
export function settingsOf(asked: AskedSettings): RunSettings {
  const samples = asked.samples ?? RUN_SETTINGS.samples.default;
  const derived: Partial<RunSettings> = { forgetSamples: FORGET_FACTOR * samples };
  const value = (name: SettingName) => asked[name] ?? derived[name] ?? RUN_SETTINGS[name].default;
  return Object.fromEntries(SETTING_NAMES.map((name) => [name, value(name)])) as unknown as RunSettings;
}

/** The settings alone, of an object that may hold more; those that are not set are left out. */
export function askedSettings(of: AskedSettings): AskedSettings {
  return Object.fromEntries(SETTING_NAMES.flatMap((name) => (of[name] === undefined ? [] : [[name, of[name]]])));
}

/** What asks for these settings again: those of them that are not Lethe's defaults. */
export function unusualSettings(settings: RunSettings): AskedSettings {
  const usual = settingsOf({ samples: settings.samples });
  return otherSettings(settings, { ...usual, samples: RUN_SETTINGS.samples.default });
}

/** Those settings that are other ones than some. */
function otherSettings(settings: RunSettings, than: RunSettings): AskedSettings {
  const isOther = (name: SettingName) => JSON.stringify(settings[name]) !== JSON.stringify(than[name]);
  return Object.fromEntries(SETTING_NAMES.filter(isOther).map((name) => [name, settings[name]]));
}

/** What asks for these settings where the user's own are taken otherwise: those that are other ones than `defaults`. */
export function settingsBeside(settings: RunSettings, defaults: RunSettings): AskedSettings {
  const { forgetSamples, ...others } = otherSettings(settings, defaults);
  // What is taken of the classes to forget may hang on what is taken of the others.
  const isSame = forgetSamples === undefined && others.samples === undefined;
  return isSame ? others : { ...others, forgetSamples: settings.forgetSamples };
}

/** The value of a setting as people read it. */
export function settingText(name: SettingName, settings: RunSettings): string {
  const value: RunSettings[SettingName] = settings[name];
  const facts: SettingFacts = RUN_SETTINGS[name];
  if (value === null) return facts.open ?? '';
  if (typeof value === 'string') return value;
  if (typeof value !== 'number') return value.join(', ');
  const texts: { readonly [Kind in SettingKind]?: (value: number) => string } = {
    bytes: memoryText,
    count: countText,
    share: finePercentText,
  };
  return (texts[facts.kind] ?? String)(value);
}

/** Above, the condition of the matrix to factor is beyond float32. */
export const LARGEST_ALPHA = 1e5;

/** Whether a number can weigh the directions of a space. */
export function isAlpha(value: number): boolean {
  return value > 0 && value <= LARGEST_ALPHA;
}

/** The methods, and what each is called where people choose. */
export const METHOD_TITLES = {
  refit: 'Refit',
  projection: 'Projection (as in the paper)',
} as const satisfies Readonly<Record<MethodName, string>>;

export const METHOD_NAMES = Object.keys(METHOD_TITLES) as readonly MethodName[];
