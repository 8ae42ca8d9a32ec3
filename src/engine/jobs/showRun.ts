import path from 'node:path';
import { throwIfAborted } from '../../base/abort.js';
import { LetheError } from '../../base/errors.js';
import type { Work } from '../../contract/progress.js';
import type { ShowRunRequest, StudioRun } from '../../contract/run.js';
import { pairText } from '../../project/alphaPair.js';
import { readRun } from '../../project/runStore.js';
import { knownFacts } from '../records/knownFacts.js';
import { candidateOf } from '../records/runRequest.js';
import { studioRun } from '../records/studioRun.js';

/**
 * A recorded run as views show it, read from its folder.
 * @throws LetheError `file-missing`, `record-invalid`; `usage` for a pair that the run has not tried, or that nobody has looked at.
 */
export async function showRun(request: ShowRunRequest, work: Work = {}): Promise<StudioRun> {
  const run = await readRun(path.resolve(request.run));
  const pair = candidateOf(run, request.pair);
  throwIfAborted(work.signal);
  const facts = await knownFacts(run, pair);
  if (facts) return studioRun(run, facts);
  throw new LetheError('usage', {
    message: `nothing is known yet of what ${pairText(pair)} make of each class`,
    file: run.folder,
    hint: 'Choose this candidate first.',
  });
}
