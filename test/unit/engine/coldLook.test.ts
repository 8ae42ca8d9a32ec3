import { cp, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { describe as describeModels } from '../../../src/engine/jobs/describe.js';
import { diagnose } from '../../../src/engine/jobs/diagnose.js';
import { inspect } from '../../../src/engine/jobs/inspect.js';
import { showRun } from '../../../src/engine/jobs/showRun.js';
import { thumbnails } from '../../../src/engine/jobs/thumbnails.js';
import { writeRun } from '../../../src/project/runStore.js';
import { idxBytes } from '../../support/data/datasets.js';
import { exampleRecord } from '../../support/engine/runRecord.js';
import { temporaryFolder } from '../../support/folders.js';

// Every runtime fails to load here, and every access to a file is noted: what passes needs none, and reads what it says.
const { touched } = vi.hoisted(() => ({ touched: [] as string[] }));

vi.mock('onnxruntime-node', () => {
  throw new Error('ONNX Runtime was loaded');
});
vi.mock('@tensorflow/tfjs-core', () => {
  throw new Error('TensorFlow.js was loaded');
});
vi.mock('node:fs/promises', async (original) => {
  const real = await original<typeof import('node:fs/promises')>();
  const noted = <T extends (file: never, ...rest: never[]) => unknown>(call: T) =>
    ((file: never, ...rest: never[]) => {
      touched.push(String(file));
      return call(file, ...rest);
    }) as unknown as T;
  const { open, opendir, readdir, readFile, stat, realpath } = real;
  const calls = { open, opendir, readdir, readFile, stat, realpath };
  return { ...real, ...Object.fromEntries(Object.entries(calls).map(([name, call]) => [name, noted(call as never)])) };
});

const fixtures = new URL('../../fixtures/', import.meta.url).pathname;

let folder: string;
let models: string[];

beforeEach(async () => {
  folder = await temporaryFolder();
  await cp(path.join(fixtures, 'onnx', 'residual.script.onnx'), path.join(folder, 'residual.onnx'));
  for (const name of ['mobile-layers', 'mobile-graph']) {
    await cp(path.join(fixtures, 'tfjs', name), path.join(folder, name), { recursive: true });
  }
  models = [
    path.join(folder, 'residual.onnx'),
    ...['mobile-layers', 'mobile-graph'].map((name) => path.join(folder, name)),
  ];
  await writeFile(path.join(folder, 'lethe.json'), '{"clases": []}');
  await mkdir(path.join(folder, '.lethe', 'runs', 'broken'), { recursive: true });
  await writeFile(path.join(folder, '.lethe', 'runs', 'broken', 'run.json'), '{');
  touched.length = 0;
});

describe('looking without evaluating', () => {
  it('loads no runtime, whatever is looked at', async () => {
    const { findings } = await diagnose({ models, scanBytes: 1e9 });
    expect(findings.map(({ code }) => code)).toEqual(['record-invalid', 'config-invalid']);
    const { models: described } = await describeModels({ models });
    expect(described.map(({ state, classCount }) => [state, classCount === null])).toEqual([
      ['unknown', false],
      ['unknown', false],
      ['unknown', false],
    ]);
  });

  it('loads no runtime to show a run or samples', async () => {
    const record = exampleRecord();
    const run = await writeRun(folder, record, {});
    expect((await showRun({ run }))!.outcome.perClass).toEqual(record.result.perClass);
    await writeFile(path.join(folder, 'images'), idxBytes(0x08, [2, 8, 8], new Uint8Array(128)));
    await writeFile(path.join(folder, 'labels'), idxBytes(0x08, [2], new Uint8Array(2)));
    const test = { format: 'idx', images: 'images', labels: 'labels' };
    await writeFile(path.join(folder, 'lethe.json'), JSON.stringify({ data: { test } }));
    const shown = await thumbnails({ model: models[0], classes: [0], perClass: 2, size: 5 });
    expect(shown.classes[0].pictures.map(({ width }) => width)).toEqual([5, 5]);
  });

  it('reads nothing but headers where nothing else may be read', async () => {
    const own = (file: string) => models.some((model) => file === model || file.startsWith(model + path.sep));
    const files = () => touched.filter((file) => !own(file) && file !== folder);
    const result = await diagnose({ models, headersOnly: true, scanBytes: 1e9, evaluate: true });
    expect(result.findings).toEqual([]);
    expect(result.checked.every(own)).toBe(true);
    const described = await describeModels({ models, headersOnly: true });
    expect(described.models).toMatchObject([
      {
        state: 'unknown',
        detail: 'only its headers were read',
        config: null,
        classes: null,
        format: 'onnx',
        error: null,
      },
      { state: 'unknown', format: 'tfjs-layers' },
      { state: 'unknown', format: 'tfjs-graph' },
    ]);
    expect(touched.length).toBeGreaterThan(0);
    expect(files()).toEqual([]);
    // The notes are taken: without the restriction other files are read.
    await describeModels({ models });
    expect(files()).toEqual(expect.arrayContaining([path.join(folder, 'lethe.json')]));
  });

  it('still tells what is wrong with headers there', async () => {
    await writeFile(models[0], 'no model');
    const { findings } = await diagnose({ models, headersOnly: true });
    expect(findings).toMatchObject([{ code: 'model-corrupt', file: models[0] }]);
    const { models: described } = await describeModels({ models, headersOnly: true });
    expect(described.map(({ state }) => state)).toEqual(['unreadable', 'unknown', 'unknown']);
    await expect(inspect({ model: models[1] })).rejects.toMatchObject({ code: 'config-invalid' });
  });
});
