import { throwIfAborted } from '../../base/abort.js';
import { LetheError } from '../../base/errors.js';
import type { Work } from '../../contract/progress.js';
import { recipeText } from '../../contract/recipes.js';
import type { ShowRunRequest, StudioRun } from '../../contract/run.js';
import { knownFacts, recordedCandidate } from '../records/recordedCandidate.js';
import { studioRun } from '../records/studioRun.js';

/**
 * A recorded run as views show it, read from its folder.
 * @throws LetheError as `recordedCandidate`; `usage` for a candidate that nobody has looked at.
 */
export async function showRun(request: ShowRunRequest, work: Work = {}): Promise<StudioRun> {
  const recorded = await recordedCandidate(request.run, request.candidate);
  throwIfAborted(work.signal);
  const facts = await knownFacts(recorded);
  if (facts) return studioRun(recorded.run, facts);
  throw new LetheError('usage', {
    message: `nothing is known yet of what ${recipeText(recorded.candidate.recipe)} make of each class`,
    file: recorded.run.folder,
    hint: 'Choose this candidate first.',
  });
}
