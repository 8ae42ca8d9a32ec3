/**
 * `npm run test:electron`: the suite in desktop VS Code, which it downloads into .cache. Needs on Linux a display
 * (`xvfb-run npm run test:electron`). LETHE_VSCODE names a VS Code that is there already.
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { downloadAndUnzipVSCode, runTests } from '@vscode/test-electron';
import { ensureBuilt } from '../../scripts/bundle/dist.js';
import { root } from '../../scripts/bundle/root.js';
import { bundleForHost } from './bundle.js';
import type { HostEvent } from './events.js';
import { Tally } from './tally.js';
import { writeWorkspace } from './workspace.js';

async function findEditor(): Promise<string> {
  const named = process.env.LETHE_VSCODE;
  if (named) return named;
  try {
    return await downloadAndUnzipVSCode({ version: 'stable', cachePath: path.join(root, '.cache', 'vscode') });
  } catch (error) {
    throw new Error(
      `VS Code could not be downloaded, so the suite did not run in it: ${(error as Error).message}\n` +
        'Give it the network, or name an installed one in LETHE_VSCODE. `npm run test:host` needs no download.',
    );
  }
}

async function main(): Promise<void> {
  const editor = await findEditor();
  await ensureBuilt();
  const home = await mkdtemp(path.join(tmpdir(), 'lethe-electron-'));
  const results = path.join(home, 'results.jsonl');
  const tally = new Tally();
  try {
    const workspace = await writeWorkspace(home);
    const ended = await runTests({
      vscodeExecutablePath: editor,
      extensionDevelopmentPath: root,
      extensionTestsPath: await bundleForHost('test/host/index.ts'),
      extensionTestsEnv: { LETHE_HOST_RESULTS: results, LETHE_HOST_GREP: process.argv[2] },
      launchArgs: [
        workspace,
        '--disable-workspace-trust',
        '--disable-extensions',
        '--skip-welcome',
        '--disable-telemetry',
        ...['--user-data-dir', path.join(home, 'user')],
        ...['--extensions-dir', path.join(home, 'extensions')],
        // Chromium's own sandbox does not start for root, as in containers.
        ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
      ],
    }).then(
      () => null,
      (error: Error) => error.message,
    );
    const lines = (await readFile(results, 'utf8').catch(() => '')).split('\n').filter(Boolean);
    for (const line of lines) tally.add(JSON.parse(line) as HostEvent);
    tally.add({ kind: 'end', error: ended });
  } finally {
    await rm(home, { recursive: true, force: true, maxRetries: 5 });
  }
  console.log(String(tally));
  if (!tally.isGood) process.exitCode = 1;
}

main().catch((error) => {
  console.error(error.message);
  process.exitCode = 1;
});
