import path from 'node:path';

/** A path as a record of `home` holds it: as seen from there, so that the folder can be moved, with forward slashes. */
export function recordPath(home: string, file: string): string {
  const relative = path.relative(home, path.resolve(file));
  return (relative === '' || path.isAbsolute(relative) ? file : relative).split(path.sep).join('/');
}

/** The absolute path that a record of `home` means. */
export function fromRecordPath(home: string, recorded: string): string {
  return path.resolve(home, recorded);
}
