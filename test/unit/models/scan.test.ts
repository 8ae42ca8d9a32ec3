import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { type InitializerOptions, OnnxWriter, type TensorData } from '../../../examples/onnxWriter.js';
import type { NotFinite } from '../../../src/models/classifier.js';
import { countNotFinite } from '../../../src/models/notFinite.js';
import { format as onnx } from '../../../src/models/onnx/index.js';
import { format as layers } from '../../../src/models/tfjs-layers/index.js';
import { temporaryFolder } from '../../support/folders.js';
import { writeModel } from '../../support/models/onnx.js';
import { writeModel as writeTfjs } from '../../support/models/tfjsFiles.js';

const { NaN: nan, POSITIVE_INFINITY: infinity } = Number;

/** So many zeros, with other values at some indices. */
function values(length: number, odd: Readonly<Record<number, number>> = {}): Float32Array {
  const data = new Float32Array(length);
  for (const [index, value] of Object.entries(odd)) data[Number(index)] = value;
  return data;
}

/** A dense classifier whose weight and bias hold what is given. */
async function dense(
  weight: TensorData,
  bias: TensorData = values(300),
  options: InitializerOptions = {},
): Promise<string> {
  const g = new OnnxWriter();
  const x = g.input('x', ['N', 4]);
  const w = g.initializer('w', [300, 4], weight, options);
  g.output('y', g.node('Gemm', [x, w, g.initializer('b', [300], bias, options)], { transB: 1 }), ['N', 300]);
  return writeModel(g, await temporaryFolder());
}

describe('scanning an ONNX model', () => {
  const odd = { 7: nan, 8: infinity, 1199: -infinity };

  it.each<[string, InitializerOptions]>([
    ['raw', {}],
    ['float_data', { storage: 'values' }],
    ['external', { storage: 'external' }],
    ['half precision', { type: 'float16' }],
    ['half precision as int32_data', { type: 'float16', storage: 'values' }],
  ])('finds every number that is not finite: %s', async (_, options) => {
    const file = await dense(values(1200, odd), values(300, { 299: nan }), options);
    const where = options.storage === 'external' ? path.join(path.dirname(file), OnnxWriter.externalFile) : file;
    // What is kept as int32_data can be read, but not projected.
    const isWeight = !(options.type && options.storage === 'values');
    expect(await onnx.scan(file)).toEqual<NotFinite[]>([
      { tensor: 'w', file: where, count: 1200, nan: 1, infinite: 2, first: 7, isWeight },
      { tensor: 'b', file: where, count: 300, nan: 1, infinite: 0, first: 299, isWeight: false },
    ]);
    expect(await onnx.scan(await dense(values(1200, { 3: 65504, 4: -1e-7 }), values(300), options))).toEqual([]);
  });

  it('reads doubles, also those that no float could hold', async () => {
    const data = Float64Array.from(values(1200), (_, index) => (index === 5 ? 1e300 : index === 6 ? nan : 0));
    expect(await onnx.scan(await dense(data, new Float64Array(300)))).toMatchObject([
      { tensor: 'w', first: 6, nan: 1 },
    ]);
  });

  it('reads fixtures of every exporter without finding anything, and tells how far it is', async () => {
    const folder = new URL('../../fixtures/onnx/', import.meta.url).pathname;
    for (const name of [
      'residual.dynamo',
      'plain.dynamo-external',
      'transformer.script',
      'depthwise.script-batchnorm',
    ]) {
      const seen: number[] = [];
      let total = 0;
      const onProgress = (step: { done: number; total: number }) => {
        seen.push(step.done);
        ({ total } = step);
      };
      expect(await onnx.scan(path.join(folder, `${name}.onnx`), { onProgress })).toEqual([]);
      expect(seen.at(-1)).toBe(total);
    }
  });

  it('stops when it is told to', async () => {
    const controller = new AbortController();
    controller.abort();
    const file = await dense(values(1200));
    await expect(onnx.scan(file, { signal: controller.signal })).rejects.toMatchObject({ code: 'cancelled' });
  });
});

describe('scanning a TensorFlow.js model', () => {
  const topology = {
    class_name: 'Sequential',
    config: {
      name: 'm',
      layers: [{ class_name: 'Dense', config: { name: 'dense', units: 30, batch_input_shape: [null, 4] } }],
    },
  };
  const model = async (quantization: 'float16' | undefined, kernel: Float32Array) =>
    writeTfjs(
      await temporaryFolder(),
      topology,
      [
        { name: 'dense/bias', shape: [30], dtype: 'float32', values: values(30), quantization: 'uint8' },
        { name: 'dense/kernel', shape: [4, 30], dtype: 'float32', values: kernel, quantization },
      ],
      // So that numbers are cut in two by the ends of shards.
      { shardBytes: 33 },
    );

  it.each([undefined, 'float16'] as const)(
    'finds them across shards, at the tensor in model.json: %s',
    async (type) => {
      const file = await model(type, values(120, { 0: infinity, 64: nan, 119: nan }));
      const found = await layers.scan(file);
      expect(found).toMatchObject([
        { tensor: 'dense/kernel', count: 120, nan: 2, infinite: 1, first: 0, isWeight: true },
      ]);
      expect(found[0].file).toBe(path.join(path.dirname(file), `group1-shard1of${type ? 9 : 16}.bin`));
      const { column, endColumn } = found[0].at!.range;
      const entry = JSON.parse((await readFile(file, 'utf8')).slice(column - 1, endColumn - 1));
      expect(entry).toMatchObject({ name: 'dense/kernel', shape: [4, 30] });
      expect(await layers.scan(await model(type, values(120, { 0: 1 })))).toEqual([]);
    },
  );
});

describe('countNotFinite', () => {
  it('counts on across ranges that cut numbers anywhere, and past chunks', async () => {
    const file = path.join(await temporaryFolder(), 'numbers');
    const data = new Float32Array(3 * 2 ** 20).fill(1);
    data[2 ** 20 + 1] = nan;
    data[data.length - 1] = infinity;
    await writeFile(file, data);
    const whole = { file, offset: 0, length: data.byteLength };
    const expected = { nan: 1, infinite: 1, first: 2 ** 20 + 1 };
    expect(await countNotFinite([whole], 'float32')).toEqual(expected);
    const cut = 4 * 2 ** 20 + 7;
    const parts = [
      { file, offset: 0, length: cut },
      { file, offset: cut, length: data.byteLength - cut },
    ];
    expect(await countNotFinite(parts, 'float32')).toEqual(expected);
  });

  it('tells NaN from infinity in bfloat16', async () => {
    const file = path.join(await temporaryFolder(), 'numbers');
    await writeFile(file, Uint16Array.of(0x3f80, 0x7f80, 0xff80, 0x7fc0, 0x7f7f));
    const range = { file, offset: 0, length: 10 };
    expect(await countNotFinite([range], 'bfloat16')).toEqual({ nan: 1, infinite: 2, first: 1 });
  });
});
