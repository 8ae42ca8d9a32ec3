import type { CandidateFacts } from '../../contract/records.js';
import type { StudioRun } from '../../contract/run.js';
import type { StoredRun } from '../../project/runStore.js';
import { outcomeOf, withCandidate } from './outcome.js';
import { isAsWritten, outputOf } from './output.js';

/** A recorded run as views show it, with one of its candidates as its result. */
export async function studioRun(run: StoredRun, facts: CandidateFacts): Promise<StudioRun> {
  const { record } = run;
  return {
    state: 'recorded',
    folder: run.folder,
    id: record.id,
    created: record.created,
    settings: record.settings,
    limits: record.forget,
    output: { path: outputOf(run), exists: await isAsWritten(run) },
    saved: record.result.candidate,
    outcome: outcomeOf(withCandidate(record.result, facts)),
  };
}
