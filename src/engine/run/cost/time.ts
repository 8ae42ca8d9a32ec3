import type { RunStep } from '../../../contract/run.js';
import { cheaperForm } from '../../../unlearn/moment.js';
import type { Pace } from './pace.js';
import type { PlannedSpace, RunPlan } from './plan.js';

/** Seconds that the parts of a run take. */
export interface TimeNeed {
  readonly load: number;
  /** Before the spaces, and after the search. */
  readonly before: number;
  readonly after: number;
  readonly forward: number;
  readonly spaces: number;
  readonly search: number;
  readonly dimensions: number;
  readonly save: number;
}

/** Seconds to read a byte and compute its digest, and to write one: on slow disks both take longer. */
const HASH_BYTE = 1 / 400e6;
const WRITE_BYTE = 1 / 200e6;
/** Products inside of factorisations and solves are small and wait for each other: so many times slower than large ones. */
const SOLVING = 2.5;
/** Seconds that a layer takes for each candidate and group, however small it is. */
const LAYER = 2e-3;
const GROUP = 2e-4;
/** Columns that small groups are multiplied in (src/unlearn/accumulator.ts). */
const PACK_COLUMNS = 128;
/** Rows that the spectrum of a space is found with, times the passes over them. */
const SPECTRUM_ROWS = 64 * 20;
/** Rows that the dimensions of a space are found with. */
const DIMENSION_ROWS = 512;

/**
 * @param load seconds that opening the model and the data took.
 * @param pace of this machine.
 */
export function timeNeed(plan: RunPlan, load: number, pace: Pace): TimeNeed {
  const { samples, modelBytes } = plan;
  return {
    load: load + pace.weights + modelBytes * HASH_BYTE,
    before: samples.measured * pace.forward,
    after: samples.measured * pace.forward + pace.candidate,
    forward: (samples.retain + samples.forget) * pace.tapped,
    spaces: pace.multiplyAdd * collecting(plan) + pace.weights,
    search: searchSeconds(plan, pace),
    dimensions: pace.multiplyAdd * describing(plan),
    save: modelBytes * (WRITE_BYTE + 2 * HASH_BYTE),
  };
}

/** The parts in the order in which they come. */
export function stepsOf({ load, before, after, forward, spaces, search, dimensions, save }: TimeNeed): RunStep[] {
  return [
    { step: 'load', phase: 'load', seconds: load },
    { step: 'measure', phase: 'measure', seconds: before },
    { step: 'spaces', phase: 'spaces', seconds: forward + spaces },
    { step: 'search', phase: 'search', seconds: search },
    { step: 'check', phase: 'measure', seconds: after },
    { step: 'check', phase: 'dimensions', seconds: dimensions },
    { step: 'save', phase: 'save', seconds: save },
  ];
}

function searchSeconds(plan: RunPlan, pace: Pace): number {
  const { candidates, samples } = plan;
  let seconds = samples.judged * pace.forward + candidates * (pace.candidate + samples.judged * pace.forward);
  for (const { groups } of plan.layers) seconds += candidates * (LAYER + groups * GROUP);
  return seconds + SOLVING * pace.multiplyAdd * solving(plan);
}

/** Multiply-adds for the moments and the spectra. */
function collecting({ spaces }: RunPlan): number {
  return sum(spaces, (space) => {
    const { layer, count } = space;
    const size = sizeOf(space);
    const width = layer.groups > 1 ? Math.max(layer.in, PACK_COLUMNS) : layer.in;
    const moment = size === layer.in ? (count * layer.in * width) / 2 : (count * count * layer.in) / 2;
    return layer.groups * (moment + SOLVING * SPECTRUM_ROWS * size ** 2);
  });
}

/** Multiply-adds for the dimensions of the chosen pair. */
function describing({ spaces }: RunPlan): number {
  return sum(spaces, (space) => {
    const size = sizeOf(space);
    return space.layer.groups * SOLVING * (size ** 3 / 3 + DIMENSION_ROWS * size ** 2);
  });
}

/** Multiply-adds for the factors of each alpha, and for the weights of each pair. */
function solving(plan: RunPlan): number {
  return sum(plan.spaces, (space) => {
    const { layer, count } = space;
    const size = sizeOf(space);
    const rows = layer.out / layer.groups;
    const carried = size === layer.in ? 0 : 2 * count * layer.in * rows;
    return plan.candidates * layer.groups * (size ** 3 / 6 + size ** 2 * rows + carried);
  });
}

/** Rows of the matrix to factor. */
function sizeOf({ layer, count }: PlannedSpace): number {
  return cheaperForm(layer, count) === 'primal' ? layer.in : count;
}

function sum<T>(values: readonly T[], of: (value: T) => number): number {
  return values.reduce((total, value) => total + of(value), 0);
}
