import { tmpdir } from 'node:os';
import { type ErrorCode, LetheError } from '../../../base/errors.js';
import { availableDisk, availableMemory } from '../../../base/machine.js';
import { memoryText, type Rounding, sizeText } from '../../../contract/text.js';
import type { Classifier, Layer } from '../../../models/classifier.js';
import { type MemoryNeed, memoryNeed, modelMemory, scratchBytes, totalOf } from './memory.js';
import { editedBytes, modelBytes, type RunPlan } from './plan.js';

/** What a run takes, and what there is, in bytes. Memory counts the process as a whole, with what it holds already. */
export interface Room {
  readonly memory: { readonly needed: number; readonly available: number };
  readonly disk: { readonly needed: number; readonly available: number };
  /** Why the run should not begin. */
  readonly refusals: readonly LetheError[];
}

/** The run's record and its report. */
const RECORD_BYTES = 2 ** 20;

/**
 * Compares what a run would take with what there is.
 * @param folder where the new model goes.
 */
export async function findRoom(plan: RunPlan, folder: string): Promise<Room> {
  const need = memoryNeed(plan);
  const memory = { needed: totalOf(need), available: await memoryForThis() };
  const disk = await diskRoom(plan, folder);
  const refusals: LetheError[] = [];
  if (memory.needed > memory.available) refusals.push(noMemory(memory, need));
  if (disk.short) refusals.push(noDisk(disk.short));
  return { memory, disk: { needed: disk.needed, available: disk.available }, refusals };
}

/**
 * Refuses a run that would not fit, before its long work.
 * @throws LetheError `out-of-memory`, `disk-full`.
 */
export async function checkRoom(plan: RunPlan, folder: string): Promise<void> {
  const [refusal] = (await findRoom(plan, folder)).refusals;
  if (refusal) throw refusal;
}

/** Refuses what would not fit into memory and writes nothing. @throws LetheError `out-of-memory`. */
export async function checkMemory(plan: RunPlan): Promise<void> {
  const need = memoryNeed(plan);
  const memory = { needed: totalOf(need), available: await memoryForThis() };
  if (memory.needed > memory.available) throw noMemory(memory, need);
}

/**
 * Refuses a model that could not even be held beside a candidate, before any of it is loaded.
 * @throws LetheError `out-of-memory`.
 */
export async function checkRoomForModel(classifier: Classifier, layers: readonly Layer[]): Promise<void> {
  const needed = modelMemory(classifier.format, await modelBytes(classifier), editedBytes(layers));
  const available = await memoryForThis();
  if (needed <= available) return;
  throw new LetheError('out-of-memory', {
    message: `to hold this model and a candidate takes about ${memoryText(needed, 'up')} of memory, but only ${memoryText(available, 'down')} are available`,
    file: classifier.path,
    hint: 'Nothing was written. Close other programs, or work on a machine with more memory.',
  });
}

/** What this process may hold in all: by the machine, and by the limit that its parent holds it to. */
async function memoryForThis(): Promise<number> {
  const limit = Number(process.env.LETHE_ENGINE_MEMORY) || Number.POSITIVE_INFINITY;
  return Math.min(limit, process.memoryUsage.rss() + (await availableMemory()));
}

/** Bytes to be written, folder by folder. */
async function diskRoom(plan: RunPlan, output: string) {
  const scratch = scratchBytes(plan);
  const wanted = [{ folder: output, bytes: plan.modelBytes + RECORD_BYTES }];
  if (scratch > 0) wanted.push({ folder: tmpdir(), bytes: scratch });

  const needed = wanted.reduce((sum, { bytes }) => sum + bytes, 0);
  let available = Number.POSITIVE_INFINITY;
  let short: { folder: string; needed: number; available: number } | undefined;
  const byDevice = new Map<number, number>();
  for (const { folder, bytes } of wanted) {
    const disk = await availableDisk(folder);
    if (!disk) continue;
    const onDevice = (byDevice.get(disk.device) ?? 0) + bytes;
    byDevice.set(disk.device, onDevice);
    if (onDevice > disk.bytes) short = { folder, needed: onDevice, available: disk.bytes };
    available = Math.min(available, disk.bytes);
  }
  return { needed, available: Number.isFinite(available) ? available : needed, short };
}

function noMemory(memory: Room['memory'], need: MemoryNeed): LetheError {
  const savings =
    need.spaces > need.model
      ? 'allow less for the spaces (--memory), or take fewer vectors (--max-patches)'
      : 'edit fewer layers (--layers)';
  return refusal('out-of-memory', 'memory', memory, memoryText, `Close other programs, ${savings}.`);
}

function noDisk({ folder, ...disk }: { folder: string; needed: number; available: number }): LetheError {
  return refusal(
    'disk-full',
    'disk space',
    disk,
    sizeText,
    'Free some space, or choose another output folder.',
    folder,
  );
}

function refusal(
  code: ErrorCode,
  what: string,
  { needed, available }: { readonly needed: number; readonly available: number },
  text: (bytes: number, rounding: Rounding) => string,
  hint: string,
  file?: string,
): LetheError {
  return new LetheError(code, {
    message: `the run takes about ${text(needed, 'up')} of ${what}, but only ${text(available, 'down')} are available`,
    file,
    hint: `Nothing was written. ${hint}`,
  });
}
