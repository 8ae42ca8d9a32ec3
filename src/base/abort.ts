import { LetheError } from './errors.js';

/** What becomes of work that was cancelled: it rejects with this. */
export function cancelled(): LetheError {
  return new LetheError('cancelled', { message: 'cancelled; nothing was written' });
}

/** @throws LetheError `cancelled` if the signal has been aborted. */
export function throwIfAborted(signal?: AbortSignal): void {
  if (signal?.aborted) throw cancelled();
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
