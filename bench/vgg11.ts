/**
 * How long unlearning takes beside the bare forward passes, on VGG11 with batch normalisation at 32 x 32 (random weights):
 * 900 + 900 images, 10,000 patches a layer, all layers. Both figures come from one run.
 *
 *   npx tsx bench/vgg11.ts
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Random } from '../src/base/random.js';
import { unlearn } from '../src/engine/jobs/unlearn.js';
import { openModel } from '../src/models/registry.js';
import { vgg11, writeProject } from './models.js';

const folder = await mkdtemp(path.join(tmpdir(), 'lethe-vgg-'));
try {
  const model = await writeProject(folder, 'vgg11.onnx', vgg11(), { train: 900, test: 20 });
  const before = await forwardSeconds(model);
  const request = { model, forget: ['class 3'], samples: 100, forgetSamples: 900, maxPatches: 10_000 };
  const result = await unlearn(request, {});
  const after = await forwardSeconds(model);
  const forward = (before + after) / 2;
  console.log(`bare forward passes of 1,800 images: ${before.toFixed(2)} s before, ${after.toFixed(2)} s after`);
  console.log(`unlearning: ${JSON.stringify(result.seconds)}`);
  console.log(
    `candidates: ${result.candidates.length}; total / forward = ${(result.seconds.total / forward).toFixed(2)}`,
  );
} finally {
  await rm(folder, { recursive: true, force: true });
}

async function forwardSeconds(model: string): Promise<number> {
  const classifier = await openModel(model);
  const random = new Random(7);
  const batch = {
    dims: [100, 3, 32, 32],
    data: Float32Array.from({ length: 100 * 3 * 32 * 32 }, () => random.normal()),
  };
  await classifier.forward(batch);
  const began = performance.now();
  for (let done = 0; done < 1800; done += 100) await classifier.forward(batch);
  await classifier.dispose();
  return (performance.now() - began) / 1000;
}
