import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Ids of the engine processes that this extension host has started and that live. Not on Windows, which has no `ps`. */
export async function engineProcesses(): Promise<number[]> {
  const { stdout } = await run('ps', ['-A', '-ww', '-o', 'pid=,ppid=,stat=,args=']);
  return stdout.split('\n').flatMap((line) => {
    const [, pid, parent, state, program] = /^\s*(\d+)\s+(\d+)\s+(\S+)\s+(.*)$/.exec(line) ?? [];
    const isEngine = Number(parent) === process.pid && !state?.startsWith('Z') && /\bengine\.cjs\b/.test(program);
    return isEngine ? [Number(pid)] : [];
  });
}
