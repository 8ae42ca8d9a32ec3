import { cp, mkdir, readdir, readFile, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { DiagnoseRequest, Finding } from '../../../src/contract/findings.js';
import type { TextRange } from '../../../src/contract/terms.js';
import { codes, isFindingCode } from '../../../src/engine/diagnose/codes.js';
import { diagnose } from '../../../src/engine/jobs/diagnose.js';
import { evaluate } from '../../../src/engine/jobs/evaluate.js';
import { unlearn } from '../../../src/engine/jobs/unlearn.js';
import { shapeClasses, writeShapes } from '../../support/models/shapes.js';
import { inShapesFolder } from '../../support/models/shapesFolder.js';

let folder: string;
let model: string;
let tfjs: string;
let config: string;

inShapesFolder((made) => {
  folder = made;
  model = path.join(folder, 'shapes.onnx');
  tfjs = path.join(folder, 'shapes', 'model.json');
  config = path.join(folder, 'lethe.json');
});

async function configure(extra: object): Promise<void> {
  await writeFile(config, JSON.stringify({ ...JSON.parse(await readFile(config, 'utf8')), ...extra }, null, 2));
}

async function findings(
  models: readonly string[] = [model],
  request: Partial<DiagnoseRequest> = {},
): Promise<Finding[]> {
  return [...(await diagnose({ models, threads: 1, ...request })).findings];
}

const codesOf = (found: readonly Finding[]) => found.map(({ code }) => code);

/** The text that a finding's range covers. */
async function covered({ file, range }: { file: string; range: TextRange | null }): Promise<string> {
  const { line, column, endLine, endColumn } = range!;
  const lines = (await readFile(file, 'utf8'))
    .replace(/^\uFEFF/, '')
    .split(/\r\n|\r|\n/)
    .slice(line - 1, endLine);
  lines[lines.length - 1] = lines[lines.length - 1].slice(0, endColumn - 1);
  return lines.join('\n').slice(column - 1);
}

const entry = { class: 'Rows', reason: 'DSR-1', maxAccuracy: 0.1 };
const quick = { method: 'projection', alphaR: [30, 100], alphaF: [1, 10], threads: 1 } as const;

describe('a policy', () => {
  it('that nobody has checked is pointed out at its entry, with what to do', async () => {
    expect(await findings([model, tfjs])).toEqual([]);
    await configure({ forget: [entry] });
    const found = await findings([model, tfjs]);
    expect(found).toMatchObject([
      { code: 'never-evaluated', severity: 'information', file: config, model, actions: [{ kind: 'evaluate', model }] },
      { code: 'never-evaluated', file: config, model: tfjs, related: [{ file: tfjs, range: { line: 1 } }] },
    ]);
    expect(found[0].message).toBe('shapes.onnx was not evaluated yet: whether it recognises Rows is not known');
    expect(found[1].message).toContain('shapes/model.json was not evaluated yet');
    for (const finding of found) expect(JSON.parse(await covered(finding))).toEqual(entry);
  });

  it('that is broken is an error at its entry, with the model as related information', async () => {
    await configure({
      forget: [
        { class: 'Slope', maxAccuracy: 1 },
        { ...entry, maxAccuracy: 0.005 },
      ],
    });
    const { perClass } = await evaluate({ model, threads: 1 });
    const [found, ...others] = await findings();
    expect(others).toEqual([]);
    expect(found).toMatchObject({
      code: 'must-be-forgotten',
      severity: 'error',
      message: `Rows must be forgotten but is recognised ${(100 * perClass[0].accuracy!).toFixed(1)}% of the time (limit 0.5%)`,
      hint: 'Unlearn it: lethe unlearn shapes.onnx --forget Rows',
      file: config,
      model,
      related: [
        {
          file: model,
          range: null,
          message: expect.stringMatching(/^recognises it on 300 test samples, measured on \d{4}-/),
        },
      ],
      actions: [
        { kind: 'unlearn', model, classes: ['Rows'] },
        { kind: 'evaluate', model },
      ],
    });
    expect(JSON.parse(await covered(found))).toMatchObject({ class: 'Rows' });
  });

  it('is checked by an evaluation on request, which is kept', async () => {
    await configure({ forget: [entry] });
    expect(codesOf(await findings([model, tfjs], { evaluate: true }))).toEqual([
      'must-be-forgotten',
      'must-be-forgotten',
    ]);
    expect(await readdir(path.join(folder, '.lethe', 'evaluations'))).toHaveLength(2);
    expect(codesOf(await findings([model, tfjs]))).toEqual(['must-be-forgotten', 'must-be-forgotten']);
  });

  it('is checked also where the evaluation can not be kept', async () => {
    await configure({ forget: [entry] });
    await writeFile(path.join(folder, '.lethe'), 'a file in the way');
    expect(codesOf(await findings([model], { evaluate: true }))).toEqual(['must-be-forgotten']);
    expect(codesOf(await findings([model]))).toEqual(['never-evaluated']);
  });

  it('does not bind what lethe.json does not name', async () => {
    await configure({ models: ['shapes/model.json'], forget: [entry] });
    expect((await findings([model, tfjs])).map((finding) => finding.model)).toEqual([tfjs]);
    expect(await findings([model], { evaluate: true })).toEqual([]);
  });

  it('binds the new model instead of the old one after a run', async () => {
    await configure({ forget: [entry] });
    const { output, report } = await unlearn({ model, forget: ['Rows'], ...quick });
    const found = await findings([model, output], { evaluate: true });
    expect(found).toEqual([
      {
        code: 'superseded',
        severity: 'information',
        file: model,
        range: null,
        message: 'superseded by shapes.forget-rows.onnx, which forgot Rows: this file still knows it',
        hint: 'Delete it or move it away.',
        model,
        related: [{ file: output, range: null, message: 'the newer model' }],
        actions: [
          { kind: 'open-report', report },
          { kind: 'delete-model', model },
        ],
      },
    ]);
    await rm(output);
    expect(codesOf(await findings())).toEqual(['must-be-forgotten']);
  });

  it('says which protected class a run harmed, at its entry', async () => {
    const { output, perClass, report } = await unlearn({ model, forget: ['Rows'], ...quick });
    const drop = (class_: string) => {
      const { before, after } = perClass.find((change) => change.class === class_)!;
      return before! - after!;
    };
    const [worst, best] = ['Slope', 'Columns', 'Checker', 'Ring/disc'].sort((a, b) => drop(b) - drop(a));
    expect(drop(worst)).toBeGreaterThan(0);
    await configure({
      protect: [
        { class: best, maxDrop: 1 },
        { class: worst, maxDrop: drop(worst) / 2 },
      ],
    });
    const [found, ...others] = await findings([output]);
    expect(others).toEqual([]);
    expect(found).toMatchObject({
      code: 'protect-broken',
      severity: 'error',
      message: expect.stringMatching(
        new RegExp(`^${worst} is protected but lost .* points, from .*% to .*% \\(limit [\\d.]+ points?\\)$`),
      ),
      model: output,
      actions: [{ kind: 'open-report', report }],
    });
    expect(JSON.parse(await covered(found))).toMatchObject({ class: worst });
  });

  it('can not be held to a class without samples', async () => {
    const labels = path.join(folder, 'data', 'test-labels');
    const bytes = await readFile(labels);
    for (let at = 8; at < bytes.length; at++) if (bytes[at] === 0) bytes[at] = 1;
    await writeFile(labels, bytes);
    await configure({ forget: [entry] });
    expect(codesOf(await findings([model], { evaluate: true }))).toEqual(['class-not-measured']);
  });

  it('says why it can not be checked, where the evaluation fails', async () => {
    await configure({ forget: [entry] });
    await truncate(path.join(folder, 'data', 'test-labels'), 20);
    const found = await findings([model], { evaluate: true });
    expect(codesOf(found).sort()).toEqual(['data-corrupt', 'never-evaluated']);
    const broken = found.find(({ code }) => code === 'data-corrupt')!;
    expect(broken).toMatchObject({ severity: 'error', file: config, model });
    expect(broken.related).toMatchObject([{ file: path.join(folder, 'data', 'test-labels') }]);
    expect(JSON.parse(await covered(broken))).toHaveProperty('train');
  });
});

describe('a model that changed', () => {
  it('since it was evaluated or written is a warning, and what is not known any more is said', async () => {
    await configure({ forget: [entry] });
    await unlearn({ model, forget: ['Rows'], ...quick, out: path.join(folder, 'new.onnx') });
    await rm(path.join(folder, 'new.onnx'));
    const bytes = await readFile(model);
    bytes[bytes.length >> 1] ^= 1;
    await writeFile(model, bytes);
    const found = await findings();
    expect(codesOf(found)).toEqual(['never-evaluated', 'changed-since-verified']);
    expect(found[0].message).toContain('was not evaluated since it changed');
    expect(found[1]).toMatchObject({
      severity: 'warning',
      file: model,
      range: null,
      actions: [{ kind: 'evaluate', model }, { kind: 'open-report' }],
    });
    expect(found[1].message).toMatch(/^changed since it was measured for a run on \d{4}-\d\d-\d\d: /);
    expect(codesOf(await findings([model], { evaluate: true }))).toEqual(['must-be-forgotten']);
  });
});

describe('a damaged model', () => {
  it('with missing shards has an error at the name of each, and a way to choose another file', async () => {
    const { weightsManifest } = JSON.parse(await readFile(tfjs, 'utf8'));
    const [, second, third]: string[] = weightsManifest[0].paths;
    for (const name of [second, third]) await rm(path.join(path.dirname(tfjs), name));
    const { findings: found, checked } = await diagnose({ models: [tfjs] });
    expect(found).toMatchObject([
      {
        code: 'weights-missing',
        severity: 'error',
        file: tfjs,
        model: tfjs,
        message: `refers to "${second}", which does not exist`,
        actions: [{ kind: 'choose-shard', model: tfjs, location: second }],
      },
      { code: 'weights-missing', actions: [{ kind: 'choose-shard', location: third }] },
    ]);
    expect(await Promise.all(found.map(covered))).toEqual([JSON.stringify(second), JSON.stringify(third)]);
    expect(checked).toEqual(expect.arrayContaining([tfjs, path.join(folder, 'shapes', second)]));
  });

  it('with a short shard has an error at the names of its group', async () => {
    const { weightsManifest } = JSON.parse(await readFile(tfjs, 'utf8'));
    const paths: string[] = weightsManifest[0].paths;
    await truncate(path.join(path.dirname(tfjs), paths[0]), 10);
    const [found, ...others] = await findings([tfjs]);
    expect(others).toEqual([]);
    expect(found).toMatchObject({ code: 'weights-short', file: tfjs, model: tfjs });
    expect(JSON.parse(await covered(found))).toEqual(paths);
    expect(found.actions).toEqual(paths.map((location) => ({ kind: 'choose-shard', model: tfjs, location })));
  });

  it('in a binary file has an error at the file, with the place in the message', async () => {
    await truncate(model, 3000);
    expect(await findings()).toMatchObject([
      {
        code: 'model-corrupt',
        file: model,
        range: null,
        model,
        message: expect.stringMatching(/^byte \d+: is damaged/),
      },
    ]);
  });

  it('that is no model, or nowhere, is an error of its own', async () => {
    const gone = path.join(folder, 'gone.onnx');
    const text = path.join(folder, 'notes.json');
    await writeFile(text, '{"a": 1}');
    const empty = path.join(folder, 'empty');
    await mkdir(empty);
    const found = await findings([gone, text, empty]);
    expect(Object.fromEntries(found.map(({ code, file }) => [file, code]))).toEqual({
      [gone]: 'file-missing',
      [text]: 'format-unknown',
      [empty]: 'format-unknown',
    });
  });

  it('that Lethe can not work on is a warning, and an error only where a policy speaks of it', async () => {
    await writeShapes(folder, { outputs: 1, config: { classes: undefined } });
    expect(await findings()).toMatchObject([{ code: 'not-a-classifier', severity: 'warning' }]);
    await configure({ forget: [entry] });
    expect(await findings()).toMatchObject([{ code: 'not-a-classifier', severity: 'error' }]);
  });
});

describe('a scan', () => {
  it('finds NaN in a tensor on request, up to a size', async () => {
    const edit = (weights: Awaited<ReturnType<typeof import('../../support/models/shapes.js').shapeWeights>>) => {
      const bias = weights.bias.slice();
      bias[2] = Number.NaN;
      return { ...weights, bias };
    };
    await writeShapes(folder, { edit });
    expect(await findings()).toEqual([]);
    expect(await findings([model], { scanBytes: 1000 })).toEqual([]);
    expect(await findings([model], { scanBytes: 1e9 })).toMatchObject([
      {
        code: 'weights-not-finite',
        severity: 'error',
        file: model,
        range: null,
        message: 'tensor "dense.bias" holds 1 NaN of 5 values, the first at index 2',
      },
    ]);
  });

  it('finds it at the tensor in model.json, with the shard', async () => {
    const { weightsManifest } = JSON.parse(await readFile(tfjs, 'utf8'));
    const [last]: string[] = weightsManifest[0].paths.slice(-1);
    const shard = path.join(path.dirname(tfjs), last);
    const bytes = await readFile(shard);
    bytes.writeFloatLE(Number.NEGATIVE_INFINITY, bytes.length - 4);
    await writeFile(shard, bytes);
    const [found, ...others] = await findings([tfjs], { scanBytes: 1e9 });
    expect(others).toEqual([]);
    expect(found).toMatchObject({ code: 'weights-not-finite', file: tfjs, related: [{ file: shard, range: null }] });
    expect(JSON.parse(await covered(found))).toMatchObject({ name: 'dense/bias' });
    expect(found.message).toContain('1 infinite of 5 values, the first at index 4');
  });
});

describe('layers', () => {
  it('that are left alone are named with the reason', async () => {
    const file = path.join(folder, 'transformer.onnx');
    await cp(new URL('../../fixtures/onnx/transformer.script.onnx', import.meta.url), file);
    await configure({ models: ['shapes.onnx'] });
    expect(await findings([file])).toMatchObject([
      {
        code: 'layers-left-alone',
        severity: 'information',
        file,
        range: null,
        message:
          "1 of 11 layers can't be projected: position (Add: added to the activations, not multiplied with them)",
      },
    ]);
  });

  it('of a text file are pointed to', async () => {
    const json = JSON.parse(await readFile(tfjs, 'utf8'));
    const { layers } = json.modelTopology.model_config.config;
    layers.splice(4, 0, { class_name: 'PReLU', config: { name: 'slopes' } });
    await writeFile(tfjs, JSON.stringify(json, null, 1));
    const [found] = await findings([tfjs]);
    expect(found).toMatchObject({ code: 'layers-left-alone', file: tfjs });
    expect(JSON.parse(await covered(found))).toEqual(layers[4]);
    expect(found.related).toMatchObject([
      { file: tfjs, range: found.range, message: expect.stringContaining('slopes') },
    ]);
  });
});

describe('lethe.json', () => {
  it('is wrong at exact ranges, every problem of it', async () => {
    const text = `\uFEFF{\r\n  // ünïcödé 😀\r\n  "classes": ["😀", "b", "😀"], "forget": [{ "class": "x" }],\r\n  "data": {\r\n    "train": { "format": "csv", "path": "../a.csv", "label": 0 }\r\n  }\r\n}`;
    await writeFile(config, text);
    const found = await findings();
    expect(codesOf(found)).toEqual(['config-invalid', 'path-outside']);
    expect(found.every((finding) => finding.file === config && finding.model === null)).toBe(true);
    expect(await Promise.all(found.map(covered))).toEqual(['"😀"', '"../a.csv"']);
    expect(found[0].range).toEqual({ line: 3, column: 26, endLine: 3, endColumn: 30 });
    await writeFile(config, text.replace('"b", "😀"', '"b", "c"'));
    expect(await Promise.all((await findings()).map(covered))).toEqual(['"x"', '"../a.csv"']);
    await writeFile(config, '{\n "clases": [],\n "forget": [{"class": true}],\n "data": {"train": 3}\n}');
    expect(await Promise.all((await findings()).map(covered))).toEqual(['"clases"', 'true', '3']);
    await writeFile(config, '{ "classes": [1, 2 }');
    expect((await findings())[0]).toMatchObject({
      ...{ code: 'config-invalid', message: 'a comma is missing here' },
      range: { line: 1, column: 20, endLine: 1, endColumn: 21 },
    });
  });

  it('names more or fewer classes than the model has', async () => {
    await configure({ classes: shapeClasses.slice(1), forget: [{ class: 'Slope' }] });
    const found = await findings([model], { evaluate: true });
    expect(found).toMatchObject([
      {
        code: 'class-count-mismatch',
        message: 'names 4 classes, but shapes.onnx has 5 outputs',
        model,
        related: [{ file: model }],
      },
      { code: 'never-evaluated' },
    ]);
    expect(JSON.parse(await covered(found[0]))).toEqual(shapeClasses.slice(1));
  });

  it('points to a class file that is not there, and to what is wrong in one', async () => {
    await configure({ classes: 'names.txt' });
    const [gone] = await findings();
    expect(gone).toMatchObject({
      code: 'file-missing',
      file: config,
      related: [{ file: path.join(folder, 'names.txt') }],
    });
    expect(await covered(gone)).toBe('"names.txt"');
    await writeFile(path.join(folder, 'names.txt'), 'a\nb \n\na\n');
    const { findings: found, checked } = await diagnose({ models: [model] });
    expect(found.map(({ file, range }) => [path.basename(file), range!.line, range!.endColumn])).toEqual([
      ['names.txt', 3, 1],
      ['names.txt', 4, 2],
    ]);
    expect(checked).toContain(path.join(folder, 'names.txt'));
  });

  it('names data that is not there', async () => {
    await rm(path.join(folder, 'data', 'test-labels'));
    const found = await findings();
    expect(found).toMatchObject([{ code: 'data-missing', severity: 'warning', file: config, model: null }]);
    expect(await covered(found[0])).toBe('"data/test-labels"');
  });

  it('is checked without a model too, and is no finding once it is gone', async () => {
    await writeFile(config, '[]');
    const { findings: found, checked } = await diagnose({ models: [], configs: [config] });
    expect(codesOf(found)).toEqual(['config-invalid']);
    expect(checked).toEqual([config]);
    await rm(config);
    expect(await diagnose({ models: [], configs: [config] })).toEqual({ findings: [], models: [], checked: [config] });
  });
});

describe('records', () => {
  it('that can not be read are a warning at the record, once', async () => {
    const file = path.join(folder, '.lethe', 'runs', 'x', 'run.json');
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, '{');
    expect(await findings([model, tfjs])).toMatchObject([
      { code: 'record-invalid', severity: 'warning', file, model: null, range: { line: 1, column: 1 } },
    ]);
  });
});

