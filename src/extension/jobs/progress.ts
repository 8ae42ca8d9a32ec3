import * as vscode from 'vscode';
import type { Work } from '../../contract/progress.js';
import { phaseText } from './phases.js';

/** Milliseconds that work may take without a word, where it is mostly quick. */
const PATIENCE = 1000;

/** Does work under a notification that shows how far it is, and can cancel it. @throws what the work throws, `cancelled` too. */
export async function withProgress<T>(title: string, work: (work: Work) => Promise<T>): Promise<T> {
  const options = { location: vscode.ProgressLocation.Notification, title, cancellable: true };
  return vscode.window.withProgress(options, (notification, token) => {
    const controller = new AbortController();
    token.onCancellationRequested(() => controller.abort());
    return work({
      signal: controller.signal,
      onProgress: (progress) => notification.report({ message: phaseText(progress) }),
    });
  });
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
