/**
 * Numbers, dates and lists as people read them: the same words on the command line, in the editor, in the Studio and in the
 * report, in every locale. Sizes of files are decimal (kB, MB, GB), as file managers and disks count; memory is binary
 * (MiB, GiB), as the settings and options for it are.
 */

/** Stands where there is no value, in tables and sentences alike. */
export const NONE = '–';

/** How a negative number begins: with a true minus, or in a terminal with the hyphen that other programs can read. */
export type Minus = '−' | '-';

// ---- shares ----------------------------------------------------------------------------------------------------------

/** `93.8%`. @param share 0..1; null or undefined where there was no sample. */
export function percentText(share: number | null | undefined, digits = 1): string {
  return typeof share === 'number' ? `${fixed(100 * share, digits)}%` : NONE;
}

/** A share of any size with three digits that count: `12.3%`, `0.00123%`. */
export function finePercentText(share: number): string {
  return `${significantText(100 * share)}%`;
}

/** `45`, `12.5`: a share on an axis whose title has the unit. */
export function percentTick(share: number): string {
  return minused(`${Number((100 * share).toFixed(1))}`);
}

/** `75.3%`, with as many digits as tell it from the limit that it is over: `1.04%` over `1%`. */
export function percentOver(share: number, limit: number): string {
  for (const digits of [1, 2, 3]) {
    const text = (100 * share).toFixed(digits);
    if (Number(text) !== Number((100 * limit).toFixed(digits))) return `${text}%`;
  }
  return limitText(share);
}

/** A limit as people write it: `1%`, `0.5%`, with all of its digits but those that arithmetic adds. */
export function limitText(limit: number): string {
  return `${Number((100 * limit).toPrecision(10))}%`;
}

/** A change of a share in percentage points with its sign: `−0.9`. */
export function pointsText(before: number | null, after: number | null, minus: Minus = '−'): string {
  return before === null || after === null ? NONE : signedText(100 * (after - before), 1, minus);
}

// ---- numbers ---------------------------------------------------------------------------------------------------------

/** `12,345`. @param value null where nobody knows. */
export function countText(value: number | null): string {
  return value === null ? NONE : fixed(value, 0);
}

/** `1 class`, `2 classes`. */
export function pluralText(value: number, one: string, many = `${one}s`): string {
  return `${countText(value)} ${value === 1 ? one : many}`;
}

/** A change with its sign, but none for what rounds to nothing: `−0.91`, `+1,200`, `0.0`. */
export function signedText(change: number, digits: number, minus: Minus = '−'): string {
  const text = fixed(Math.abs(change), digits);
  return isNothing(change, digits) ? text : `${change < 0 ? minus : '+'}${text}`;
}

/** `−1.25`; what rounds to nothing has no sign. */
export function decimalText(value: number, digits = 2): string {
  return fixed(value, digits);
}

/** The digits that count, and no more: `0.00123`, `1500`. */
export function significantText(value: number, digits = 3): string {
  return minused(`${Number(value.toPrecision(digits))}`);
}

/** How many directions a space takes up: `5.0`, `6,518.5`, and one place more where that would be nothing: `0.03`. */
export function dimensionText(dimension: number | null): string {
  if (dimension === null) return NONE;
  return fixed(dimension, dimension > 0 && dimension < 0.1 ? 2 : 1);
}

// ---- bytes -----------------------------------------------------------------------------------------------------------

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB'];

const ROUND = { nearest: Math.round, up: Math.ceil, down: Math.floor } as const;

/** `up` is for what is needed or was taken, `down` for what is there: a limit that is missed by little still shows. */
export type Rounding = keyof typeof ROUND;

/** A file's size, in decimal units: `812 B`, `39.1 MB`. */
export function sizeText(bytes: number, rounding: Rounding = 'nearest'): string {
  let [value, unit] = [ROUND[rounding](bytes), 0];
  // What would be written as 1000.0 is 1.0 of the next unit.
  while (value >= 1000 && unit < UNITS.length - 1) {
    unit++;
    value = tenths(bytes / 1000 ** unit, rounding);
  }
  return `${fixed(value, unit === 0 ? 0 : 1)} ${UNITS[unit]}`;
}

/** An amount of memory, in binary units: `812 MiB`, `3.1 GiB`. */
export function memoryText(bytes: number, rounding: Rounding = 'nearest'): string {
  const mebibytes = ROUND[rounding](bytes / 2 ** 20);
  return mebibytes < 1024 ? `${mebibytes} MiB` : `${fixed(tenths(bytes / 2 ** 30, rounding), 1)} GiB`;
}

