import type * as vscode from 'vscode';
import type { RunJob } from '../../contract/jobs.js';
import type { ErrorReport } from '../../contract/terms.js';

/** What setting up a model needs of the rest of the extension. */
export interface SetupServices {
  /** Runs a job of the engine. @throws LetheError what the job throws. */
  readonly run: RunJob;
  /** The folder to stay in when looking for data. */
  root(model: vscode.Uri): vscode.Uri;
  readonly extensionUri: vscode.Uri;
  /** What is wrong, where, and what to do, as sentences for a notification. */
  failureText(report: ErrorReport): string;
}
