import { stat } from 'node:fs/promises';
import path from 'node:path';
import { fileError } from '../base/files.js';
import type { Work } from '../contract/progress.js';
import type { HashedFile } from '../contract/schema.js';
import { hashFiles } from './fileHash.js';

/** What tells whether a file is still the one that was read. */
interface Stamp {
  readonly bytes: bigint;
  readonly modified: bigint;
  readonly inode: bigint;
}

/** A clock of a file system may tick this seldom: what was written later than that could change without showing. */
const CLOCK_NS = 2_000_000_000n;

/** SHA-256 of files, each read once as long as its size and time stay the same. */
export class DigestCache {
  readonly #known = new Map<string, { readonly stamp: Stamp; readonly file: HashedFile }>();

  /** As `hashFiles`, paths as given. @throws LetheError `file-missing`, `file-unreadable`, `cancelled`. */
  async hash(files: readonly string[], work: Work = {}): Promise<HashedFile[]> {
    const hashed: HashedFile[] = [];
    for (const file of files) hashed.push({ ...(await this.#one(file, work)), path: file });
    return hashed;
  }

  async #one(file: string, work: Work): Promise<HashedFile> {
    const key = path.resolve(file);
    const before = await stampOf(file);
    const known = this.#known.get(key);
    if (known && same(known.stamp, before)) return known.file;
    this.#known.delete(key);
    const [hashed] = await hashFiles([file], work);
    const settled = before.modified < BigInt(Date.now()) * 1_000_000n - CLOCK_NS;
    if (settled && same(before, await stampOf(file))) this.#known.set(key, { stamp: before, file: hashed });
    return hashed;
  }
}

/** The cache of this process. */
export const digests = new DigestCache();

async function stampOf(file: string): Promise<Stamp> {
  const facts = await stat(file, { bigint: true }).catch((error) => {
    throw fileError(error, file);
  });
  return { bytes: facts.size, modified: facts.mtimeNs, inode: facts.ino };
}

function same(a: Stamp, b: Stamp): boolean {
  return a.bytes === b.bytes && a.modified === b.modified && a.inode === b.inode;
}
