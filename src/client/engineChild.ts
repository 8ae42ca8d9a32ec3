import { type ChildProcess, fork } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import {
  type CancellationToken,
  CancellationTokenSource,
  ConnectionError,
  createMessageConnection,
  IPCMessageReader,
  IPCMessageWriter,
  type MessageConnection,
  ResponseError,
} from 'vscode-jsonrpc/node.js';
import { version } from '../../package.json';
import { cancelled } from '../base/abort.js';
import { LetheError } from '../base/errors.js';
import { unpack } from '../base/parcel.js';
import { wire } from '../base/wire.js';
import type { EngineHello, JobCall, LogLevel, RunJob } from '../contract/jobs.js';
import type { Work } from '../contract/progress.js';
import type { ErrorReport } from '../contract/terms.js';
import { memoryText } from '../contract/text.js';
import { errorOf } from '../project/errorReport.js';
import { childEnvironment } from './childEnvironment.js';
import { LastWords } from './lastWords.js';
import { watchMemory } from './residentMemory.js';

export interface ChildOptions {
  /** The engine's bundle. */
  readonly entry: string;
  /** A Node, or Electron. */
  readonly execPath: string;
  readonly execArgv: readonly string[];
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly handshakeMs: number;
  /** How long a cancelled job has before the process is killed. */
  readonly cancelMs: number;
  readonly memoryLimitBytes: number;
  readonly onLog?: (level: LogLevel, message: string) => void;
}

/** How an engine process ended. */
export interface EngineEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Whether its owner ended it, and why if there was a reason. */
  readonly wanted: boolean;
  readonly reason?: LetheError;
  /** The last lines that it wrote to its standard error. */
  readonly lastWords: string;
}

/** A job under way. */
interface Call {
  readonly work: Work;
  readonly fail: (error: LetheError) => void;
  /** Nobody waits for it any more. */
  abandoned: boolean;
}

/** A process that was told to end has so long to do it. */
const FAREWELL_MS = 5000;
/** After a process has ended, its last words may still be on their way for so long. */
const LAST_WORDS_MS = 300;

/** One life of an engine process: started, greeted, asked for jobs, ended. */
export class EngineChild {
  /** Settles when the process is gone; never rejects. */
  readonly ended: Promise<EngineEnd>;
  readonly #process: ChildProcess;
  readonly #connection: MessageConnection;
  readonly #options: ChildOptions;
  readonly #calls = new Map<number, Call>();
  readonly #lastWords = new LastWords();
  readonly #unwatch: () => void;
  #lastId = 0;
  #wanted = false;
  #reason: LetheError | undefined;

