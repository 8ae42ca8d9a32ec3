import type { FromStudio, StudioSnapshot } from '../../src/protocol.js';
import type { ViewState } from './viewState.js';

/** What every view is drawn from, and what it can do. */
export interface Studio {
  readonly snapshot: StudioSnapshot;
  readonly view: ViewState;
  /** Indices of the ticked classes, ascending. */
  readonly selected: readonly number[];
  send(message: FromStudio): void;
  select(selected: Iterable<number>): void;
  change(view: Partial<ViewState>): void;
}

/** The `lethe.json` that covers the model: null if there is none, undefined as long as nobody knows. */
export function configOf({ facts, summary }: StudioSnapshot): string | null | undefined {
  return facts?.config ?? summary?.config ?? (summary ? null : undefined);
}

/** Whether a job on the model waits or runs. */
export function isBusy({ run }: StudioSnapshot): boolean {
  return run !== null && ['queued', 'running', 'cancelling'].includes(run.status);
}
