import type { RunRecord } from '../../contract/records.js';
import type { HashedFile } from '../../contract/schema.js';
import type { ModelHome } from '../../project/home.js';
import { listRuns, runThatSuperseded, runThatWrote } from '../../project/runStore.js';

export interface History {
  /** Of the run that wrote this very model, where it is one of Lethe's. */
  readonly record?: RunRecord;
  readonly notes: readonly string[];
}

/** What earlier runs say of a model, found by its digests: it may have been renamed. */
export async function findHistory(home: ModelHome, files: readonly HashedFile[]): Promise<History> {
  const { runs, broken } = await listRuns(home.records);
  const record = runThatWrote(runs, files)?.record;
  const notes = broken.map(
    (error) => `a run record can not be read, what it says was forgotten is not considered: ${error.message}`,
  );
  const newer = runThatSuperseded(runs, files)?.record;
  if (newer)
    notes.push(`this model was superseded by ${newer.output.path} already: what that forgot is still known here`);
  return { record, notes };
}
