import type * as vscode from 'vscode';
import type { JobName, Jobs } from '../../contract/jobs.js';

/** What this folder needs of the extension's services. */
export interface EnvironmentServices {
  readonly context: Pick<vscode.ExtensionContext, 'extension'>;
  readonly engine: {
    /** Where packages are put that the user installs for Lethe. */
    readonly storage: string;
    run<Name extends JobName>(name: Name, request: Jobs[Name]['request']): Promise<Jobs[Name]['result']>;
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
