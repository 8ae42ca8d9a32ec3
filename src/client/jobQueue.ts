import { LetheError } from '../base/errors.js';

export type JobStatus = 'queued' | 'running' | 'cancelling';

/** A job that waits or runs. */
export interface QueuedJob<Info, Result = unknown> {
  readonly id: number;
  /** What the caller knows it by. */
  readonly info: Info;
  /** Rejects with `cancelled` as soon as a job that waits is cancelled; a running one settles as its task does. */
  readonly promise: Promise<Result>;
  readonly status: JobStatus;
  /** Jobs before it, 0 for the one that runs. */
  readonly position: number;
  cancel(): void;
}

interface Entry<Info> {
  readonly id: number;
  readonly info: Info;
  readonly controller: AbortController;
  /** Runs the task; returns what settles its promise. */
  readonly run: () => Promise<() => void>;
  readonly reject: (error: unknown) => void;
  status: JobStatus;
}

/** Runs one job at a time, in the order in which they came. */
export class JobQueue<Info> {
  readonly #entries: Entry<Info>[] = [];
  readonly #views = new Map<Entry<Info>, QueuedJob<Info>>();
  readonly #listeners = new Set<() => void>();
  #lastId = 0;

  /** What runs and what waits, in order. */
  get jobs(): readonly QueuedJob<Info>[] {
    return this.#entries.map((entry) => this.#views.get(entry)!);
  }

  /** Calls back whenever a job comes, starts, is cancelled or leaves. @returns stops it. */
  onDidChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Puts a task at the end. It starts at once if nothing else is there; its signal tells of `cancel`. */
  enqueue<Result>(info: Info, task: (signal: AbortSignal) => Promise<Result>): QueuedJob<Info, Result> {
    const controller = new AbortController();
    const entries = this.#entries;
    let entry!: Entry<Info>;
    const promise = new Promise<Result>((resolve, reject) => {
      const run = async () => {
        try {
          const result = await task(controller.signal);
          return () => resolve(result);
        } catch (error) {
          return () => reject(error);
        }
      };
      entry = { id: ++this.#lastId, info, controller, run, reject, status: 'queued' };
    });
    const job: QueuedJob<Info, Result> = {
      id: entry.id,
      info,
      promise,
      get status() {
        return entry.status;
      },
      get position() {
        return Math.max(0, entries.indexOf(entry));
      },
      cancel: () => this.#cancel(entry),
    };
    this.#views.set(entry, job);
    entries.push(entry);
    if (entries.length === 1) this.#startNext();
    this.#changed();
    return job;
  }

  /** Cancels everything. */
  clear(): void {
    for (const entry of [...this.#entries].reverse()) this.#cancel(entry);
  }

  #startNext(): void {
    const entry = this.#entries[0];
    if (!entry) return;
    entry.status = 'running';
    entry.run().then((settle) => {
      // Whoever waits for it finds the queue without it.
      this.#remove(entry);
      settle();
      this.#startNext();
      this.#changed();
    });
  }

  #cancel(entry: Entry<Info>): void {
    if (!this.#entries.includes(entry) || entry.status === 'cancelling') return;
    entry.controller.abort();
    if (entry.status === 'queued') {
      this.#remove(entry);
      entry.reject(new LetheError('cancelled', { message: 'cancelled before it began' }));
    } else {
      entry.status = 'cancelling';
    }
    this.#changed();
  }

  #remove(entry: Entry<Info>): void {
    this.#entries.splice(this.#entries.indexOf(entry), 1);
    this.#views.delete(entry);
  }

  #changed(): void {
    for (const listener of [...this.#listeners]) listener();
  }
}
