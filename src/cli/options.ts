import type { Command } from 'commander';
import { LetheError } from '../base/errors.js';
import {
  isAlpha,
  LARGEST_ALPHA,
  METHOD_NAMES,
  RUN_SETTINGS,
  SETTING_NAMES,
  type SettingKind,
} from '../contract/settings.js';

function bad(option: string, text: string, expected: string): LetheError {
  return new LetheError('usage', { message: `${option} must be ${expected}, not "${text}"`, hint: 'See --help.' });
}

/** A parser for a whole number of at least `least`. @throws LetheError `usage`, as all of these do. */
export function integer(option: string, least: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < least || !Number.isSafeInteger(value)) {
      throw bad(option, text, `a whole number from ${least} on`);
    }
    return value;
  };
}

/** A parser for alphas between commas: `10,30,100`. */
export function alphas(option: string): (text: string) => number[] {
  return (text) =>
    names(text).map((part) => {
      const value = Number(part);
      if (part !== '' && isAlpha(value)) return value;
      throw bad(option, text, `positive numbers up to ${LARGEST_ALPHA} like 10,30,100`);
    });
}

/** The parts of a list between commas; a comma of a name itself is written `\,`. */
export function names(text: string): string[] {
  return text.split(/(?<!\\),/).map((part) => part.trim().replaceAll('\\,', ','));
}

const UNITS: Record<string, number> = { '': 1, b: 1, k: 2 ** 10, m: 2 ** 20, g: 2 ** 30 };

/** A parser for an amount of memory: `512M`, `2GiB`. */
export function memory(option: string): (text: string) => number {
  return (text) => {
    const [, amount, unit] = /^(\d+(?:\.\d+)?)\s*([kmgb]?)(?:i?b)?$/i.exec(text) ?? [];
    if (!amount || Number(amount) === 0) throw bad(option, text, 'an amount like 512MiB or 2GiB');
    return Math.round(Number(amount) * UNITS[unit.toLowerCase()]);
  };
}

/** A parser for a part of a whole: `0.01`. */
export function share(option: string): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() !== '' && value >= 0 && value <= 1) return value;
    throw bad(option, text, 'a number from 0 to 1');
  };
}

/** A parser for one of some words. */
export function oneOf<Word extends string>(words: readonly Word[]): (option: string) => (text: string) => Word {
  return (option) => (text) => {
    const word = words.find((one) => one === text);
    if (word) return word;
    throw bad(option, text, words.join(' or '));
  };
}

/** Gives a command an option for every setting of a run. */
export function settingOptions(command: Command): Command {
  for (const name of SETTING_NAMES) {
    const { kind, option, help, ...facts } = RUN_SETTINGS[name];
    const [flag] = option.split(' ');
    command.option(option, help, PARSERS[kind](flag, 'least' in facts ? facts.least : 0));
  }
  return command;
}

/** How what is written after the option of a setting is read. */
const PARSERS: Readonly<Record<SettingKind, (option: string, least: number) => (text: string) => unknown>> = {
  method: oneOf(METHOD_NAMES),
  alphas,
  share,
  count: integer,
  seed: integer,
  bytes: memory,
  glob: () => (text) => text,
};
