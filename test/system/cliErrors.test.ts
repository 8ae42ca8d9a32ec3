import { cp, mkdir, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { idxBytes } from '../support/data/datasets.js';
import { type ShapesOptions, shapeImages, writeShapes } from '../support/models/shapes.js';
import { inShapesFolder } from '../support/models/shapesFolder.js';
import { lethe, type RunOptions } from '../support/program/cli.js';

let folder: string;

inShapesFolder((made) => {
  folder = made;
});

interface Expected {
  /** What is wrong, where, and what to do: each a part of the text after its label. */
  readonly what: string | RegExp;
  readonly where?: string | RegExp;
  readonly hint?: string | RegExp;
  readonly code?: string;
}

/** Runs `unlearn`; it must end with exit code 2 and a message of this kind, in text and in JSON, and write nothing. */
async function refuses(args: readonly string[], expected: Expected, options: RunOptions = {}): Promise<void> {
  const before = await contents();
  const run = (more: string[]) => lethe(['unlearn', ...args, '--quiet', ...more], { cwd: folder, ...options });
  const [text, json] = [await run([]), await run(['--json'])];
  expect(text).toMatchObject({ code: 2, stdout: '' });
  const [first, ...rest] = text.stderr.trimEnd().split('\n');
  expect(first).toMatch(/^error: /);
  expectPart(first, expected.what);
  if (expected.where) expectPart(rest.find((line) => line.startsWith('  where  ')) ?? '', expected.where);
  if (expected.hint) expectPart(rest.find((line) => line.startsWith('  do     ')) ?? '', expected.hint);
  expect(text.stderr).not.toMatch(/\n\s+at |defect/);
  expect(json.code).toBe(2);
  const { error } = JSON.parse(json.stdout);
  expectPart(error.message, expected.what);
  if (expected.code) expect(error.code).toBe(expected.code);
  expect(await contents()).toEqual(before);
}

function expectPart(text: string, part: string | RegExp): void {
  if (typeof part === 'string') expect(text).toContain(part);
  else expect(text).toMatch(part);
}

/** Every file with its size. */
async function contents(): Promise<string[]> {
  const names = (await readdir(folder, { recursive: true })).sort();
  return Promise.all(
    names.map(
      async (name) =>
        `${name} ${await readFile(path.join(folder, name)).then(
          (bytes) => bytes.length,
          () => 'folder',
        )}`,
    ),
  );
}

const at = (name: string) => path.join(folder, name);
const rows = ['shapes.onnx', '--forget', 'Rows'];

async function rewrite(options: ShapesOptions): Promise<void> {
  await writeShapes(folder, options);
}

describe('a damaged model', () => {
  it('truncated ONNX file', async () => {
    const { length } = await readFile(at('shapes.onnx'));
    await truncate(at('shapes.onnx'), length >> 1);
    await refuses(rows, { code: 'model-corrupt', what: /./, where: 'shapes.onnx' });
  });

  it('missing shard', async () => {
    await rm(at('shapes/group1-shard4of10.bin'));
    await refuses(['shapes', '--forget', 'Rows'], {
      code: 'weights-missing',
      what: 'group1-shard4of10.bin',
      where: 'model.json',
    });
  });

  it('short shard', async () => {
    await truncate(at('shapes/group1-shard4of10.bin'), 900);
    await refuses(['shapes', '--forget', 'Rows'], {
      code: 'weights-short',
      what: 'the 10 shards have 9664 bytes, but model.json describes 9764',
      where: /shard/,
    });
  });

  it('NaN weights', async () => {
    await rewrite({
      edit: (weights) => ({ ...weights, conv2: weights.conv2.map((value, k) => (k % 100 === 7 ? NaN : value)) }),
    });
    await refuses(rows, {
      code: 'weights-not-finite',
      what: /holds? 9 NaN/,
      where: /shapes\.onnx.*conv2\.weight/,
    });
  });

  it('NaN in a bias, which no layer reads but the outputs show', async () => {
    await rewrite({ edit: (weights) => ({ ...weights, bias: weights.bias.map(() => NaN) }) });
    await refuses(rows, { code: 'model-corrupt', what: 'not finite', where: 'shapes.onnx' });
  });

  it('a path in a manifest that leads out of its folder', async () => {
    await writeFile(at('secret.bin'), Buffer.alloc(1000));
    const text = await readFile(at('shapes/model.json'), 'utf8');
    await writeFile(at('shapes/model.json'), text.replace('group1-shard1of10.bin', '../secret.bin'));
    await refuses(['shapes', '--forget', 'Rows'], { code: 'path-outside', what: '../secret.bin', where: 'model.json' });
  });

  it.each([
    ['text', 'not a model'],
    ['nothing', ''],
  ])('a file of %s', async (_, content) => {
    await writeFile(at('other.onnx'), content);
    await refuses(['other.onnx', '--forget', 'Rows'], { what: /./, where: 'other.onnx' });
    await writeFile(at('other.dat'), content);
    await refuses(['other.dat', '--forget', 'Rows'], {
      code: 'format-unknown',
      what: 'not a model',
      where: 'other.dat',
    });
  });

  it('no file at all', async () => {
    await refuses(['gone.onnx', '--forget', 'Rows'], {
      code: 'file-missing',
      what: 'no such file',
      where: 'gone.onnx',
    });
  });
});

describe('a model that does not fit', () => {
  it('output count differing from the class names', async () => {
    await rewrite({ outputs: 4 });
    await refuses(rows, {
      code: 'class-count-mismatch',
      what: /names 5 classes, but .*shapes\.onnx has 4 outputs/,
      where: 'lethe.json',
    });
  });

  it('regression model', async () => {
    await rewrite({ outputs: 1 });
    await refuses(rows, { code: 'not-a-classifier', what: /./, where: 'shapes.onnx' });
  });
});

describe('wrong data', () => {
  it('a label outside of the classes', async () => {
    const labels = shapeImages(120, 1).labels;
    labels[123] = 9;
    await writeFile(at('data/train-labels'), idxBytes(0x08, [labels.length], labels));
    await refuses(rows, {
      code: 'label-outside',
      what: 'the label 9 is outside of 0 .. 4',
      where: /train-labels, record 123/,
    });
  });

  it.each(['train', 'test'])('%s images of the wrong size', async (split) => {
    const count = split === 'train' ? 600 : 300;
    await writeFile(at(`data/${split}-images`), idxBytes(0x08, [count, 12, 9], Buffer.alloc(count * 108, 7)));
    await refuses(rows, {
      code: 'image-size',
      what: 'samples are 12 x 9 (height x width), the model takes 10 x 10',
      where: `data/${split}-images`,
    });
  });

  it('a size in lethe.json that is not the model', async () => {
    await rewrite({ config: { input: { size: [28, 28] } } });
    await refuses(rows, { what: 'is 28 x 28, but', where: /lethe\.json, line \d+, column \d+ \(input\.size\)/ });
  });

  it('a missing file', async () => {
    await rm(at('data/test-labels'));
    await refuses(rows, { code: 'file-missing', what: 'no such file', where: 'test-labels' });
  });

  it('no samples of the class to forget', async () => {
    const { labels } = shapeImages(120, 1);
    await writeFile(
      at('data/train-labels'),
      idxBytes(
        0x08,
        [600],
        labels.map((label) => label || 1),
      ),
    );
    await refuses(rows, { code: 'samples-missing', what: 'Rows', where: 'train-images' });
  });
});

describe('a wrong call', () => {
  it('unknown class names, with the nearest suggested', async () => {
    await refuses(['shapes.onnx', '--forget', 'Rowes'], {
      code: 'class-unknown',
      what: 'there is no class "Rowes"',
      hint: 'Did you mean "Rows"?',
    });
    await refuses(['shapes.onnx', '--forget', 'ring'], { what: 'ring', hint: 'Did you mean "Ring/disc"?' });
    await refuses(['shapes.onnx', '--forget', '5'], { what: 'no class "5"', hint: 'Known: "Rows", "Columns"' });
  });

  it('every class, or none', async () => {
    await refuses(['shapes.onnx', '--forget', '0,1,2,3,4'], { code: 'usage', what: 'every class' });
    await refuses(['shapes.onnx'], { code: 'usage', what: 'no class to forget is named', hint: '--forget' });
  });

  it('an output that exists', async () => {
    await writeFile(at('shapes.forget-rows.onnx'), 'precious');
    await refuses(rows, {
      code: 'output-exists',
      what: 'exists already',
      where: 'shapes.forget-rows.onnx',
      hint: '--force',
    });
    await refuses([...rows, '--out', 'shapes.onnx', '--force'], { code: 'output-exists', what: 'never replaced' });
    await refuses([...rows, '--out', '.', '--force'], { code: 'output-exists', what: /./ });
  });

  it('a folder that can not be written to', async () => {
    await writeFile(at('file'), '');
    await refuses([...rows, '--out', 'file/new.onnx'], { what: /./, where: 'file' });
  });

  it('options that make no sense', async () => {
    await refuses([...rows, '--alpha-r', '0,-1'], { code: 'usage', what: '--alpha-r must be positive numbers' });
    await refuses([...rows, '--method', 'magic'], { code: 'usage', what: '--method must be refit or projection' });
    await refuses([...rows, '--depth', '2'], { code: 'usage', what: '--depth must be a number from 0 to 1' });
    await refuses([...rows, '--samples', 'many'], { code: 'usage', what: '--samples must be a whole number' });
    await refuses([...rows, '--layers', 'nope*'], {
      code: 'nothing-to-edit',
      what: '--layers nope*',
      hint: 'conv, conv2, dense',
    });
    for (const text of ['1e9', '0']) {
      const what = `--alpha-r must be positive numbers up to 100000 like 10,30,100, not "${text}"`;
      await refuses([...rows, '--alpha-r', text], { code: 'usage', what });
    }
  });
});

describe('a wrong lethe.json', () => {
  it('none', async () => {
    await rm(at('lethe.json'));
    await refuses(rows, { code: 'samples-missing', what: 'there is no lethe.json', hint: '--config' });
    await refuses([...rows, '--config', 'nope.json'], {
      code: 'file-missing',
      what: 'no such file',
      where: 'nope.json',
    });
  });

  it('a syntax error, with its line and column', async () => {
    await writeFile(at('lethe.json'), '{\n  "classes": ["a",\n  "data": 5\n}');
    const { code, stderr } = await lethe(['unlearn', ...rows, '--quiet'], { cwd: folder });
    expect(code).toBe(2);
    expect(stderr).toMatch(/lethe\.json:3:\d+/);
  });

  it('a mistyped setting', async () => {
    await rewrite({ config: { clases: ['a', 'b'] } });
    await refuses(rows, {
      what: 'unknown setting "clases"',
      where: /lethe\.json, line \d+, column 3/,
      hint: '"classes"',
    });
  });

  it('data outside of its folder, unless that is allowed', async () => {
    await mkdir(at('inner'));
    for (const name of ['shapes.onnx', 'lethe.json']) await cp(at(name), at(`inner/${name}`));
    const text = await readFile(at('lethe.json'), 'utf8');
    await writeFile(at('inner/lethe.json'), text.replaceAll('"data/', '"../data/'));
    const args = ['inner/shapes.onnx', '--forget', 'Rows'];
    await refuses(args, { code: 'path-outside', what: /./ });
    const search = ['--method', 'projection', '--alpha-r', '100', '--alpha-f', '1'];
    const allowed = await lethe(['unlearn', ...args, ...search, '--allow-outside', '--quiet'], { cwd: folder });
    expect(allowed.code).toBe(0);
  });
});

describe('a full disk', () => {
  const quick = [...rows, '--method', 'projection', '--alpha-r', '100', '--alpha-f', '1'];

  // A limit on the size of files stands in for it: the model has 11 kB, its record 20, its report more.
  it.each([
    ['the model', 4, /shapes\.forget-rows\.onnx$/],
    ['the record', 12, /\.lethe/],
  ])('while writing %s', async (_, fileLimit, where) => {
    await refuses(quick, { code: 'disk-full', what: 'nothing was left behind', where }, { fileLimit });
  });

  it('while writing one of several files', async () => {
    const args = ['shapes', ...quick.slice(1)];
    await refuses(
      args,
      { code: 'disk-full', what: 'nothing was left behind', where: 'shapes.forget-rows' },
      { fileLimit: 0 },
    );
  });
});
