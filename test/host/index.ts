import Mocha, { type Runner, type Test } from 'mocha';
import { tell } from './events.js';

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
  for (const load of suites) await load();
  const failures = await new Promise<number>((resolve) => {
    mocha.run(resolve);
  });
  if (failures > 0) throw new Error(`${failures} of the tests failed`);
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
