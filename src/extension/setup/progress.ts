import * as vscode from 'vscode';
import { PHASES, type Progress, type Work } from '../../contract/progress.js';
import { reportOf } from '../../project/errorReport.js';

/** Shows work as a notification with a Cancel button. @returns undefined if the user cancelled it. */
export async function withProgress<T>(title: string, work: (work: Work) => Promise<T>): Promise<T | undefined> {
  const options = { location: vscode.ProgressLocation.Notification, title, cancellable: true };
  return vscode.window.withProgress(options, async (notification, token) => {
    const controller = new AbortController();
    const listener = token.onCancellationRequested(() => controller.abort());
    try {
      const onProgress = (progress: Progress) => notification.report({ message: progressText(progress) });
      return await work({ signal: controller.signal, onProgress });
    } catch (error) {
      if (reportOf(error).code === 'cancelled') return undefined;
      throw error;
    } finally {
      listener.dispose();
    }
  });
}

function progressText({ phase, done, total, detail }: Progress): string {
  const { title } = PHASES[phase];
  const share = total > 1 ? ` (${Math.floor((100 * done) / total)}%)` : '';
  return detail && phase !== 'load' ? `${title}${share}: ${detail}` : `${title}${share}`;
}
