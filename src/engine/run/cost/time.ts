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
  const { candidates, preparations, samples } = plan;
  const fitted = samples.retain + samples.forget;
  const judging = samples.judged * pace.forward;
  const again = (preparations - 1) * (fitted * pace.tapped + pace.multiplyAdd * collecting(plan));
  let editing = pace.candidate + SOLVING * pace.multiplyAdd * solving(plan);
  for (const { groups } of plan.layers) editing += LAYER + groups * GROUP;
  if (plan.settings.method === 'refit') {
    editing += pace.passes * fitted * pace.tapped + pace.multiplyAdd * fitting(plan);
  }
  return judging + again + candidates * (editing + judging);
}

/** Multiply-adds for the fits of all layers: what they give, the sums of the rows' products, and solving for the new weights. */
function fitting({ layers, spaces }: RunPlan): number {
  return sum(layers, ({ id, in: columns, out, groups }) => {
    const rows = sum(spaces, ({ layer, count }) => (layer.id === id ? count : 0));
    const size = Math.min(columns, rows);
    const products = (rows * columns * size) / 2 + 3 * rows * columns * (out / groups);
    return groups * (products + SOLVING * (size ** 3 / 6 + (2 * size ** 2 * out) / groups));
  });
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

/** Multiply-adds for the projected weights of a candidate: the factors of both alphas, and solving with them. */
function solving(plan: RunPlan): number {
  return sum(plan.spaces, (space) => {
    const { layer, count } = space;
    const size = sizeOf(space);
    const rows = layer.out / layer.groups;
    const carried = size === layer.in ? 0 : 2 * count * layer.in * rows;
    return layer.groups * (size ** 3 / 6 + size ** 2 * rows + carried);
  });
}

/** Rows of the matrix to factor. */
function sizeOf({ layer, count }: PlannedSpace): number {
  return cheaperForm(layer, count) === 'primal' ? layer.in : count;
}

function sum<T>(values: readonly T[], of: (value: T) => number): number {
  return values.reduce((total, value) => total + of(value), 0);
}
