import path from 'node:path';
import type { Work } from '../../contract/progress.js';
import type { CandidateRequest, StudioRun } from '../../contract/run.js';
import { readRun } from '../../project/runStore.js';
import { leaseBench } from '../kept/benches.js';
import { makeFacts } from '../kept/facts.js';
import { knownFacts, unlessDamaged } from '../records/knownFacts.js';
import { candidateOf, sourceOf } from '../records/runRequest.js';
import { studioRun } from '../records/studioRun.js';
import { checkSource } from '../run/recorded.js';

/**
 * Makes another candidate of a run its result: from the spaces that the run has left in this process, else from spaces that
 * are collected again. What is found is kept in the run's folder, for `showRun`.
 * @throws LetheError `file-missing`, `record-invalid`; `usage` for a pair that the run has not tried; `run-outdated` if the model,
 *   the data or `lethe.json` is not what it was; `out-of-memory`, `cancelled`.
 */
export async function candidate(request: CandidateRequest, work: Work = {}): Promise<StudioRun> {
  const run = await readRun(path.resolve(request.run));
  const pair = candidateOf(run, request.pair);
  const known = await knownFacts(run, pair).catch(unlessDamaged);
  if (known) return studioRun(run, known);
  const bench = await leaseBench(await sourceOf(run, request), work);
  try {
    await checkSource(bench.value.session, run.record, work);
    return await studioRun(run, await makeFacts(bench.value, run, pair, work));
  } finally {
    await bench.release();
  }
}
