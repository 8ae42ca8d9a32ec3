/**
 * `npm run test:host`: the suite in the extension host of the real VS Code. `npm run test:host -- PATTERN` runs the tests
 * whose titles match. Builds what is older than its sources. Needs Linux and a Chromium; says so where one is missing.
 */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { root } from '../../scripts/bundle/root.js';
import { bundleForHost } from './bundle.js';
import { runInServerHost } from './serverHost.js';
import { Tally } from './tally.js';
import { writeWorkspace } from './workspace.js';

const LIMIT = 15 * 60_000;
const screenshots = path.join(root, '.cache', 'screenshots');

async function main(): Promise<void> {
  const pattern = process.argv[2];
  const tally = new Tally();
  const folder = await mkdtemp(path.join(tmpdir(), 'lethe-workspace-'));
  try {
    const entry = await bundleForHost('test/host/index.ts');
    const workspace = await writeWorkspace(folder);
    await mkdir(screenshots, { recursive: true });
    await runInServerHost({
      entry,
      workspace,
      limit: LIMIT,
      env: pattern ? { LETHE_HOST_GREP: pattern } : {},
      onEvent: async (event, page) => {
        tally.add(event);
        if (event.kind !== 'test' || event.state !== 'failed') return;
        await page.screenshot({ path: path.join(screenshots, `host-failure-${tally.failed}.png`) });
      },
    });
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }
  console.log(String(tally));
  if (tally.failed > 0) console.log(`What the editor showed: ${screenshots}`);
  if (!tally.isGood) process.exitCode = 1;
}

main().catch((error) => {
  console.error(error.message);
  process.exitCode = 1;
});
