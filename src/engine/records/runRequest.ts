import { LetheError } from '../../base/errors.js';
import { exists } from '../../base/files.js';
import type { AlphaPair, ModelRequest } from '../../contract/terms.js';
import { isSamePair, pairText } from '../../project/alphaPair.js';
import { fromRecordPath } from '../../project/recordPath.js';
import type { StoredRun } from '../../project/runStore.js';
import { homeOfRun } from './traces.js';

/** The pair that a run's model was made with. */
export function savedPair({ record }: StoredRun): AlphaPair {
  const { alphaR, alphaF } = record.result;
  return { alphaR, alphaF };
}

/** The candidate of a run that is asked for; default the saved one. @throws LetheError `usage` if the run has not tried it. */
export function candidateOf(run: StoredRun, pair: AlphaPair | undefined): AlphaPair {
  if (!pair || isSamePair(pair, savedPair(run))) return savedPair(run);
  if (run.record.result.candidates.some((candidate) => isSamePair(candidate, pair))) return pair;
  throw new LetheError('usage', {
    message: `the run has no candidate with ${pairText(pair)}`,
    file: run.folder,
    hint: 'Choose one of the pairs that the run has tried, or run again with this pair as the fixed one (--alpha-r and --alpha-f).',
  });
}

/** A request for the model that a run was made from, under the `lethe.json` that it was made with. */
export async function sourceOf(
  run: StoredRun,
  { config, allowOutside, threads }: Omit<ModelRequest, 'model'>,
): Promise<ModelRequest> {
  const home = homeOfRun(run);
  const { source, config: recorded } = run.record;
  const used = recorded && fromRecordPath(home, recorded.path);
  return {
    model: fromRecordPath(home, source.path),
    // One that has gone since says nothing; then it is looked for as usual.
    config: config ?? (used && (await exists(used)) ? used : undefined),
    ...{ allowOutside, threads },
  };
}
