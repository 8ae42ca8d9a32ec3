import picomatch from 'picomatch/posix';

/**
 * The names of layers that a glob matches; null matches all. A single star matches slashes too, as they are part of the names of
 * some formats and mean nothing here. A glob that is too long matches none.
 */
export function matching(glob: string | null, names: readonly string[]): readonly string[] {
  if (glob === null) return names;
  try {
    const matches = picomatch(glob, { bash: true });
    return names.filter((name) => matches(name));
  } catch {
    // Too long.
    return [];
  }
}

/** A glob that matches these names alone. */
export function globOf(names: readonly string[]): string {
  return names.length === 1 ? escaped(names[0]) : `{${names.map(escaped).join(',')}}`;
}

/** A glob that matches all of these names. */
export function globOfAll(names: readonly string[]): string {
  return matching('*', names).length === names.length ? '*' : globOf(names);
}

/** Two dots in braces are a range, even behind backslashes. */
function escaped(name: string): string {
  return name.replace(/[^\w/.:-]/g, '\\$&').replace(/\.(?=\.)/g, '[.]');
}
