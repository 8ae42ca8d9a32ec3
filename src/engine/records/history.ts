import { stat } from 'node:fs/promises';
import type { Work } from '../../contract/progress.js';
import type { HashedFile } from '../../contract/schema.js';
import { digests } from '../../project/digestCache.js';
import { fromRecordPath } from '../../project/recordPath.js';
import { type StoredRun, sameFiles } from '../../project/runStore.js';
import { best, homeOfRun, type Measurement, type Trace } from './traces.js';

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

/** The path of what a run wrote. */
export function outputOf(run: StoredRun): string {
  return fromRecordPath(homeOfRun(run), run.record.output.path);
}

/** Whether what a run wrote is still there, told by names and sizes. */
export async function isThere(run: StoredRun): Promise<boolean> {
  const home = homeOfRun(run);
  const found = run.record.output.files.map(async (file) => {
    const facts = await stat(fromRecordPath(home, file.path)).catch(() => null);
    return facts?.size === file.bytes;
  });
  return (await Promise.all(found)).every(Boolean);
}
