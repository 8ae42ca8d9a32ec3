import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { OnnxWriter } from '../../../examples/onnxWriter.js';
import { Random } from '../../../src/base/random.js';
import type { Dataset } from '../../../src/data/dataset.js';
import { probe } from '../../../src/engine/open/probe.js';
import { findReadTokens } from '../../../src/engine/open/readTokens.js';
import { inBatches, type SampleSet } from '../../../src/engine/open/samples.js';
import { Activations } from '../../../src/engine/run/activations.js';
import { elementCount, type Tensor } from '../../../src/linalg/tensor.js';
import type { Classifier } from '../../../src/models/classifier.js';
import { openModel } from '../../../src/models/registry.js';
import { normals } from '../../support/data/arrays.js';
import { temporaryFolder } from '../../support/folders.js';
import { openOnnx, writeModel } from '../../support/models/onnx.js';

const fixture = (name: string) => openModel(path.resolve(import.meta.dirname, '../../fixtures', name));

function sampleFor({ input }: Classifier): Tensor {
  const dims = [1, ...(input.dims.slice(1) as number[])];
  return { dims, data: normals(elementCount(dims), new Random(5)) };
}

const TOKENS = 6;

/** A network of two layers on six tokens, and a last one that reads some of them alone; null: their mean. */
async function reading(tokens: readonly number[] | null): Promise<Classifier> {
  const random = new Random(3);
  const g = new OnnxWriter({ opset: 17, name: 'tokens' });
  const weight = (name: string, dims: readonly number[]) =>
    g.initializer(name, dims, normals(elementCount(dims), random));
  const shape = g.initializer('shape', [3], BigInt64Array.of(-1n, BigInt(TOKENS), 4n));
  const tokenwise = g.node('Reshape', [g.input('input', ['N', TOKENS * 4]), shape]);
  let value = g.node('MatMul', [tokenwise, weight('first', [4, 8])], {}, { name: 'first' });
  value = g.node('MatMul', [g.node('Sigmoid', [value]), weight('second', [8, 8])], {}, { name: 'second' });
  value = g.node('Tanh', [value]);
  if (tokens === null) value = g.node('ReduceMean', [value], { axes: [1], keepdims: 0 });
  else {
    const indices = g.initializer('indices', [tokens.length], BigInt64Array.from(tokens.map(BigInt)));
    value = g.node('Flatten', [g.node('Gather', [value, indices], { axis: 1 })]);
  }
  const width = 8 * (tokens?.length ?? 1);
  g.output('logits', g.node('MatMul', [value, weight('head', [width, 3])], {}, { name: 'head' }), ['N', 3]);
  return openOnnx(await writeModel(g, await temporaryFolder()));
}

describe('the tokens that the end of a network reads', () => {
  it.each(['onnx/transformer.dynamo.onnx', 'onnx/transformer.script.onnx'])(
    'are the class token of a transformer, whatever that is called: %s',
    async (name) => {
      const model = await fixture(name);
      expect(await findReadTokens(model, sampleFor(model))).toEqual({ tokens: [0], of: 17 });
      await model.dispose();
    },
  );

  it.each([[[3]], [[5]], [[1, 4]], [[0, 2, 5]]])('are found wherever they are: %j', async (tokens) => {
    const model = await reading(tokens);
    expect(await findReadTokens(model, sampleFor(model))).toEqual({ tokens, of: TOKENS });
    await model.dispose();
  });

  it.each([
    ['most of them are read', [0, 1, 2, 4]],
    ['their mean is read', null],
  ])('are no few where %s', async (_, tokens) => {
    const model = await reading(tokens);
    expect(await findReadTokens(model, sampleFor(model))).toBeNull();
    await model.dispose();
  });

  it.each(['onnx/plain.script.onnx', 'onnx/perceptron.dynamo.onnx', 'tfjs/sequence-graph/model.json'])(
    'are none that matter alone in other networks: %s',
    async (name) => {
      const model = await fixture(name);
      expect(await findReadTokens(model, sampleFor(model))).toBeNull();
      await model.dispose();
    },
  );

  it('are not looked for any longer when somebody cancels', async () => {
    const model = await reading([3]);
    const job = findReadTokens(model, sampleFor(model), AbortSignal.abort());
    await expect(job).rejects.toMatchObject({ code: 'cancelled' });
    await model.dispose();
  });
});

