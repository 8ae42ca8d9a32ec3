/**
 * Every request, result and progress message between the engine and whoever uses it: the command line, the editor's
 * extension host, and its webview. Types only, plain data only (structured clone, JSON), nothing imported.
 * Accuracies are 0..1; `null` where a class has no sample. Paths are as given or absolute. Times are seconds, sizes bytes.
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

export interface UnlearnRequest extends ModelRequest {
  /** Classes to forget: names, or indices as numbers; default what the policy in `lethe.json` still asks for. */
  readonly forget?: readonly (string | number)[];
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
  /** Where the page goes; default in the run's folder: `report.html`, for another candidate `report-<alphaR>-<alphaF>.html`. */
  readonly out?: string;
  readonly force?: boolean;
  /** The candidate to report on; default the one that was chosen. */
  readonly pair?: AlphaPair;
  /** Also saliency maps and decision boundaries, which takes opening both models and the data. Default false. */
  readonly explanations?: boolean;
  /** Also pictures of samples of forgotten classes. Default false: the record of a deletion must not keep what was deleted. */
  readonly forgottenPictures?: boolean;
  readonly allowOutside?: boolean;
  readonly threads?: number;
}

/** Weights of the retain and of the forget space: what a candidate is made with. */
export interface AlphaPair {
  readonly alphaR: number;
  readonly alphaF: number;
}

/** A recorded run, for views. */
export interface ShowRunRequest {
  readonly run: string;
  /** A candidate that was looked at before; default the one that was chosen. */
  readonly pair?: AlphaPair;
}

/** Makes another candidate of a run its result, from the spaces that the run has found. */
export interface CandidateRequest {
  readonly run: string;
  readonly pair: AlphaPair;
  readonly allowOutside?: boolean;
  readonly threads?: number;
}

/** Saves a candidate as a model, with a run record of its own. */
export interface SaveCandidateRequest extends CandidateRequest {
  readonly out?: string;
  readonly force?: boolean;
}

/** What an unlearning run would take, found by opening the model and running one sample. */
export type EstimateRequest = UnlearnRequest;

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

/** What is known of some models, from headers, records and `lethe.json`. */
export interface DescribeRequest {
  readonly models: readonly string[];
  readonly allowOutside?: boolean;
  readonly headersOnly?: boolean;
}

/** Looks for data near a model that has no `lethe.json`. */
export interface FindDataRequest {
  readonly model: string;
  /** The folder to stay in: the workspace's. */
  readonly root: string;
  /** Looks at this file or folder alone, which the user chose; it may lie outside of `root`. */
  readonly at?: string;
  /** Lets data lie outside of the folders that a `lethe.json` of the model may lie in. */
  readonly allowOutside?: boolean;
}

/** Tries a `lethe.json` before it is written. */
export interface CheckSetupRequest {
  readonly model: string;
  /** The folder that `lethe.json` would lie in. */
  readonly folder: string;
  /** What it would hold, as JSON. */
  readonly config: string;
  readonly allowOutside?: boolean;
  /** Samples to evaluate; default 200. */
  readonly samples?: number;
  readonly threads?: number;
}

export interface WriteSetupRequest {
  readonly folder: string;
  readonly config: string;
  readonly overwrite?: boolean;
  readonly allowOutside?: boolean;
}

export interface EnvironmentRequest {
  /** Starts TensorFlow.js to tell its backend, which takes a second. */
  readonly startTensorFlow?: boolean;
}

