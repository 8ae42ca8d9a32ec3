import { PHASES, type Progress, type Work } from '../../contract/progress.js';
import { reportOf } from '../../project/errorReport.js';
import { withCancel } from '../jobs/progress.js';

/** Shows work as a notification with a Cancel button. @returns undefined if the user cancelled it. */
export async function unlessCancelled<T>(title: string, work: (work: Work) => Promise<T>): Promise<T | undefined> {
  const shown = (signal: AbortSignal, show: (message: string) => void) =>
    work({ signal, onProgress: (progress) => show(progressText(progress)) });
  return withCancel(title, shown).catch((error) => {
    if (reportOf(error).code === 'cancelled') return undefined;
    throw error;
  });
}

function progressText({ phase, done, total, detail }: Progress): string {
  const { title } = PHASES[phase];
  const share = total > 1 ? ` (${Math.floor((100 * done) / total)}%)` : '';
  return detail && phase !== 'load' ? `${title}${share}: ${detail}` : `${title}${share}`;
}
