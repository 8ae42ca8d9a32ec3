import type * as tfc from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { loadBackend } from '../../../src/models/tfjs/backend.js';
import { TfjsClassifier } from '../../../src/models/tfjs/classifier.js';
import type { Network } from '../../../src/models/tfjs/network.js';

const tensor = (count: number) => ({ dims: [count, 4], data: new Float32Array(4 * count) });

it('learns how many samples to run at once from passes that start at the same value alone', async () => {
  const backend = await loadBackend();
  const sizes = new Map<string, number[]>([
    ['input', []],
    ['late', []],
  ]);
  const network = {
    files: { json: { path: 'model.json' }, source: { path: 'model.json', bytes: 0 }, groups: [] },
    ...{ input: { name: 'input', dims: [null, 4], layout: 'features' }, inputType: 'float32', batch: null },
    ...{ classCount: 2, layers: [], skipped: [], stages: [], source: 'input', logits: 'logits' },
    activations: [{ id: 'late', name: 'late', dims: [4], layout: 'features' }],
    run(given: ReadonlyMap<string, tfc.Tensor>) {
      const [[from, value]] = given;
      sizes.get(from)!.push(value.shape[0]);
      return [backend.tf.zeros([value.shape[0], 2])];
    },
    dispose() {},
  } as unknown as Network;
  const classifier = TfjsClassifier.of('tfjs-layers', backend, network);
  for (let pass = 0; pass < 4; pass++) await classifier.forwardFrom('late', tensor(500));
  expect(Math.max(...sizes.get('late')!)).toBeGreaterThan(16);
  // What the last layers bear, the whole network may not.
  await classifier.forward(tensor(16));
  expect(sizes.get('input')![0]).toBe(1);
  await classifier.dispose();
});
