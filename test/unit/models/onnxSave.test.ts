import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { type InitializerOptions, OnnxWriter, type TensorData } from '../../../examples/onnxWriter.js';
import { Random } from '../../../src/base/random.js';
import type { Matrix } from '../../../src/linalg/matrix.js';
import { decodeFloat16, encodeFloat16 } from '../../../src/models/onnx/float16.js';
import { maxDifference, normals, tensorOf } from '../../support/data/arrays.js';
import { temporaryFolder } from '../../support/folders.js';
import { openOnnx, randomWeights, valuesOf, writeModel } from '../../support/models/onnx.js';

const random = new Random(21);

/** A convolution (over 1 KiB, so that it stays in the file), a dense layer (under it) and their biases. */
function network(first: TensorData, second: TensorData, options: InitializerOptions, cast?: number): OnnxWriter {
  const g = new OnnxWriter();
  const x = g.input('x', ['N', 8, 6, 6]);
  const through = (w: string) => (cast === undefined ? w : g.node('Cast', [w], { to: cast }));
  const w1 = through(g.initializer('conv.weight', [16, 8, 3, 3], first, options));
  const b1 = g.initializer('conv.bias', [16], normals(16, random));
  const conv = g.node('Relu', [g.node('Conv', [x, w1, b1])]);
  const w2 = through(g.initializer('dense.weight', [16, 4], second, options));
  const flat = g.node('Flatten', [g.node('GlobalAveragePool', [conv])]);
  g.output('logits', g.node('Softmax', [g.node('MatMul', [flat, w2])], { axis: 1 }), ['N', 4]);
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

const first = normals(16 * 8 * 9, random);
const second = normals(16 * 4, random);
const rounded = (values: Float32Array) => decodeFloat16(encodeFloat16(values));

interface Storage {
  readonly name: string;
  readonly build: () => OnnxWriter;
  /** The weights' bytes as they stand in the file. */
  readonly stored: readonly Uint8Array[];
  /** What a new weight reads as after saving. */
  readonly kept?: (values: Float32Array) => Float32Array;
}

const storages: Storage[] = [
  { name: 'raw_data', build: () => network(first, second, {}), stored: [bytesOf(first), bytesOf(second)] },
  {
    name: 'float_data',
    build: () => network(first, second, { storage: 'values' }),
    stored: [bytesOf(first), bytesOf(second)],
  },
  {
    name: 'raw_data of type float16',
    build: () => network(first, second, { type: 'float16' }, 1),
    stored: [bytesOf(encodeFloat16(first)), bytesOf(encodeFloat16(second))],
    kept: rounded,
  },
  {
    name: 'raw_data of type float64',
    build: () => network(Float64Array.from(first), Float64Array.from(second), {}, 1),
    stored: [bytesOf(Float64Array.from(first)), bytesOf(Float64Array.from(second))],
  },
  {
    name: 'double_data',
    build: () => network(Float64Array.from(first), Float64Array.from(second), { storage: 'values' }, 1),
    stored: [bytesOf(Float64Array.from(first)), bytesOf(Float64Array.from(second))],
  },
];

describe('a saved copy', () => {
  for (const { name, build, stored, kept = (values: Float32Array) => values } of storages) {
    it(`differs only in the edited weights: ${name}`, async () => {
      const folder = await temporaryFolder();
      const file = await writeModel(build(), folder);
      const original = await readFile(file);
      const model = await openOnnx(file);
      expect(model.skipped).toEqual([]);
      const weights = randomWeights(model, 1);
      const target = path.join(folder, 'out', 'copy.onnx');

      const all = await model.save({ weights }, target);
      expect(all).toEqual({ path: target, files: [target], notes: [] });
      const ranges = stored.map((bytes) => place(original, bytes));
      expectOnlyChangedIn(original, await readFile(target), ranges);

      const one = await model.save(
        { weights: new Map([['dense', weights.get('dense')!]]) },
        path.join(folder, 'one.onnx'),
      );
      expectOnlyChangedIn(original, await readFile(one.path), [ranges[1]]);
      const none = await model.save({ weights: new Map() }, path.join(folder, 'none.onnx'));
      expect((await readFile(none.path)).equals(original)).toBe(true);
      expect((await readFile(file)).equals(original)).toBe(true);

      const copy = await openOnnx(target);
      for (const { id } of model.layers) {
        expect((await copy.readWeight(id)).data).toEqual(kept(weights.get(id)!.data));
      }
      const input = tensorOf([3, 8, 6, 6], random);
      const candidate = await model.withWeights({ weights });
      const { logits } = await copy.forward(input);
      expect((await candidate.forward(input)).logits).toEqual(logits);
      for (const opened of [model, copy, candidate]) await opened.dispose();
    });
  }

  it('of a model with an external file is a folder with both, and differs only in the edited weights', async () => {
    const folder = await temporaryFolder();
    const file = await writeModel(network(first, second, { storage: 'external' }), folder, 'net.onnx');
    const external = path.join(folder, OnnxWriter.externalFile);
    const [main, data] = [await readFile(file), await readFile(external)];
    const model = await openOnnx(file);
    expect(model.files).toEqual([file, external]);
    const weights = randomWeights(model, 4);
    const target = path.join(folder, 'net.forget-x');
    const saved = await model.save({ weights }, target);
    expect(saved.path).toBe(path.join(target, 'net.onnx'));
    expect((await readdir(target)).sort()).toEqual(['net.onnx', OnnxWriter.externalFile]);
    expect((await readFile(saved.path)).equals(main)).toBe(true);
    const ranges = [place(data, bytesOf(first)), place(data, bytesOf(second))];
    expectOnlyChangedIn(data, await readFile(path.join(target, OnnxWriter.externalFile)), ranges);

    const copy = await openOnnx(saved.path);
    const input = tensorOf([3, 8, 6, 6], random);
    const expected = (await valuesOf(saved.path, ['logits'], input)).get('logits')!;
    const { logits } = await copy.forward(input);
    const softmax = Array.from({ length: 3 }, (_, row) => {
      const scores = Array.from(logits.data.slice(4 * row, 4 * row + 4), Math.exp);
      return scores.map((score) => score / scores.reduce((sum, other) => sum + other, 0));
    });
    expect(maxDifference(softmax.flat(), expected.data)).toBeLessThan(1e-6);
    for (const opened of [model, copy]) await opened.dispose();
  });

  it('of a candidate holds the edits of both', async () => {
    const folder = await temporaryFolder();
    const model = await openOnnx(await writeModel(network(first, second, {}), folder));
    const weights = randomWeights(model, 6);
    const pick = (id: string) => ({ weights: new Map<string, Matrix>([[id, weights.get(id)!]]) });
    const candidate = await (await model.withWeights(pick('conv'))).withWeights(pick('dense'));
    expect(await candidate.readWeight('conv')).toEqual(weights.get('conv'));
    const stepwise = await (await model.withWeights(pick('conv'))).save(pick('dense'), path.join(folder, 'a.onnx'));
    const atOnce = await model.save({ weights }, path.join(folder, 'b.onnx'));
    expect((await readFile(stepwise.path)).equals(await readFile(atOnce.path))).toBe(true);
  });

  it('never replaces the model that was opened, or a file without permission', async () => {
    const folder = await temporaryFolder();
    const file = await writeModel(network(first, second, {}), folder);
    const before = await readFile(file);
    const model = await openOnnx(file);
    const edits = { weights: randomWeights(model, 1) };
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
    const file = await writeModel(network(first, second, {}), folder);
    const model = await openOnnx(file);
    await writeFile(file, Buffer.concat([await readFile(file), Buffer.from([0])]));
    const target = path.join(folder, 'copy.onnx');
    await expect(model.save({ weights: new Map() }, target)).rejects.toMatchObject({
      code: 'file-unreadable',
      message: expect.stringContaining('has changed since it was opened'),
    });
    expect(await readdir(folder)).toEqual(['model.onnx']);
  });

  it('takes only weights that fit', async () => {
    const model = await openOnnx(await writeModel(network(first, second, {}), await temporaryFolder()));
    const wrong = new Map([['dense', { rows: 4, cols: 15, data: new Float32Array(60) }]]);
    await expect(model.withWeights({ weights: wrong })).rejects.toThrow(
      'layer "dense" takes a 4 x 16 weight, not 4 x 15',
    );
    const unknown = new Map([['nope', { rows: 1, cols: 1, data: new Float32Array(1) }]]);
    await expect(model.withWeights({ weights: unknown })).rejects.toThrow('no layer "nope"');
  });
});