function tenths(value: number, rounding: Rounding): number {
  return ROUND[rounding](10 * value) / 10;
}

// ---- times -----------------------------------------------------------------------------------------------------------

/** A time that was measured: `0.8 s`, `1 min 12 s`. */
export function durationText(seconds: number): string {
  if (seconds < 59.95) return `${fixed(seconds, 1)} s`;
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)} min ${whole % 60} s`;
}

/**
 * A time that nobody knows exactly, in steps so coarse that it does not flicker while it counts down: `a few seconds`,
 * `about 20 s`, `about 3 min`, `about 1 h 30 min`.
 */
export function aboutText(seconds: number): string {
  if (seconds < 5) return 'a few seconds';
  if (seconds <= 50) return `about ${5 * Math.ceil(seconds / 5)} s`;
  const minutes = Math.max(1, Math.round(seconds / 60));
  if (minutes < 60) return `about ${minutes} min`;
  const tens = 10 * Math.round(minutes / 10);
  return `about ${Math.floor(tens / 60)} h${tens % 60 > 0 ? ` ${tens % 60} min` : ''}`;
}

/** `about 20 s left`. */
export function leftText(seconds: number): string {
  return `${aboutText(seconds)} left`;
}

/** Not left to the locale's data, which differ from one system and version to the next. */
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** Whose day it is: the reader's, or the same one for everybody. */
export type Zone = 'local' | 'utc';

/** `31 Jan 2026`. @param iso a moment, ISO 8601. */
export function dateText(iso: string, zone: Zone = 'local'): string {
  const { year, month, day } = partsOf(iso, zone);
  return `${day} ${MONTHS[month]} ${year}`;
}

/** `31 Jan 2026, 09:45`, and `31 Jan 2026, 09:45 UTC`. @param iso a moment, ISO 8601. */
export function dateTimeText(iso: string, zone: Zone = 'local'): string {
  const { hour, minute } = partsOf(iso, zone);
  const time = `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`;
  return `${dateText(iso, zone)}, ${time}${zone === 'utc' ? ' UTC' : ''}`;
}

function partsOf(iso: string, zone: Zone) {
  const date = new Date(iso);
  // The clock of the zone, read as if it were that of Greenwich.
  const shifted = zone === 'utc' ? date : new Date(date.getTime() - 60_000 * date.getTimezoneOffset());
  return {
    year: shifted.getUTCFullYear(),
    month: shifted.getUTCMonth(),
    day: shifted.getUTCDate(),
    hour: shifted.getUTCHours(),
    minute: shifted.getUTCMinutes(),
  };
}

// ---- words -----------------------------------------------------------------------------------------------------------

/** What became of a class in a run that has ended. */
export const ROLE_TEXT = {
  forget: 'forgotten',
  earlier: 'forgotten earlier',
  retain: 'kept',
} as const;

/** `Shirt`, `Shirt and Bag`, `Shirt, Bag and 3 more`. @param most names that are written out. */
export function listText(names: readonly string[], most = 3): string {
  if (names.length > most) {
    return `${names.slice(0, most - 1).join(', ')} and ${countText(names.length - most + 1)} more`;
  }
  return names.length > 1 ? `${names.slice(0, -1).join(', ')} and ${names.at(-1)}` : (names[0] ?? '');
}

/**
 * A message as a sentence. Messages follow a file's name elsewhere, so they begin small and end without a full stop; a file's
 * name at their beginning stays as it is.
 */
export function sentenceText(message: string): string {
  const text = message.replace(/^[a-z]+(?![^ ,:;])/, (word) => word.charAt(0).toUpperCase() + word.slice(1));
  return /[.!?…]$/.test(text) ? text : `${text}.`;
}

// ---- their parts -----------------------------------------------------------------------------------------------------

/** With so many digits, grouped by thousands, a true minus, and no sign for what rounds to nothing. */
function fixed(value: number, digits: number): string {
  const [whole, ...fraction] = Math.abs(value).toFixed(digits).split('.');
  const text = [whole.replace(/\B(?=(?:\d{3})+$)/g, ','), ...fraction].join('.');
  return value < 0 && !isNothing(value, digits) ? `−${text}` : text;
}

function isNothing(value: number, digits: number): boolean {
  return Number(value.toFixed(digits)) === 0;
}

function minused(text: string): string {
  return text.replace(/^-/, '−');
}
