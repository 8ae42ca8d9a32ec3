import { stat } from 'node:fs/promises';
import type { LetheError } from '../../base/errors.js';
import { fileError } from '../../base/files.js';
import type { Work } from '../../contract/progress.js';
import type { HashedFile } from '../../contract/schema.js';
import { digests } from '../../project/digestCache.js';
import type { ModelHome } from '../../project/home.js';
import { type StoredRun, sameFiles } from '../../project/runStore.js';
import { isThere, outputOf } from './output.js';
import { best, type Measurement, Records, type Trace } from './traces.js';

/** What records say of a model as it is now. */
export interface ModelHistory {
  /** The run that wrote this very content, the latest if several did. */
  readonly writtenBy: StoredRun | null;
  /** The model that was made from this one and is still there. */
  readonly supersededBy: { readonly run: StoredRun; readonly output: string } | null;
  readonly measured: Measurement | null;
  /** The last record of this path, if no record knows what is there now: the model has changed since. */
  readonly changedSince: Trace | null;
}

/** A model's files as they are, the main one first. */
type PresentFiles = readonly { readonly path: string; readonly bytes: number }[];

/** What the records near a model say of it, and those that can't be read. @param files its files, the main one first. */
export async function historyOf(
  home: ModelHome,
  files: readonly string[],
  work: Work,
): Promise<{ readonly history: ModelHistory; readonly broken: readonly LetheError[] }> {
  const { traces, broken } = await new Records().of(home);
  return { history: await lookUp(traces, await presentFiles(files), work), broken };
}

async function presentFiles(files: readonly string[]): Promise<PresentFiles> {
  return Promise.all(
    files.map(async (file) => {
      const facts = await stat(file).catch((error) => {
        throw fileError(error, file);
      });
      return { path: file, bytes: facts.size };
    }),
  );
}

/** Looks a model up in records, by its digests: it may have been renamed. Hashes only where sizes leave a doubt. */
export async function lookUp(traces: readonly Trace[], files: PresentFiles, work: Work = {}): Promise<ModelHistory> {
  const alike = traces.filter((trace) => sameSizes(trace.files, files));
  const paths = files.map((file) => file.path);
  const hashed = alike.length === 0 ? [] : await digests.hash(paths, work);
  const matching = alike.filter((trace) => sameFiles(trace.files, hashed)).sort(byTime);
  const named = traces.filter((trace) => trace.path === files[0].path).sort(byTime);
  return {
    writtenBy: matching.findLast(({ role }) => role === 'output')?.run ?? null,
    supersededBy: await findNewer(traces, matching),
    measured: best(matching.map((trace) => trace.measured)),
    changedSince: matching.length === 0 ? (named.at(-1) ?? null) : null,
  };
}

/** The classes that the run which wrote a model, and those before it, made it forget; by index, with the accuracy up to which each counts as that. */
export function forgottenBy({ writtenBy }: Pick<ModelHistory, 'writtenBy'>) {
  return writtenBy ? [...writtenBy.record.earlier, ...writtenBy.record.forget] : [];
}

function byTime(a: Trace, b: Trace): number {
  return a.created < b.created ? -1 : 1;
}

function sameSizes(a: readonly HashedFile[], b: PresentFiles): boolean {
  const sizes = (files: readonly { readonly bytes: number }[]) =>
    files
      .map(({ bytes }) => bytes)
      .sort((x, y) => x - y)
      .join();
  return sizes(a) === sizes(b);
}

/**
 * The newest model that a run made from this content, as long as it is there; if it is gone, what was made from it in turn.
 * @param matching the traces of the content, oldest first.
 */
async function findNewer(
  traces: readonly Trace[],
  matching: readonly Trace[],
  seen: ReadonlySet<StoredRun> = new Set(),
): Promise<ModelHistory['supersededBy']> {
  for (const { role, run } of [...matching].reverse()) {
    if (role !== 'source' || !run || seen.has(run)) continue;
    if (await isThere(run)) return { run, output: outputOf(run) };
    const next = traces.filter((trace) => sameFiles(trace.files, run.record.output.files)).sort(byTime);
    const newer = await findNewer(traces, next, new Set([...seen, run]));
    if (newer) return newer;
  }
  return null;
}
