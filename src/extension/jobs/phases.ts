import { phaseTitle } from '../../base/phases.js';
import type { JobProgress, RunState } from '../../protocol.js';

/** `Trying candidates: 45%`. */
export function phaseText({ phase, done, total }: JobProgress): string {
  const title = phaseTitle(phase);
  return total > 0 ? `${title}: ${Math.floor((100 * done) / total)}%` : title;
}

/** What a job is at, in a few words. */
export function jobText({ status, position, progress }: RunState): string {
  if (status === 'queued') return position === 1 ? 'Waiting for another job' : `Waiting for ${position} jobs`;
  if (status === 'cancelling') return 'Cancelling';
  return progress ? phaseText(progress) : 'Starting';
}
