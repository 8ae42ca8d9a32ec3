import type { JobProgress, RunState } from '../../protocol.js';

/** What the phases of a job are called. */
const TITLES: Readonly<Record<string, string>> = {
  hash: 'Reading the files',
  load: 'Loading the model',
  measure: 'Measuring accuracy',
  list: 'Listing images',
  spaces: 'Finding the spaces',
  search: 'Trying candidates',
  dimensions: 'Measuring the spaces',
  save: 'Saving',
};

/** `Trying candidates: 45%`. */
export function phaseText({ phase, done, total }: JobProgress): string {
  const title = TITLES[phase] ?? phase;
  return total > 0 ? `${title}: ${Math.floor((100 * done) / total)}%` : title;
}

/** What a job is at, in a few words. */
export function jobText({ status, position, progress }: RunState): string {
  if (status === 'queued') return position === 1 ? 'Waiting for another job' : `Waiting for ${position} jobs`;
  if (status === 'cancelling') return 'Cancelling';
  return progress ? phaseText(progress) : 'Starting';
}
