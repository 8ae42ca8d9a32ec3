/** Numbers and lists as people read them, the same in every locale: on the command line, in the editor. */

/** `75.3%`. @param none what stands where there was no sample. */
export function percentText(share: number | null | undefined, none = ''): string {
  return typeof share === 'number' ? `${(100 * share).toFixed(1)}%` : none;
}

/** A change in percentage points with its sign: `-0.9`; a dash where one side is missing. */
export function pointsText(before: number | null, after: number | null): string {
  if (before === null || after === null) return '-';
  const change = (after - before) * 100;
  const text = Math.abs(change).toFixed(1);
  return text === '0.0' ? '0.0' : `${change < 0 ? '-' : '+'}${text}`;
}

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB'];

/** `812 B`, `39.1 MB`. */
export function sizeText(bytes: number): string {
  let value = bytes;
  let unit = 0;
  // What would be written as 1000.0 is 1.0 of the next unit.
  while (value >= (unit === 0 ? 1000 : 999.95) && unit < UNITS.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${unit === 0 ? Math.round(value) : value.toFixed(1)} ${UNITS[unit]}`;
}

/** `0.8 s`, `1 min 12 s`. */
export function durationText(seconds: number): string {
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)} min ${whole % 60} s`;
}

/** A time that nobody knows exactly: `about 40 s`, `about 3 min`. */
export function aboutText(seconds: number): string {
  return seconds < 90 ? `about ${Math.max(1, Math.round(seconds))} s` : `about ${Math.round(seconds / 60)} min`;
}

/** `about 20 s left`, in steps coarse enough to be read while they count down. */
export function leftText(seconds: number): string {
  if (seconds < 5) return 'a few seconds left';
  return `${aboutText(seconds < 90 ? 5 * Math.round(seconds / 5) : seconds)} left`;
}

/** `12,345`. */
export function countText(value: number): string {
  return value.toLocaleString('en-US');
}

/** `Shirt`, `Shirt and Bag`, `Shirt, Bag and 3 more`. */
export function listText(names: readonly string[], most = 3): string {
  if (names.length > most) return `${names.slice(0, most - 1).join(', ')} and ${names.length - most + 1} more`;
  return names.length > 1 ? `${names.slice(0, -1).join(', ')} and ${names.at(-1)}` : (names[0] ?? '');
}
