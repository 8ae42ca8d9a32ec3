import { stat } from 'node:fs/promises';
import { LetheError } from '../../base/errors.js';
import type { Work } from '../../contract/progress.js';
import { digests } from '../../project/digestCache.js';
import { fromRecordPath } from '../../project/recordPath.js';
import { type StoredRun, sameFiles } from '../../project/runStore.js';

/** The path of what a run wrote. */
export function outputOf({ home, record }: StoredRun): string {
  return fromRecordPath(home, record.output.path);
}

/** Whether what a run wrote is still there, told by names and sizes. */
export async function isThere({ home, record }: StoredRun): Promise<boolean> {
  const found = record.output.files.map(async (file) => {
    const facts = await stat(fromRecordPath(home, file.path)).catch(() => null);
    return facts?.size === file.bytes;
  });
  return (await Promise.all(found)).every(Boolean);
}

/**
 * Whether the model that a run wrote is there and still the same: another run, or another candidate, may have taken its place.
 * @throws LetheError `cancelled`.
 */
export async function isAsWritten(run: StoredRun, work: Work = {}): Promise<boolean> {
  if (!(await isThere(run))) return false;
  const { files } = run.record.output;
  const paths = files.map((file) => fromRecordPath(run.home, file.path));
  try {
    return sameFiles(await digests.hash(paths, work), files);
  } catch (error) {
    // It may go at any moment, and what can't be read can't be used either.
    if (error instanceof LetheError && error.code !== 'cancelled') return false;
    throw error;
  }
}