describe('the rows of a layer on tokens', () => {
  const SAMPLES = 40;

  function samplesFor(): SampleSet {
    const random = new Random(9);
    const all = normals(SAMPLES * TOKENS * 4, random);
    const dataset: Dataset = {
      ...{
        format: 'test',
        isFilePerSample: false,
        size: SAMPLES,
        labels: new Int32Array(SAMPLES),
        shape: [TOKENS * 4],
      },
      where: () => ({ file: 'f', place: '' }),
      async read(indices) {
        const data = Float32Array.from(indices.flatMap((index) => [...all.subarray(index * 24, (index + 1) * 24)]));
        return { count: indices.length, shape: [TOKENS * 4], data, scale: 1 };
      },
      async close() {},
    };
    return { dataset, input: { layout: 'features' }, indices: [...Array(SAMPLES).keys()] };
  }

  /** How many rows of each token are taken of each sample, at so many vectors in all. */
  async function taken(model: Classifier, maxPatches: number) {
    const samples = samplesFor();
    const costs = await probe(model, samples);
    const layer = model.layers.find(({ name }) => name === 'second')!;
    const stream = new Activations(model, { retain: samples, forget: samples }, costs, { maxPatches, seed: 1 });
    const rows: string[] = [];
    for await (const { vectors } of stream.vectors('retain', [layer.id])) {
      for (let r = 0; r < vectors.rows; r++) rows.push(vectors.data.subarray(r * 8, (r + 1) * 8).join());
    }
    const owners = new Map<string, readonly [sample: number, token: number]>();
    for await (const { tensor } of inBatches(samples, SAMPLES)) {
      const { tap } = layer.sites[0];
      const { data } = (await model.forward(tensor, { taps: [tap] })).taps.get(tap)!;
      for (let at = 0; at < SAMPLES * TOKENS; at++) {
        owners.set(data.subarray(at * 8, (at + 1) * 8).join(), [Math.floor(at / TOKENS), at % TOKENS]);
      }
    }
    const counts = Array.from({ length: SAMPLES }, () => new Array<number>(TOKENS).fill(0));
    for (const row of rows) {
      const [sample, token] = owners.get(row)!;
      counts[sample][token]++;
    }
    return { counts, total: rows.length, announced: stream.count('retain', layer.id) };
  }

  const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);

  it('hold what the end reads of every sample, and others beside it', async () => {
    const model = await reading([3]);
    for (const perSample of [2, 3, 5]) {
      const { counts, total, announced } = await taken(model, perSample * SAMPLES);
      expect([total, announced]).toEqual([perSample * SAMPLES, perSample * SAMPLES]);
      for (const tokens of counts) {
        expect(tokens[3]).toBe(1);
        expect(sum(tokens)).toBe(perSample);
        expect(Math.max(...tokens)).toBe(1);
      }
    }
    await model.dispose();
  });

  it('hold it of every second sample where there is one row of each', async () => {
    const model = await reading([3]);
    const { counts } = await taken(model, SAMPLES);
    expect(sum(counts.map((tokens) => tokens[3]))).toBe(SAMPLES / 2);
    expect(counts.every((tokens) => sum(tokens) === 1)).toBe(true);
    await model.dispose();
  });

  it('are half of what the end reads where it reads several, and all of them where all are taken', async () => {
    const model = await reading([1, 4]);
    const { counts } = await taken(model, 2 * SAMPLES);
    for (const tokens of counts) expect(tokens[1] + tokens[4]).toBe(1);
    const all = await taken(model, 1e6);
    expect(all.counts).toEqual(new Array(SAMPLES).fill(new Array(TOKENS).fill(1)));
    await model.dispose();
  });

  it('are drawn from all tokens alike where the end reads all of them', async () => {
    const model = await reading(null);
    const { counts } = await taken(model, SAMPLES);
    const perToken = Array.from({ length: TOKENS }, (_, token) => sum(counts.map((tokens) => tokens[token])));
    expect(sum(perToken)).toBe(SAMPLES);
    expect(Math.max(...perToken)).toBeLessThan(SAMPLES / 2);
    expect(Math.min(...perToken)).toBeGreaterThan(0);
    await model.dispose();
  });
});
