import * as vscode from 'vscode';
import { type Progress, STEPS, stepOf } from '../../contract/progress.js';
import type { RunState } from '../../contract/studio.js';
import type { JobCenter } from './center.js';
import { jobText } from './phases.js';

/** Shows the job of the model at a path as a notification with a Cancel button, until `work` settles. */
export function withNotification<T>(
  jobs: JobCenter,
  model: string,
  title: string,
  work: (isCancelled: () => boolean) => Promise<T>,
): Thenable<T> {
  const options = { location: vscode.ProgressLocation.Notification, title, cancellable: true };
  return vscode.window.withProgress(options, async (notification, token) => {
    let shown = 0;
    const listeners = [
      token.onCancellationRequested(() => jobs.cancel(model)),
      jobs.onDidChange((state) => {
        if (state.model !== model) return;
        const done = Math.max(shown, share(state));
        notification.report({ message: jobText(state), increment: done - shown });
        shown = done;
      }),
    ];
    try {
      return await work(() => token.isCancellationRequested);
    } finally {
      vscode.Disposable.from(...listeners).dispose();
    }
  });
}

/** How much of the job is done, in percent. The bar must never go back. */
function share({ progress }: RunState): number {
  const step = progress && stepOf(progress);
  if (!step) return 0;
  const [from, to] = STEPS[step].share;
  return from + (to - from) * fraction(progress);
}

function fraction({ done, total }: Progress): number {
  return total > 0 ? Math.min(1, done / total) : 0;
}
