import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { test as base, chromium } from '@playwright/test';
import { findChromium, installExtension, startEditor } from '../../scripts/editor.js';
import { placeOf } from '../../scripts/package/place.js';
import { Workbench } from './workbench.js';

interface OpenOptions {
  /** Default: trusted. */
  readonly trust?: boolean;
  readonly settings?: Record<string, unknown>;
  readonly viewport?: { readonly width: number; readonly height: number };
  /** Variables of the editor's processes. */
  readonly env?: Record<string, string>;
}

interface Fixtures {
  /** A folder that is removed after the test. */
  folder: string;
  /** Opens a folder in an editor of its own, with the packed extension installed and an empty profile. */
  openEditor: (folder: string, options?: OpenOptions) => Promise<Workbench>;
}

interface WorkerFixtures {
  /** The folder of installed extensions: the VSIX and nothing else. */
  extensions: string;
  /** The demos as the VSIX holds them: clothes, and four clusters of points. */
  demo: string;
  clusters: string;
  /** The demo after two runs that made it forget shirts, the second with a pair of alphas of its own. */
  forgotten: string;
}

export const test = base.extend<Fixtures, WorkerFixtures>({
  extensions: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright wants a pattern here.
    async ({}, use) => {
      const folder = await mkdtemp(path.join(os.tmpdir(), 'lethe-e2e-'));
      const extensions = path.join(folder, 'extensions');
      await installExtension(placeOf().vsix, extensions, path.join(folder, 'data'));
      await use(extensions);
      await rm(folder, { recursive: true, force: true });
    },
    { scope: 'worker', timeout: 300_000 },
  ],
  demo: [async ({ extensions }, use) => use(await built(extensions, 'demo')), { scope: 'worker' }],
  clusters: [async ({ extensions }, use) => use(await built(extensions, 'demo-clusters')), { scope: 'worker' }],
  forgotten: [
    async ({ extensions, demo }, use) => {
      const folder = await mkdtemp(path.join(os.tmpdir(), 'lethe-e2e-'));
      await cp(demo, folder, { recursive: true });
      const lethe = await built(extensions, 'lethe.cjs');
      const unlearn = ['unlearn', 'fashion.onnx', '--forget', 'Shirt'];
      const other = ['--alpha-r', '100', '--alpha-f', '30', '--out', 'fashion.stronger.onnx'];
      for (const options of [other, []]) {
        await promisify(execFile)(process.execPath, [lethe, ...unlearn, ...options], { cwd: folder });
      }
      await use(folder);
      await rm(folder, { recursive: true, force: true });
    },
    { scope: 'worker', timeout: 180_000 },
  ],
  // biome-ignore lint/correctness/noEmptyPattern: Playwright wants a pattern here.
  folder: async ({}, use) => {
    const folder = await mkdtemp(path.join(os.tmpdir(), 'lethe-e2e-'));
    await use(folder);
    await rm(folder, { recursive: true, force: true });
  },
  openEditor: async ({ extensions, folder: scratch }, use, testInfo) => {
    const closing: (() => Promise<void>)[] = [];
    await use(async (folder, options = {}) => {
      const userDataDir = path.join(scratch, `.profile-${closing.length}`);
      const home = path.join(scratch, `.home-${closing.length}`);
      await mkdir(home, { recursive: true });
      const editor = await startEditor({
        folder,
        extensionsDir: extensions,
        userDataDir,
        trust: options.trust,
        env: { HOME: home, ...options.env },
        settings: { 'files.autoSave': 'off', ...options.settings },
      });
      const browser = await chromium.launch({
        executablePath: findChromium(),
        args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
      });
      const page = await browser.newPage({ viewport: options.viewport ?? { width: 1280, height: 800 } });
      closing.push(async () => {
        if (testInfo.status !== testInfo.expectedStatus) {
          await page.screenshot({ path: testInfo.outputPath(`failure-${closing.length}.png`) }).catch(() => {});
          await testInfo.attach('server log', { body: editor.logs() });
        }
        await browser.close();
        await editor.stop();
      });
      await page.goto(editor.url);
      const workbench = new Workbench(page, home);
      await workbench.ready();
      return workbench;
    });
    for (const close of closing) await close();
  },
});

export { expect } from '@playwright/test';

/** Something in the `dist` of the installed extension. */
async function built(extensions: string, name: string): Promise<string> {
  const installed = (await readdir(extensions)).find((folder) => folder.includes('lethe'));
  return path.join(extensions, installed!, 'dist', name);
}

/** A copy of the demo to work in. */
export async function copyDemo(demo: string, folder: string): Promise<string> {
  const copy = path.join(folder, 'demo');
  await cp(demo, copy, { recursive: true });
  return copy;
}
