import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, it } from 'vitest';
import type { Outcome, UnlearnPart } from '../../../src/contract/run.js';
import { METHOD_NAMES } from '../../../src/contract/settings.js';
import { showRun } from '../../../src/engine/jobs/showRun.js';
import { unlearn } from '../../../src/engine/jobs/unlearn.js';
import { inShapesFolder } from '../../support/models/shapesFolder.js';

let folder: string;
inShapesFolder((made) => {
  folder = made;
});

const quick = { forget: ['Rows'], alphaR: [30, 100], alphaF: [1, 10], threads: 1 };

it.each(METHOD_NAMES)('tells a run part by part, until all is told: %s', async (method) => {
  const parts: { readonly part: UnlearnPart; readonly phase: string }[] = [];
  let phase = '';
  const result = await unlearn(
    { model: path.join(folder, 'shapes.onnx'), ...quick, method, layers: '{conv2,dense}' },
    {
      onProgress: (progress) => {
        phase = progress.phase;
      },
      onPart: (part) => void parts.push({ part, phase }),
    },
  );
  const keys = parts.map(({ part }) => Object.keys(part).sort().join());
  expect(keys[0]).toBe('before,confusionBefore,earlier,forget,measuredOn,notes,perClass,skipped');
  expect(keys.slice(0, 3)).toEqual([keys[0], 'layers', 'recoverability']);
  expect(keys.slice(3, -2).length).toBeGreaterThan(0);
  expect(keys.slice(3, -2).every((key) => key === 'candidates')).toBe(true);
  expect(keys.slice(-2)).toEqual([
    'after,candidate,candidates,confusionAfter,perClass,policy,recoverability',
    'layers',
  ]);
  expect(parts.map((entry) => entry.phase).filter((name, at, all) => name !== all[at - 1])).toEqual([
    ...['measure', 'spectra', 'measure', 'search', 'measure', 'dimensions'],
  ]);

  const [{ part: before }, { part: spaces }, { part: judged }] = parts;
  expect(before.perClass!.every((entry) => entry.after === null && entry.before !== null)).toBe(true);
  expect(
    spaces.layers!.map(({ name, retainDimension, weightChange }) => [name, retainDimension, weightChange]),
  ).toEqual([
    ['conv2', null, null],
    ['dense', null, null],
  ]);
  // How well the class can be read from the model as it is, on the samples that candidates are judged on.
  expect(judged.recoverability).toEqual({ before: result.recoverability.before, after: null });
  expect(result.recoverability.before!.balancedAccuracy).toBeGreaterThan(0.5);
  const searched = parts.at(-3)!.part.candidates!;
  expect(searched.map((entry) => entry.chosen)).toEqual([false, false, false, false]);

  const told: Partial<Outcome> = Object.assign({}, ...parts.map(({ part }) => part));
  const { outcome } = (await showRun({ run: result.run }))!;
  expect({ ...told, seconds: result.seconds }).toEqual(outcome);
  expect(spaces.layers!.map((layer) => layer.spectra)).toEqual(outcome.layers.map((layer) => layer.spectra));
});

it('tells all that was tried, with the Pareto front, also when nothing forgets', async () => {
  const parts: UnlearnPart[] = [];
  const job = unlearn(
    { model: path.join(folder, 'shapes.onnx'), ...quick, method: 'projection', alphaF: [0.001, 0.01] },
    { onPart: (part) => void parts.push(part) },
  );
  await expect(job).rejects.toMatchObject({ code: 'no-candidate' });
  const { candidates } = parts.at(-1)!;
  expect(candidates).toHaveLength(4);
  expect(candidates!.some((entry) => entry.pareto)).toBe(true);
});

it('says before the search what is to be said', async () => {
  const file = path.join(folder, 'lethe.json');
  await writeFile(file, JSON.stringify({ ...JSON.parse(await readFile(file, 'utf8')), models: ['other.onnx'] }));
  const parts: UnlearnPart[] = [];
  await unlearn({ model: path.join(folder, 'shapes.onnx'), ...quick }, { onPart: (part) => void parts.push(part) });
  expect(parts[0].notes!.join()).toContain('no policy applies');
});