describe('folders', () => {
  it('stand for all models in them but those of others', async () => {
    for (const name of ['node_modules', '.git', '.lethe', 'deep/er']) {
      await mkdir(path.join(folder, name), { recursive: true });
      await cp(model, path.join(folder, name, 'm.onnx'));
    }
    await writeFile(path.join(folder, 'deep', 'model.json'), '{"name": "a package"}');
    await writeFile(path.join(folder, 'deep', 'lethe.json'), '{"clases": 1}');
    await symlink(folder, path.join(folder, 'deep', 'loop'));
    const { models, findings: found, checked } = await diagnose({ models: [folder, model] });
    expect([...models].sort()).toEqual([path.join(folder, 'deep', 'er', 'm.onnx'), model, tfjs]);
    expect(found).toMatchObject([{ code: 'config-invalid', file: path.join(folder, 'deep', 'lethe.json') }]);
    const shards = (await readdir(path.dirname(tfjs))).map((name) => path.join(path.dirname(tfjs), name));
    expect(checked).toEqual(expect.arrayContaining([config, model, ...shards]));
  });

  it('is cancelled', async () => {
    const controller = new AbortController();
    controller.abort();
    await expect(diagnose({ models: [folder] }, { signal: controller.signal })).rejects.toMatchObject({
      code: 'cancelled',
    });
  });
});

describe('codes', () => {
  it('are all explained, each once', async () => {
    const page = await readFile(new URL('../../../docs/diagnostics.md', import.meta.url), 'utf8');
    const explained = [...page.matchAll(/^### (.*)$/gm)].map(([, name]) => name);
    expect(explained.sort()).toEqual(Object.keys(codes).sort());
    expect(isFindingCode('toString')).toBe(false);
  });
});
