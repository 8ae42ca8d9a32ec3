import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach } from 'vitest';

const made: string[] = [];

afterEach(async () => {
  for (const folder of made.splice(0)) await rm(folder, { recursive: true, force: true });
});

/** An empty folder for all tests of a file: hand `remove` to `afterAll`. */
export async function sharedFolder(): Promise<{ folder: string; remove: () => Promise<void> }> {
  const { top, folder } = await emptyFolder();
  return { folder, remove: () => rm(top, { recursive: true, force: true }) };
}

/** An empty folder that is removed after the test. */
export async function temporaryFolder(): Promise<string> {
  const { top, folder } = await emptyFolder();
  made.push(top);
  return folder;
}

/** One level down: records of the folder above a model's count too, and the system's own folder belongs to everybody. */
async function emptyFolder(): Promise<{ readonly top: string; readonly folder: string }> {
  const top = await mkdtemp(path.join(tmpdir(), 'lethe-test-'));
  const folder = path.join(top, 'project');
  await mkdir(folder);
  return { top, folder };
}
