import { LetheError } from './errors.js';

/** One step of a long job, for a progress bar: `done` of `total` units of `phase`. */
export interface Progress {
  readonly phase: string;
  readonly done: number;
  readonly total: number;
  /** What is being worked on now, e.g. a layer's name. */
  readonly detail?: string;
}

/** What every long operation takes: a way to stop it and a way to hear of it. */
export interface Work<Part = unknown> {
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
  /** Told parts of the result as soon as they are known, by operations that have some to tell (`JobParts`). */
  onPart?(part: Part): void;
}

/** @throws LetheError `cancelled` if the signal has been aborted. */
export function throwIfAborted(signal?: AbortSignal): void {
  if (signal?.aborted) throw new LetheError('cancelled', { message: 'cancelled; nothing was written' });
}

/**
 * Lets timers, signals and messages through between two chunks of native work, then throws if the work was cancelled.
 * Every loop that can last longer than 250 ms calls it once per chunk, because native calls block the thread.
 */
export async function breathe(signal?: AbortSignal): Promise<void> {
  throwIfAborted(signal);
  await new Promise<void>((resolve) => setImmediate(resolve));
  throwIfAborted(signal);
}
