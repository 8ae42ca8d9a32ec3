import type { UnlearnResult } from './run.js';
import type { ClassRole, LayerFacts, SplitName } from './terms.js';

export interface ClassAccuracy {
  readonly class: string;
  readonly index: number;
  readonly accuracy: number | null;
  readonly count: number;
}

/** Rows are true classes, columns are predictions, values are numbers of samples. */
export type Confusion = readonly (readonly number[])[];

export interface Accuracies {
  /** Over all samples of retained classes. */
  readonly retainAccuracy: number;
  /** Over all samples of the classes to forget. */
  readonly forgetAccuracy: number;
}

export interface ClassChange {
  readonly class: string;
  readonly index: number;
  readonly role: ClassRole;
  readonly before: number | null;
  readonly after: number | null;
  readonly count: number;
}

export interface LayerChange extends LayerFacts {
  /** Effective dimensions, the trace of the scaled projections; over all groups. */
  readonly retainDimension: number;
  readonly forgetDimension: number;
  /** What of the forget space is removed: the trace of `P_f (I - P_r)`. */
  readonly removedDimension: number;
  /** Relative change of the weight, `||W' - W|| / ||W||` (Frobenius). */
  readonly weightChange: number;
  /** Leading normalised squared singular values of each space, largest first. */
  readonly spectra: { readonly retain: readonly number[]; readonly forget: readonly number[] };
}

/** One pair of alphas and what it does, judged on the samples of the search. */
export interface CandidateResult extends Accuracies {
  readonly alphaR: number;
  readonly alphaF: number;
  /** `retainAccuracy * (1 - forgetAccuracy)`. */
  readonly score: number;
  /** How many samples it was judged on, and whether those are all: a race judges most candidates on few. */
  readonly samples: number;
  readonly complete: boolean;
  /** Whether every class to forget is forgotten, and whether every limit of the policy is kept too. */
  readonly forgets: boolean;
  readonly admissible: boolean;
  /** On the Pareto front of retain against forget accuracy. */
  readonly pareto: boolean;
  readonly chosen: boolean;
}

/** A limit of the policy that the new model does not keep, or a warning about a kept class. */
export interface PolicyFinding {
  readonly code: 'forget-limit' | 'protect-limit' | 'retain-drop';
  readonly severity: 'error' | 'warning';
  readonly class: string;
  readonly limit: number;
  readonly value: number;
  readonly message: string;
}

export interface UnlearnSeconds {
  /** Opening the model and the data. */
  readonly load: number;
  /** Accuracy before and after. */
  readonly measure: number;
  /** Forward passes for the spaces. */
  readonly forward: number;
  /** All else about the spaces: moments, dimensions, spectra. */
  readonly spaces: number;
  readonly search: number;
  readonly total: number;
}

/** A file and its digest. For a folder of many files: their number, and the digest of their sorted `sha256  path` lines. */
export interface HashedFile {
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
  readonly files?: number;
}

export interface RunSettings {
  readonly alphaR: readonly number[];
  readonly alphaF: readonly number[];
  readonly samples: number;
  readonly forgetSamples: number;
  readonly maxPatches: number;
  readonly layers: string | null;
  readonly seed: number;
  readonly memory: number;
}

/**
 * What a run leaves behind: enough to prove what was done to which file, and to repeat it. Paths are relative to the folder
 * that holds `.lethe`, so that the folder can be moved. It holds numbers and names, never a sample.
 */
export interface RunRecord {
  readonly version: 1;
  readonly id: string;
  /** ISO 8601, UTC. */
  readonly created: string;
  readonly versions: {
    readonly lethe: string;
    readonly node: string;
    readonly platform: string;
    readonly [library: string]: string;
  };
  readonly source: { readonly path: string; readonly format: string; readonly files: readonly HashedFile[] };
  readonly output: { readonly path: string; readonly files: readonly HashedFile[] };
  readonly config: HashedFile | null;
  readonly data: readonly HashedFile[];
  readonly classes: readonly string[];
  /** What this run removed, and the reason the policy gives. */
  readonly forget: readonly {
    readonly class: string;
    readonly index: number;
    readonly reason: string | null;
    readonly maxAccuracy: number;
  }[];
  /** What earlier runs removed and this one kept so. */
  readonly earlier: readonly { readonly class: string; readonly index: number; readonly maxAccuracy: number }[];
  readonly settings: RunSettings;
  readonly result: Omit<UnlearnResult, 'model' | 'output' | 'run' | 'report'>;
}

/** Accuracies of a model that were measured once, kept in `.lethe/evaluations`, so that nobody need measure them again. */
export interface EvaluationRecord {
  readonly version: 1;
  readonly created: string;
  /** Relative to the folder that holds `.lethe`, as in `RunRecord`. */
  readonly model: { readonly path: string; readonly files: readonly HashedFile[] };
  readonly split: SplitName;
  /** Whether all samples of the split were used. */
  readonly complete: boolean;
  readonly samples: number;
  readonly accuracy: number;
  readonly perClass: readonly ClassAccuracy[];
  readonly confusion: Confusion;
}
