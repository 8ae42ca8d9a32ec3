import { throwIfAborted } from '../../base/abort.js';
import type { Work } from '../../contract/progress.js';
import type { ShowRunRequest, ShowRunResult } from '../../contract/run.js';
import { knownFacts, recordedCandidate, unlessDamaged } from '../records/recordedCandidate.js';
import { studioRun } from '../records/studioRun.js';

/**
 * A recorded run as views show it, read from its folder.
 * @returns null for a candidate of which nothing is known yet, or what was known is damaged: the job `candidate` finds it out.
 * @throws LetheError as `recordedCandidate`; `file-unreadable`.
 */
export async function showRun(request: ShowRunRequest, work: Work = {}): Promise<ShowRunResult> {
  const recorded = await recordedCandidate(request.run, request.candidate);
  throwIfAborted(work.signal);
  const facts = await knownFacts(recorded).catch(unlessDamaged);
  return facts && studioRun(recorded.run, facts);
}
