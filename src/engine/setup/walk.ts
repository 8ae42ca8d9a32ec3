import type { Dirent } from 'node:fs';
import { opendir, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { breathe } from '../../base/abort.js';
import { byCharacters } from '../../data/stored/classLabels.js';
import { isWithin } from './homes.js';

/** What one folder holds, hidden entries and build folders left out. */
export interface FolderListing {
  readonly folder: string;
  readonly files: readonly string[];
  /** Names of the folders in it, links to folders of the root too. Those taken out are not walked into. */
  readonly subfolders: Set<string>;
}

export interface WalkLimits {
  /** Folders below the first one. */
  readonly depth: number;
  /** Entries of folders in all. */
  readonly entries: number;
  /** Entries of one folder: the rest of a larger one is more of the same. */
  readonly entriesOfFolder: number;
}

const LIMITS: WalkLimits = { depth: 6, entries: 20_000, entriesOfFolder: 4_000 };
const IGNORED = new Set(['node_modules', '__pycache__', '__MACOSX', 'venv', 'site-packages']);

/**
 * Looks through folders, near ones first: all below `start`, then what else is below its parent, and so on up to `root`.
 * Folders that can't be read count as empty.
 */
export class Walk {
  readonly #root: string;
  readonly #limits: WalkLimits;
  readonly #signal: AbortSignal | undefined;
  /** Real paths, so that links lead nowhere twice. */
  readonly #seen = new Set<string>();
  #realRoot = '';
  #entries = 0;
  #truncated = false;

  constructor(root: string, signal?: AbortSignal, limits: Partial<WalkLimits> = {}) {
    this.#root = root;
    this.#signal = signal;
    this.#limits = { ...LIMITS, ...limits };
  }

  /** Whether there was more than the limits let through. */
  get truncated(): boolean {
    return this.#truncated;
  }

  async *from(start: string): AsyncGenerator<FolderListing> {
    this.#realRoot = await realpath(this.#root).catch(() => this.#root);
    for (let top = start; isWithin(this.#root, top); top = path.dirname(top)) {
      yield* this.#below(top);
      if (top === path.dirname(top)) return;
    }
  }

  async *#below(top: string): AsyncGenerator<FolderListing> {
    let level = [top];
    for (let depth = 0; level.length > 0; depth++) {
      if (depth > this.#limits.depth) {
        this.#truncated = true;
        return;
      }
      const next: string[] = [];
      for (const folder of level) {
        if (this.#entries >= this.#limits.entries) {
          this.#truncated = true;
          return;
        }
        if (!(await this.#enter(folder))) continue;
        const listing = await this.list(folder);
        yield listing;
        for (const name of listing.subfolders) next.push(path.join(folder, name));
      }
      level = next;
    }
  }

  /** Whether a folder lies in the root, links followed, and was not looked at before. */
  async #enter(folder: string): Promise<boolean> {
    const real = await realpath(folder).catch(() => null);
    if (real === null || this.#seen.has(real) || !isWithin(this.#realRoot, real)) return false;
    this.#seen.add(real);
    return true;
  }

  /** The entries of one folder, at most so many. They count. */
  async list(folder: string, most = this.#limits.entriesOfFolder): Promise<FolderListing> {
    await breathe(this.#signal);
    const files: string[] = [];
    const subfolders: string[] = [];
    try {
      let read = 0;
      for await (const entry of await opendir(folder)) {
        if (read >= most || this.#entries >= this.#limits.entries) {
          this.#truncated ||= most === this.#limits.entriesOfFolder;
          break;
        }
        read++;
        this.#entries++;
        if (read % 256 === 0) await breathe(this.#signal);
        const kind = await kindOf(folder, entry);
        if (kind === 'file') files.push(entry.name);
        if (kind === 'folder') subfolders.push(entry.name);
      }
    } catch (error) {
      if (!(error as NodeJS.ErrnoException).syscall) throw error;
    }
    return { folder, files: files.sort(byCharacters), subfolders: new Set(subfolders.sort(byCharacters)) };
  }
}

async function kindOf(folder: string, entry: Dirent): Promise<'file' | 'folder' | null> {
  if (entry.name.startsWith('.') || IGNORED.has(entry.name)) return null;
  if (!entry.isSymbolicLink()) return entry.isDirectory() ? 'folder' : entry.isFile() ? 'file' : null;
  const facts = await stat(path.join(folder, entry.name)).catch(() => null);
  return facts?.isDirectory() ? 'folder' : facts?.isFile() ? 'file' : null;
}
