import { cp, mkdir, mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Browser, chromium, type Page } from '@playwright/test';
import { ensureBuilt } from '../../scripts/bundle/dist.js';
import { root } from '../../scripts/bundle/root.js';
import { ensureEditor, findChromium, startEditor } from '../../scripts/editor.js';
import type { HostEvent } from './events.js';

export interface HostRun {
  /** A bundle that exports `run(): Promise<void>`. */
  readonly entry: string;
  /** The folder or .code-workspace file to open. */
  readonly workspace: string;
  readonly env?: Record<string, string>;
  readonly settings?: Record<string, unknown>;
  /** Milliseconds that it may take in all. */
  readonly limit: number;
  readonly onEvent: (event: HostEvent, page: Page) => void | Promise<void>;
}

/**
 * Runs code in the extension host of a real VS Code (as a server, shown in a headless browser) with Lethe installed as it is
 * built in `dist`, which is built first where it is older than its sources. Returns when the entry has ended.
 * @throws Error if the editor does not start or the entry does not end in time, with what the server printed.
 */
export async function runInServerHost({ entry, workspace, env, settings, limit, onEvent }: HostRun): Promise<void> {
  await ensureBuilt();
  await ensureEditor();
  const home = await mkdtemp(path.join(tmpdir(), 'lethe-host-'));
  const results = path.join(home, 'results.jsonl');
  const extensionsDir = path.join(home, 'extensions');
  await installBuild(path.join(extensionsDir, 'lethe'));
  await cp(path.join(root, 'test/host/runner'), path.join(extensionsDir, 'runner'), { recursive: true });
  const editor = await startEditor({
    folder: workspace,
    extensionsDir,
    userDataDir: path.join(home, 'user'),
    env: { ...env, LETHE_HOST_ENTRY: entry, LETHE_HOST_RESULTS: results },
    settings,
  });
  let browser: Browser | undefined;
  try {
    browser = await chromium.launch({
      executablePath: findChromium(),
      args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
    });
    const page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
    // The extension host starts when a browser has the workbench open.
    await page.goto(editor.url);
    await page.waitForSelector('.monaco-workbench .part.statusbar', { timeout: 60_000 });
    await follow(results, limit, (event) => onEvent(event, page));
  } catch (error) {
    throw new Error(`${(error as Error).message}\n${editor.logs().slice(-4000)}`, { cause: error });
  } finally {
    await browser?.close();
    await editor.stop();
    await rm(home, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** Lays the build out as an installed extension. Copied where a later build would change it under the running editor. */
async function installBuild(target: string): Promise<void> {
  await mkdir(target, { recursive: true });
  for (const name of ['dist', 'bin']) await cp(path.join(root, name), path.join(target, name), { recursive: true });
  for (const name of ['package.json', 'package.nls.json']) await cp(path.join(root, name), path.join(target, name));
  for (const name of ['media', 'schemas', 'docs', 'node_modules']) {
    await symlink(path.join(root, name), path.join(target, name));
  }
}

/** Reads events as they are written, until the last one. */
async function follow(file: string, limit: number, onEvent: (event: HostEvent) => void | Promise<void>): Promise<void> {
  const until = Date.now() + limit;
  for (let seen = 0; ; await sleep(200)) {
    const lines = (await readFile(file, 'utf8').catch(() => '')).split('\n').slice(0, -1);
    for (; seen < lines.length; seen++) {
      const event = JSON.parse(lines[seen]) as HostEvent;
      await onEvent(event);
      if (event.kind === 'end') return;
    }
    if (Date.now() > until) throw new Error(`The extension host did not finish in ${limit / 1000} s.`);
  }
}
