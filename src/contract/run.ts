import type { Candidate } from './candidates.js';
import type { Phase, Step } from './progress.js';
import type { CandidateId } from './recipes.js';
import type {
  Accuracies,
  CandidateResult,
  ClassChange,
  LayerFacts,
  MeasuredOn,
  PolicyFinding,
  RunRecord,
  RunResult,
  SkippedLayer,
  UnlearnSeconds,
} from './records.js';
import type { AskedSettings, RunSettings } from './settings.js';
import type { ConfusionCounts, ErrorReport, ModelRequest } from './terms.js';

export interface UnlearnRequest extends ModelRequest, AskedSettings {
  /** Classes to forget: names, or indices as numbers; default what the policy in `lethe.json` still asks for. */
  readonly forget?: readonly (string | number)[];
  /** Where the new model goes; default `<name>.forget-<slug>` beside the model. */
  readonly out?: string;
  /** Replace an existing output. */
  readonly force?: boolean;
}

export interface ReportRequest {
  /** A run's folder or its `run.json`. */
  readonly run: string;
  /** Where the page goes; default in the run's folder: `report.html`, for another candidate `report-<id>.html`. */
  readonly out?: string;
  readonly force?: boolean;
  /** The candidate to report on; default the one that was chosen. */
  readonly candidate?: CandidateId;
  /** Also saliency maps and decision boundaries, which takes opening both models and the data. Default false. */
  readonly explanations?: boolean;
  /** Also pictures of samples of forgotten classes. Default false: the record of a deletion must not keep what was deleted. */
  readonly forgottenPictures?: boolean;
  readonly allowOutside?: boolean;
  readonly threads?: number;
}

/** A recorded run, for views. */
export interface ShowRunRequest {
  readonly run: string;
  /** The candidate; default the one that was chosen. */
  readonly candidate?: CandidateId;
}

/** Makes another candidate of a run its result, from the spaces that the run has found. */
export interface CandidateRequest {
  readonly run: string;
  readonly candidate: CandidateId;
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

export interface ListRunsRequest {
  /** Folders that may hold a `.lethe`. */
  readonly folders: readonly string[];
}

export interface UnlearnResult extends RunResult {
  readonly model: string;
  readonly output: string;
  /** The run's folder, which holds `run.json` and `report.html`. */
  readonly run: string;
  readonly report: string;
}

export interface ReportResult {
  readonly run: string;
  readonly report: string;
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

/** What a run does to a layer. Dimensions and weight change are null as long as no candidate is chosen. */
export interface LayerOutcome extends LayerFacts {
  readonly retainDimension: number | null;
  readonly forgetDimension: number | null;
  readonly removedDimension: number | null;
  readonly weightChange: number | null;
  readonly spectra: { readonly retain: Float32Array; readonly forget: Float32Array };
}

/** What a run has come to: all of it, or what is known so far (null and empty: not yet). The same things as in `RunResult`. */
export interface Outcome {
  readonly forget: readonly string[];
  readonly earlier: readonly string[];
  /** The one that everything after it is about. */
  readonly candidate: Candidate | null;
  readonly measuredOn: MeasuredOn | null;
  readonly before: Accuracies | null;
  readonly after: Accuracies | null;
  readonly recoverability: RunResult['recoverability'] | null;
  readonly perClass: readonly ClassChange[];
  readonly confusionBefore: ConfusionCounts | null;
  readonly confusionAfter: ConfusionCounts | null;
  readonly layers: readonly LayerOutcome[];
  readonly skipped: readonly SkippedLayer[];
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
  /** The one that the model which it wrote is: `outcome.candidate` may be another one that is looked at. */
  readonly saved: Candidate | null;
  readonly outcome: Outcome;
}

/** Null for a candidate that nothing is known of yet: the job `candidate` finds it out. */
export type ShowRunResult = StudioRun | null;

/** What was found out since the part before, told while a run goes on. */
export type UnlearnPart = Partial<Outcome>;

export interface SaveCandidateResult {
  readonly output: string;
  /** The new run's folder. */
  readonly run: string;
  readonly report: string;
}

export interface EstimateResult {
  readonly seconds: number;
  /** The same by the parts of a run, in the order in which they come. */
  readonly steps: readonly RunStep[];
  readonly memoryBytes: number;
  readonly diskBytes: number;
  /** Why the run would be refused; empty if it would not. */
  readonly refusals: readonly ErrorReport[];
}

/** A part of a run and how long it should take: a phase in a step. */
export interface RunStep {
  readonly step: Step;
  readonly phase: Phase;
  readonly seconds: number;
}
