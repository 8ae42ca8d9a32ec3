import { rmSync, writeSync } from 'node:fs';
import { constants, setPriority } from 'node:os';
import { createMessageConnection, IPCMessageReader, IPCMessageWriter, ResponseError } from 'vscode-jsonrpc/node.js';
import { version } from '../../../package.json';
import { LetheError } from '../../base/errors.js';
import { type Parcel, pack } from '../../base/parcel.js';
import { wire } from '../../base/wire.js';
import type { JobCall, JobName, Jobs, LogLevel, RunJob } from '../../contract/jobs.js';
import type { ErrorReport } from '../../contract/terms.js';
import { reportOf } from '../../project/errorReport.js';
import { ProgressGate } from './progressGate.js';

/** How long jobs may take to clean up after themselves when the parent is gone. */
const FAREWELL_MS = 2000;
/** The code of an answer that is an error; what kind it is stands in its data. */
const FAILED = 1;

/** Answers the parent process until it is gone; ends this process then, and after any defect. */
export function serve(run: RunJob): void {
  if (!process.send) {
    writeSync(2, 'The engine is started by the Lethe extension; on the command line, use lethe.\n');
    process.exit(2);
  }
  endOnDefects();
  lowerPriority();
  removeFolderAtEnd();

  const connection = createMessageConnection(new IPCMessageReader(process), new IPCMessageWriter(process));
  const running = new Map<AbortController, Promise<unknown>>();
  const log = (level: LogLevel, message: string) => void connection.sendNotification(wire.log, { level, message });

  async function runJob({ id, name, request }: JobCall, signal: AbortSignal) {
    const gate = new ProgressGate((progress) => void connection.sendNotification(wire.progress, { id, progress }));
    const began = performance.now();
    try {
      const result = await run(name as JobName, request as Jobs[JobName]['request'], {
        signal,
        onProgress: gate.report,
        onPart(part) {
          // What was done before a part is told before it.
          gate.flush();
          void connection.sendNotification(wire.part, { id, part });
        },
      });
      log('info', `${name}: done in ${((performance.now() - began) / 1000).toFixed(2)} s`);
      return await pack(result);
    } catch (error) {
      log(...wordsFor(name, error));
      return new ResponseError<ErrorReport>(FAILED, String(error), reportOf(error));
    } finally {
      gate.flush();
    }
  }

  connection.onRequest(wire.hello, () => ({ version, pid: process.pid, node: process.versions.node }));
  connection.onRequest(wire.job, (call, token): Promise<Parcel | ResponseError<ErrorReport>> => {
    const controller = new AbortController();
    token.onCancellationRequested(() => controller.abort());
    const answer = runJob(call, controller.signal).finally(() => running.delete(controller));
    running.set(controller, answer);
    return answer;
  });
  process.on('disconnect', async () => {
    for (const controller of running.keys()) controller.abort();
    setTimeout(() => process.exit(0), FAREWELL_MS);
    await Promise.allSettled(running.values());
    process.exit(0);
  });
  connection.listen();
}

function wordsFor(name: string, error: unknown): [LogLevel, string] {
  if (error instanceof LetheError) return [error.code === 'cancelled' ? 'info' : 'warn', `${name}: ${error.message}`];
  return ['error', `${name}: ${error instanceof Error ? error.stack : String(error)}`];
}

/** The editor goes first. */
function lowerPriority(): void {
  try {
    setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
  } catch {
    // Some systems do not let a process do this. It then works at the editor's priority.
  }
}

/** After a defect nothing can be relied on: the parent hears of it by the exit code, and starts a new process. */
function endOnDefects(): void {
  const end = (error: unknown) => {
    try {
      writeSync(2, `${error instanceof Error ? error.stack : String(error)}\n`);
    } finally {
      process.exit(1);
    }
  };
  process.on('uncaughtException', end);
  process.on('unhandledRejection', end);
}

/** The parent gave this process a folder of its own for temporary files, and removes it too unless it is gone itself. */
function removeFolderAtEnd(): void {
  const folder = process.env.LETHE_ENGINE_FOLDER;
  if (folder) process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
}
