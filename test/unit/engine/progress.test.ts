import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { MethodName } from '../../../src/contract/candidates.js';
import { type Progress, stepOf } from '../../../src/contract/progress.js';
import { METHOD_NAMES } from '../../../src/contract/settings.js';
import { encodePng } from '../../../src/data/images/encode.js';
import { diagnose } from '../../../src/engine/jobs/diagnose.js';
import { unlearn } from '../../../src/engine/jobs/unlearn.js';
import { locateModel } from '../../../src/engine/open/location.js';
import { Session } from '../../../src/engine/open/session.js';
import { alphaGrid } from '../../../src/unlearn/grid.js';
import { shapeClasses } from '../../support/models/shapes.js';
import { inShapesFolder } from '../../support/models/shapesFolder.js';

let folder: string;
let model: string;

inShapesFolder((made) => {
  folder = made;
  model = path.join(folder, 'shapes.onnx');
});

/** What a run with two candidates tells, its views watching. */
async function toldByRun(method: MethodName = 'projection'): Promise<Progress[]> {
  const told: Progress[] = [];
  await unlearn(
    { model, forget: ['Rows'], method, alphaR: [30], alphaF: [1, 10], threads: 1 },
    { onProgress: (progress) => told.push(progress), onPart: () => {} },
  );
  return told;
}

describe('what a run tells of itself', () => {
  it.each([
    ['projection', ['search: projections', 'save: projections']],
    // A candidate is fitted once, in the search.
    ['refit', []],
  ] as const)(
    'comes step by step, each phase in its own or in the one that it is part of: %s',
    async (method, again) => {
      const told = (await toldByRun(method)).map((progress) => `${stepOf(progress)}: ${progress.phase}`);
      const expected = [
        ...['load: load', 'load: hash', 'measure: measure'],
        // One side after the other.
        ...['spaces: spaces', 'spaces: moments', 'spaces: spaces', 'spaces: moments', 'spaces: spectra'],
        // The model as it is, on the samples that candidates are judged on.
        ...['search: measure', 'search: search', 'search: projections', 'check: measure', 'check: dimensions'],
        ...['save: hash', 'save: projections', 'save: save', 'save: hash'],
      ];
      expect(told.filter((name, at) => name !== told[at - 1])).toEqual(
        expected.filter((phase) => !phase.endsWith('projections') || again.some((one) => one === phase)),
      );
    },
  );

  it.each(METHOD_NAMES)('counts every phase up to its end: %s', async (method) => {
    const ends = new Map<string, Progress>();
    const told = await toldByRun(method);
    for (const progress of told) {
      const before = ends.get(`${stepOf(progress)}: ${progress.phase}`);
      // A phase that is gone through again begins anew.
      if (before && before.done < before.total) expect(progress.done).toBeGreaterThanOrEqual(before.done);
      ends.set(`${stepOf(progress)}: ${progress.phase}`, progress);
    }
    for (const [name, { done, total }] of ends) expect([name, done]).toEqual([name, total]);
    const layers = ['conv', 'conv2', 'dense'];
    const detailsOf = (phase: string) => told.filter((entry) => entry.phase === phase).map(({ detail }) => detail);
    expect(detailsOf('moments')).toEqual([...layers, ...layers]);
    expect(detailsOf('spectra')).toEqual(layers);
    expect(detailsOf('dimensions')).toEqual(layers);
  });

  it.each(METHOD_NAMES)('says how far it is with each candidate, and with which: %s', async (method) => {
    const told = (await toldByRun(method)).filter(({ phase }) => phase === 'search');
    const recipes = alphaGrid(method, [30], [1, 10]);
    for (const [at, recipe] of recipes.entries()) {
      const own = told.filter((progress) => progress.recipe?.alphaF === recipe.alphaF);
      for (const progress of own) expect(progress).toMatchObject({ recipe, total: recipes.length });
      const done = own.map((progress) => progress.done);
      expect(done).toEqual([...done].sort((a, b) => a - b));
      // Parts of the candidate, of its weights and of its samples.
      expect(done.filter((value) => value > at && value < at + 1).length).toBeGreaterThan(3);
      expect(done.at(-1)).toBe(at + 1);
    }
    expect(told.every(({ recipe }) => recipe !== undefined)).toBe(true);
  });

  it('is a part of the search while the samples are measured that candidates are judged on', async () => {
    const measured = (await toldByRun()).filter(({ phase }) => phase === 'measure').map(stepOf);
    expect([...new Set(measured)]).toEqual(['measure', 'search', 'check']);
  });
});

describe('opening a model with its data', () => {
  async function toldByOpening(): Promise<Progress[]> {
    const told: Progress[] = [];
    const request = { model, threads: 1 };
    const session = await Session.open(await locateModel(request), request, {
      onProgress: (progress) => told.push(progress),
    });
    await session.close();
    return told;
  }

  it('tells what is unpacked', async () => {
    const files = ['train', 'test'].map((split) => path.join(folder, 'data', `${split}-images`));
    const lengths = await Promise.all(
      files.map(async (file) => {
        const bytes = await readFile(file);
        await writeFile(file, gzipSync(bytes));
        return bytes.length;
      }),
    );
    const told = (await toldByOpening()).filter(({ phase }) => phase === 'unpack');
    expect(told.map(({ detail }) => detail)).toEqual(files);
    expect(told.map(({ done, total }) => [done, total])).toEqual(lengths.map((length) => [length, length]));
    expect(told.map(stepOf)).toEqual(['load', 'load']);
  });

  it('tells which folders of images are looked through', async () => {
    const { png, ...size } = await blank();
    expect(size).toEqual({ width: 10, height: 10 });
    const folders = shapeClasses.map((_, index) => path.join(folder, 'images', String(index)));
    for (const one of folders) {
      await mkdir(one, { recursive: true });
      await writeFile(path.join(one, 'a.png'), png);
    }
    const file = path.join(folder, 'lethe.json');
    const config = JSON.parse(await readFile(file, 'utf8'));
    const data = { train: { format: 'imageFolder', path: 'images' } };
    await writeFile(file, JSON.stringify({ ...config, data }));
    const told = (await toldByOpening()).filter(({ phase }) => phase === 'list');
    expect(told).toEqual(folders.map((detail, at) => ({ phase: 'list', done: at + 1, total: 5, detail })));
  });

  async function blank() {
    const image = { width: 10, height: 10, data: new Uint8Array(300) };
    const { bytes: png, width, height } = await encodePng(image, { atLeast: 1, atMost: 1000 });
    return { png, width, height };
  }
});

it('never steps back while a model is looked at and then scanned', async () => {
  const told: Progress[] = [];
  await diagnose({ models: [model], scanBytes: 2 ** 30 }, { onProgress: (progress) => told.push(progress) });
  const shares = told.filter(({ phase }) => phase === 'diagnose').map(({ done, total }) => done / total);
  expect(shares).toEqual(shares.toSorted((a, b) => a - b));
  expect(shares.filter((share) => share > 0.5).length).toBeGreaterThan(0);
});
