import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const bundle = fileURLToPath(new URL('../../../dist/lethe.cjs', import.meta.url));

export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly cwd?: string;
  /** Variables to set, or with `undefined` to take away. */
  readonly env?: Record<string, string | undefined>;
  /** No file may grow larger than so many KiB: a full disk for any user. */
  readonly fileLimit?: number;
  /** Called with the process and all it has said on standard error, whenever it says more. */
  readonly onStderr?: (child: ChildProcess, text: string) => void;
}

/** Runs the built command line, as a user does. */
export function lethe(args: readonly string[], options: RunOptions = {}): Promise<Outcome> {
  const command = [process.execPath, bundle, ...args];
  const [file, ...rest] =
    options.fileLimit === undefined
      ? command
      : ['bash', '-c', `ulimit -f ${options.fileLimit}; exec "$@"`, 'bash', ...command];
  const { NO_COLOR: _, FORCE_COLOR: __, ...environment } = process.env;
  const child = spawn(file, rest, { cwd: options.cwd, env: { ...environment, ...options.env } });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text) => {
    stderr += text;
    options.onStderr?.(child, stderr);
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
}
