import type { Work } from '../../contract/progress.js';
import type { CandidateRequest, StudioRun } from '../../contract/run.js';
import { makeFacts } from '../kept/candidateFacts.js';
import { leaseModel } from '../kept/loadedModels.js';
import { knownFacts, recordedCandidate, sourceOf, unlessDamaged } from '../records/recordedCandidate.js';
import { studioRun } from '../records/studioRun.js';

/**
 * Makes another candidate of a run its result: from what the run has left in this process, else from what is found out again.
 * What is measured is kept in the run's folder, for `showRun`.
 * @throws LetheError as `recordedCandidate`; `run-outdated` if the model, the data or `lethe.json` is not what it was;
 *   `out-of-memory`, `cancelled`.
 */
export async function candidate(request: CandidateRequest, work: Work = {}): Promise<StudioRun> {
  const recorded = await recordedCandidate(request.run, request.candidate);
  const { run } = recorded;
  const known = await knownFacts(recorded).catch(unlessDamaged);
  if (known) return studioRun(run, known);
  const model = await leaseModel(await sourceOf(run, request), work);
  try {
    return await studioRun(run, await makeFacts(model.value, recorded, work));
  } finally {
    await model.release();
  }
}
