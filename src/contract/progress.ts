import type { Recipe } from './candidates.js';

/** The steps of a run and of an evaluation, in their order: what each is called, and about which part of a run's time it takes, in percent. */
export const STEPS = {
  load: { title: 'Load', share: [0, 6] },
  measure: { title: 'Measure', share: [6, 20] },
  spaces: { title: 'Spaces', share: [20, 45] },
  search: { title: 'Search', share: [45, 85] },
  check: { title: 'Check', share: [85, 95] },
  save: { title: 'Save', share: [95, 100] },
} as const satisfies Readonly<
  Record<string, { readonly title: string; readonly share: readonly [from: number, to: number] }>
>;

export type Step = keyof typeof STEPS;

interface PhaseFacts {
  /** What it is called where people see it. */
  readonly title: string;
  /** The step of a run that it is part of, unless a message says otherwise: accuracy is measured in two of them. */
  readonly step?: Step;
  /** What its units are; the detail of a message names one of them, or more of the kind. */
  readonly counts?: 'samples' | 'spaces' | 'layers' | 'candidates' | 'files';
  /** How often it goes from nothing to all within its step; once by default. */
  readonly passes?: number;
}

/** What jobs can be at. */
export const PHASES = {
  load: { title: 'Loading the model', step: 'load' },
  hash: { title: 'Reading the files', step: 'load', counts: 'files' },
  list: { title: 'Listing images', step: 'load' },
  read: { title: 'Reading the data', step: 'load', counts: 'files' },
  unpack: { title: 'Unpacking the data', step: 'load', counts: 'files' },
  reorder: { title: 'Reordering the data', step: 'load' },
  measure: { title: 'Measuring accuracy', step: 'measure', counts: 'samples' },
  /** The samples of each side are run on their own. */
  spaces: { title: 'Finding the spaces', step: 'spaces', counts: 'samples', passes: 2 },
  moments: { title: 'Summing up the spaces', step: 'spaces', counts: 'spaces' },
  spectra: { title: 'Describing the spaces', step: 'spaces', counts: 'layers' },
  search: { title: 'Trying candidates', step: 'search', counts: 'candidates' },
  projections: { title: 'Projecting the weights', step: 'search', counts: 'layers' },
  dimensions: { title: 'Measuring the spaces', step: 'check', counts: 'layers' },
  save: { title: 'Saving', step: 'save', counts: 'files' },
  estimate: { title: 'Estimating' },
  describe: { title: 'Looking at models' },
  diagnose: { title: 'Looking at models' },
  scan: { title: 'Reading tensors' },
  folders: { title: 'Looking through folders' },
  open: { title: 'Opening' },
  compare: { title: 'Trying other settings' },
  focus: { title: 'Comparing saliency' },
  boundary: { title: 'Mapping decisions' },
} as const satisfies Readonly<Record<string, PhaseFacts>>;

export type Phase = keyof typeof PHASES;

/** How far a long job is: `done` of `total` units of `phase`. */
export interface Progress {
  readonly phase: Phase;
  readonly done: number;
  readonly total: number;
  /** Where that is not the phase's own. */
  readonly step?: Step;
  /** What is being worked on now, e.g. a layer's name. */
  readonly detail?: string;
  /** The candidate that is being worked on. */
  readonly recipe?: Recipe;
}

/** What every long operation takes: a way to stop it and a way to hear of it. */
export interface Work<Part = unknown> {
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
  /** Told parts of the result as soon as they are known, by operations that have some to tell (`JobParts`). */
  onPart?(part: Part): void;
}

/** What is known of a phase. */
export function phaseFacts(phase: Phase): PhaseFacts {
  return PHASES[phase];
}

/** The step of a run that a message is about; undefined for what no run does. */
export function stepOf({ phase, step }: Pick<Progress, 'phase' | 'step'>): Step | undefined {
  return step ?? phaseFacts(phase).step;
}

/**
 * Work that does one of the units of a longer phase: what it tells of itself is told as a part of that unit.
 * @param unit what was told when the unit began: how many are done, and of how many.
 */
export function asUnit<Part>({ signal, onProgress }: Work<Part>, unit: Progress): Work<Part> {
  const tell = (progress: Progress) => onProgress?.({ ...unit, done: unit.done + shareOf(progress) });
  return { signal, onProgress: onProgress && tell };
}

/** Work that does a part of some work, from one share of it (0..1) to another one, and tells of itself as that. */
export function asPart<Part>({ signal, onProgress }: Work<Part>, from: number, to: number): Work<Part> {
  const tell = (progress: Progress) =>
    onProgress?.({ ...progress, done: from + (to - from) * shareOf(progress), total: 1 });
  return { signal, onProgress: onProgress && tell };
}

function shareOf({ done, total }: Progress): number {
  return total > 0 ? Math.min(1, done / total) : 0;
}

/** The same work, told as part of another step than its phases' own. */
export function inStep<Part>(step: Step, work: Work<Part>): Work<Part> {
  const { onProgress } = work;
  return { ...work, onProgress: onProgress && ((progress) => onProgress({ ...progress, step })) };
}
