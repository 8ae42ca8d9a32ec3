import { PHASES, type Progress } from '../../contract/progress.js';
import type { RunState } from '../../contract/studio.js';
import { leftText } from '../../contract/text.js';

/** What a job is at, in a few words; nothing once it is over. */
export function stepText({ status, position, progress }: Pick<RunState, 'status' | 'position' | 'progress'>): string {
  switch (status) {
    case 'queued':
      if (position === 0) return 'Starting';
      return position === 1 ? 'Waiting for another job' : `Waiting for ${position} jobs`;
    case 'running':
      return progress ? PHASES[progress.phase].title : 'Starting';
    case 'cancelling':
      return 'Cancelling';
    default:
      return '';
  }
}

/** `Trying candidates: 45%`. */
export function phaseText({ phase, done, total }: Progress): string {
  const title = PHASES[phase].title;
  return total > 0 ? `${title}: ${Math.floor((100 * done) / total)}%` : title;
}

/** `Trying candidates: 45%, about 20 s left`. */
export function jobText(state: RunState): string {
  const { status, progress, secondsLeft } = state;
  const isMoving = status === 'running' && progress !== null;
  const text = isMoving ? phaseText(progress) : stepText(state);
  return status === 'running' && secondsLeft !== null ? `${text}, ${leftText(secondsLeft)}` : text;
}
