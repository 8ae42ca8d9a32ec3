import { utimes } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, expect, it, type MockInstance, vi } from 'vitest';
import type { UnlearnRequest } from '../../../src/contract/run.js';
import { candidate } from '../../../src/engine/jobs/candidate.js';
import { estimate } from '../../../src/engine/jobs/estimate.js';
import { unlearn } from '../../../src/engine/jobs/unlearn.js';
import { keepBetweenJobs } from '../../../src/engine/kept/keeper.js';
import { dropModel } from '../../../src/engine/kept/loadedModels.js';
import type { Classifier, ModelFormat } from '../../../src/models/classifier.js';
import { format as onnx } from '../../../src/models/onnx/index.js';
import { format as tfjsLayers } from '../../../src/models/tfjs-layers/index.js';
import { inShapesFolder } from '../../support/models/shapesFolder.js';

/** Data sets that were opened, by the file of their samples. */
const data = vi.hoisted(() => [] as string[]);
vi.mock('../../../src/data/open.js', async (importOriginal) => {
  const { openDataset } = await importOriginal<typeof import('../../../src/data/open.js')>();
  return {
    openDataset: (...args: Parameters<typeof openDataset>) => {
      const [source] = args;
      data.push('images' in source ? source.images : source.path);
      return openDataset(...args);
    },
  };
});

const SPLITS = ['data/train-images', 'data/test-images'];

let folder: string;

inShapesFolder((made) => {
  folder = made;
});
beforeEach(() => data.splice(0));
afterEach(async () => {
  await dropModel();
  keepBetweenJobs(0);
  vi.restoreAllMocks();
});

function request(name: string): UnlearnRequest {
  return { model: path.join(folder, name), forget: ['Rows'], alphaR: [30, 100], alphaF: [1, 10], threads: 1 };
}

/** The models that were opened so far. */
function opened({ mock }: MockInstance<ModelFormat['open']>): Promise<Classifier[]> {
  return Promise.all(mock.results.map(({ value }) => value as Promise<Classifier>));
}

it.each([
  ['shapes.onnx', onnx],
  ['shapes/model.json', tfjsLayers],
])('an estimate, the run after it and its candidates open model and data once: %s', async (name, format) => {
  keepBetweenJobs();
  const open = vi.spyOn(format, 'open');
  const { refusals } = await estimate(request(name));
  expect(refusals).toEqual([]);
  const [model, ...others] = await opened(open);
  expect(others).toEqual([]);
  expect(data).toEqual(SPLITS);

  // The very model that was estimated with is the one that the run measures, takes weights from and saves.
  const used = (['forward', 'readWeight', 'withWeights', 'save'] as const).map((method) => vi.spyOn(model, method));
  const disposed = vi.spyOn(model, 'dispose');
  const { run, candidates } = await unlearn(request(name));
  for (const method of used) expect(method).toHaveBeenCalled();
  const other = candidates.find(({ chosen }) => !chosen)!.id;
  await candidate({ run, candidate: other, threads: 1 });
  expect(open).toHaveBeenCalledTimes(1);
  expect(data).toEqual(SPLITS);
  expect(disposed).not.toHaveBeenCalled();
});

it('the run opens them anew if a file has changed since the estimate', async () => {
  keepBetweenJobs();
  const open = vi.spyOn(onnx, 'open');
  await estimate(request('shapes.onnx'));
  await utimes(path.join(folder, 'data', 'train-images'), new Date(0), new Date(0));
  await unlearn(request('shapes.onnx'));
  const [first, second, ...others] = await opened(open);
  expect(others).toEqual([]);
  expect(second).not.toBe(first);
  expect(data).toEqual([...SPLITS, ...SPLITS]);
});

it('each opens its own in a process that keeps nothing', async () => {
  const open = vi.spyOn(onnx, 'open');
  await estimate(request('shapes.onnx'));
  await unlearn(request('shapes.onnx'));
  expect(open).toHaveBeenCalledTimes(2);
  expect(data).toEqual([...SPLITS, ...SPLITS]);
});
