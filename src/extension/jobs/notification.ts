import * as vscode from 'vscode';
import type { Progress } from '../../contract/progress.js';
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

/** About how much of a run's time each phase takes, in percent: the bar must never go back. */
const SHARES: readonly (readonly [phase: string, from: number, to: number])[] = [
  ['load', 0, 5],
  ['hash', 5, 6],
  ['measure', 6, 20],
  ['spaces', 20, 45],
  ['search', 45, 85],
  ['dimensions', 90, 95],
  ['save', 95, 100],
];

function share({ progress }: RunState): number {
  const entry = SHARES.find(([phase]) => phase === progress?.phase);
  return entry && progress ? entry[1] + (entry[2] - entry[1]) * fraction(progress) : 0;
}

function fraction({ done, total }: Progress): number {
  return total > 0 ? Math.min(1, done / total) : 0;
}
