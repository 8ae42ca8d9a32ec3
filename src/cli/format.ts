/** `93.8%`, or a dash where there was no sample. */
export function percent(share: number | null): string {
  return share === null ? '-' : `${(share * 100).toFixed(1)}%`;
}

/** A change in percentage points with its sign: `-0.9`. */
export function points(before: number | null, after: number | null): string {
  if (before === null || after === null) return '-';
  const change = (after - before) * 100;
  const text = Math.abs(change).toFixed(1);
  return text === '0.0' ? '0.0' : `${change < 0 ? '-' : '+'}${text}`;
}

/** `812 B`, `39.1 MB`. */
export function bytes(count: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  const power = Math.min(units.length - 1, count < 1000 ? 0 : Math.floor(Math.log10(count) / 3));
  return power === 0 ? `${count} B` : `${(count / 1000 ** power).toFixed(1)} ${units[power]}`;
}

/** `0.8 s`, `1 min 12 s`. */
export function duration(seconds: number): string {
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)} min ${whole % 60} s`;
}

/** `12,345`, the same in every locale. */
export function count(value: number): string {
  return value.toLocaleString('en-US');
}
