/**
 * What the engine costs the process that uses it: the delay of its event loop while a 500 MB model is looked at and unlearned,
 * how long a job takes to be cancelled then, and the time to look at a 100 MB model with a process that must be started first.
 *
 *   npm run build && npx tsx bench/eventLoop.ts
 */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Engine } from '../src/client/engine.js';
import { perceptron, writeProject } from './models.js';

const entry = fileURLToPath(new URL('../dist/engine.cjs', import.meta.url));
/** How long the run is watched. */
const WATCH_MS = 30_000;

const folder = await mkdtemp(path.join(tmpdir(), 'lethe-event-loop-'));
try {
  const [small, large] = [await project('small', 108e6), await project('large', 500e6)];
  await coldLook(small);
  await delays(large);
} finally {
  await rm(folder, { recursive: true, force: true });
}

async function project(name: string, bytes: number): Promise<string> {
  const home = path.join(folder, name);
  await mkdir(home);
  return writeProject(home, 'model.onnx', await perceptron(bytes), { train: 300, test: 100 });
}

async function coldLook(model: string): Promise<void> {
  const times: number[] = [];
  for (let time = 0; time < 5; time++) {
    const engine = new Engine({ entry });
    const began = performance.now();
    await engine.run('inspect', { model });
    times.push(performance.now() - began);
    await engine.dispose();
  }
  console.log(
    `a look at a 100 MB model, the process's start included: ${times.map((ms) => ms.toFixed(0)).join(', ')} ms`,
  );
}

async function delays(model: string): Promise<void> {
  const engine = new Engine({ entry });
  const histogram = monitorEventLoopDelay({ resolution: 5 });
  const phases = new Set<string>();
  const looks: number[] = [];
  const stop = new AbortController();
  histogram.enable();
  const run = engine.run(
    'unlearn',
    { model, forget: ['class 3'] },
    { signal: stop.signal, onProgress: ({ phase }) => phases.add(phase) },
  );
  const outcome = run.then(
    () => 'done before',
    (error) => error.code,
  );
  for (const end = performance.now() + WATCH_MS; performance.now() < end; await sleep(500)) {
    const began = performance.now();
    await engine.run('inspect', { model });
    looks.push(performance.now() - began);
  }
  const began = performance.now();
  stop.abort();
  const how = await outcome;
  const cancelling = performance.now() - began;
  histogram.disable();
  await engine.dispose();
  // The histogram counts its own interval as delay.
  const ms = (nanoseconds: number) => Math.max(0, nanoseconds / 1e6 - 5).toFixed(1);
  console.log(`a 500 MB model, ${looks.length} looks at it while it is unlearned (${[...phases].join(', ')}):`);
  console.log(`  looks: slowest ${Math.max(...looks).toFixed(0)} ms`);
  console.log(
    `  event loop delay here: mean ${ms(histogram.mean)}, 99% ${ms(histogram.percentile(99))}, max ${ms(histogram.max)} ms`,
  );
  console.log(`  cancelled after ${cancelling.toFixed(0)} ms (${how})`);
}
