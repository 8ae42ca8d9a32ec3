import type * as vscode from 'vscode';
import type { Work } from '../../base/work.js';
import type { JobName, Jobs } from '../../contract/jobs.js';

/** What setting up a model needs of the rest of the extension. */
export interface SetupServices {
  /** Runs a job of the engine. @throws LetheError what the job throws. */
  run<Name extends JobName>(name: Name, request: Jobs[Name]['request'], work?: Work): Promise<Jobs[Name]['result']>;
  /** The folder to stay in when looking for data. */
  root(model: vscode.Uri): vscode.Uri;
  readonly extensionUri: vscode.Uri;
}
