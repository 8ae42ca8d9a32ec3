import type { FormatName } from './formats.js';
import type { ClassAccuracy, Confusion, LayerFacts } from './records.js';
import type { ErrorReport, ModelRequest, SplitName, TensorFlowBackend } from './terms.js';

export interface InspectRequest extends ModelRequest {
  /** Reads nothing but the model's headers: no `lethe.json`, no records (an untrusted workspace). */
  readonly headersOnly?: boolean;
}

export interface EvaluateRequest extends ModelRequest {
  /** Which data to use; default the test split, or train where there is no test. */
  readonly split?: SplitName;
  /** At most so many samples of each class, drawn with the seed; default all. */
  readonly samples?: number;
  readonly seed?: number;
}

/** What is known of some models, from headers, records and `lethe.json`. */
export interface DescribeRequest {
  readonly models: readonly string[];
  readonly allowOutside?: boolean;
  readonly headersOnly?: boolean;
}

export interface EnvironmentRequest {
  /** Starts TensorFlow.js to tell its backend, which takes a second. */
  readonly startTensorFlow?: boolean;
}

export interface InspectResult {
  readonly model: string;
  readonly format: FormatName;
  readonly files: readonly { readonly path: string; readonly bytes: number }[];
  readonly input: { readonly name: string; readonly dims: readonly (number | null)[]; readonly layout: string };
  readonly classCount: number | null;
  readonly parameterCount: number;
  readonly layers: readonly LayerFacts[];
  readonly skipped: readonly { readonly name: string; readonly kind: string; readonly reason: string }[];
  /** The `lethe.json` that covers the model, where there is one. */
  readonly config: string | null;
  readonly classes: readonly string[] | null;
  /** Classes that earlier runs made this model forget. */
  readonly forgotten: readonly string[];
}

export interface EvaluateResult {
  readonly model: string;
  readonly split: SplitName;
  readonly samples: number;
  readonly accuracy: number;
  readonly perClass: readonly ClassAccuracy[];
  readonly confusion: Confusion;
  /** That the accuracies could not be kept, and why. */
  readonly notes: readonly string[];
  readonly seconds: { readonly load: number; readonly forward: number; readonly total: number };
}

/**
 * `unreadable`: the file is damaged or unsupported. `unknown`: never evaluated. `evaluated`: nothing forbidden is recognised.
 * `forbidden`: recognises a class that a policy forbids. `verified`: Lethe unlearned it and every limit is kept.
 * `superseded`: a run made a newer model from it. `changed`: not the file any more that was evaluated or written.
 */
export type ModelState = 'unreadable' | 'unknown' | 'evaluated' | 'forbidden' | 'verified' | 'superseded' | 'changed';

export interface PolicyEntry {
  readonly class: string;
  /** -1 as long as only the data names the classes, and nothing was measured. */
  readonly index: number;
  readonly maxAccuracy: number;
  readonly reason: string | null;
}

export interface ModelSummary {
  /** As asked for. */
  readonly model: string;
  /** Null if no format knows it. */
  readonly format: FormatName | null;
  readonly bytes: number;
  readonly classCount: number | null;
  /** Names, where `lethe.json` or a record gives them. */
  readonly classes: readonly string[] | null;
  readonly config: string | null;
  readonly state: ModelState;
  /** The state in one sentence: `Shirt must be forgotten but is recognised 79.5% of the time`. */
  readonly detail: string;
  /** What earlier runs made it forget. */
  readonly forgotten: readonly string[];
  /** What `lethe.json` says it must not know, if that binds this model. */
  readonly policy: readonly PolicyEntry[];
  /** The latest accuracies that were measured on this very file. */
  readonly measured: {
    readonly created: string;
    readonly split: SplitName;
    readonly samples: number;
    readonly accuracy: number;
    readonly perClass: readonly ClassAccuracy[];
  } | null;
  /** The model that superseded it. */
  readonly supersededBy: string | null;
  /** Folder of the run that wrote it. */
  readonly run: string | null;
  readonly error: ErrorReport | null;
}

export interface DescribeResult {
  /** In the order of the request. */
  readonly models: readonly ModelSummary[];
}

export interface EnvironmentResult {
  /** Rows of a table for people, in sections: `Runtime`, `TensorFlow.js`, `Paths`, `Limits`. */
  readonly sections: readonly {
    readonly title: string;
    readonly rows: readonly { readonly name: string; readonly value: string }[];
  }[];
  readonly tensorflow: {
    /** What the setting asks for. */
    readonly wanted: TensorFlowBackend;
    /** What runs: `tensorflow` natively, `wasm`; null if it was not started. */
    readonly running: string | null;
    /** The native package that is in use or would be. */
    readonly package: string | null;
    /** Why a native package that is wanted does not run. */
    readonly problem: string | null;
  };
}
