import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { LetheError } from '../base/errors.js';

/** The oldest Node that runs the engine. */
const OLDEST = { major: 20, minor: 10 };
const ANSWER_MS = 10_000;

/** Makes sure that a file is a Node that can run the engine. @throws LetheError `engine-unavailable`. */
export async function checkNode(file: string): Promise<void> {
  const wrong = (message: string, cause?: unknown) =>
    new LetheError('engine-unavailable', {
      message,
      file,
      hint: `Set "lethe.engine.nodePath" to a Node of ${OLDEST.major}.${OLDEST.minor} or newer, or leave it empty for the editor's own.`,
      cause,
    });
  let answer: string;
  try {
    answer = (await promisify(execFile)(file, ['--version'], { timeout: ANSWER_MS, windowsHide: true })).stdout.trim();
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    throw wrong(missing ? 'there is no such program' : `can't be run: ${(error as Error).message.trim()}`, error);
  }
  const version = /^v(\d+)\.(\d+)\./.exec(answer);
  if (!version) throw wrong(`is no Node: asked for its version, it says ${JSON.stringify(answer.slice(0, 80))}`);
  const [major, minor] = [Number(version[1]), Number(version[2])];
  if (major < OLDEST.major || (major === OLDEST.major && minor < OLDEST.minor)) {
    throw wrong(`is Node ${answer.slice(1)}, which is too old`);
  }
}
