import { type SpawnOptions, spawn } from 'node:child_process';

const KEPT = 4_000;

/** Runs a program to its end and gives what it printed; when it fails, the error shows the end of that. */
export function run(
  program: string,
  args: readonly string[],
  options: Pick<SpawnOptions, 'cwd' | 'env'> = {},
): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text) => {
        output += text;
      });
    }
    child.on('error', (error) => reject(new Error(`${program} could not be started: ${error.message}`)));
    child.on('close', (code, signal) => {
      if (code === 0) return resolve(output);
      reject(new Error(`${[program, ...args].join(' ')} failed (${signal ?? code}):\n${output.slice(-KEPT)}`));
    });
  });
}
