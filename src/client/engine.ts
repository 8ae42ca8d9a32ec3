import { type JobName, type Jobs, type PartOf, placeOf, type RunJob } from '../contract/jobs.js';
import type { Work } from '../contract/progress.js';
import { EngineProcess, type EngineProcessOptions } from './engineProcess.js';
import { JobQueue, type QueuedJob } from './jobQueue.js';

/** What the user can set. */
export interface EngineSettings {
  readonly nodePath?: string;
  readonly memoryLimitBytes?: number;
  /** Threads of jobs that compute, unless their request says otherwise; default all cores but one. */
  readonly threads?: number;
  readonly env?: Readonly<Record<string, string | undefined>>;
}

export interface EngineOptions
  extends EngineSettings,
    Omit<EngineProcessOptions, 'nodePath' | 'memoryLimitBytes' | 'env'> {}

/** A job in the queue, as a user would know it. */
export interface JobInfo {
  readonly name: JobName;
  readonly request: Jobs[JobName]['request'];
}

/** Puts a job into the queue of an engine that may still have to be made, and tells how it stands there. */
export type SubmitJob = <Name extends JobName>(
  name: Name,
  request: Jobs[Name]['request'],
  work?: Omit<Work<PartOf<Name>>, 'signal'>,
) => Promise<QueuedJob<JobInfo, Jobs[Name]['result']>>;

/**
 * The engine in two processes of the same program. Looks at files run at once and beside each other in one; what computes
 * waits for its turn in the other, so that it neither holds up the looks nor fights for cores and memory.
 */
export class Engine {
  /** What computes, and what waits for it. */
  readonly queue = new JobQueue<JobInfo>();
  readonly #files: EngineProcess;
  readonly #work: EngineProcess;
  #threads: number | undefined;

  constructor({ threads, ...options }: EngineOptions) {
    this.#threads = threads;
    this.#files = new EngineProcess(options);
    this.#work = new EngineProcess(options);
  }

  /**
   * Runs a job, at once or when its turn comes. Aborting `work.signal` takes it out of the queue, or stops it.
   * @throws LetheError as `EngineProcess.run`.
   */
  readonly run: RunJob = async (name, request, work = {}) => {
    const asked = this.#withThreads(request);
    if (placeOf(name, request) === 'looks') return this.#files.run(name, asked, work);
    const job = this.submit(name, request, work);
    const cancel = () => job.cancel();
    if (work.signal?.aborted) cancel();
    work.signal?.addEventListener('abort', cancel, { once: true });
    try {
      return await job.promise;
    } finally {
      work.signal?.removeEventListener('abort', cancel);
    }
  };

  /** Puts a job into the queue, whatever it is, and tells how it stands there. */
  submit<Name extends JobName>(
    name: Name,
    request: Jobs[Name]['request'],
    work: Omit<Work<PartOf<Name>>, 'signal'> = {},
  ): QueuedJob<JobInfo, Jobs[Name]['result']> {
    const asked = this.#withThreads(request);
    return this.queue.enqueue({ name, request: asked }, (signal) => this.#work.run(name, asked, { ...work, signal }));
  }

  #withThreads<Request extends object>(request: Request): Request {
    return { ...request, threads: (request as { threads?: number }).threads ?? this.#threads };
  }

  /** Settings from the next start of each process on, which is soon for one without a job; threads from the next job on. */
  configure({ threads, nodePath, memoryLimitBytes, env }: EngineSettings): void {
    this.#threads = threads;
    for (const process of [this.#files, this.#work]) process.configure({ nodePath, memoryLimitBytes, env });
  }

  /** Ends both processes with what they are at; the next job starts them anew, also after many failures. */
  restart(): void {
    for (const process of [this.#files, this.#work]) process.restart();
  }

  /** Cancels everything, ends both processes and waits until they are gone. */
  async dispose(): Promise<void> {
    this.queue.clear();
    await Promise.all([this.#files.dispose(), this.#work.dispose()]);
  }
}
