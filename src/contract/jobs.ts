import type {
  BoundaryRequest,
  BoundaryResult,
  FocusRequest,
  FocusResult,
  SaliencyRequest,
  SaliencyResult,
  ThumbnailsRequest,
  ThumbnailsResult,
} from './explain.js';
import type { DiagnoseRequest, DiagnoseResult } from './findings.js';
import type {
  DescribeRequest,
  DescribeResult,
  EnvironmentRequest,
  EnvironmentResult,
  EvaluateRequest,
  EvaluateResult,
  InspectRequest,
  InspectResult,
} from './models.js';
import type { Progress, Work } from './progress.js';
import type {
  CandidateRequest,
  EstimateRequest,
  EstimateResult,
  ListRunsRequest,
  ListRunsResult,
  ReportRequest,
  ReportResult,
  SaveCandidateRequest,
  SaveCandidateResult,
  ShowRunRequest,
  ShowRunResult,
  StudioRun,
  UnlearnPart,
  UnlearnRequest,
  UnlearnResult,
} from './run.js';
import type {
  CheckSetupRequest,
  CheckSetupResult,
  FindDataRequest,
  FindDataResult,
  WriteSetupRequest,
  WriteSetupResult,
} from './setup.js';

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
  showRun: { request: ShowRunRequest; result: ShowRunResult };
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

/** Looks at files answer at once; work waits for other work, in a process of its own. */
export type Place = 'looks' | 'work';

interface JobTraits<Name extends JobName> {
  /** In which of the engine's processes it runs; what it asks for may decide. */
  readonly place: Place | ((request: Jobs[Name]['request']) => Place);
  /** Whether it may multiply matrices: then its products take no more threads than its forward passes. */
  readonly multiplies?: true;
}

/** Tensors up to this size are scanned in a fraction of a second. */
const QUICK_SCAN_BYTES = 64 * 2 ** 20;

/**
 * What has to be known of a job before it runs. Candidates and explanations are found best where the run was: its process may
 * still hold the run's spaces.
 */
export const JOBS: { readonly [Name in JobName]: JobTraits<Name> } = {
  inspect: { place: 'looks' },
  evaluate: { place: 'work' },
  unlearn: { place: 'work', multiplies: true },
  // A plain page of the saved candidate is written from the record alone.
  report: {
    place: ({ explanations, candidate }) => (explanations || candidate !== undefined ? 'work' : 'looks'),
    multiplies: true,
  },
  estimate: { place: 'work', multiplies: true },
  diagnose: { place: ({ evaluate, scanBytes = 0 }) => (evaluate || scanBytes > QUICK_SCAN_BYTES ? 'work' : 'looks') },
  describe: { place: 'looks' },
  runs: { place: 'looks' },
  findData: { place: 'looks' },
  checkSetup: { place: 'work' },
  writeSetup: { place: 'looks' },
  environment: { place: 'looks' },
  showRun: { place: 'looks' },
  candidate: { place: 'work', multiplies: true },
  saveCandidate: { place: 'work', multiplies: true },
  thumbnails: { place: 'looks' },
  saliency: { place: 'work', multiplies: true },
  focus: { place: 'work', multiplies: true },
  boundary: { place: 'work', multiplies: true },
};

/** In which process a job runs. */
export function placeOf<Name extends JobName>(name: Name, request: Jobs[Name]['request']): Place {
  const { place } = JOBS[name];
  return typeof place === 'function' ? place(request) : place;
}

/** Runs a job, wherever that is. @throws LetheError what the job throws. */
export type RunJob = <Name extends JobName>(
  name: Name,
  request: Jobs[Name]['request'],
  work?: Work<PartOf<Name>>,
) => Promise<Jobs[Name]['result']>;

/** A job as it is sent to the engine process; `id` is the caller's, for the messages about it. */
export interface JobCall {
  readonly id: number;
  readonly name: string;
  readonly request: unknown;
}

export interface JobNote {
  readonly id: number;
  readonly progress: Progress;
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
