/** The build: what is in `dist`, and whether it is that of the sources. */
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { isFresh, stamp } from './fresh.js';
import { buildPrograms } from './programs.js';
import { root } from './root.js';
import { buildWebview } from './webview.js';

export const dist = path.join(root, 'dist');

/** Builds a part into a folder; returns the files that were bundled, from the root. */
type Builder = (folder: string) => Promise<string[]>;

const PARTS = { programs: buildPrograms, webview: buildWebview } satisfies Record<string, Builder>;

export type Part = keyof typeof PARTS;

const ALL = Object.keys(PARTS) as Part[];

/** What decides about a bundle besides the files in it. */
const RULES = ['scripts/bundle', 'tsconfig.json', 'package.json'];

/** Builds everything anew. */
export async function build(): Promise<void> {
  await rm(dist, { recursive: true, force: true });
  await Promise.all(ALL.map(buildPart));
}

/** Builds those of the parts whose sources have changed since they were built, or that are not there. */
export async function ensureBuilt(parts: readonly Part[] = ALL): Promise<void> {
  await Promise.all(
    parts.map(async (part) => {
      if (await isBuilt(part)) return;
      console.error(`Building dist: ${part}`);
      await buildPart(part);
    }),
  );
}

/** Files of the project, from its root, that were bundled into `dist`. */
export async function bundledFiles(): Promise<string[]> {
  return (await Promise.all(ALL.map(inputsOf))).flat();
}

/** What is written last of a part: the list of what was bundled, with the time when the build began. */
function accountOf(part: Part): string {
  return path.join(dist, `${part}.json`);
}

/** All accounts. */
export const accounts: readonly string[] = ALL.map(accountOf);

async function buildPart(part: Part): Promise<void> {
  const began = Date.now();
  const account = accountOf(part);
  await mkdir(dist, { recursive: true });
  // A build that fails half-way is none.
  await rm(account, { force: true });
  const inputs = await PARTS[part](dist);
  await writeFile(account, JSON.stringify([...new Set(inputs)].sort()));
  await stamp(account, began);
}

async function isBuilt(part: Part): Promise<boolean> {
  const inputs = await inputsOf(part).catch(() => null);
  if (!inputs) return false;
  return isFresh(
    accountOf(part),
    [...inputs, ...RULES].map((name) => path.join(root, name)),
  );
}

async function inputsOf(part: Part): Promise<string[]> {
  return JSON.parse(await readFile(accountOf(part), 'utf8')) as string[];
}
