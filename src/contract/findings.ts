import type { TextRange } from './terms.js';

/** Looks at models and policies: cheaply at headers, and as deep as asked for. */
export interface DiagnoseRequest {
  /** Model files, or folders: all models and `lethe.json` files in them, at any depth. */
  readonly models: readonly string[];
  /** The `lethe.json` of all models; default: the one beside each. */
  readonly config?: string;
  /** Further `lethe.json` files to check, besides those that cover the models. */
  readonly configs?: readonly string[];
  readonly allowOutside?: boolean;
  /** Reads nothing but headers: no `lethe.json`, no data, no digests (an untrusted workspace). */
  readonly headersOnly?: boolean;
  /** Evaluates models that a policy binds and whose accuracies are not known. Default false. */
  readonly evaluate?: boolean;
  /** Scans tensors for NaN and infinity in models up to so many bytes of weights. Default 0: none. */
  readonly scanBytes?: number;
  readonly threads?: number;
}

/** What a user can do about a finding; the editor offers them as quick fixes. */
export type FindingAction =
  | { readonly kind: 'evaluate'; readonly model: string }
  | { readonly kind: 'unlearn'; readonly model: string; readonly classes: readonly string[] }
  | { readonly kind: 'open-report'; readonly report: string }
  /** Choose the file that `location` (as `model.json` names it) stands for. */
  | { readonly kind: 'choose-shard'; readonly model: string; readonly location: string }
  | { readonly kind: 'delete-model'; readonly model: string };

export interface Finding {
  /** Stable; docs/diagnostics.md explains each. */
  readonly code: string;
  readonly severity: 'error' | 'warning' | 'information';
  /** Absolute. The file that the finding stands in: a text file with a range, or a binary one without. */
  readonly file: string;
  readonly range: TextRange | null;
  readonly message: string;
  readonly hint?: string;
  /** The model it is about, null if it is about a `lethe.json` alone. */
  readonly model: string | null;
  readonly related: readonly { readonly file: string; readonly range: TextRange | null; readonly message: string }[];
  readonly actions: readonly FindingAction[];
}

export interface DiagnoseResult {
  readonly findings: readonly Finding[];
  /** The model files that were diagnosed, absolute: earlier findings about them (`Finding.model`) are void. */
  readonly models: readonly string[];
  /**
   * Every file that was looked at, absolute, whether it is there or not: a change in one of them calls for another look.
   * Earlier findings that stand in one of them and are about no model are void; one about another model is not, as one
   * `lethe.json` may speak of many.
   */
  readonly checked: readonly string[];
}
