import path from 'node:path';
import { beforeEach, expect, it, vi } from 'vitest';
import { candidate } from '../../../src/engine/jobs/candidate.js';
import { estimate } from '../../../src/engine/jobs/estimate.js';
import { saveCandidate } from '../../../src/engine/jobs/saveCandidate.js';
import { unlearn } from '../../../src/engine/jobs/unlearn.js';
import { inShapesFolder } from '../../support/models/shapesFolder.js';

/** How often a job settles what it is asked about: the classes, the model's format, and where what is kept of it lies. */
const calls = vi.hoisted(() => ({ classIndices: 0, detectFormat: 0, findHome: 0 }));

const counted = vi.hoisted(() => (name: keyof typeof calls, call: (...of: unknown[]) => unknown) => {
  return (...of: unknown[]) => {
    calls[name]++;
    return call(...of);
  };
});

vi.mock('../../../src/project/classNames.js', async (importOriginal) => {
  const original = await importOriginal<Record<string, () => unknown>>();
  return { ...original, classIndices: counted('classIndices', original.classIndices) };
});
vi.mock('../../../src/models/registry.js', async (importOriginal) => {
  const original = await importOriginal<Record<string, () => unknown>>();
  return { ...original, detectFormat: counted('detectFormat', original.detectFormat) };
});
vi.mock('../../../src/project/home.js', async (importOriginal) => {
  const original = await importOriginal<Record<string, () => unknown>>();
  return { ...original, findHome: counted('findHome', original.findHome) };
});

let model: string;

inShapesFolder((folder) => {
  model = path.join(folder, 'shapes.onnx');
});

beforeEach(reset);

function reset(): void {
  Object.assign(calls, { classIndices: 0, detectFormat: 0, findHome: 0 });
}

const request = () => ({ model, forget: ['Rows'], alphaR: [30, 100], alphaF: [1, 10], threads: 1 });

it('settles once what a run is asked about', async () => {
  await unlearn(request());
  expect(calls).toEqual({ classIndices: 1, detectFormat: 1, findHome: 1 });
});

it('settles once what an estimate is asked about', async () => {
  await estimate(request());
  expect(calls).toEqual({ classIndices: 1, detectFormat: 1, findHome: 1 });
});

it('settles once which model a candidate is made from and saved beside', async () => {
  const { run, candidates } = await unlearn(request());
  const other = candidates.find(({ forgets, chosen }) => forgets && !chosen)!.id;
  reset();
  await candidate({ run, candidate: other, threads: 1 });
  expect(calls).toEqual({ classIndices: 0, detectFormat: 1, findHome: 1 });
  reset();
  await saveCandidate({ run, candidate: other, threads: 1, force: true });
  expect(calls).toEqual({ classIndices: 0, detectFormat: 1, findHome: 1 });
});
