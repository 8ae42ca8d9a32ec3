import type { StudioRun, UnlearnRequest } from '../../contract/run.js';
import { settingsOf } from '../../contract/settings.js';
import type { ErrorReport } from '../../contract/terms.js';

const NOTHING_FOUND: Omit<StudioRun['outcome'], 'forget'> = {
  earlier: [],
  candidate: null,
  measuredOn: null,
  before: null,
  after: null,
  recoverability: null,
  perClass: [],
  confusionBefore: null,
  confusionAfter: null,
  layers: [],
  skipped: [],
  candidates: [],
  policy: [],
  notes: [],
  seconds: null,
};

/**
 * A run of which nothing is known yet.
 * @param created ISO 8601.
 * @param classes names of those to forget.
 */
export function begunRun(
  created: string,
  classes: readonly string[],
  request: UnlearnRequest,
  limits: StudioRun['limits'],
): StudioRun {
  return {
    state: 'running',
    folder: null,
    id: null,
    created,
    settings: settingsOf(request),
    limits,
    output: null,
    saved: null,
    outcome: { ...NOTHING_FOUND, forget: classes },
  };
}

/** Whether a run ended with its process. One that does not fit into memory is refused before it has found anything. */
export function isBrokenOff(error: ErrorReport | null | undefined, { outcome }: StudioRun): boolean {
  return error?.code === 'engine-crashed' || (error?.code === 'out-of-memory' && outcome.before !== null);
}
