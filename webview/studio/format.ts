import type { AlphaPair } from '../../src/contract/terms.js';

/** `93.8%`; a dash where there was no sample. */
export function percent(share: number | null): string {
  return share === null ? '–' : `${(share * 100).toFixed(1)}%`;
}

/** A change in percentage points with its sign: `−0.9`. */
export function points(before: number | null, after: number | null): string {
  if (before === null || after === null) return '–';
  return signed(100 * (after - before), 1);
}

/** A change with its sign: `−0.91`, `+12`, `0.0`. */
export function signed(change: number, digits: number): string {
  const size = Math.abs(change).toLocaleString('en-US', {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
  return Number(change.toFixed(digits)) === 0 ? size : `${change < 0 ? '−' : '+'}${size}`;
}

/** `45`, `12.5`: a share on an axis in percent, whose title has the unit. */
export function hundredths(share: number): string {
  return `${+(100 * share).toFixed(1)}`;
}

/** `−1.25`. */
export function decimal(value: number): string {
  const text = value.toFixed(2);
  return Number(text) === 0 ? '0.00' : text.replace('-', '−');
}

/** `12,345`, the same in every locale. */
export function count(value: number): string {
  return value.toLocaleString('en-US');
}

/** `α retain 30, α forget 10`. */
export function pairText({ alphaR, alphaF }: AlphaPair): string {
  return `α retain ${alphaR}, α forget ${alphaF}`;
}

/** `31 Jan 2026, 09:45`, in the time zone of whoever looks. @param iso ISO 8601. */
export function dateTime(iso: string): string {
  return new Date(iso).toLocaleString('en-GB', { dateStyle: 'medium', timeStyle: 'short' });
}

/** `1 class`, `2 classes`. */
export function plural(value: number, one: string, many = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : many}`;
}

/** `812 B`, `39.1 MB`. */
export function bytes(value: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  const power = value < 1000 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(value) / 3));
  return power === 0 ? `${value} B` : `${(value / 1000 ** power).toFixed(1)} ${units[power]}`;
}

/** `12.9 s`, `1 min 12 s`. */
export function duration(seconds: number): string {
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)} min ${whole % 60} s`;
}

/** `about 20 s left`, in steps so coarse that it does not flicker. */
export function timeLeft(seconds: number): string {
  if (seconds < 5) return 'a few seconds left';
  if (seconds <= 50) return `about ${5 * Math.ceil(seconds / 5)} s left`;
  const minutes = Math.max(1, Math.round(seconds / 60));
  if (minutes < 60) return `about ${minutes} min left`;
  const tens = 10 * Math.round(minutes / 10);
  return `about ${Math.floor(tens / 60)} h${tens % 60 > 0 ? ` ${tens % 60} min` : ''} left`;
}

/** `31 Jan 2026`, the day that it is for the reader. @param moment ISO 8601. */
export function day(moment: string): string {
  return new Date(moment).toLocaleDateString('en-GB', { day: 'numeric', month: 'short', year: 'numeric' });
}

/** `Shirt`, `Shirt and Bag`, `Shirt, Bag and 3 more`. */
export function list(names: readonly string[], most = 4): string {
  if (names.length > most) return `${names.slice(0, most - 1).join(', ')} and ${names.length - most + 1} more`;
  return names.length > 1 ? `${names.slice(0, -1).join(', ')} and ${names[names.length - 1]}` : names.join('');
}
