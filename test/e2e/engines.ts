import { readdir, readFile } from 'node:fs/promises';

/** Processes whose command line names the extension's engine and this test's profile. */
export async function engines(home: string): Promise<number[]> {
  const found: number[] = [];
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const [line, variables] = await Promise.all(
      ['cmdline', 'environ'].map((name) => readFile(`/proc/${pid}/${name}`, 'utf8').catch(() => '')),
    );
    if (line.includes('dist/engine.cjs') && variables.includes(`HOME=${home}`)) found.push(Number(pid));
  }
  return found;
}
