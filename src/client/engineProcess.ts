import { cancelled, throwIfAborted } from '../base/abort.js';
import { LetheError } from '../base/errors.js';
import { totalMemory } from '../base/machine.js';
import type { EngineHello, LogLevel, RunJob } from '../contract/jobs.js';
import { EngineChild, type EngineEnd, howItEnded } from './engineChild.js';
import { checkNode } from './nodePath.js';

export interface EngineProcessOptions {
  /** The engine's bundle, `dist/engine.cjs`. */
  readonly entry: string;
  /** The user's own Node; default the program that this process runs in, which is known to do. */
  readonly nodePath?: string;
  /** Node's flags, none by default: those of this process mean nothing to the engine. */
  readonly execArgv?: readonly string[];
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Time that the process has for its first answer; default 15 s. */
  readonly handshakeMs?: number;
  /** Time that a cancelled job has to stop before the process is killed; default 1 s. */
  readonly cancelMs?: number;
  /** Without a job for so long, the process ends; default 5 minutes. */
  readonly idleMs?: number;
  /** Resident memory above which the process is killed; default 80% of what the machine has. */
  readonly memoryLimitBytes?: number;
  readonly onLog?: (level: LogLevel, message: string) => void;
  readonly onStart?: (hello: EngineHello) => void;
  readonly onExit?: (end: EngineEnd) => void;
}

const DEFAULTS = { handshakeMs: 15_000, cancelMs: 1000, idleMs: 300_000, memoryShare: 0.8 };
/** So many failed starts within the time are not followed by another one. */
const MOST_FAILURES = 3;
const FAILURES_MS = 60_000;

/** An engine process that is there when a job needs it: started by the first, and again after it has ended. */
export class EngineProcess {
  #options: EngineProcessOptions;
  #child: EngineChild | undefined;
  #starting: Promise<EngineChild> | undefined;
  #jobs = 0;
  #idle: NodeJS.Timeout | undefined;
  /** When starts failed, in milliseconds. */
  #failures: number[] = [];
  /** Started with options that do not hold any more. */
  #outdated = false;
  #disposed = false;

  constructor(options: EngineProcessOptions) {
    this.#options = options;
  }

  /**
   * Runs a job, alone or beside others.
   * @throws LetheError what the job throws; `cancelled` about a second after `work.signal` aborts at the latest;
   *   `engine-unavailable` if the process can't be started; `engine-crashed` or `out-of-memory` if it ends under way.
   */
  readonly run: RunJob = async (name, request, work = {}) => {
    throwIfAborted(work.signal);
    this.#jobs++;
    clearTimeout(this.#idle);
    try {
      const child = await unlessAborted(this.#ready(), work.signal);
      return await child.run(name, request, work);
    } finally {
      this.#jobs--;
      this.#rest();
    }
  };

  /** Options from the next start on, which is soon if no job is under way. */
  configure(options: Partial<EngineProcessOptions>): void {
    this.#options = { ...this.#options, ...options };
    this.#failures = [];
    this.#outdated = this.#child !== undefined || this.#starting !== undefined;
    this.#rest();
  }

  /** Ends the process, and the jobs in it, so that the next job starts a new one, also after many failures. */
  restart(): void {
    this.#failures = [];
    this.#child?.kill();
  }

  /** Ends the process with what it is at, kills it if that takes long; waits until it is gone. */
  async dispose(): Promise<void> {
    this.#disposed = true;
    clearTimeout(this.#idle);
    const { cancelMs = DEFAULTS.cancelMs } = this.#options;
    this.#child?.stop(cancelMs);
    await this.#starting?.catch(() => {});
    await this.#child?.ended;
  }

  /** The process, started if need be; a start is shared by all who ask meanwhile. */
  #ready(): Promise<EngineChild> {
    if (this.#starting) return this.#starting;
    if (this.#child?.alive) return Promise.resolve(this.#child);
    this.#starting = this.#start().finally(() => {
      this.#starting = undefined;
      this.#rest();
    });
    return this.#starting;
  }

  async #start(): Promise<EngineChild> {
    this.#refuseIfUseless();
    const { nodePath, execArgv = [], onStart, onExit, onLog, ...options } = this.#options;
    this.#outdated = false;
    if (nodePath !== undefined) await checkNode(nodePath);
    const child = await EngineChild.start({
      ...options,
      execPath: nodePath ?? process.execPath,
      execArgv,
      onLog,
      handshakeMs: options.handshakeMs ?? DEFAULTS.handshakeMs,
      cancelMs: options.cancelMs ?? DEFAULTS.cancelMs,
      memoryLimitBytes: options.memoryLimitBytes ?? DEFAULTS.memoryShare * totalMemory(),
    });
    this.#child = child;
    if (this.#disposed) child.kill();
    child.ended.then((end) => {
      if (this.#child === child) this.#child = undefined;
      onLog?.(end.wanted ? 'info' : 'error', `the engine ended, ${howItEnded(end)}`);
      onExit?.(end);
    });
    try {
      const hello = await child.greet();
      onLog?.('info', `the engine started: process ${hello.pid}, Node ${hello.node}`);
      onStart?.(hello);
      return child;
    } catch (error) {
      if (error instanceof LetheError && error.code === 'engine-unavailable') this.#failures.push(Date.now());
      throw error;
    }
  }

  #refuseIfUseless(): void {
    if (this.#disposed) throw new LetheError('cancelled', { message: 'cancelled; the engine has been shut down' });
    this.#failures = this.#failures.filter((time) => Date.now() - time < FAILURES_MS);
    if (this.#failures.length < MOST_FAILURES) return;
    throw new LetheError('engine-unavailable', {
      message: `the engine failed to start ${this.#failures.length} times within a minute, so it is left alone for now`,
      hint: 'See the log for why. Run "Lethe: Restart Engine" to try again, or wait a minute.',
    });
  }

  /** What is to be done when no job is under way. */
  #rest(): void {
    clearTimeout(this.#idle);
    if (this.#jobs > 0 || this.#starting || this.#disposed) return;
    if (this.#outdated) this.#stop();
    else this.#idle = setTimeout(() => this.#stop(), this.#options.idleMs ?? DEFAULTS.idleMs).unref();
  }

  #stop(): void {
    this.#child?.stop();
    this.#child = undefined;
    this.#outdated = false;
  }
}

/** The value of a promise, or `cancelled` as soon as the signal aborts. */
async function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return promise;
  let stop = () => {};
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(cancelled());
  });
  if (signal.aborted) stop();
  signal.addEventListener('abort', stop, { once: true });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
