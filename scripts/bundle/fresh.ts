import { readdir, stat, utimes } from 'node:fs/promises';
import path from 'node:path';

/**
 * Whether a product is there and was begun after the last change of all that it is made of. Its own time has to be that of the
 * beginning (`stamp`), so that what was changed while it was made counts.
 * @param sources files, and folders with all that is in them
 */
export async function isFresh(product: string, sources: Iterable<string>): Promise<boolean> {
  const made = await stat(product).catch(() => null);
  if (!made) return false;
  const changes = await Promise.all([...sources].map(lastChange));
  return changes.every((change) => change < made.mtimeMs);
}

/** Gives a product the time when its making began, in milliseconds. */
export async function stamp(product: string, began: number): Promise<void> {
  await utimes(product, began / 1000, began / 1000);
}

/**
 * When a file or anything in a folder was last written, moved or removed; never, if it is not there: what was made of it is no
 * longer true. The time of the inode: what npm unpacks and what is moved here keeps an old modification time.
 */
async function lastChange(source: string): Promise<number> {
  const found = await stat(source).catch(() => null);
  if (!found) return Number.POSITIVE_INFINITY;
  if (!found.isDirectory()) return found.ctimeMs;
  const inside = await Promise.all((await readdir(source)).map((name) => lastChange(path.join(source, name))));
  return Math.max(found.ctimeMs, ...inside);
}
