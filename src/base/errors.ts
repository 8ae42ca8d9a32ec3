import type { TextRange } from '../contract/terms.js';

/**
 * What can be wrong, as a stable code: it is printed, written to JSON, and documented in docs/errors.md.
 * Add a code here before throwing it.
 */
export type ErrorCode =
  // the user's call
  | 'usage'
  | 'class-unknown'
  | 'output-exists'
  | 'nothing-to-edit'
  // files
  | 'file-missing'
  | 'file-unreadable'
  | 'file-unwritable'
  | 'disk-full'
  | 'path-outside'
  | 'format-unknown'
  // models
  | 'model-corrupt'
  | 'model-unsupported'
  | 'weights-missing'
  | 'weights-short'
  | 'weights-not-finite'
  | 'not-a-classifier'
  | 'class-count-mismatch'
  // data
  | 'data-corrupt'
  | 'data-unsupported'
  | 'label-outside'
  | 'image-size'
  | 'samples-missing'
  // explanations
  | 'no-saliency'
  | 'no-plane'
  // lethe.json and run records
  | 'config-invalid'
  | 'record-invalid'
  | 'run-outdated'
  // the engine process
  | 'engine-unavailable'
  | 'engine-crashed'
  // outcomes
  | 'no-candidate'
  | 'cancelled'
  | 'out-of-memory'
  | 'backend-unavailable'
  | 'internal';

/** Everything a user needs to act on an error: what is wrong, where, and what to do about it. */
export interface ErrorDetails {
  /** What is wrong, one sentence without the file's name, e.g. `holds 3 NaN values`. */
  readonly message: string;
  /** The file at fault, as the user named it. */
  readonly file?: string;
  /** The place inside the file: `tensor "conv1.weight"`, `line 12, column 3`, `record 1207`. */
  readonly place?: string;
  /** The place as an editor needs it: in a text file, which may be another one than `file` (the manifest that names it). */
  readonly at?: { readonly file: string; readonly range: TextRange };
  /** Other files that are missing or wrong, as the file at `at` calls them. */
  readonly locations?: readonly string[];
  /** What to do now, an imperative sentence. */
  readonly hint?: string;
  readonly cause?: unknown;
}

/** An error that is the input's or the environment's, not a defect of Lethe. Anything else that is thrown is a bug. */
export class LetheError extends Error {
  readonly code: ErrorCode;
  /** The message alone; `message` has the file and the place in front of it. */
  readonly what: string;
  readonly file?: string;
  readonly place?: string;
  readonly at?: ErrorDetails['at'];
  readonly locations?: readonly string[];
  readonly hint?: string;

  constructor(code: ErrorCode, details: ErrorDetails) {
    super([details.file, details.place, details.message].filter((part) => part !== undefined).join(': '), {
      cause: details.cause,
    });
    this.name = 'LetheError';
    this.code = code;
    this.what = details.message;
    this.file = details.file;
    this.place = details.place;
    this.at = details.at;
    this.locations = details.locations;
    this.hint = details.hint;
  }
}
