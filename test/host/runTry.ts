/**
 * `npm run test:host`: the suite in the extension host of the real VS Code. `npm run test:host -- PATTERN` runs the tests
 * whose titles match. Needs a build, Linux, and a Chromium; says so where one is missing.
 */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { bundleForHost, root } from './bundle.js';
import { eventText } from './events.js';
import { runInServerHost } from './serverHostTry.js';
import { writeWorkspace } from './workspace.js';

const LIMIT = 15 * 60_000;
const screenshots = path.join(root, '.cache', 'screenshots');

async function main(): Promise<void> {
  const pattern = process.argv[2];
  const folder = await mkdtemp(path.join(tmpdir(), 'lethe-workspace-'));
  const counts = { passed: 0, failed: 0, skipped: 0 };
  let early: string | null = null;
  try {
    const [entry, workspace] = [
      await bundleForHost(path.join(root, 'test/host/index.ts')),
      await writeWorkspace(folder),
    ];
    await mkdir(screenshots, { recursive: true });
    await runInServerHost({
      entry,
      workspace,
      limit: LIMIT,
      env: pattern ? { LETHE_HOST_GREP: pattern } : {},
      onEvent: async (event, page) => {
        const text = eventText(event);
        if (text) console.log(text);
        if (event.kind === 'end') early = event.error;
        if (event.kind !== 'test') return;
        counts[event.state]++;
        if (event.state === 'failed') {
          await page.screenshot({ path: path.join(screenshots, `host-failure-${counts.failed}.png`) });
        }
      },
    });
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }
  console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
  if (counts.failed > 0) console.log(`Screenshots are in ${screenshots}`);
  // A suite that found no test has tested nothing.
  if (counts.failed > 0 || early || counts.passed === 0) process.exitCode = 1;
}

main().catch((error) => {
  console.error(error.message);
  process.exitCode = 1;
});
