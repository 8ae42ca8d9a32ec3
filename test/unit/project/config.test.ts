import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../../src/project/config.js';
import { ConfigError } from '../../../src/project/configError.js';
import { isCovered } from '../../../src/project/coverage.js';
import { configJsonSchema } from '../../../src/project/jsonSchema.js';
import { temporaryFolder } from '../../support/folders.js';

const whole = `{
  // what the example of the README says
  "models": ["fashion.onnx"],
  "classes": ["T-shirt/top", "Trouser", "Shirt"],
  "input": { "layout": "nchw", "size": [28, 28], "channels": 1, "mean": [0.286], "std": [0.353] },
  "data": {
    "train": { "format": "idx", "images": "train-images", "labels": "train-labels" },
    "test": { "format": "npz", "path": "test.npz", "x": "x", "y": "y" },
  },
  "forget": [{ "class": "Shirt", "reason": "DSR-1182" }],
  "protect": [{ "class": 0, "maxDrop": 0.03 }]
}`;

async function load(text: string, options = {}, files: Record<string, string> = {}) {
  const folder = await temporaryFolder();
  for (const [name, content] of Object.entries(files)) await writeFile(path.join(folder, name), content);
  await writeFile(path.join(folder, 'lethe.json'), text);
  return loadConfig(path.join(folder, 'lethe.json'), options);
}

async function problems(text: string, files: Record<string, string> = {}) {
  const error = await load(text, {}, files).then(
    () => undefined,
    (thrown) => thrown,
  );
  expect(error).toBeInstanceOf(ConfigError);
  return (error as ConfigError).problems.map(({ line, column, path: at, message, hint }) => ({
    at: `${line}:${column} ${at}`,
    message,
    hint,
  }));
}

describe('loadConfig', () => {
  it('reads every part, with defaults', async () => {
    const config = await load(whole);
    expect(config.classes).toEqual(['T-shirt/top', 'Trouser', 'Shirt']);
    expect(config.forget).toEqual([{ class: 'Shirt', reason: 'DSR-1182', maxAccuracy: 0.01 }]);
    expect(config.protect).toEqual([{ class: 0, maxDrop: 0.03 }]);
    expect(config.input).toMatchObject({ layout: 'nchw', size: [28, 28], channels: 1, mean: [0.286] });
    expect(config.data?.test).toMatchObject({ format: 'npz', path: 'test.npz' });
  });

  it('lets everything be left out', async () => {
    expect(await load('{}')).toMatchObject({ classes: null, forget: [], protect: [] });
  });

  it('reads class names from a text file', async () => {
    const config = await load('{"classes": "names.txt"}', {}, { 'names.txt': '\uFEFFcat\r\ndog \r\n\r\n' });
    expect(config.classes).toEqual(['cat', 'dog']);
    expect(config.classFile).toBe(path.join(config.folder, 'names.txt'));
  });

  it('names what it cannot open', async () => {
    await expect(loadConfig('/nowhere/lethe.json')).rejects.toMatchObject({ code: 'file-missing' });
    await expect(load('{"classes": "names.txt"}')).rejects.toMatchObject({
      code: 'file-missing',
      file: expect.stringContaining('names.txt'),
    });
  });

  it('carries file, line, column and path in its message', async () => {
    await expect(load('{\n  "clases": []\n}')).rejects.toMatchObject({
      code: 'config-invalid',
      place: 'line 2, column 3 (clases)',
      message: expect.stringMatching(/lethe\.json: line 2, column 3 \(clases\): unknown setting "clases"$/),
      hint: 'Did you mean "classes"?',
    });
  });
});

