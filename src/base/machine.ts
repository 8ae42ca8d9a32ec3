import { execFile } from 'node:child_process';
import { readFile, stat, statfs } from 'node:fs/promises';
import { freemem, totalmem } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

/** Bytes of memory that this process could have in all: the machine's, or what a container is limited to. */
export function totalMemory(): number {
  return memoryLimit() ?? totalmem();
}

/** Bytes of memory that can still be taken without pushing anything out but caches. */
export async function availableMemory(): Promise<number> {
  const free = await freeMemory();
  const limit = memoryLimit();
  return limit === undefined ? free : Math.min(free, Math.max(0, limit - (await usedInGroup())));
}

/** Bytes that can still be written to a folder that exists or is to be made; undefined where the file system does not tell. */
export async function availableDisk(folder: string): Promise<{ bytes: number; device: number } | undefined> {
  for (let at = path.resolve(folder); ; at = path.dirname(at)) {
    try {
      const [facts, { dev }] = await Promise.all([statfs(at), stat(at)]);
      return facts.blocks === 0 ? undefined : { bytes: facts.bavail * facts.bsize, device: dev };
    } catch {
      if (at === path.dirname(at)) return undefined;
    }
  }
}

/** The limit of the container, where there is one. */
function memoryLimit(): number | undefined {
  // Without a limit it is 0 or beyond all measure; Node before 20.10 on other systems has no such function.
  const limit = process.constrainedMemory?.() ?? 0;
  return limit > 0 && limit < totalmem() ? limit : undefined;
}

/** `os.freemem` leaves out memory that is given up on demand: nearly all of it on a Mac, caches on old Linux. */
async function freeMemory(): Promise<number> {
  try {
    if (process.platform === 'linux') return availableOf(await readFile('/proc/meminfo', 'utf8')) ?? freemem();
    if (process.platform === 'darwin') return reclaimableOf((await promisify(execFile)('vm_stat')).stdout) ?? freemem();
  } catch {
    // Then what Node says has to do.
  }
  return freemem();
}

/** What /proc/meminfo says is available, in bytes. */
export function availableOf(meminfo: string): number | undefined {
  const kibibytes = /^MemAvailable:\s*(\d+) kB/m.exec(meminfo)?.[1];
  return kibibytes === undefined ? undefined : 1024 * Number(kibibytes);
}

/** What macOS' `vm_stat` says is free or can be taken from caches, in bytes. */
export function reclaimableOf(vmStat: string): number | undefined {
  const page = /page size of (\d+) bytes/.exec(vmStat)?.[1];
  if (page === undefined) return undefined;
  const pages = (name: string) => Number(new RegExp(`^Pages ${name}:\\s*(\\d+)\\.`, 'm').exec(vmStat)?.[1] ?? 0);
  return Number(page) * (pages('free') + pages('inactive') + pages('speculative') + pages('purgeable'));
}

/** Bytes that the processes of this container hold, without caches of files. */
async function usedInGroup(): Promise<number> {
  try {
    const group = /^0::(.*)$/m.exec(await readFile('/proc/self/cgroup', 'utf8'))?.[1] ?? '/';
    const folder = path.join('/sys/fs/cgroup', group);
    const [current, facts] = await Promise.all(
      ['memory.current', 'memory.stat'].map((name) => readFile(path.join(folder, name), 'utf8')),
    );
    return Number(current) - Number(/^file (\d+)$/m.exec(facts)?.[1] ?? 0);
  } catch {
    return process.memoryUsage.rss();
  }
}
