import type { StudioSettings } from '../../src/protocol.js';

/** What is written in the fields of the settings. */
export type SettingsText = { readonly [Name in keyof StudioSettings]?: string };

interface Field<Value> {
  readonly label: string;
  readonly help: string;
  /** What an empty field means. */
  readonly fallback: string;
  /** A value, or what is expected instead. */
  readonly parse: (text: string) => { readonly value: Value } | { readonly expected: string };
}

const whole =
  (least: number): Field<number>['parse'] =>
  (text) =>
    /^\d+$/.test(text) && Number(text) >= least && Number.isSafeInteger(Number(text))
      ? { value: Number(text) }
      : { expected: `Enter a whole number from ${least} on.` };

const numbers: Field<readonly number[]>['parse'] = (text) => {
  const values = text
    .split(/[\s,;]+/)
    .filter(Boolean)
    .map(Number);
  return values.length > 0 && values.every((value) => Number.isFinite(value) && value > 0)
    ? { value: values }
    : { expected: 'Enter positive numbers like 10, 30, 100.' };
};

/** Every setting of a run, in the order they are shown. */
export const FIELDS: { readonly [Name in keyof StudioSettings]-?: Field<NonNullable<StudioSettings[Name]>> } = {
  samples: {
    label: 'Samples per kept class',
    help: 'Of each class to forget, nine times as many are used.',
    fallback: '100',
    parse: whole(1),
  },
  maxPatches: {
    label: 'Input vectors per layer',
    help: 'At most so many describe what a layer sees.',
    fallback: '2000',
    parse: whole(1),
  },
  alphaR: {
    label: 'Alpha, retain',
    help: 'Weights of the retain space to try: larger protects more of what kept classes use.',
    fallback: '10, 30, 100, 300',
    parse: numbers,
  },
  alphaF: {
    label: 'Alpha, forget',
    help: 'Weights of the forget space to try: larger removes more.',
    fallback: '1, 3, 10, 30, 100',
    parse: numbers,
  },
  layers: {
    label: 'Layers to edit',
    help: 'A glob on their names, such as features.*. Fewer layers forget less deeply.',
    fallback: 'all',
    parse: (text) => ({ value: text }),
  },
  seed: {
    label: 'Seed',
    help: 'Decides which samples are drawn.',
    fallback: '1',
    parse: whole(0),
  },
};

export const FIELD_NAMES = Object.keys(FIELDS) as (keyof StudioSettings)[];

export interface ParsedSettings {
  readonly settings: StudioSettings;
  /** What is wrong with a field, by its name. */
  readonly problems: { readonly [Name in keyof StudioSettings]?: string };
}

/** Empty fields take the default and are left out. */
export function parseSettings(text: SettingsText): ParsedSettings {
  const settings: Record<string, unknown> = {};
  const problems: Record<string, string> = {};
  for (const name of FIELD_NAMES) {
    const written = text[name]?.trim();
    if (!written) continue;
    const parsed = FIELDS[name].parse(written);
    if ('value' in parsed) settings[name] = parsed.value;
    else problems[name] = parsed.expected;
  }
  return { settings, problems };
}
