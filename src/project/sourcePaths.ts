/** An entry of `data` in `lethe.json`, of any format. */
export interface AnySource {
  readonly format: string;
  readonly [setting: string]: unknown;
}

/** The settings of all formats that are paths from the folder of `lethe.json`. (`batches` count from `path`.) */
const PATHS = ['path', 'images', 'labels'];

/** The same source with its paths changed. */
export function withPaths(source: AnySource, change: (location: string) => string): AnySource {
  return Object.fromEntries(
    Object.entries(source).map(([name, value]) => [
      name,
      PATHS.includes(name) && typeof value === 'string' ? change(value) : value,
    ]),
  ) as AnySource;
}

/** The paths that a source names. */
export function pathsOf(source: AnySource): string[] {
  return PATHS.map((name) => source[name]).filter((value) => typeof value === 'string');
}
