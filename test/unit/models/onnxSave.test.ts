import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { type InitializerOptions, OnnxWriter, type TensorData } from '../../../examples/onnxWriter.js';
import { Random } from '../../../src/base/random.js';
import { decodeFloat16, encodeFloat16 } from '../../../src/models/onnx/float16.js';
import { maxDifference, normals, tensorOf } from '../../support/data/arrays.js';
import { temporaryFolder } from '../../support/folders.js';
import { randomEdits } from '../../support/models/classifierChecks.js';
import { openOnnx, valuesOf, writeModel } from '../../support/models/onnx.js';

const random = new Random(21);

const values = {
  'conv.weight': normals(16 * 8 * 9, random),
  'conv.bias': normals(16, random),
  'dense.weight': normals(16 * 4, random),
  'dense.bias': normals(4, random),
};

/** A convolution (over 1 KiB, so that it stays in the file), a dense layer (under it) and their biases. */
function network(
  options: InitializerOptions,
  convert: (data: Float32Array) => TensorData = (data) => data,
  cast?: number,
): OnnxWriter {
  const g = new OnnxWriter();
  const x = g.input('x', ['N', 8, 6, 6]);
  const stored = (name: keyof typeof values, dims: number[]) => {
    const w = g.initializer(name, dims, convert(values[name]), options);
    return cast === undefined ? w : g.node('Cast', [w], { to: cast });
  };
  const conv = g.node('Conv', [x, stored('conv.weight', [16, 8, 3, 3]), stored('conv.bias', [16])]);
  const flat = g.node('Flatten', [g.node('GlobalAveragePool', [g.node('Relu', [conv])])]);
  const product = g.node('MatMul', [flat, stored('dense.weight', [16, 4])]);
  const sum = g.node('Add', [product, stored('dense.bias', [4])]);
  g.output('logits', g.node('Softmax', [sum], { axis: 1 }), ['N', 4]);
  return g;
}

/** The one place where these bytes stand in a file. */
function place(file: Buffer, bytes: Uint8Array): [start: number, end: number] {
  const start = file.indexOf(bytes);
  expect(start).toBeGreaterThanOrEqual(0);
  expect(file.indexOf(bytes, start + 1)).toBe(-1);
  return [start, start + bytes.length];
}

function bytesOf(data: { buffer: ArrayBufferLike; byteOffset: number; byteLength: number }): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

/** Expects the files to be equal outside the ranges, of equal length, and different inside each of them. */
function expectOnlyChangedIn(before: Buffer, after: Buffer, ranges: readonly [number, number][]): void {
  expect(after.length).toBe(before.length);
  const changed = new Set<number>();
  for (let i = 0; i < before.length; i++) {
    if (before[i] === after[i]) continue;
    const range = ranges.findIndex(([start, end]) => i >= start && i < end);
    expect(range, `byte ${i} changed`).toBeGreaterThanOrEqual(0);
    changed.add(range);
  }
  expect(changed.size).toBe(ranges.length);
}

const rounded = (data: Float32Array) => decodeFloat16(encodeFloat16(data));
const wide = (data: Float32Array) => Float64Array.from(data);

interface Storage {
  readonly name: string;
  readonly build: () => OnnxWriter;
  /** A tensor's bytes as they stand in the file. */
  readonly stored: (data: Float32Array) => Uint8Array;
  /** What new values read as after saving. */
  readonly kept?: (data: Float32Array) => Float32Array;
}

const storages: Storage[] = [
  { name: 'raw_data', build: () => network({}), stored: bytesOf },
  { name: 'float_data', build: () => network({ storage: 'values' }), stored: bytesOf },
  {
    name: 'raw_data of type float16',
    build: () => network({ type: 'float16' }, undefined, 1),
    stored: (data) => bytesOf(encodeFloat16(data)),
    kept: rounded,
  },
  {
    name: 'raw_data of type float64',
    build: () => network({}, wide, 1),
    stored: (data) => bytesOf(wide(data)),
  },
  {
    name: 'double_data',
    build: () => network({ storage: 'values' }, wide, 1),
    stored: (data) => bytesOf(wide(data)),
  },
];

