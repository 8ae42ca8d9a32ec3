import { rm, rmdir } from 'node:fs/promises';
import path from 'node:path';
import { exists, writeFileAtomically } from '../base/files.js';

/** A path inside the `.lethe` of a folder. */
export function inLetheFolder(home: string, ...names: readonly string[]): string {
  return path.join(home, '.lethe', ...names);
}

/**
 * Lets `write` put something into a folder's `.lethe`, which is kept out of version control: other people's images and names
 * have no place in a repository's history. If it fails and `.lethe` was new, nothing is left of it.
 */
export async function writeInLetheFolder<T>(home: string, write: () => Promise<T>): Promise<T> {
  const ignore = inLetheFolder(home, '.gitignore');
  const isNew = !(await exists(ignore));
  try {
    if (isNew) await writeFileAtomically(ignore, '*\n');
    return await write();
  } catch (error) {
    if (isNew) await rm(ignore, { force: true }).catch(() => {});
    if (isNew) await rmdir(path.dirname(ignore)).catch(() => {});
    throw error;
  }
}
