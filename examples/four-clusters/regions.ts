/**
 * Forgets each class in turn, with Lethe's defaults, and prints accuracies and who takes over the forgotten cluster's region. Leaves no
 * file behind.
 *
 *   npx tsx examples/four-clusters/regions.ts
 */
import { cp, mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { UnlearnResult } from '../../src/contract/run.js';
import { unlearn } from '../../src/engine/jobs/unlearn.js';
import { openModel } from '../../src/models/registry.js';
import { clusters, exampleFolder } from './points.js';

/** Points along each side of the grid, and where it begins and ends on both axes. */
const grid = { size: 101, from: -2.2, to: 2.2 };

export interface Takeover {
  readonly result: UnlearnResult;
  /** Of the grid points that the original takes for the forgotten class: the share that the new model takes for each class. */
  readonly shares: readonly number[];
  /** Of all other grid points: the share that both models take for the same class. */
  readonly keptElsewhere: number;
}

/** Forgets one class in a copy of the example and compares both models over the grid. */
export async function forgetCluster(index: number): Promise<Takeover> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'lethe-clusters-'));
  try {
    for (const name of ['clusters.onnx', 'lethe.json', 'train.csv', 'test.csv']) {
      await cp(path.join(exampleFolder, name), path.join(folder, name));
    }
    const model = path.join(folder, 'clusters.onnx');
    const result = await unlearn({ model, forget: [clusters[index].name] });
    const [before, after] = [await gridClasses(model), await gridClasses(result.output)];
    const region = [...before.keys()].filter((point) => before[point] === index);
    const elsewhere = [...before.keys()].filter((point) => before[point] !== index);
    return {
      result,
      shares: clusters.map((_, other) => region.filter((point) => after[point] === other).length / region.length),
      keptElsewhere: elsewhere.filter((point) => after[point] === before[point]).length / elsewhere.length,
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The class of the largest logit at every point of the grid. */
async function gridClasses(file: string): Promise<number[]> {
  const { size, from, to } = grid;
  const step = (to - from) / (size - 1);
  const data = new Float32Array(size * size * 2);
  for (let point = 0; point < size * size; point++) {
    data[2 * point] = from + (point % size) * step;
    data[2 * point + 1] = from + Math.floor(point / size) * step;
  }
  const classifier = await openModel(file);
  try {
    const { logits } = await classifier.forward({ dims: [size * size, 2], data });
    const count = clusters.length;
    return Array.from({ length: size * size }, (_, point) => {
      const values = logits.data.subarray(point * count, (point + 1) * count);
      return values.indexOf(Math.max(...values));
    });
  } finally {
    await classifier.dispose();
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const [index, { name }] of clusters.entries()) {
    const { result, shares, keptElsewhere } = await forgetCluster(index);
    const percent = (share: number) => `${(100 * share).toFixed(1)}%`;
    const accuracy = (key: 'forgetAccuracy' | 'retainAccuracy') =>
      `${percent(result.before[key])} -> ${percent(result.after[key])}`;
    console.log(`${name}: ${accuracy('forgetAccuracy')}, kept classes ${accuracy('retainAccuracy')}`);
    const takers = clusters.map((other, at) => `${other.name} ${percent(shares[at])}`);
    console.log(`  its region: ${takers.join(', ')}; elsewhere the same class at ${percent(keptElsewhere)}`);
  }
}
