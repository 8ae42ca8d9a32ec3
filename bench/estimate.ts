/**
 * What the estimate says of a run beside what the run takes, on the demo's models and on random ones. Both run in engine
 * processes of their own; memory is the largest that was seen of the process.
 *
 *   npm run build && npx tsx examples/fashion-mnist/prepare.ts && npx tsx bench/estimate.ts
 */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { EngineProcess } from '../src/client/engineProcess.js';
import { residentMemory } from '../src/client/residentMemory.js';
import type { JobName, Jobs } from '../src/contract/jobs.js';
import type { UnlearnRequest } from '../src/contract/run.js';
import { perceptron, vgg11, writeProject } from './models.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = await mkdtemp(path.join(tmpdir(), 'lethe-estimate-'));
try {
  const demo = path.join(root, 'examples/fashion-mnist');
  await compare('fashion.onnx', { model: path.join(demo, 'fashion.onnx'), forget: ['Shirt'] });
  await compare('fashion-tfjs', { model: path.join(demo, 'fashion-tfjs/model.json'), forget: ['Shirt'] });
  const random: [string, () => Uint8Array | Promise<Uint8Array>][] = [
    ['VGG11, 37 MB', vgg11],
    ['perceptron, 92 MB', () => perceptron(100e6)],
    ['perceptron, 495 MB', () => perceptron(500e6)],
  ];
  for (const [index, [name, make]] of random.entries()) {
    const home = path.join(folder, `model${index}`);
    await mkdir(home);
    const model = await writeProject(home, 'model.onnx', await make(), { train: 300, test: 100 });
    await compare(name, { model, forget: ['class 3'] });
    await rm(home, { recursive: true });
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}

async function compare(name: string, request: UnlearnRequest): Promise<void> {
  const out = path.join(folder, `out${name.includes('tfjs') ? '' : '.onnx'}`);
  const estimate = await run('estimate', { ...request, out });
  const actual = await run('unlearn', { ...request, out });
  await rm(out, { recursive: true, force: true });
  const { seconds, memoryBytes } = estimate.result;
  const row = (what: string, estimated: number, real: number) =>
    `  ${what}: ${estimated.toFixed(1)} estimated, ${real.toFixed(1)} real, ratio ${(estimated / real).toFixed(2)}`;
  console.log(`${name} (estimated in ${estimate.seconds.toFixed(1)} s)`);
  console.log(row('seconds', seconds, actual.seconds));
  console.log(row('MiB of memory', memoryBytes / 2 ** 20, actual.peak / 2 ** 20));
  console.log(`  in the run: ${JSON.stringify(actual.result.seconds)}`);
}

async function run<Name extends JobName>(name: Name, request: Jobs[Name]['request']) {
  let pid = 0;
  const engine = new EngineProcess({
    entry: path.join(root, 'dist/engine.cjs'),
    onStart: (hello) => {
      pid = hello.pid;
    },
  });
  let peak = 0;
  const look = setInterval(async () => {
    peak = Math.max(peak, (await residentMemory(pid)) ?? 0);
  }, 50);
  const began = performance.now();
  try {
    const result = await engine.run(name, request);
    return { result, seconds: (performance.now() - began) / 1000, peak };
  } finally {
    clearInterval(look);
    await engine.dispose();
  }
}
