import path from 'node:path';
import util from 'node:util';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { temporaryFolder } from '../../support/folders.js';
import { writeStandIn } from '../../support/models/tfjsPackages.js';

let folder: string;

beforeEach(async () => {
  folder = await temporaryFolder();
  vi.stubEnv('LETHE_TENSORFLOW_PATH', folder);
  // What was loaded stays loaded for a process; each test is one that has not asked yet.
  vi.resetModules();
});

afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

async function freshBackend(wanted?: string) {
  vi.stubEnv('LETHE_TENSORFLOW', wanted ?? '');
  return import('../../../src/models/tfjs/backend.js');
}

/** The stand-in that runs, by its name; undefined for WebAssembly. */
function nameOf({ tf }: { tf: unknown }): string | undefined {
  return (tf as { name?: string }).name;
}

it('takes the GPU package before the CPU package, and says what it would take before it does', async () => {
  await writeStandIn(folder, 'tfjs-node');
  const home = await writeStandIn(folder, 'tfjs-node-gpu', { onGpu: true });
  const { loadBackend, backendFacts } = await freshBackend();
  const found = { kind: 'gpu', name: '@tensorflow/tfjs-node-gpu', version: '4.22.0', folder: home };
  expect(backendFacts()).toEqual({ wanted: 'auto', running: null, package: found, onGpu: null, problem: null });
  expect(nameOf(await loadBackend())).toBe('tfjs-node-gpu');
  expect(backendFacts()).toEqual({ wanted: 'auto', running: 'tensorflow', package: found, onGpu: true, problem: null });
});

it('takes the GPU package also where it finds no GPU, unless a GPU was asked for', async () => {
  await writeStandIn(folder, 'tfjs-node-gpu', { onGpu: false });
  const auto = await freshBackend();
  expect(nameOf(await auto.loadBackend())).toBe('tfjs-node-gpu');
  expect(auto.backendFacts()).toMatchObject({ running: 'tensorflow', onGpu: false });
  vi.resetModules();
  const gpu = await freshBackend('gpu');
  await expect(gpu.loadBackend()).rejects.toMatchObject({
    code: 'backend-unavailable',
    what: '@tensorflow/tfjs-node-gpu starts, but TensorFlow finds no GPU that it can use',
  });
  expect(gpu.backendFacts()).toMatchObject({ wanted: 'gpu', running: null });
});

it('goes on to the CPU package where the GPU package does not load', async () => {
  await writeStandIn(folder, 'tfjs-node-gpu', { addon: 'broken' });
  await writeStandIn(folder, 'tfjs-node');
  const { loadBackend, backendFacts } = await freshBackend();
  expect(nameOf(await loadBackend())).toBe('tfjs-node');
  expect(backendFacts()).toMatchObject({ running: 'tensorflow', package: { kind: 'cpu' }, problem: null });
});

it('goes on to WebAssembly silently, and remembers what each loader said', async () => {
  const printed = (['log', 'info', 'warn', 'error'] as const).map((name) => vi.spyOn(console, name));
  const home = await writeStandIn(folder, 'tfjs-node-gpu', { addon: 'broken', onLoad: 'globalThis.loaded = true;' });
  await writeStandIn(folder, 'tfjs-node', { addon: 'missing' });
  const { loadBackend, backendFacts } = await freshBackend();
  const backend = await loadBackend();
  expect(nameOf(backend)).toBeUndefined();
  expect(backend.tf.getBackend()).toBe('wasm');
  const { problem, ...facts } = backendFacts();
  expect(facts).toEqual({ wanted: 'auto', running: 'wasm', package: null, onGpu: null });
  expect(problem).toContain(`@tensorflow/tfjs-node-gpu in ${home} does not start: `);
  // The words of the system's loader, which name the file.
  expect(problem).toContain(path.join('lib', 'napi-v8', 'tfjs_binding.node'));
  expect(problem).toContain('its native addon is missing');
  // A package whose addon does not load is not loaded at all: it would leave its kernels in the process.
  expect(globalThis).not.toHaveProperty('loaded');
  expect(printed.flatMap((spy) => spy.mock.calls)).toEqual([]);
});

it('has nothing to say where nothing was installed', async () => {
  const { loadBackend, backendFacts } = await freshBackend();
  await loadBackend();
  expect(backendFacts()).toEqual({ wanted: 'auto', running: 'wasm', package: null, onGpu: null, problem: null });
});

it('leaves native packages alone if WebAssembly is wanted', async () => {
  await writeStandIn(folder, 'tfjs-node-gpu', { onGpu: true, onLoad: 'throw new Error("loaded");' });
  const { loadBackend, backendFacts } = await freshBackend('wasm');
  expect((await loadBackend()).tf.getBackend()).toBe('wasm');
  expect(backendFacts()).toEqual({ wanted: 'wasm', running: 'wasm', package: null, onGpu: null, problem: null });
});

it('fails where the package that is asked for is not installed, and tries again the next time', async () => {
  await writeStandIn(folder, 'tfjs-node-gpu', { onGpu: true });
  const { loadBackend, backendFacts } = await freshBackend('cpu');
  await expect(loadBackend()).rejects.toMatchObject({
    code: 'backend-unavailable',
    what: '@tensorflow/tfjs-node is not installed',
    hint: expect.stringContaining(
      'install @tensorflow/tfjs-node with the command "Lethe: Install Native TensorFlow..."',
    ),
  });
  await writeStandIn(folder, 'tfjs-node');
  expect(nameOf(await loadBackend())).toBe('tfjs-node');
  expect(backendFacts()).toMatchObject({ wanted: 'cpu', running: 'tensorflow', problem: null });
});

it.each([
  ['a broken addon', { addon: 'broken' }, 'tfjs_binding.node'],
  ['an error while it loads', { onLoad: 'throw new Error("libcudart.so.11.0: no such file");' }, 'libcudart.so.11.0'],
  ['another backend than TensorFlow', { backend: 'cpu' }, 'it started the backend "cpu"'],
] as const)('fails with the words of the loader: %s', async (_, standIn, words) => {
  await writeStandIn(folder, 'tfjs-node', standIn);
  const { loadBackend, backendFacts } = await freshBackend('cpu');
  await expect(loadBackend()).rejects.toMatchObject({
    code: 'backend-unavailable',
    what: expect.stringContaining(words),
  });
  expect(backendFacts().problem).toContain(words);
});

it('gives back to old packages what new versions of Node have removed', async () => {
  const old = util as unknown as Record<string, unknown>;
  const names = ['isNullOrUndefined', 'isArray'];
  const before = names.map((name) => old[name]);
  for (const name of names) old[name] = undefined;
  try {
    const onLoad = `const util = require('util');
      if (!util.isNullOrUndefined(null) || util.isNullOrUndefined(0) || !util.isArray([])) throw new Error('wrong');`;
    await writeStandIn(folder, 'tfjs-node', { onLoad });
    const { loadBackend } = await freshBackend('cpu');
    expect(nameOf(await loadBackend())).toBe('tfjs-node');
  } finally {
    for (const [at, name] of names.entries()) old[name] = before[at];
  }
});

it('knows no other backends', async () => {
  const { loadBackend, backendFacts } = await freshBackend('cuda');
  await expect(loadBackend()).rejects.toMatchObject({ code: 'usage', hint: 'Set it to auto, gpu, cpu or wasm.' });
  expect(() => backendFacts()).toThrow('LETHE_TENSORFLOW is "cuda"');
});
