import os from 'node:os';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import onnxruntime from '../../../node_modules/onnxruntime-node/package.json' with { type: 'json' };
import own from '../../../package.json' with { type: 'json' };
import type { EnvironmentResult } from '../../../src/contract/models.js';
import { temporaryFolder } from '../../support/folders.js';
import { writeStandIn } from '../../support/models/tfjsPackages.js';

let folder: string;

beforeEach(async () => {
  folder = await temporaryFolder();
  vi.stubEnv('LETHE_TENSORFLOW_PATH', folder);
  vi.stubEnv('LETHE_TENSORFLOW', '');
  vi.resetModules();
});

afterEach(() => {
  vi.unstubAllEnvs();
});

async function ask(startTensorFlow?: boolean): Promise<EnvironmentResult> {
  const { environment } = await import('../../../src/engine/jobs/environment.js');
  return environment({ startTensorFlow });
}

function rowOf(result: EnvironmentResult, section: string, row: string): string | undefined {
  return result.sections.find(({ title }) => title === section)?.rows.find(({ name }) => name === row)?.value;
}

it('tells versions, paths and limits without starting TensorFlow.js', async () => {
  const result = await ask();
  expect(result.sections.map(({ title }) => title)).toEqual(['Runtime', 'TensorFlow.js', 'Paths', 'Limits']);
  expect(rowOf(result, 'Runtime', 'Lethe')).toBe(own.version);
  expect(rowOf(result, 'Runtime', 'Node')).toContain(process.versions.node);
  expect(rowOf(result, 'Runtime', 'ONNX Runtime')).toBe(onnxruntime.version);
  expect(rowOf(result, 'Runtime', 'Execution providers')).toMatch(/^cpu \(in use\)/);
  expect(rowOf(result, 'TensorFlow.js', 'Running')).toBe('not started yet');
  expect(rowOf(result, 'Paths', 'Native packages')).toBe(folder);
  expect(rowOf(result, 'Paths', 'Temporary files')).toBe(os.tmpdir());
  expect(rowOf(result, 'Limits', 'CPU cores')).toMatch(new RegExp(`^${os.availableParallelism()} \\(`));
  expect(rowOf(result, 'Limits', 'Memory')).toMatch(/^\d+(\.\d)? [MG]iB, \d+(\.\d)? [MG]iB available$/);
  expect(rowOf(result, 'Limits', 'Largest tensor')).toBe('512 MiB');
  expect(rowOf(result, 'Limits', 'Free for temporary files')).toMatch(/^\d+(\.\d)? [kMGT]B$/);
  expect(result.tensorflow).toEqual({ wanted: 'auto', running: null, package: null, problem: null });
});

it('tells which TensorFlow.js runs, and from where', async () => {
  const home = await writeStandIn(folder, 'tfjs-node');
  const before = await ask();
  expect(before.tensorflow).toEqual({ wanted: 'auto', running: null, package: '@tensorflow/tfjs-node', problem: null });
  const result = await ask(true);
  expect(result.tensorflow).toMatchObject({ running: 'tensorflow', package: '@tensorflow/tfjs-node' });
  expect(rowOf(result, 'TensorFlow.js', 'Running')).toBe('native TensorFlow');
  expect(rowOf(result, 'TensorFlow.js', 'Computes on')).toBe('CPU');
  expect(rowOf(result, 'TensorFlow.js', 'Native package')).toBe(`@tensorflow/tfjs-node 4.22.0 in ${home}`);
});

it('tells why a native package does not run, and does not fail by it', async () => {
  await writeStandIn(folder, 'tfjs-node-gpu', { addon: 'broken' });
  const fallback = await ask(true);
  expect(fallback.tensorflow).toMatchObject({ running: 'wasm', problem: expect.stringContaining('tfjs_binding.node') });
  expect(rowOf(fallback, 'TensorFlow.js', 'Running')).toBe('WebAssembly, one thread');
  vi.resetModules();
  vi.stubEnv('LETHE_TENSORFLOW', 'gpu');
  const explicit = await ask(true);
  expect(explicit.tensorflow).toMatchObject({ wanted: 'gpu', running: null, package: '@tensorflow/tfjs-node-gpu' });
  expect(rowOf(explicit, 'TensorFlow.js', 'Running')).toBe('none');
  expect(rowOf(explicit, 'TensorFlow.js', 'Problem')).toContain('does not start');
});

it('fails on a backend that there is not', async () => {
  vi.stubEnv('LETHE_TENSORFLOW', 'metal');
  await expect(ask()).rejects.toMatchObject({ code: 'usage' });
});
