import path from 'node:path';
import { throwIfAborted } from '../../base/abort.js';
import type { Work } from '../../contract/progress.js';
import type { ShowRunRequest, ShowRunResult } from '../../contract/run.js';
import { readRun } from '../../project/runStore.js';
import { knownFacts, unlessDamaged } from '../records/knownFacts.js';
import { candidateOf } from '../records/runRequest.js';
import { studioRun } from '../records/studioRun.js';

/**
 * A recorded run as views show it, read from its folder.
 * @returns null for a candidate of which nothing is known yet, or what was known is damaged: the job `candidate` finds it out.
 * @throws LetheError `file-missing`, `file-unreadable`, `record-invalid`; `usage` for a pair that the run has not tried.
 */
export async function showRun(request: ShowRunRequest, work: Work = {}): Promise<ShowRunResult> {
  const run = await readRun(path.resolve(request.run));
  const pair = candidateOf(run, request.pair);
  throwIfAborted(work.signal);
  const facts = await knownFacts(run, pair).catch(unlessDamaged);
  return facts && studioRun(run, facts);
}
