import { LetheError } from '../../base/errors.js';
import type { Work } from '../../contract/progress.js';
import type { StudioRun } from '../../contract/run.js';
import type { CandidateFacts } from '../../project/candidateStore.js';
import { digests } from '../../project/digestCache.js';
import { fromRecordPath } from '../../project/recordPath.js';
import { type StoredRun, sameFiles } from '../../project/runStore.js';
import { isThere, outputOf } from './history.js';
import { outcomeOf, withCandidate } from './outcome.js';
import { savedPair } from './runRequest.js';
import { homeOfRun } from './traces.js';

/** A recorded run as views show it, with one of its candidates as its result. */
export async function studioRun(run: StoredRun, candidate: CandidateFacts): Promise<StudioRun> {
  const { record } = run;
  return {
    state: 'recorded',
    folder: run.folder,
    id: record.id,
    created: record.created,
    settings: record.settings,
    limits: record.forget,
    output: { path: outputOf(run), exists: await isAsWritten(run) },
    saved: savedPair(run),
    outcome: outcomeOf(withCandidate(record.result, candidate)),
  };
}

/**
 * Whether the model that a run wrote is there and still the same: another run, or another candidate, may have taken its place.
 * @throws LetheError `cancelled`.
 */
export async function isAsWritten(run: StoredRun, work: Work = {}): Promise<boolean> {
  if (!(await isThere(run))) return false;
  const { files } = run.record.output;
  const paths = files.map((file) => fromRecordPath(homeOfRun(run), file.path));
  try {
    return sameFiles(await digests.hash(paths, work), files);
  } catch (error) {
    // It may go at any moment, and what can't be read can't be used either.
    if (error instanceof LetheError && error.code !== 'cancelled') return false;
    throw error;
  }
}
