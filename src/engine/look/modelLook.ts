import type { LetheError } from '../../base/errors.js';
import type { ModelState, PolicyEntry } from '../../contract/models.js';
import type { ModelFacts, ModelFormat } from '../../models/classifier.js';
import type { ProjectConfig } from '../../project/config.js';
import type { ModelHistory } from '../records/history.js';
import type { Placed } from './policy.js';

/** A `lethe.json`, or why it can't be used. */
export type ConfigLook =
  | { readonly file: string; readonly config: ProjectConfig; readonly error: null }
  | { readonly file: string; readonly config: null; readonly error: unknown };

/** All that is known of one model without running it. */
export interface ModelLook {
  readonly asked: string;
  /** Absolute path of the file to open. */
  readonly model: string;
  readonly format: ModelFormat | null;
  readonly bytes: number;
  readonly facts: ModelFacts | null;
  /** What is wrong with it; empty exactly where there are facts. */
  readonly faults: readonly unknown[];
  readonly config: ConfigLook | null;
  /** Whether the policy of its `lethe.json` is about it at all. */
  readonly isCovered: boolean;
  readonly history: ModelHistory;
  /** Records near it that can't be read. */
  readonly brokenRecords: readonly LetheError[];
  readonly classes: readonly string[] | null;
  /** The `forget` entries that bind it: none if it is not covered, or superseded. */
  readonly policy: readonly Placed<PolicyEntry>[];
  readonly state: ModelState;
  readonly detail: string;
}
