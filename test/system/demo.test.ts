import { spawnSync } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, stat, symlink } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mean, std } from '../../examples/fashion-mnist/batches.js';
import { dataFolder, exampleFolder, prepareData, readSplit } from '../../examples/fashion-mnist/data.js';
import type { UnlearnResult } from '../../src/contract/run.js';
import { evaluate } from '../../src/engine/jobs/evaluate.js';
import { unlearn } from '../../src/engine/jobs/unlearn.js';
import type { Classifier } from '../../src/models/classifier.js';
import { openModel } from '../../src/models/registry.js';

// A copy of the example, so that no test leaves run records in it.
let folder: string;
let onnx: string;
let tfjs: string;

beforeAll(async () => {
  await prepareData();
  folder = await mkdtemp(path.join(os.tmpdir(), 'lethe-demo-'));
  for (const name of ['fashion.onnx', 'fashion-tfjs', 'lethe.json']) {
    await cp(path.join(exampleFolder, name), path.join(folder, name), { recursive: true });
  }
  await symlink(dataFolder, path.join(folder, 'data'));
  onnx = path.join(folder, 'fashion.onnx');
  tfjs = path.join(folder, 'fashion-tfjs', 'model.json');
});

afterAll(() => rm(folder, { recursive: true, force: true }));

describe('the trained network', () => {
  it('is small', async () => {
    expect((await stat(onnx)).size).toBeLessThan(1_000_000);
    expect((await stat(path.join(folder, 'fashion-tfjs', 'group1-shard1of1.bin'))).size).toBeLessThan(1_000_000);
  });

  it('recognises at least 91% of the 10,000 test images', async () => {
    const { accuracy, samples, split } = await evaluate({ model: onnx });
    expect({ samples, split }).toEqual({ samples: 10_000, split: 'test' });
    expect(accuracy).toBeGreaterThan(0.91);
  });

  it('has convolutions, a depthwise one among them, batch normalisation and a residual sum', async () => {
    const topology = JSON.parse(await readFile(tfjs, 'utf8')).modelTopology.config.layers as { class_name: string }[];
    const classes = new Set(topology.map((layer) => layer.class_name));
    for (const name of ['Conv2D', 'DepthwiseConv2D', 'BatchNormalization', 'Add']) expect(classes).toContain(name);
  });
});

describe('ONNX Runtime and TensorFlow.js', () => {
  it('compute equal logits', async () => {
    const count = 300;
    const { pixels } = await readSplit('test');
    const data = Float32Array.from(pixels.subarray(0, count * 784), (value) => (value / 255 - mean) / std);
    // One channel: rows and columns lie the same in both layouts.
    const first = await logitsOf(onnx, { dims: [count, 1, 28, 28], data });
    const second = await logitsOf(tfjs, { dims: [count, 28, 28, 1], data });
    expect(first.length).toBe(count * 10);
    expect(second.length).toBe(count * 10);
    const difference = first.reduce((most, value, index) => Math.max(most, Math.abs(value - second[index])), 0);
    expect(Math.max(...first)).toBeGreaterThan(1);
    expect(difference).toBeLessThan(1e-4);
  });

  it('forget Shirt alike: equal dimensions, equal alphas, equal accuracies', async () => {
    const first = await forgetShirt(onnx, 'first.onnx');
    const second = await forgetShirt(tfjs, 'second');
    expect(second.candidate).toEqual(first.candidate);
    expect(second.layers.map(({ name }) => name)).toEqual(first.layers.map(({ name }) => name));
    expect(first.layers.length).toBe(8);
    for (const [index, layer] of first.layers.entries()) {
      const other = second.layers[index];
      for (const dimension of ['retainDimension', 'forgetDimension', 'removedDimension'] as const) {
        expect(layer[dimension], `${layer.name}, ${dimension}`).toBeGreaterThan(0);
        expect(other[dimension] / layer[dimension], `${layer.name}, ${dimension}`).toBeCloseTo(1, 2);
      }
    }
    for (const result of [first, second]) {
      expect(result.measuredOn).toEqual({ split: 'test', heldOut: false, samples: 10_000 });
      expect(result.after.forgetAccuracy).toBeLessThanOrEqual(0.01);
      expect(result.after.retainAccuracy).toBeGreaterThan(result.before.retainAccuracy - 0.02);
    }
    expect(second.after.retainAccuracy).toBeCloseTo(first.after.retainAccuracy, 3);
    expect(second.after.forgetAccuracy).toBeCloseTo(first.after.forgetAccuracy, 2);
  }, 900_000);
});

it('npm run demo forgets Shirt, again and again, and leaves the originals alone', async () => {
  const originals = () =>
    Promise.all(['fashion.onnx', 'lethe.json'].map((name) => readFile(path.join(exampleFolder, name))));
  const before = await originals();
  for (let run = 0; run < 2; run++) {
    const demo = path.join(exampleFolder, 'demo.ts');
    const { status, stdout, stderr } = spawnSync(process.execPath, ['--import', 'tsx', demo], { encoding: 'utf8' });
    expect(status, stderr).toBe(0);
    expect(stdout).toMatch(/Shirt +7\d\.\d% +0\.\d% .*forgotten now/);
    expect(stdout).toMatch(/residual1 +conv +504 +56/);
    expect(stdout).toContain('fashion.forget-shirt.onnx');
  }
  const written = (await evaluate({ model: path.join(exampleFolder, 'fashion.forget-shirt.onnx') })).perClass;
  expect(written.find((entry) => entry.class === 'Shirt')?.accuracy).toBeLessThanOrEqual(0.01);
  expect(await originals()).toEqual(before);
}, 900_000);

async function logitsOf(file: string, batch: { dims: number[]; data: Float32Array }): Promise<Float32Array> {
  const model: Classifier = await openModel(file);
  try {
    return (await model.forward(batch)).logits.data;
  } finally {
    await model.dispose();
  }
}

function forgetShirt(model: string, name: string): Promise<UnlearnResult> {
  return unlearn({ model, forget: ['Shirt'], out: path.join(folder, name) });
}
