import { type Progress, stepOf } from '../../contract/progress.js';

/** Between two messages about one job. */
const INTERVAL_MS = 50;

/**
 * Lets so much of a job's progress through that nobody is flooded: at most twenty messages a second, each with the latest
 * of every phase that moved since, so that the end of a phase always arrives; one that comes in two steps of a run is two.
 */
export class ProgressGate {
  readonly #send: (progress: Progress) => void;
  readonly #waiting = new Map<string, Progress>();
  #sent = Number.NEGATIVE_INFINITY;
  #timer: NodeJS.Timeout | undefined;

  constructor(send: (progress: Progress) => void) {
    this.#send = send;
  }

  readonly report = (progress: Progress): void => {
    // Moved to the end: phases are told in the order in which they were heard of last.
    const key = `${stepOf(progress)} ${progress.phase}`;
    this.#waiting.delete(key);
    this.#waiting.set(key, progress);
    const wait = this.#sent + INTERVAL_MS - performance.now();
    if (wait <= 0) this.flush();
    else this.#timer ??= setTimeout(() => this.flush(), wait);
  };

  /** Sends what has been held back. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#waiting.size === 0) return;
    this.#sent = performance.now();
    for (const progress of this.#waiting.values()) this.#send(progress);
    this.#waiting.clear();
  }
}
