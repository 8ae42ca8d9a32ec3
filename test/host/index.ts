import Mocha, { type Runner, type Test } from 'mocha';
import * as vscode from 'vscode';
import { tell } from './events.js';
import { sleep } from './support/lethe.js';

const FOLDERS_MS = 60_000;

/** In this order: the later ones change what the earlier ones look at. Their code calls Mocha as it is loaded. */
const suites = [
  () => import('./suite/activation.test.js'),
  () => import('./suite/manifest.test.js'),
  () => import('./suite/models.test.js'),
  () => import('./suite/diagnostics.test.js'),
  () => import('./suite/languages.test.js'),
  () => import('./suite/studio.test.js'),
  () => import('./suite/policy.test.js'),
  () => import('./suite/classes.test.js'),
  () => import('./suite/jobs.test.js'),
  () => import('./suite/runs.test.js'),
  () => import('./suite/manyFiles.test.js'),
  () => import('./suite/large.test.js'),
  () => import('./suite/environment.test.js'),
];

/**
 * Runs all tests in this extension host. What `@vscode/test-electron` and the test-only extension call.
 * LETHE_HOST_GREP narrows it to the tests whose titles match.
 * @throws Error if a test failed.
 */
export async function run(): Promise<void> {
  const mocha = new Mocha({ ui: 'bdd', timeout: 60_000, slow: 60_000, reporter: Reporter });
  if (process.env.LETHE_HOST_GREP) mocha.grep(new RegExp(process.env.LETHE_HOST_GREP));
  // As for a file: with it, `describe` and the others that the suites import begin to speak of this instance.
  mocha.suite.emit('pre-require', globalThis, null, mocha);
  await workspaceFolders();
  for (const load of suites) await load();
  const failures = await new Promise<number>((resolve) => {
    mocha.run(resolve);
  });
  if (failures > 0) throw new Error(`${failures} of the tests failed`);
}

/**
 * The extension host of a server may start before the editor has read the .code-workspace file, with a workspace that has
 * no folder yet; they come as a change.
 * @throws Error if none has come within a minute.
 */
async function workspaceFolders(): Promise<void> {
  const until = Date.now() + FOLDERS_MS;
  while (!vscode.workspace.workspaceFolders?.length) {
    if (Date.now() > until) {
      const file = vscode.workspace.workspaceFile?.toString() ?? 'no .code-workspace file';
      throw new Error(`The editor opened no folder of ${file} within ${FOLDERS_MS / 1000} s.`);
    }
    await sleep(50);
  }
}

/** Tells each test as it ends. */
class Reporter extends Mocha.reporters.Base {
  constructor(runner: Runner) {
    super(runner);
    const report = (state: 'passed' | 'failed' | 'skipped') => (test: Test, error?: Error) => {
      const title = test.titlePath().join(' › ');
      const text = error ? (error.stack ?? error.message) : null;
      tell({ kind: 'test', title, state, milliseconds: test.duration ?? 0, error: text });
    };
    runner.on('pass', report('passed'));
    runner.on('fail', report('failed'));
    runner.on('pending', report('skipped'));
  }
}
