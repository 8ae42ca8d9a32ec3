import type { RunRecord } from '../../../contract/records.js';
import type { ModelPair } from '../../kept/modelPair.js';

/** What the parts of a report's explanations are made with. */
export interface ExplainContext {
  /** The source of the run, and the candidate that the record is about. */
  readonly pair: ModelPair;
  readonly record: RunRecord;
  /** Whether samples of this class may be shown. */
  mayShow(index: number): boolean;
}