describe('a saved copy', () => {
  for (const { name, build, stored, kept = (data: Float32Array) => data } of storages) {
    it(`differs only in the edited weights and biases: ${name}`, async () => {
      const folder = await temporaryFolder();
      const file = await writeModel(build(), folder);
      const original = await readFile(file);
      const model = await openOnnx(file);
      expect(model.skipped).toEqual([]);
      const edits = randomEdits(model, 1);
      const target = path.join(folder, 'out', 'copy.onnx');

      const all = await model.save(edits, target);
      expect(all).toEqual({ path: target, files: [target], notes: [] });
      const ranges = Object.values(values).map((data) => place(original, stored(data)));
      expectOnlyChangedIn(original, await readFile(target), ranges);

      const { weight, bias } = edits.get('dense')!;
      const one = await model.save(new Map([['dense', { weight }]]), path.join(folder, 'one.onnx'));
      expectOnlyChangedIn(original, await readFile(one.path), [ranges[2]]);
      const same = await model.readWeight('dense');
      const other = await model.save(new Map([['dense', { weight: same, bias }]]), path.join(folder, 'other.onnx'));
      expectOnlyChangedIn(original, await readFile(other.path), [ranges[3]]);
      const none = await model.save(new Map(), path.join(folder, 'none.onnx'));
      expect((await readFile(none.path)).equals(original)).toBe(true);
      expect((await readFile(file)).equals(original)).toBe(true);

      const copy = await openOnnx(target);
      for (const { id } of model.layers) {
        expect((await copy.readWeight(id)).data).toEqual(kept(edits.get(id)!.weight.data));
        expect(await copy.readBias(id)).toEqual(kept(edits.get(id)!.bias!));
      }
      const input = tensorOf([3, 8, 6, 6], random);
      const candidate = await model.withWeights(edits);
      const { logits } = await copy.forward(input);
      expect((await candidate.forward(input)).logits).toEqual(logits);
      const expected = (await valuesOf(target, ['logits'], input)).get('logits')!;
      expect(maxDifference(softmaxOf(logits.data), expected.data)).toBeLessThan(1e-6);
      for (const opened of [model, copy, candidate]) await opened.dispose();
    });
  }

  it('of a model with an external file is a folder with both, and differs only in the edited tensors', async () => {
    const folder = await temporaryFolder();
    const file = await writeModel(network({ storage: 'external' }), folder, 'net.onnx');
    const external = path.join(folder, OnnxWriter.externalFile);
    const [main, data] = [await readFile(file), await readFile(external)];
    const model = await openOnnx(file);
    expect(model.files).toEqual([file, external]);
    const target = path.join(folder, 'net.forget-x');
    const saved = await model.save(randomEdits(model, 4), target);
    expect(saved.path).toBe(path.join(target, 'net.onnx'));
    expect((await readdir(target)).sort()).toEqual(['net.onnx', OnnxWriter.externalFile]);
    expect((await readFile(saved.path)).equals(main)).toBe(true);
    const ranges = Object.values(values).map((stored) => place(data, bytesOf(stored)));
    expectOnlyChangedIn(data, await readFile(path.join(target, OnnxWriter.externalFile)), ranges);

    const copy = await openOnnx(saved.path);
    const input = tensorOf([3, 8, 6, 6], random);
    const expected = (await valuesOf(saved.path, ['logits'], input)).get('logits')!;
    const { logits } = await copy.forward(input);
    expect(maxDifference(softmaxOf(logits.data), expected.data)).toBeLessThan(1e-6);
    for (const opened of [model, copy]) await opened.dispose();
  });

  it('of a candidate holds the edits of both', async () => {
    const folder = await temporaryFolder();
    const model = await openOnnx(await writeModel(network({}), folder));
    const [edits, conv, dense] = [undefined, ['conv'], ['dense']].map((ids) => randomEdits(model, 6, ids));
    const candidate = await (await model.withWeights(conv)).withWeights(dense);
    expect(await candidate.readWeight('conv')).toEqual(edits.get('conv')!.weight);
    expect(await candidate.readBias('conv')).toEqual(edits.get('conv')!.bias);
    const stepwise = await (await model.withWeights(conv)).save(dense, path.join(folder, 'a.onnx'));
    const atOnce = await model.save(edits, path.join(folder, 'b.onnx'));
    expect((await readFile(stepwise.path)).equals(await readFile(atOnce.path))).toBe(true);
    // An edit without a bias leaves the candidate's.
    const weightAlone = new Map([['conv', { weight: edits.get('conv')!.weight }]]);
    const again = await candidate.save(weightAlone, path.join(folder, 'c.onnx'));
    expect((await readFile(again.path)).equals(await readFile(atOnce.path))).toBe(true);
  });

  it('never replaces the model that was opened, or a file without permission', async () => {
    const folder = await temporaryFolder();
    const file = await writeModel(network({}), folder);
    const before = await readFile(file);
    const model = await openOnnx(file);
    const edits = randomEdits(model, 1);
    await expect(model.save(edits, file, { overwrite: true })).rejects.toMatchObject({
      code: 'output-exists',
      message: expect.stringContaining('is the model that was opened'),
    });
    const other = path.join(folder, 'other.onnx');
    await writeFile(other, 'something');
    await expect(model.save(edits, other)).rejects.toMatchObject({ code: 'output-exists', file: other });
    await model.save(edits, other, { overwrite: true });
    expect((await readFile(other)).length).toBe(before.length);
    expect((await readFile(file)).equals(before)).toBe(true);
    expect((await readdir(folder)).sort()).toEqual(['model.onnx', 'other.onnx']);
  });

  it('is refused when the file has changed since it was opened', async () => {
    const folder = await temporaryFolder();
    const file = await writeModel(network({}), folder);
    const model = await openOnnx(file);
    await writeFile(file, Buffer.concat([await readFile(file), Buffer.from([0])]));
    const target = path.join(folder, 'copy.onnx');
    await expect(model.save(new Map(), target)).rejects.toMatchObject({
      code: 'file-unreadable',
      message: expect.stringContaining('has changed since it was opened'),
    });
    expect(await readdir(folder)).toEqual(['model.onnx']);
  });

  it('takes only weights and biases that fit', async () => {
    const model = await openOnnx(await writeModel(network({}), await temporaryFolder()));
    const wrong = new Map([['dense', { weight: { rows: 4, cols: 15, data: new Float32Array(60) } }]]);
    await expect(model.withWeights(wrong)).rejects.toThrow('layer "dense" takes a 4 x 16 weight, not 4 x 15');
    const weight = await model.readWeight('dense');
    const long = new Map([['dense', { weight, bias: new Float32Array(5) }]]);
    await expect(model.withWeights(long)).rejects.toThrow('layer "dense" takes a bias of 4 values, not 5');
    await expect(model.save(long, path.join(model.path, 'x'))).rejects.toThrow('takes a bias of 4 values, not 5');
    const unknown = new Map([['nope', { weight }]]);
    await expect(model.withWeights(unknown)).rejects.toThrow('no layer "nope"');
  });
});

/** Rows of four scores as a final softmax gives them. */
function softmaxOf(logits: Float32Array): number[] {
  return Array.from({ length: logits.length / 4 }, (_, row) => {
    const scores = Array.from(logits.slice(4 * row, 4 * row + 4), Math.exp);
    return scores.map((score) => score / scores.reduce((sum, other) => sum + other, 0));
  }).flat();
}
