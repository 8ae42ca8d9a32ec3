import * as vscode from 'vscode';
import type { Work } from '../../contract/progress.js';
import { phaseText } from './phases.js';

/** Milliseconds that work may take without a word, where it is mostly quick. */
const PATIENCE = 1000;

/**
 * Does work under a notification that can cancel it.
 * @param work gets what tells of that, and what shows how far it is. @throws what the work throws, `cancelled` too.
 */
export async function withCancel<T>(
  title: string,
  work: (signal: AbortSignal, show: (message: string) => void) => Promise<T>,
): Promise<T> {
  const options = { location: vscode.ProgressLocation.Notification, title, cancellable: true };
  return vscode.window.withProgress(options, (notification, token) => {
    const controller = new AbortController();
    token.onCancellationRequested(() => controller.abort());
    return work(controller.signal, (message) => notification.report({ message }));
  });
}

/** Does work under a notification that shows how far it is, and can cancel it. @throws what the work throws, `cancelled` too. */
export function withJobProgress<T>(title: string, work: (work: Work) => Promise<T>): Promise<T> {
  return withCancel(title, (signal, show) => work({ signal, onProgress: (progress) => show(phaseText(progress)) }));
}

/**
 * Does work that is mostly quick: only where it takes longer, a notification shows how far it is, and can cancel it.
 * @param signal cancels it as well. @throws what the work throws.
 */
export async function withLateProgress<T>(
  title: string,
  signal: AbortSignal,
  work: (work: Work) => Promise<T>,
): Promise<T> {
  const cancelled = new AbortController();
  let message = '';
  let tell = (text: string) => {
    message = text;
  };
  const result = work({
    signal: AbortSignal.any([signal, cancelled.signal]),
    onProgress: (progress) => tell(phaseText(progress)),
  });
  const timer = setTimeout(() => {
    const options = { location: vscode.ProgressLocation.Notification, title, cancellable: true };
    void vscode.window.withProgress(options, async (notification, token) => {
      token.onCancellationRequested(() => cancelled.abort());
      tell = (text) => notification.report({ message: text });
      tell(message);
      // Whoever asked for it hears of its failure.
      await result.catch(() => {});
    });
  }, PATIENCE);
  try {
    return await result;
  } finally {
    clearTimeout(timer);
  }
}
