import type { RunRecord } from '../../../contract/records.js';

/** What the parts of a report's explanations are made with. */
export interface ExplainContext {
  readonly record: RunRecord;
  /** Whether samples of this class may be shown. */
  mayShow(index: number): boolean;
}
