import type { Work } from '../../contract/progress.js';
import type { SaveCandidateRequest, SaveCandidateResult } from '../../contract/run.js';
import { leaseModel } from '../kept/loadedModels.js';
import { saveRecorded } from '../kept/saveCandidate.js';
import { recordedCandidate, sourceOf } from '../records/recordedCandidate.js';

/**
 * Saves a candidate of a run as a model, with a record and a report of its own, as an `unlearn` with this candidate alone would.
 * @throws LetheError as `candidate`; `no-candidate` if it does not forget; `output-exists`, `disk-full`, `file-unwritable`.
 */
export async function saveCandidate(request: SaveCandidateRequest, work: Work = {}): Promise<SaveCandidateResult> {
  const recorded = await recordedCandidate(request.run, request.candidate);
  const model = await leaseModel(await sourceOf(recorded.run, request), work);
  try {
    return await saveRecorded(model.value, recorded, request, work);
  } finally {
    await model.release();
  }
}
