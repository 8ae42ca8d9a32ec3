/**
 * Every request, result and progress message between the engine and whoever uses it: the command line, and later the
 * editor's process and its webview. Types only, plain data only (structured clone, JSON), nothing imported.
 * Accuracies are 0..1; `null` where a class has no sample. Paths are as given or absolute. Times are seconds.
 */

/** One step of a job: `done` of `total` units of `phase`; `detail` names what is worked on. */
export interface JobProgress {
  readonly phase: string;
  readonly done: number;
  readonly total: number;
  readonly detail?: string;
}

// ---- requests --------------------------------------------------------------------------------------------------------

export interface ModelRequest {
  /** Path of the model file (`x.onnx`, `model.json`). */
  readonly model: string;
  /** Path of a `lethe.json`; default: the one beside the model. */
  readonly config?: string;
  /** Lets `lethe.json` name data outside of its own folder. */
  readonly allowOutside?: boolean;
  /** Threads for the forward passes; default all cores but one. */
  readonly threads?: number;
}

export type InspectRequest = ModelRequest;

export interface EvaluateRequest extends ModelRequest {
  /** Which data to use; default the test split, or train where there is no test. */
  readonly split?: SplitName;
  /** At most so many samples of each class, drawn with the seed; default all. */
  readonly samples?: number;
  readonly seed?: number;
}

export interface UnlearnRequest extends ModelRequest {
  /** Names or indices of the classes to forget; default what the policy in `lethe.json` still asks for. */
  readonly forget?: readonly string[];
  /** Where the new model goes; default `<name>.forget-<slug>` beside the model. */
  readonly out?: string;
  /** Replace an existing output. */
  readonly force?: boolean;
  readonly alphaR?: readonly number[];
  readonly alphaF?: readonly number[];
  /** Samples of each kept class, for the spaces and for judging the candidates. */
  readonly samples?: number;
  /** Samples of each class to forget; default nine times `samples`. */
  readonly forgetSamples?: number;
  /** At most so many input vectors a layer and side. */
  readonly maxPatches?: number;
  /** Glob on the layers' names; default all layers. */
  readonly layers?: string;
  readonly seed?: number;
  /** Bytes that the activations' moments may take at one time. */
  readonly memory?: number;
}

export interface ReportRequest {
  /** A run's folder or its `run.json`. */
  readonly run: string;
  /** Where the page goes; default `report.html` in the run's folder. */
  readonly out?: string;
  readonly force?: boolean;
}

// ---- results ---------------------------------------------------------------------------------------------------------

export type SplitName = 'train' | 'test';

export interface ClassAccuracy {
  readonly class: string;
  readonly index: number;
  readonly accuracy: number | null;
  readonly count: number;
}

/** Rows are true classes, columns are predictions, values are numbers of samples. */
export type Confusion = readonly (readonly number[])[];

export interface LayerFacts {
  readonly name: string;
  readonly kind: 'dense' | 'conv' | 'depthwise';
  readonly in: number;
  readonly out: number;
  readonly groups: number;
}

export interface InspectResult {
  readonly model: string;
  readonly format: string;
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
  readonly seconds: { readonly load: number; readonly forward: number; readonly total: number };
}

/** Forget: asked for in this run. Earlier: forgotten by an earlier run and held so. Retain: all others. */
export type ClassRole = 'retain' | 'forget' | 'earlier';

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

export interface UnlearnResult {
  readonly model: string;
  readonly forget: readonly string[];
  readonly earlier: readonly string[];
  readonly alphaR: number;
  readonly alphaF: number;
  /** Where the accuracies were measured: a split of its own, or samples held out from the ones used. */
  readonly measuredOn: { readonly split: SplitName; readonly heldOut: boolean; readonly samples: number };
  readonly before: Accuracies;
  readonly after: Accuracies;
  readonly perClass: readonly ClassChange[];
  readonly confusion: { readonly before: Confusion; readonly after: Confusion };
  readonly layers: readonly LayerChange[];
  readonly skipped: readonly { readonly name: string; readonly kind: string; readonly reason: string }[];
  readonly candidates: readonly CandidateResult[];
  readonly policy: readonly PolicyFinding[];
  readonly notes: readonly string[];
  readonly seconds: UnlearnSeconds;
  readonly output: string;
  /** The run's folder, which holds `run.json` and `report.html`. */
  readonly run: string;
  readonly report: string;
}

export interface ReportResult {
  readonly run: string;
  readonly report: string;
}

// ---- run records -----------------------------------------------------------------------------------------------------

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
