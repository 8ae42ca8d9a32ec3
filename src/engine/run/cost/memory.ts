import { FORMATS, type FormatName } from '../../../contract/formats.js';
import { symmetricBytes, tilingOf } from '../../../linalg/tiles.js';
import { accumulatorBytes } from '../../../unlearn/accumulator.js';
import { cheaperForm, momentBytes } from '../../../unlearn/moment.js';
import { SAMPLE_CACHE_BYTES } from '../../open/limits.js';
import { batchSize } from '../../open/probe.js';
import { REFIT_SHARES } from '../memoryShares.js';
import type { PlannedSpace, RunPlan } from './plan.js';

/** What a run holds in memory at its largest, in bytes. */
export interface MemoryNeed {
  /** The model, and a candidate beside it. */
  readonly model: number;
  /** Moments, and what is derived from them: bounded by `settings.memory`. */
  readonly spaces: number;
  readonly samples: number;
  /** Forward passes: activations and what is gathered from them. */
  readonly batches: number;
  /** The runtimes and what waits to be collected as garbage. */
  readonly process: number;
}

/** Node, ONNX Runtime and garbage; measured on small models (bench/estimate.ts). */
const PROCESS = 250 * 2 ** 20;

export function memoryNeed(plan: RunPlan): MemoryNeed {
  return {
    model: modelMemory(plan.format, plan.modelBytes, plan.editedBytes),
    spaces: spaceMemory(plan),
    samples: sampleMemory(plan),
    batches: batchMemory(plan),
    process: PROCESS,
  };
}

export function totalOf(need: MemoryNeed): number {
  return need.model + need.spaces + need.samples + need.batches + need.process;
}

/** The weights of the model and of a candidate, in all their copies. */
export function modelMemory(format: FormatName, modelBytes: number, editedBytes: number): number {
  const { model, edited } = FORMATS[format].memory;
  return model * modelBytes + edited * editedBytes;
}

function spaceMemory(plan: RunPlan): number {
  const { memory, method } = plan.settings;
  if (method === 'projection') return momentMemory(plan, memory);
  const kept = fitted(plan).reduce((sum, { bytes, limit }) => sum + Math.min(bytes, limit), 0);
  return momentMemory(plan, REFIT_SHARES.spaces * memory) + kept;
}

/** What goes to scratch files, beyond what memory there is for it. */
export function scratchBytes(plan: RunPlan): number {
  const { memory, method } = plan.settings;
  const moments = plan.spaces.reduce((sum, { layer, count }) => sum + momentBytes(layer, count), 0);
  const share = method === 'refit' ? REFIT_SHARES.spaces : 1;
  const beyond = moments > (share * memory) / 2 ? moments : 0;
  if (method === 'projection') return beyond;
  return fitted(plan).reduce((sum, { bytes, limit }) => sum + Math.max(0, bytes - limit), beyond);
}

/** What a refit keeps besides the spaces, and how much of it in memory. */
function fitted(plan: RunPlan): { readonly bytes: number; readonly limit: number }[] {
  const { settings, spaces, samples, costs } = plan;
  const outputs = spaces.reduce(
    (sum, { layer, side, count }) => sum + (side === 'retain' ? 4 * count * layer.out : 0),
    0,
  );
  // Where samples stand is about as large as what layers read there.
  const standing = 2 * (samples.retain + samples.forget) * Math.max(...costs.tapBytes.values());
  const { outputs: forOutputs, edits, standing: forStanding } = REFIT_SHARES;
  return [
    { bytes: outputs, limit: forOutputs * settings.memory },
    { bytes: plan.candidates * plan.editedBytes, limit: edits * settings.memory },
    { bytes: standing, limit: 4 * forStanding * settings.memory },
  ];
}

/** @param memory bytes for moments and what is derived from them. */
function momentMemory(plan: RunPlan, memory: number): number {
  let peak = 0;
  let finished = 0;
  let derived = plan.editedBytes;
  for (const space of plan.spaces) {
    peak += accumulatorBytes(space.layer, space.count);
    finished += momentBytes(space.layer, space.count);
    derived += plan.candidates * factorBytes(space);
  }
  derived += plan.candidates * plan.editedBytes;
  if (peak > 0.75 * memory) return memory;
  return Math.max(peak, Math.min(memory, finished + derived));
}

/** A Cholesky factor, as large as the moment's square part. */
function factorBytes({ layer, count }: PlannedSpace): number {
  const size = cheaperForm(layer, count) === 'primal' ? layer.in : count;
  return layer.groups * symmetricBytes(tilingOf(size));
}

/** Four bytes a value: whether images take less is known only after reading. */
function sampleMemory({ samples, sampleLength }: RunPlan): number {
  const bytes = 4 * samples.all * sampleLength;
  return bytes > SAMPLE_CACHE_BYTES ? 0 : bytes;
}

function batchMemory({ costs, layers }: RunPlan): number {
  const ofTaps = [...costs.tapBytes.values()].reduce((total, bytes) => total + bytes, 0);
  // Activations come and go, but garbage is collected only now and then.
  return 2 * ofTaps * (batchSize(costs) + batchSize(costs, layers));
}