export interface ListRunsRequest {
  /** Folders that may hold a `.lethe`. */
  readonly folders: readonly string[];
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
  /** That the accuracies could not be kept, and why. */
  readonly notes: readonly string[];
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

/** A run as lists show it. */
export interface RunSummary {
  readonly folder: string;
  readonly id: string;
  readonly created: string;
  readonly forget: readonly string[];
  /** Absolute paths. */
  readonly source: string;
  readonly output: string;
  readonly outputExists: boolean;
  readonly report: string;
  readonly before: Accuracies;
  readonly after: Accuracies;
  readonly policyMet: boolean;
}

export interface ListRunsResult {
  /** Newest first. */
  readonly runs: readonly RunSummary[];
  readonly broken: readonly ErrorReport[];
}

// ---- a run, as views show it -----------------------------------------------------------------------------------------

/** Counts of samples: `counts[row * size + column]` of class `row` are taken for class `column`. */
export interface ConfusionCounts {
  readonly size: number;
  readonly counts: Uint32Array;
}

/** What a run does to a layer. Dimensions and weight change are null as long as no pair of alphas is chosen. */
export interface LayerOutcome extends LayerFacts {
  readonly retainDimension: number | null;
  readonly forgetDimension: number | null;
  readonly removedDimension: number | null;
  readonly weightChange: number | null;
  readonly spectra: { readonly retain: Float32Array; readonly forget: Float32Array };
}

/** What a run has come to: all of it, or what is known so far (null and empty: not yet). The same things as in `UnlearnResult`. */
export interface Outcome {
  readonly forget: readonly string[];
  readonly earlier: readonly string[];
  /** The pair that everything after it is about. */
  readonly pair: AlphaPair | null;
  readonly measuredOn: UnlearnResult['measuredOn'] | null;
  readonly before: Accuracies | null;
  readonly after: Accuracies | null;
  readonly perClass: readonly ClassChange[];
  readonly confusionBefore: ConfusionCounts | null;
  readonly confusionAfter: ConfusionCounts | null;
  readonly layers: readonly LayerOutcome[];
  readonly skipped: UnlearnResult['skipped'];
  readonly candidates: readonly CandidateResult[];
  readonly policy: readonly PolicyFinding[];
  readonly notes: readonly string[];
  readonly seconds: UnlearnSeconds | null;
}

/** A run that is recorded, goes on, or was broken off by the end of the editor or its engine. */
export interface StudioRun {
  readonly state: 'recorded' | 'running' | 'interrupted';
  /** Null unless recorded. */
  readonly folder: string | null;
  readonly id: string | null;
  /** ISO 8601. */
  readonly created: string;
  readonly settings: RunSettings | null;
  /** What it was to forget, with the limits of the policy. */
  readonly limits: RunRecord['forget'];
  /** The model that it wrote, null if none. */
  readonly output: { readonly path: string; readonly exists: boolean } | null;
  /** The pair that the model which it wrote was made with: `outcome.pair` may be another one that is looked at. */
  readonly saved: AlphaPair | null;
  readonly outcome: Outcome;
}

/** What was found out since the part before, told while a run goes on. */
export type UnlearnPart = Partial<Outcome>;

export interface SaveCandidateResult {
  readonly output: string;
  /** The new run's folder. */
  readonly run: string;
  readonly report: string;
}

// ---- what is known of models -----------------------------------------------------------------------------------------

/** An error as data: what is wrong, where, what to do. */
export interface ErrorReport {
  readonly code: string;
  readonly message: string;
  readonly file?: string;
  readonly place?: string;
  readonly hint?: string;
  /** Every problem of a `lethe.json`, where there are several. */
  readonly problems?: readonly {
    readonly file: string;
    readonly line: number;
    readonly column: number;
    readonly length: number;
    readonly message: string;
    readonly hint?: string;
  }[];
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
  /** Registry name and human name of the format, null if no format knows it. */
  readonly format: string | null;
  readonly formatTitle: string | null;
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

// ---- diagnostics -----------------------------------------------------------------------------------------------------

/** Lines and columns from 1; the end is exclusive. */
export interface TextRange {
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
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

// ---- explanations ----------------------------------------------------------------------------------------------------

/** A sample by its class and its place among the class's samples, counted from 0, in the split that accuracies are measured on. */
export interface SampleRef {
  readonly class: number;
  readonly nth: number;
}

/** Pixels row by row, three bytes each. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly rgb: Uint8Array;
}

/** What is explained: a model as it is and, with a run, what the run made of it. */
export interface ExplainRequest extends ModelRequest {
  /** Folder of a run whose source is the model. */
  readonly run?: string;
  /** The candidate of that run; default the one that was chosen. */
  readonly pair?: AlphaPair;
}

export interface ThumbnailsRequest extends ModelRequest {
  readonly classes: readonly number[];
  /** Pictures of each class at most. */
  readonly perClass: number;
  /** Pixels of a picture's longer side at most. */
  readonly size: number;
}

export interface ThumbnailsResult {
  /** In the order of the request; no pictures for a class without samples, and none at all where samples are no images. */
  readonly classes: readonly { readonly class: number; readonly pictures: readonly Picture[] }[];
}

export interface SaliencyRequest extends ExplainRequest {
  readonly sample: SampleRef;
  /** The class whose logit is explained; default the sample's own. */
  readonly target?: number;
}

/** Where a model looks for a class: Grad-CAM (Selvaraju et al., ICCV 2017), and what it makes of the sample. */
export interface ClassMap {
  /** Size of the activation that the map is made of. */
  readonly width: number;
  readonly height: number;
  /** Row by row, 0 or more, in units of the logit; the same scale before and after. */
  readonly values: Float32Array;
  /** Sum of the values. */
  readonly mass: number;
  /** Of the class that is explained. */
  readonly logit: number;
  readonly probability: number;
  /** The class that the sample is taken for, and how sure the model is of it. */
  readonly predicted: number;
  readonly confidence: number;
}

export interface SaliencyResult {
  readonly sample: SampleRef;
  /** Samples of its class. */
  readonly count: number;
  readonly split: SplitName;
  readonly picture: Picture;
  readonly target: number;
  /** Name of the activation. */
  readonly activation: string;
  readonly before: ClassMap;
  /** Null without a run. */
  readonly after: ClassMap | null;
  /** Share of the mass before that is still there: the sum of the smaller of both values, over the sum before; null if either is missing. */
  readonly kept: number | null;
}

export interface FocusRequest extends ExplainRequest {
  readonly run: string;
  readonly classes: readonly number[];
  /** Samples of each class. */
  readonly samples: number;
}

/** How much of the saliency of a class's samples a run has left. */
export interface ClassFocus {
  readonly class: number;
  readonly samples: number;
  /**
   * Share of the Grad-CAM mass kept, 0..1: as `SaliencyResult.kept`, of all the samples' maps together; null if they have no mass.
   * Grad-CAM averages its weights over the places, so of a network whose dense layers read the places one by one it may hold little
   * of a logit.
   */
  readonly kept: number | null;
  /**
   * The same share of HiResCAM's mass (Draelos and Carin, arXiv 2011.08891), whose weights are each place's own: that of
   * Grad-CAM where the places are averaged before the dense layers, and true to the logit where they are not.
   */
  readonly keptByPlace: number | null;
  /** Mean mass of the Grad-CAM maps: what `kept` has to be weighted with when classes are put together. */
  readonly massBefore: number;
  readonly massAfter: number;
  /** Mean logit of the class. */
  readonly logitBefore: number;
  readonly logitAfter: number;
}

export interface FocusResult {
  readonly activation: string;
  /** In the order of the request; classes without samples are left out. */
  readonly classes: readonly ClassFocus[];
}

export interface BoundaryRequest extends ExplainRequest {
  /** Three samples that span the plane, for models of more than two inputs; default the first of three classes, a forgotten one among them. */
  readonly anchors?: readonly SampleRef[];
}

/** What a model answers over a grid of points: row by row from the smallest y on. */
export interface BoundaryMap {
  /** Class of the largest logit. */
  readonly classes: Uint16Array;
  /** Its softmax, 0..1. */
  readonly confidence: Float32Array;
}

export interface BoundaryResult {
  /** `features`: the two inputs of the model. `plane`: through three samples, in units of the distance of the first two. */
  readonly kind: 'features' | 'plane';
  /** Points along each side. Parts of the answer come with fewer first. */
  readonly size: number;
  /** The first and last point along each axis. */
  readonly x: readonly [number, number];
  readonly y: readonly [number, number];
  readonly xLabel: string;
  readonly yLabel: string;
  readonly before: BoundaryMap;
  readonly after: BoundaryMap | null;
  /** Samples of the data where the model has two features: as many as can be seen. */
  readonly points: { readonly x: Float32Array; readonly y: Float32Array; readonly classes: Uint16Array };
  /** The samples that span the plane; empty for two features. */
  readonly anchors: readonly (SampleRef & {
    readonly x: number;
    readonly y: number;
    readonly count: number;
    readonly picture: Picture;
  })[];
}

// ---- before a run ----------------------------------------------------------------------------------------------------

export interface EstimateResult {
  readonly seconds: number;
  /** The same by the phases of a run, in the order in which they come. */
  readonly steps: readonly RunStep[];
  readonly memoryBytes: number;
  readonly diskBytes: number;
  /** Why the run would be refused; empty if it would not. */
  readonly refusals: readonly ErrorReport[];
}

/** A part of a run and how long it should take. `measure` comes twice. */
export interface RunStep {
  readonly phase: 'load' | 'measure' | 'spaces' | 'search' | 'dimensions' | 'save';
  readonly seconds: number;
}

// ---- setting up ------------------------------------------------------------------------------------------------------

/** Data that was found near a model. */
export interface DataCandidate {
  /** For people: `MNIST-style pair`, `train-images-idx3-ubyte.gz + train-labels-idx1-ubyte.gz`. */
  readonly title: string;
  readonly detail: string;
  /** Which split its name suggests. */
  readonly split: SplitName | null;
  /**
   * The entry of `data` in `lethe.json`, paths relative to the folder that `FindDataResult` names. One that begins with `../`
   * asks for a `lethe.json` one folder up.
   */
  readonly source: { readonly format: string; readonly [setting: string]: unknown };
  /** What `input` in `lethe.json` has to say of layout, size and channels for this data. */
  readonly input: Readonly<Record<string, unknown>>;
  readonly samples: number;
  /** [height, width, channels] or [features], as stored. */
  readonly shape: readonly number[];
  readonly classes: readonly string[] | null;
  /** Number of different labels that occur. */
  readonly labelCount: number;
  /** Mean and standard deviation of its values scaled to 0..1: one each for every channel of an image, one for rows of numbers. */
  readonly statistics: { readonly mean: readonly number[]; readonly std: readonly number[] } | null;
  /** Why it does not fit the model's input or classes; null if it does. */
  readonly problem: string | null;
}

export interface FindDataResult {
  /** The folder that `lethe.json` should lie in. */
  readonly folder: string;
  /** The folder above it, where `lethe.json` is found too; null if that leads out of the root. */
  readonly above: string | null;
  readonly input: InspectResult['input'];
  readonly classCount: number | null;
  /** Those that fit first. */
  readonly candidates: readonly DataCandidate[];
  /** Whether the search was cut short, because there are too many files or it took too long. */
  readonly truncated: boolean;
  /** A text file near the model with as many names as it has outputs; its path is as in `DataCandidate.source`. */
  readonly classFile: { readonly path: string; readonly classes: readonly string[] } | null;
}

export interface CheckSetupResult {
  readonly accuracy: number;
  /** What guessing would reach. */
  readonly chance: number;
  readonly samples: number;
  readonly perClass: readonly ClassAccuracy[];
  /** A warning where the accuracy is near chance. */
  readonly warning: string | null;
  /** What `input` should say of range, mean, std and channelOrder instead (all four: one left out is the default), best first. */
  readonly suggestions: readonly {
    readonly input: Readonly<Record<string, unknown>>;
    /** `values 0..255`, `ImageNet mean and std, BGR`. */
    readonly title: string;
    /** On the same samples as the accuracy above. */
    readonly accuracy: number;
  }[];
  /** What the network sees, one sample a class: its lowest value is black and its highest white, the colours in their order. */
  readonly previews: readonly {
    readonly class: string;
    readonly predicted: string;
    /** Pixels of `image`, which is enlarged where the sample is small. */
    readonly width: number;
    readonly height: number;
    /** PNG. */
    readonly image: Uint8Array;
  }[];
  /** Smallest and largest value, and the mean, of the tensor that is fed. */
  readonly values: { readonly min: number; readonly max: number; readonly mean: number };
}

export interface WriteSetupResult {
  readonly file: string;
}

/** What the panel "What the network sees" shows; the extension host owns it. */
export interface SetupView {
  /** File name of the model. */
  readonly model: string;
  /** What was tried, in a few words each: the data, the values, mean and std. */
  readonly settings: readonly string[];
  readonly result: Omit<CheckSetupResult, 'previews'> & {
    readonly previews: readonly (Omit<CheckSetupResult['previews'][number], 'image'> & {
      /** A `data:` address. */
      readonly image: string;
    })[];
  };
  /** What is being done now, null while the user is to choose. */
  readonly busy: string | null;
}

export type ToSetup = { readonly kind: 'show'; readonly view: SetupView };

export type FromSetup =
  | { readonly kind: 'ready' }
  /** Takes the suggestion of this index and checks again. */
  | { readonly kind: 'use'; readonly suggestion: number }
  | { readonly kind: 'write' }
  | { readonly kind: 'change' };

// ---- environment -----------------------------------------------------------------------------------------------------

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

/** Which TensorFlow.js runs models in its formats; `auto` takes the best that starts. */
export type TensorFlowBackend = 'auto' | 'gpu' | 'cpu' | 'wasm';

// ---- the engine process ----------------------------------------------------------------------------------------------

/** Every job of the engine, by name. */
export interface Jobs {
  inspect: { request: InspectRequest; result: InspectResult };
  evaluate: { request: EvaluateRequest; result: EvaluateResult };
  unlearn: { request: UnlearnRequest; result: UnlearnResult };
  report: { request: ReportRequest; result: ReportResult };
  estimate: { request: EstimateRequest; result: EstimateResult };
  diagnose: { request: DiagnoseRequest; result: DiagnoseResult };
  describe: { request: DescribeRequest; result: DescribeResult };
  runs: { request: ListRunsRequest; result: ListRunsResult };
  findData: { request: FindDataRequest; result: FindDataResult };
  checkSetup: { request: CheckSetupRequest; result: CheckSetupResult };
  writeSetup: { request: WriteSetupRequest; result: WriteSetupResult };
  environment: { request: EnvironmentRequest; result: EnvironmentResult };
  showRun: { request: ShowRunRequest; result: StudioRun };
  candidate: { request: CandidateRequest; result: StudioRun };
  saveCandidate: { request: SaveCandidateRequest; result: SaveCandidateResult };
  thumbnails: { request: ThumbnailsRequest; result: ThumbnailsResult };
  saliency: { request: SaliencyRequest; result: SaliencyResult };
  focus: { request: FocusRequest; result: FocusResult };
  boundary: { request: BoundaryRequest; result: BoundaryResult };
}

/** What some jobs tell of their result before they end (`Work.onPart`). */
export interface JobParts {
  unlearn: UnlearnPart;
  /** All classes so far. */
  focus: FocusResult;
  /** The whole grid, as fine as it is so far. */
  boundary: BoundaryResult;
}

export type JobName = keyof Jobs;

export type PartOf<Name extends JobName> = Name extends keyof JobParts ? JobParts[Name] : never;

/** A job as it is sent to the engine process; `id` is the caller's, for the messages about it. */
export interface JobCall {
  readonly id: number;
  readonly name: string;
  readonly request: unknown;
}

export interface JobNote {
  readonly id: number;
  readonly progress: JobProgress;
}

/** A part of a job's result (`JobParts`); every one arrives, in order. */
export interface PartNote {
  readonly id: number;
  readonly part: unknown;
}

export type LogLevel = 'info' | 'warn' | 'error';

export interface LogNote {
  readonly level: LogLevel;
  readonly message: string;
}

/** Asked of the engine process when it has started; it answers with its own. */
export interface EngineHello {
  /** Version of Lethe: both sides must be of the same build. */
  readonly version: string;
  readonly pid: number;
  readonly node: string;
}

// ---- the Studio's webview --------------------------------------------------------------------------------------------

/** A job on one model, as the editor shows it. */
export interface RunState {
  readonly id: number;
  readonly kind: 'evaluate' | 'unlearn';
  readonly model: string;
  /** Names of the classes to forget. */
  readonly classes: readonly string[];
  readonly status: 'queued' | 'running' | 'cancelling' | 'done' | 'failed' | 'cancelled';
  /** Jobs before it in the queue. */
  readonly position: number;
  readonly progress: JobProgress | null;
  /** What it is at, in a few words: that it waits, the title of its phase, that it stops; empty once it is over. */
  readonly step: string;
  /** ISO 8601. */
  readonly started: string | null;
  /** How long it will take from now on; null as long as nobody can tell. */
  readonly secondsLeft: number | null;
  readonly error: ErrorReport | null;
}

/** Everything the Studio shows but its own selections; the extension host owns it. */
export interface StudioSnapshot {
  readonly sequence: number;
  readonly model: string;
  readonly name: string;
  readonly trusted: boolean;
  readonly facts: InspectResult | null;
  readonly factsError: ErrorReport | null;
  readonly summary: ModelSummary | null;
  /** Findings about this model, as a banner. */
  readonly findings: readonly Finding[];
  /** Classes that are ticked, by index: the same in the Classes tree. */
  readonly selected: readonly number[];
  /** The latest job on this model, kept when the tab is closed. */
  readonly run: RunState | null;
  /** Recorded runs of this model, and the one that made it, newest first. */
  readonly runs: readonly RunSummary[];
  /** The run that a crash or a reload broke off, until another one begins. */
  readonly brokenOff: { readonly forget: readonly string[]; readonly created: string } | null;
  /** The run whose result is shown: the one that goes on, else the one asked for, else the latest. */
  readonly shown: StudioRun | null;
  /** Another run to compare it with. */
  readonly compared: StudioRun | null;
  /** The candidate that was clicked, until it is shown. */
  readonly choosing: AlphaPair | null;
  /** What a run takes for settings that are left empty: Lethe's defaults, or what the editor's settings say. */
  readonly defaults: Required<Omit<StudioSettings, 'layers'>> & { readonly layers: string | null };
  /** What runs the model; `choice` is the setting where there is one, for TensorFlow.js. */
  readonly backend: { readonly title: string; readonly choice: TensorFlowBackend | null };
}

/** What a Studio may ask for besides its snapshot, and the answers. They are about the shown run and its pair. */
export interface StudioQuestions {
  thumbnails: { question: { readonly classes: readonly number[] }; answer: ThumbnailsResult };
  saliency: { question: { readonly sample: SampleRef; readonly target?: number }; answer: SaliencyResult };
  focus: { question: { readonly classes: readonly number[] }; answer: FocusResult };
  boundary: { question: { readonly anchors?: readonly SampleRef[] }; answer: BoundaryResult };
}

export type QuestionName = keyof StudioQuestions;

export type ToStudio =
  /** An answer to a question, or a part of it where more will come. */
  | { readonly kind: 'answer'; readonly id: number; readonly answer: unknown; readonly isFinal: boolean }
  | { readonly kind: 'noAnswer'; readonly id: number; readonly error: ErrorReport }
  | { readonly kind: 'snapshot'; readonly snapshot: StudioSnapshot }
  /** The parts that changed since the message before; a view that missed one answers `ready`. */
  | {
      readonly kind: 'changes';
      readonly sequence: number;
      readonly changes: Partial<Omit<StudioSnapshot, 'sequence'>>;
    };

export type FromStudio =
  /** The page is loaded, or missed a change: send a whole snapshot. */
  | { readonly kind: 'ready' }
  | { readonly kind: 'select'; readonly selected: readonly number[] }
  | { readonly kind: 'unlearn'; readonly settings: StudioSettings }
  | { readonly kind: 'evaluate' }
  | { readonly kind: 'cancel' }
  | { readonly kind: 'setUp' }
  | { readonly kind: 'action'; readonly action: FindingAction }
  /** `output` is that of the shown run, `successor` is the model that superseded this one. */
  | { readonly kind: 'open'; readonly what: 'output' | 'successor' | 'config' | 'log' | 'trust' }
  | { readonly kind: 'copyCommandLine'; readonly settings: StudioSettings }
  /** The command line that does again what the shown run did, with the pair that is shown. */
  | { readonly kind: 'copyRunCommandLine' }
  /** A recorded run, by its folder, or the one that was broken off. */
  | { readonly kind: 'show'; readonly run: string | null }
  | { readonly kind: 'compare'; readonly run: string | null }
  | { readonly kind: 'choose'; readonly pair: AlphaPair }
  /** Saves the shown candidate: in place of the run's output, or under a name that the user is asked for. */
  | { readonly kind: 'save'; readonly as: boolean }
  | { readonly kind: 'report'; readonly forgottenPictures: boolean }
  | { readonly kind: 'setBackend'; readonly backend: TensorFlowBackend }
  | { readonly kind: 'ask'; readonly id: number; readonly name: QuestionName; readonly question: unknown }
  /** The answer is not waited for any more. */
  | { readonly kind: 'dropQuestion'; readonly id: number };

/** What can be set for a run; undefined takes the default. */
export interface StudioSettings {
  readonly samples?: number;
  readonly maxPatches?: number;
  readonly alphaR?: readonly number[];
  readonly alphaF?: readonly number[];
  readonly layers?: string;
  readonly seed?: number;
}
