import { readFile } from 'node:fs/promises';
import pidusage from 'pidusage';

/** Between two looks: on Linux they cost a read, elsewhere a process. */
const LOOK_MS = process.platform === 'linux' ? 1000 : process.platform === 'win32' ? 5000 : 2000;

/** Bytes of memory that a process holds, undefined if it is gone. */
export async function residentMemory(pid: number): Promise<number | undefined> {
  try {
    if (process.platform !== 'linux') return (await pidusage(pid)).memory;
    const status = await readFile(`/proc/${pid}/status`, 'utf8');
    const kibibytes = /^VmRSS:\s*(\d+) kB/m.exec(status)?.[1];
    return kibibytes === undefined ? undefined : 1024 * Number(kibibytes);
  } catch {
    return undefined;
  }
}

/** Calls back once, when a process holds more than `limit` bytes. @returns stops looking. */
export function watchMemory(pid: number, limit: number, onExceeded: (bytes: number) => void): () => void {
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  const look = async () => {
    const bytes = await residentMemory(pid);
    if (stopped) return;
    if (bytes !== undefined && bytes > limit) onExceeded(bytes);
    else timer = setTimeout(look, LOOK_MS).unref();
  };
  timer = setTimeout(look, LOOK_MS).unref();
  return () => {
    stopped = true;
    clearTimeout(timer);
  };
}
