/** Text of a file for a notification, which would make `[text](command:...)` a link that runs a command. */
export function plainText(text: string): string {
  return text.replaceAll('](', ']\u200b(');
}

/** `1.4 MB`, as the explorer of the operating system would say it. */
export function sizeText(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${value < 10 && unit > 0 ? value.toFixed(1) : Math.round(value)} ${units[unit]}`;
}

/** `75.3%`, or nothing where there was no sample. */
export function percentText(share: number | null | undefined): string {
  return typeof share === 'number' ? `${(100 * share).toFixed(1)}%` : '';
}

/** `about 40 s`, `about 3 min`. */
export function durationText(seconds: number): string {
  return seconds < 90 ? `about ${Math.max(1, Math.round(seconds))} s` : `about ${Math.round(seconds / 60)} min`;
}

/** `Shirt`, `Shirt and Bag`, `Shirt, Bag and 3 more`. */
export function listText(names: readonly string[], most = 3): string {
  if (names.length > most) return `${names.slice(0, most - 1).join(', ')} and ${names.length - most + 1} more`;
  return names.length > 1 ? `${names.slice(0, -1).join(', ')} and ${names.at(-1)}` : (names[0] ?? '');
}
