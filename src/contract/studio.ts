import type { Candidate } from './candidates.js';
import type { BoundaryResult, FocusResult, SaliencyResult, ThumbnailsResult } from './explain.js';
import type { Finding, FindingAction } from './findings.js';
import type { InspectResult, ModelSummary } from './models.js';
import type { Progress } from './progress.js';
import type { CandidateId } from './recipes.js';
import type { RunSummary, StudioRun } from './run.js';
import type { AskedSettings, RunSettings } from './settings.js';
import type { ErrorReport, SampleRef, TensorFlowBackend } from './terms.js';

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
  readonly progress: Progress | null;
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
  readonly choosing: Candidate | null;
  /** What a run takes for settings that are left empty: Lethe's defaults, or what the editor's settings say. */
  readonly defaults: RunSettings;
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
  | { readonly kind: 'unlearn'; readonly settings: AskedSettings }
  | { readonly kind: 'evaluate' }
  | { readonly kind: 'cancel' }
  | { readonly kind: 'setUp' }
  | { readonly kind: 'action'; readonly action: FindingAction }
  /** `output` is that of the shown run, `successor` is the model that superseded this one. */
  | { readonly kind: 'open'; readonly what: 'output' | 'successor' | 'config' | 'log' | 'trust' }
  | { readonly kind: 'copyCommandLine'; readonly settings: AskedSettings }
  /** The command line that does again what the shown run did, with the pair that is shown. */
  | { readonly kind: 'copyRunCommandLine' }
  /** A recorded run, by its folder, or the one that was broken off. */
  | { readonly kind: 'show'; readonly run: string | null }
  | { readonly kind: 'compare'; readonly run: string | null }
  | { readonly kind: 'choose'; readonly candidate: CandidateId }
  /** Saves the shown candidate: in place of the run's output, or under a name that the user is asked for. */
  | { readonly kind: 'save'; readonly as: boolean }
  | { readonly kind: 'report'; readonly forgottenPictures: boolean }
  | { readonly kind: 'setBackend'; readonly backend: TensorFlowBackend }
  | { readonly kind: 'ask'; readonly id: number; readonly name: QuestionName; readonly question: unknown }
  /** The answer is not waited for any more. */
  | { readonly kind: 'dropQuestion'; readonly id: number };
