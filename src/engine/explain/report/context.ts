import type { ExplainRequest } from '../../../contract/explain.js';
import type { RunRecord } from '../../../contract/records.js';

/** What the parts of a report's explanations are made with. */
export interface ExplainContext {
  /** About the record's pair. */
  readonly request: ExplainRequest & { readonly run: string };
  readonly record: RunRecord;
  /** Whether samples of this class may be shown. */
  mayShow(index: number): boolean;
}
