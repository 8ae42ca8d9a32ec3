import type * as vscode from 'vscode';
import type { RunJob } from '../../contract/jobs.js';

/** What this folder needs of the extension's services. */
export interface EnvironmentServices {
  readonly context: Pick<vscode.ExtensionContext, 'extension'>;
  readonly engine: {
    /** Where packages are put that the user installs for Lethe. */
    readonly storage: string;
    readonly run: RunJob;
    /** Ends the engine's processes; the next job starts them anew. */
    restart(): void | Promise<void>;
  };
  readonly jobs: { readonly active: readonly unknown[] };
  readonly log: {
    info(message: string): void;
    error(tried: string, error: unknown): void;
    show(): void;
  };
}