describe('what can be wrong in a lethe.json', () => {
  it.each([
    ['syntax', '{\n "classes": [,]\n}', '2:14 ', 'a value is missing here', 'Correct the JSON.'],
    ['a list at the top', '[]', '1:1 ', 'must be an object { }, is a list of 0', 'Write an object { }.'],
    [
      'a key of another level',
      '{"forget": [{"clas": "a"}]}',
      '1:14 forget[0].clas',
      'unknown setting "clas"',
      'Did you mean "class"?',
    ],
    ['a key missing', '{"forget": [{"reason": "x"}]}', '1:13 forget[0].class', '"class" is missing', 'Add "class".'],
    ['a wrong type', '{"forget": {}}', '1:12 forget', 'must be a list [ ], is an object', 'Write a list [ ].'],
    [
      'a wrong type where two are right',
      '{"classes": 5}',
      '1:13 classes',
      'must be a list [ ] or a text in quotes, is 5',
      'Write a list [ ] or a text in quotes.',
    ],
    [
      'a wrong item',
      '{"classes": ["a", 5]}',
      '1:19 classes[1]',
      'must be a text in quotes, is 5',
      'Write a text in quotes.',
    ],
    [
      'one class',
      '{"classes": ["a"]}',
      '1:13 classes',
      'must be a list whose length is at least 2, is a list of 1',
      'Write a list whose length is at least 2.',
    ],
    [
      'a share over 1',
      '{"protect": [{"class": "a", "maxDrop": 5}]}',
      '1:40 protect[0].maxDrop',
      'must be a number of at most 1, is 5',
      'Write a number of at most 1.',
    ],
    [
      'an unknown format',
      '{"data": {"train": {"format": "inx"}}}',
      '1:31 data.train.format',
      'unknown format "inx"',
      'Did you mean "idx"?',
    ],
    [
      'no format',
      '{"data": {"train": {}}}',
      '1:20 data.train.format',
      '"format" is missing',
      'Add "format": "idx" or "imageFolder" or "cifar10" or "npz" or "csv".',
    ],
    [
      'a key of another format',
      '{"data": {"train": {"format": "csv", "path": "a", "label": 0, "headr": true}}}',
      '1:63 data.train.headr',
      'unknown setting "headr"',
      'Did you mean "header"?',
    ],
    [
      'an unknown layout',
      '{"input": {"layout": "nhcw"}}',
      '1:22 input.layout',
      'unknown value "nhcw"',
      /^Did you mean "nchw" or "nhwc"\?$/,
    ],
    ['a range upside down', '{"input": {"range": [1, 0]}}', '1:21 input.range', 'the range must ascend', undefined],
    [
      'a name twice',
      '{"classes": ["a", "b", "a"]}',
      '1:24 classes[2]',
      'the class name "a" is taken already by output 0',
      'Give every class a name of its own, in the order of the outputs.',
    ],
    [
      'an unknown class to forget',
      '{"classes": ["Shirt", "Bag"], "forget": [{"class": "Shrt"}]}',
      '1:52 forget[0].class',
      'there is no class "Shrt"',
      'Did you mean "Shirt"?',
    ],
    [
      'an index past the classes',
      '{"classes": ["Shirt", "Bag"], "forget": [{"class": 2}]}',
      '1:52 forget[0].class',
      'there is no class 2',
      'Known: "Shirt", "Bag".',
    ],
    [
      'a class to forget and to protect',
      '{"classes": ["a", "b"], "forget": [{"class": "a"}], "protect": [{"class": 0, "maxDrop": 0}]}',
      '1:75 protect[0].class',
      'the class 0 stands in "forget" already',
      'Keep one of the two entries.',
    ],
  ])('%s', async (_, text, at, message, hint) => {
    const found = await problems(text);
    expect(found[0]).toEqual({ at, message, hint: hint instanceof RegExp ? expect.stringMatching(hint) : hint });
  });

  it('is told all at once', async () => {
    const found = await problems('{\n "clases": [],\n "forget": [{"class": true}],\n "data": {"train": 3}\n}');
    expect(found.map(({ at }) => at).sort()).toEqual(['2:2 clases', '3:23 forget[0].class', '4:20 data.train']);
  });

  it.each([
    ['a\n\nb\n', 'names.txt', 2, 'an empty line stands for no class'],
    ['a\nb\na', 'names.txt', 3, 'the class name "a" is taken already by line 1'],
    ['only\n', 'names.txt', 1, 'holds 1 class names'],
  ])('names in a text file: %j', async (text, file, line, message) => {
    await expect(load('{"classes": "names.txt"}', {}, { 'names.txt': text })).rejects.toMatchObject({
      code: 'config-invalid',
      file: expect.stringContaining(file),
      place: `line ${line}, column 1`,
      message: expect.stringContaining(message),
    });
  });

  it.each([
    ['{"classes": "../names.txt"}', 'classes'],
    ['{"data": {"train": {"format": "csv", "path": "/etc/passwd", "label": 0}}}', 'data.train.path'],
    ['{"data": {"train": {"format": "idx", "images": "a/../../x", "labels": "l"}}}', 'data.train.images'],
    ['{"data": {"test": {"format": "idx", "images": "i", "labels": "C:\\\\x"}}}', 'data.test.labels'],
    ['{"data": {"test": {"format": "cifar10", "path": "c", "batches": ["../../b"]}}}', 'data.test.batches'],
    ['{"data": {"test": {"format": "imageFolder", "path": "..\\\\up"}}}', 'data.test.path'],
  ])('a path that leads out: %s', async (text, at) => {
    await expect(load(text)).rejects.toMatchObject({
      code: 'path-outside',
      place: expect.stringContaining(`(${at})`),
      hint: expect.stringContaining('--allow-outside'),
    });
    if (at !== 'classes') await expect(load(text, { allowOutside: true })).resolves.toBeDefined();
  });
});

describe('isCovered', () => {
  it('covers the named models and what was made from them', async () => {
    const config = await load('{"models": ["fashion.onnx", "web/*/model.json"]}');
    const covers = (name: string) => isCovered(config, path.join(config.folder, name));
    expect(['fashion.onnx', 'fashion.forget-t-shirt-top.onnx', 'fashion.forget-a.forget-b.onnx'].every(covers)).toBe(
      true,
    );
    expect(['web/a/model.json', 'web/a.forget-shirt/model.json'].every(covers)).toBe(true);
    expect(['other.onnx', 'fashion2.onnx', 'web/model.json', '../fashion.onnx'].some(covers)).toBe(false);
    expect(isCovered(await load('{}'), '/anywhere/x.onnx')).toBe(true);
  });
});

describe('schemas/lethe.schema.json', () => {
  it('is what the check is made from (npm run schema)', async () => {
    const written = await readFile(new URL('../../../schemas/lethe.schema.json', import.meta.url), 'utf8');
    expect(JSON.parse(written)).toEqual(configJsonSchema());
  });

  it('describes every setting', () => {
    const bare: string[] = [];
    const visit = (value: unknown, at: string) => {
      if (typeof value !== 'object' || value === null) return;
      const properties = (value as { properties?: Record<string, { description?: string; const?: string }> })
        .properties;
      for (const [key, inner] of Object.entries(properties ?? {})) {
        if (!inner.description && !inner.const) bare.push(`${at}.${key}`);
      }
      for (const [key, inner] of Object.entries(value)) visit(inner, `${at}.${key}`);
    };
    visit(configJsonSchema(), '');
    expect(bare).toEqual([]);
  });
});