  private constructor(child: ChildProcess, folder: string, options: ChildOptions) {
    this.#process = child;
    this.#options = options;
    this.#connection = createMessageConnection(new IPCMessageReader(child), new IPCMessageWriter(child));
    // What fails in sending fails because the process is gone, which `ended` tells.
    this.#connection.onError(() => {});
    this.#connection.onNotification(wire.log, ({ level, message }) => options.onLog?.(level, message));
    this.#connection.onNotification(wire.progress, ({ id, progress }) => {
      const call = this.#calls.get(id);
      if (!call?.abandoned) call?.work.onProgress?.(progress);
    });
    this.#connection.onNotification(wire.part, ({ id, part }) => {
      const call = this.#calls.get(id);
      if (!call?.abandoned) call?.work.onPart?.(part);
    });
    this.#connection.listen();
    this.#listenTo(child.stdout!, 'info');
    this.#listenTo(child.stderr!, 'warn');
    this.ended = this.#untilEnd(folder);
    this.#unwatch =
      child.pid === undefined
        ? () => {}
        : watchMemory(child.pid, options.memoryLimitBytes, (bytes) => this.kill(tooMuchMemory(bytes, options)));
  }

  /**
   * Forks the process; call `greet` before the first job.
   * @throws LetheError `engine-unavailable` if there is no folder for its temporary files.
   */
  static async start(options: ChildOptions): Promise<EngineChild> {
    const folder = await mkdtemp(path.join(tmpdir(), 'lethe-engine-')).catch((cause) => {
      throw new LetheError('engine-unavailable', {
        message: `there is no place for temporary files: ${(cause as Error).message}`,
        file: tmpdir(),
        cause,
      });
    });
    const child = fork(options.entry, [], {
      execPath: options.execPath,
      execArgv: [...options.execArgv],
      env: childEnvironment(folder, options.memoryLimitBytes, options.env),
      serialization: 'advanced',
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    return new EngineChild(child, folder, options);
  }

  /** Waits for its answer. @throws LetheError `engine-unavailable` if it gives none in time, ends, or is of another build. */
  async greet(): Promise<EngineHello> {
    const { handshakeMs, execPath } = this.#options;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(
        () => reject(unavailable(`gave no answer within ${handshakeMs / 1000} s of its start`, execPath)),
        handshakeMs,
      );
    });
    const gone = this.ended.then((end): never => {
      throw end.wanted ? lossOf(end) : unavailable(`ended while it started, ${howItEnded(end)}`, execPath);
    });
    try {
      // A request that fails does so because the process is gone, or will be when it is late.
      const answer = this.#connection.sendRequest(wire.hello).catch(() => gone);
      const hello = await Promise.race([answer, late, gone]);
      if (hello.version === version) return hello;
      throw new LetheError('engine-unavailable', {
        message: `the engine is version ${hello.version}, but the extension is ${version}`,
        file: this.#options.entry,
        hint: 'Reload the window: Lethe has been updated.',
      });
    } catch (error) {
      this.kill();
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  /** Whether it can be asked for a job. */
  get alive(): boolean {
    // One that was told to end is there for a moment more; a job that it took would be lost with it.
    if (this.#wanted) return false;
    return this.#process.connected && this.#process.exitCode === null && this.#process.signalCode === null;
  }

  /**
   * Runs a job. When `work.signal` aborts, it rejects with `cancelled` as soon as the job has stopped, and if that takes
   * longer than `cancelMs` without waiting for it: the process is killed then, unless other jobs are under way in it. A job
   * that ends before it hears of it gives its result.
   * @throws LetheError what the job throws; `engine-crashed`, `out-of-memory`.
   */
  readonly run: RunJob = async (name, request, work = {}) => {
    const { signal } = work;
    const id = ++this.#lastId;
    const source = new CancellationTokenSource();
    let timer: NodeJS.Timeout | undefined;
    const lost = new Promise<never>((_, fail) => this.#calls.set(id, { work, fail, abandoned: false }));
    const cancel = () => {
      source.cancel();
      timer = setTimeout(() => this.#abandon(id), this.#options.cancelMs);
    };
    const answer = this.#ask({ id, name, request }, source.token).finally(() => {
      this.#calls.delete(id);
      this.#killIfForsaken();
    });
    // If the process ends first, nobody is interested in how the connection puts that.
    answer.catch(() => {});
    signal?.addEventListener('abort', cancel, { once: true });
    if (signal?.aborted) cancel();
    try {
      // Both sides are of one build: the answer is of the job's type.
      return (await Promise.race([answer, lost])) as never;
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener('abort', cancel);
    }
  };

  /**
   * Lets the process end by itself: it stops its jobs and removes its temporary files, even if this process is gone by then.
   * @param patience milliseconds that it has for that before it is killed.
   */
  stop(patience = FAREWELL_MS): void {
    this.#wanted = true;
    if (this.#process.connected) this.#process.disconnect();
    const timer = setTimeout(() => this.kill(), patience);
    this.ended.then(() => clearTimeout(timer));
  }

  /** @param reason what the jobs under way fail with; default `cancelled`. */
  kill(reason?: LetheError): void {
    this.#wanted = true;
    this.#reason ??= reason;
    this.#process.kill('SIGKILL');
  }

  async #ask(call: JobCall, token: CancellationToken): Promise<unknown> {
    try {
      return await unpack(await this.#connection.sendRequest(wire.job, call, token));
    } catch (error) {
      if (error instanceof ResponseError && error.data) throw errorOf(error.data as ErrorReport);
      // The channel is closed before the process is known to have ended.
      throw error instanceof ConnectionError ? lossOf(await this.ended) : error;
    }
  }

  #listenTo(stream: NodeJS.ReadableStream, level: LogLevel): void {
    createInterface({ input: stream }).on('line', (line) => {
      if (line.trim() === '') return;
      if (level === 'warn') this.#lastWords.add(line);
      this.#options.onLog?.(level, line);
    });
  }

  #abandon(id: number): void {
    const call = this.#calls.get(id);
    if (!call) return;
    call.abandoned = true;
    call.fail(cancelled());
    this.#killIfForsaken();
  }

  /** A job that does not stop goes down with the process, but others are let finish before. */
  #killIfForsaken(): void {
    const calls = [...this.#calls.values()];
    if (calls.length > 0 && calls.every((call) => call.abandoned)) this.kill();
  }

  async #untilEnd(folder: string): Promise<EngineEnd> {
    const child = this.#process;
    const [code, signal] = await new Promise<[number | null, NodeJS.Signals | null]>((resolve) => {
      child.once('exit', (code, signal) => resolve([code, signal]));
      // There is no such program, or it may not be run.
      child.once('error', (error) => {
        this.#lastWords.add(error.message);
        if (child.pid === undefined) resolve([null, null]);
      });
    });
    this.#unwatch();
    if (child.pid !== undefined) await Promise.race([closed(child), new Promise((r) => setTimeout(r, LAST_WORDS_MS))]);
    const end = { code, signal, wanted: this.#wanted, reason: this.#reason, lastWords: this.#lastWords.text };
    for (const call of this.#calls.values()) call.fail(lossOf(end));
    this.#calls.clear();
    this.#connection.dispose();
    await rm(folder, { recursive: true, force: true }).catch(() => {});
    return end;
  }
}

function closed(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => child.once('close', () => resolve()));
}

/** What a job fails with whose process is gone. */
function lossOf(end: EngineEnd): LetheError {
  if (end.reason) return end.reason;
  if (end.wanted) return cancelled();
  return new LetheError('engine-crashed', {
    message: `the engine ended unexpectedly, ${howItEnded(end)}`,
    hint: 'See the log; the next run starts a new engine.',
  });
}

/** `by SIGKILL` or `with exit code 1`, and what it said last. */
export function howItEnded({ code, signal, lastWords }: EngineEnd): string {
  const how = signal ? `by ${signal}` : code === null ? 'before it ran' : `with exit code ${code}`;
  return lastWords === '' ? how : `${how}; it said:\n${lastWords}`;
}

function unavailable(what: string, execPath: string): LetheError {
  return new LetheError('engine-unavailable', {
    message: `the engine ${what}`,
    file: execPath,
    hint: 'See the log. If this program can\'t run it, set "lethe.engine.nodePath" to a Node of 20.10 or newer.',
  });
}

function tooMuchMemory(bytes: number, { memoryLimitBytes }: ChildOptions): LetheError {
  return new LetheError('out-of-memory', {
    message: `the engine took ${memoryText(bytes, 'up')} of memory, over its limit of ${memoryText(memoryLimitBytes)}, and was stopped`,
    hint: 'Use fewer samples or vectors, close other programs, or raise "lethe.engine.memoryLimit".',
  });
}
