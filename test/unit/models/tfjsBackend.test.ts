import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Rank } from '@tensorflow/tfjs-core';
import { afterEach, expect, it, vi } from 'vitest';
import { loadBackend, RuntimeFailure } from '../../../src/models/tfjs/backend.js';
import { format as graphs } from '../../../src/models/tfjs-graph/index.js';
import { format as layers } from '../../../src/models/tfjs-layers/index.js';

const fixtures = fileURLToPath(new URL('../../fixtures/tfjs', import.meta.url));
const graph = path.join(fixtures, 'mobile-graph/model.json');
const batch = { dims: [2, 16, 16, 3], data: new Float32Array(2 * 768).fill(0.5) };

afterEach(() => {
  vi.restoreAllMocks();
});

// First in this file: each test file has a process state of its own.
it('TensorFlow.js is loaded by the first model that is opened, not before, and says nothing', async () => {
  const printed = (['log', 'info', 'warn', 'error', 'debug'] as const).map((name) => vi.spyOn(console, name));
  const listeners = () => ['uncaughtException', 'unhandledRejection'].map((event) => process.listenerCount(event));
  const before = listeners();
  const engine = () => (globalThis as { _tfengine?: unknown })._tfengine;
  expect(await graphs.match(graph)).toBe(true);
  expect((await layers.inspect(path.join(fixtures, 'mobile-layers/model.json'))).layers).toHaveLength(8);
  expect((await graphs.inspect(graph)).layers).toHaveLength(8);
  expect(engine()).toBeUndefined();
  const classifier = await graphs.open(graph);
  await classifier.forward(batch);
  expect(engine()).toBeDefined();
  expect(printed.flatMap((spy) => spy.mock.calls)).toEqual([]);
  // The WebAssembly module would rethrow every error of the process from a line of half a megabyte.
  expect(listeners()).toEqual(before);
  await classifier.dispose();
});

it('a runtime that breaks is replaced, and models that were open say so', async () => {
  const warn = vi.spyOn(console, 'warn');
  const classifier = await graphs.open(graph);
  const { logits } = await classifier.forward(batch);
  const backend = await loadBackend();
  const { tf } = backend;
  // A stride that is 0 in the module's 32 bits.
  const broken = () =>
    tf.conv2d(tf.ones<Rank.R4>([1, 4, 4, 1]), tf.ones<Rank.R4>([1, 1, 1, 1]), 2 ** 32, 'same').dataSync();
  expect(() => backend.run(broken)).toThrow(RuntimeFailure);
  expect(backend.failed).toBe(true);
  await expect(classifier.forward(batch)).rejects.toMatchObject({ code: 'internal', hint: 'Open the model again.' });
  await classifier.dispose();

  const again = await graphs.open(graph);
  expect((await again.forward(batch)).logits).toEqual(logits);
  expect((await loadBackend()).failed).toBe(false);
  expect(warn).not.toHaveBeenCalled();
  await again.dispose();
});

it('other errors leave the runtime alone', async () => {
  const backend = await loadBackend();
  expect(() => backend.run(() => backend.tf.matMul(backend.tf.ones([2, 3]), backend.tf.ones([2, 3])))).toThrow(
    'inner shapes',
  );
  expect(backend.failed).toBe(false);
});
