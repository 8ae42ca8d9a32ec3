import { appendFile, mkdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { Random } from '../../../src/base/random.js';
import { listText } from '../../../src/contract/text.js';
import { elementCount } from '../../../src/linalg/tensor.js';
import type { LayerEdit } from '../../../src/linalg/weightEdits.js';
import type { Classifier } from '../../../src/models/classifier.js';
import { loadBackend } from '../../../src/models/tfjs/backend.js';
import { readModelFiles } from '../../../src/models/tfjs/manifest.js';
import { readStored } from '../../../src/models/tfjs/tensors.js';
import type { Tf } from '../../../src/models/tfjs/tf.js';
import { format as graphs } from '../../../src/models/tfjs-graph/index.js';
import { format as layers } from '../../../src/models/tfjs-layers/index.js';
import { maxDifference, normals, tensorOf } from '../../support/data/arrays.js';
import { temporaryFolder } from '../../support/folders.js';
import { type Quantized, randomise, readFolder, writeLayersModel } from '../../support/models/tfjsFiles.js';
import { attribute, GraphBuilder } from '../../support/models/tfjsGraph.js';

let tf: Tf;
beforeAll(async () => {
  ({ tf } = await loadBackend());
});

const batch = tensorOf([3, 8, 8, 3], new Random(2));

/** The same small network in both formats, in shards so small that kernels span several. */
async function writeLayers(quantization?: Quantized): Promise<string> {
  const model = tf.sequential({
    layers: [
      tf.layers.conv2d({ inputShape: [8, 8, 3], filters: 6, kernelSize: 3, activation: 'relu', name: 'conv' }),
      tf.layers.separableConv2d({ filters: 5, kernelSize: 3, name: 'separable' }),
      tf.layers.batchNormalization({ name: 'norm' }),
      tf.layers.flatten(),
      tf.layers.dense({ units: 4, activation: 'softmax', name: 'scores' }),
    ],
  });
  randomise(tf, model);
  return writeLayersModel(tf, model, path.join(await temporaryFolder(), 'net'), { shardBytes: 301, quantization });
}

async function writeGraph(quantization?: Quantized): Promise<string> {
  const random = new Random(4);
  const graph = new GraphBuilder();
  const weight = (name: string, shape: number[]) => {
    const values = normals(elementCount(shape), random).map((value) => 0.3 * value);
    return graph.weight(name, shape, values, quantization);
  };
  const input = graph.input('image', [-1, 8, 8, 3]);
  const conv = graph.conv('_FusedConv2D', 'conv', [input, weight('conv_w', [3, 3, 3, 6]), weight('conv_b', [6])], {
    fused: ['BiasAdd', 'Relu'],
  });
  const turned = graph.node('Transpose', 'turned', [
    weight('deep_w', [6, 3, 3, 1]),
    graph.integers('order', [1, 2, 0, 3]),
  ]);
  const deep = graph.conv('DepthwiseConv2dNative', 'deep', [conv, turned]);
  const pool = graph.node('Mean', 'pool', [deep, graph.integers('axes', [1, 2])], { keep_dims: attribute.flag(false) });
  const scores = graph.node('MatMul', 'scores', [pool, weight('scores_w', [4, 6])], {
    transpose_b: attribute.flag(true),
  });
  graph.node('Softmax', 'softmax', [scores]);
  return graph.write(path.join(await temporaryFolder(), 'net'), { shardBytes: 301 });
}

const formats = { layers, graphs };
const cases = (Object.keys(formats) as (keyof typeof formats)[]).flatMap((kind) =>
  ([undefined, 'float16', 'uint8', 'uint16'] as const).map((type) => [kind, type] as const),
);
const write = (kind: keyof typeof formats, type?: Quantized) =>
  kind === 'layers' ? writeLayers(type) : writeGraph(type);

/** Edits of the first layer and one more: every value times a number, so that each lands where it was. */
async function edited(classifier: Classifier, ids: readonly string[]): Promise<Map<string, LayerEdit>> {
  const changed = (values: Float32Array) => values.map((value, i) => value * (0.6 + (i % 7) / 4));
  const edits = new Map<string, LayerEdit>();
  for (const id of ids) {
    const weight = await classifier.readWeight(id);
    const bias = await classifier.readBias(id);
    edits.set(id, { weight: { ...weight, data: changed(weight.data) }, bias: bias ? changed(bias) : undefined });
  }
  return edits;
}

describe.each(cases)('a copy of a model (%s, %s)', (kind, type) => {
  const format = formats[kind];
  const ids = kind === 'layers' ? ['conv', 'separable/pointwise'] : ['conv', 'deep'];
  const weightNames =
    kind === 'layers'
      ? ['conv/kernel', 'conv/bias', 'separable/pointwise_kernel', 'separable/bias']
      : ['conv_w', 'conv_b', 'deep_w'];
  const widens = type === 'uint8' || type === 'uint16';

  it('gives the candidate’s logits when it is opened again', async () => {
    const classifier = await format.open(await write(kind, type));
    const edits = await edited(classifier, ids);
    const candidate = await classifier.withWeights(edits);
    const target = path.join(await temporaryFolder(), 'net.forget-x');
    const saved = await classifier.save(edits, target);
    expect(saved.path).toBe(path.join(target, 'model.json'));
    const reopened = await format.open(saved.path);
    const before = (await classifier.forward(batch)).logits.data;
    const after = (await candidate.forward(batch)).logits.data;
    expect(maxDifference((await reopened.forward(batch)).logits.data, after)).toBe(0);
    expect(maxDifference(after, before)).toBeGreaterThan(0.01);
    // A candidate saves what it is, with nothing more to say.
    const again = await candidate.save(new Map(), path.join(await temporaryFolder(), 'again'));
    expect(await readFolder(path.dirname(again.path))).toEqual(await readFolder(target));
    for (const id of ids) {
      const written = await reopened.readWeight(id);
      const { weight, bias } = edits.get(id)!;
      const tolerance = type === 'float16' ? 1e-3 : 0;
      expect(written).toMatchObject({ rows: weight.rows, cols: weight.cols });
      expect(maxDifference(written.data, weight.data)).toBeLessThanOrEqual(tolerance);
      if (id === 'deep') expect(await reopened.readBias(id)).toBeNull();
      else expect(maxDifference((await reopened.readBias(id))!, bias!)).toBeLessThanOrEqual(tolerance);
    }
  });

  it('differs from the source in the edited tensors alone', async () => {
    const source = await write(kind, type);
    const classifier = await format.open(source);
    const untouched = await readFolder(path.dirname(source));
    const target = path.join(await temporaryFolder(), 'copy');
    const saved = await classifier.save(await edited(classifier, ids), target);
    expect(await readFolder(path.dirname(source))).toEqual(untouched);
    const copy = await readFolder(target);
    expect([...copy.keys()]).toEqual([...untouched.keys()]);
    expect([...saved.files].sort()).toEqual([...copy.keys()].map((name) => path.join(target, name)));

    const before = await readModelFiles(source);
    const after = await readModelFiles(saved.path);
    for (const [name, stored] of before.weights) {
      const now = after.weights.get(name)!;
      const same = Buffer.from(await readStored(stored)).equals(await readStored(now));
      expect([name, same]).toEqual([name, !weightNames.includes(name)]);
      const quantization = widens && weightNames.includes(name) ? undefined : stored.quantization;
      expect(now).toMatchObject({ shape: stored.shape, dtype: stored.dtype });
      expect(now.quantization).toEqual(quantization);
    }
    if (widens) {
      const names = listText(weightNames.map((name) => `"${name}"`));
      expect(saved.notes).toEqual([
        `${weightNames.length} tensors are stored as float32 in the copy; they were quantised to ${type}: ${names}`,
      ]);
      // Nothing but the two entries of the manifest: everything else in model.json keeps its text.
      const entry = /,"quantization":\{[^}]*\}/;
      const expected = weightNames.reduce((text, name) => {
        const at = text.indexOf(`"name":"${name}","shape"`);
        return text.slice(0, at) + text.slice(at).replace(entry, '');
      }, untouched.get('model.json')!.toString());
      expect(copy.get('model.json')!.toString()).toBe(expected);
    } else {
      expect(saved.notes).toEqual([]);
      expect(copy.get('model.json')).toEqual(untouched.get('model.json'));
      const changed = [...copy].flatMap(([name, bytes]) => {
        const old = untouched.get(name)!;
        expect(bytes.length).toBe(old.length);
        return [...bytes.keys()].filter((i) => bytes[i] !== old[i]).map((i) => `${name} ${i}`);
      });
      expect(changed.length).toBeGreaterThan(100);
    }
  });

  it('without edits is the source, byte for byte', async () => {
    const source = await write(kind, type);
    const classifier = await format.open(source);
    const target = path.join(await temporaryFolder(), 'copy');
    await classifier.save(new Map(), target);
    expect(await readFolder(target)).toEqual(await readFolder(path.dirname(source)));
  });

  it('can be loaded by TensorFlow.js itself', async () => {
    const classifier = await format.open(await write(kind, type));
    const edits = await edited(classifier, ids);
    const saved = await classifier.save(edits, path.join(await temporaryFolder(), 'copy'));
    const { modelTopology, weightsManifest } = JSON.parse(await readFile(saved.path, 'utf8'));
    const [{ paths, weights: weightSpecs }] = weightsManifest;
    // Shard by shard, as TensorFlow.js keeps what it downloads.
    const weightData = await Promise.all(
      paths.map(
        async (name: string) => Uint8Array.from(await readFile(path.join(path.dirname(saved.path), name))).buffer,
      ),
    );
    const artifacts = { modelTopology, weightSpecs, weightData };
    const probabilities = await (async () => {
      const input = tf.tensor(batch.data, [...batch.dims]);
      const model =
        kind === 'layers'
          ? await tf.loadLayersModel({ load: async () => artifacts })
          : tf.loadGraphModelSync({ load: () => artifacts });
      return (model.predict(input) as import('@tensorflow/tfjs-core').Tensor).dataSync();
    })();
    const candidate = await classifier.withWeights(edits);
    const { logits } = await candidate.forward(batch);
    const softmax = tf.softmax(tf.tensor(logits.data, [...logits.dims])).dataSync();
    expect(maxDifference(softmax, probabilities)).toBeLessThan(1e-6);
  });
});

describe('saving', () => {
  it('refuses an existing folder unless told to replace it, and never the source', async () => {
    const source = await writeLayers();
    const classifier = await layers.open(source);
    const target = path.join(await temporaryFolder(), 'copy');
    await mkdir(target);
    const none = new Map();
    await expect(classifier.save(none, target)).rejects.toMatchObject({ code: 'output-exists', file: target });
    await classifier.save(none, target, { overwrite: true });
    expect(await readFolder(target)).toEqual(await readFolder(path.dirname(source)));
    await expect(classifier.save(none, path.dirname(source), { overwrite: true })).rejects.toMatchObject({
      code: 'output-exists',
    });
  });

  it.each([undefined, 'uint8'] as const)('refuses when a shard has changed since it was opened (%s)', async (type) => {
    const source = await writeGraph(type);
    const classifier = await graphs.open(source);
    const edits = await edited(classifier, ['conv']);
    await appendFile(classifier.files[1], 'x');
    const target = path.join(await temporaryFolder(), 'copy');
    await expect(classifier.save(edits, target)).rejects.toMatchObject({
      code: 'file-unreadable',
      message: expect.stringContaining('has changed since it was opened; nothing was written'),
    });
    expect((await readFolder(path.dirname(target))).size).toBe(0);
  });

  it('leaves nothing behind when it is stopped', async () => {
    const classifier = await layers.open(await writeLayers());
    const target = path.join(await temporaryFolder(), 'copy');
    const stop = new AbortController();
    const onProgress = () => stop.abort();
    const save = classifier.save(new Map(), target, { signal: stop.signal, onProgress });
    await expect(save).rejects.toMatchObject({ code: 'cancelled' });
    expect((await readFolder(path.dirname(target))).size).toBe(0);
  });

  it('keeps shards in folders where model.json has them', async () => {
    const source = await writeLayers();
    const folder = path.dirname(source);
    const json = await readFile(source, 'utf8');
    const names: string[] = JSON.parse(json).weightsManifest[0].paths;
    const { rename, writeFile } = await import('node:fs/promises');
    await mkdir(path.join(folder, 'weights'));
    for (const name of names) await rename(path.join(folder, name), path.join(folder, 'weights', name));
    await writeFile(source, json.replaceAll('"group1-', '"weights/group1-'));
    const classifier = await layers.open(source);
    const target = path.join(await temporaryFolder(), 'copy');
    const saved = await classifier.save(await edited(classifier, ['scores']), target);
    expect(saved.files[1]).toBe(path.join(target, 'weights', names[0]));
    await rm(folder, { recursive: true });
    expect((await (await layers.open(saved.path)).forward(batch)).logits.dims).toEqual([3, 4]);
  });
});

describe('reading a weight', () => {
  it('names the tensor and counts what is not finite', async () => {
    const graph = new GraphBuilder();
    const input = graph.input('x', [-1, 4]);
    const values = [1, Number.NaN, 3, 4, 5, Number.NaN, Infinity, 8];
    graph.node('MatMul', 'scores', [input, graph.weight('kernel', [4, 2], values)]);
    const classifier = await graphs.open(await graph.write(await temporaryFolder()));
    await expect(classifier.readWeight('scores')).rejects.toMatchObject({
      code: 'weights-not-finite',
      place: 'tensor "kernel"',
      message: expect.stringContaining('holds 2 NaN and 1 infinite of 8 values'),
    });
    await expect(classifier.readWeight('nothing')).rejects.toThrow('has no layer "nothing"');
  });

  it('and a bias likewise', async () => {
    const graph = new GraphBuilder();
    const product = graph.node('MatMul', 'product', [graph.input('x', [-1, 4]), graph.randomWeight('kernel', [4, 2])]);
    graph.node('BiasAdd', 'scores', [product, graph.weight('offsets', [2], [Number.NaN, 1])]);
    const classifier = await graphs.open(await graph.write(await temporaryFolder()));
    await expect(classifier.readBias('product')).rejects.toMatchObject({
      code: 'weights-not-finite',
      place: 'tensor "offsets"',
      message: expect.stringContaining('holds 1 NaN of 2 values'),
    });
    expect((await classifier.readWeight('product')).rows).toBe(2);
  });

  it('edits must have its size', async () => {
    const classifier = await layers.open(await writeLayers());
    const edit = async (id: string, { weight, bias }: Partial<LayerEdit>) => {
      const edits = new Map([[id, { weight: weight ?? (await classifier.readWeight(id)), bias }]]);
      return Promise.all([classifier.withWeights(edits), classifier.save(edits, path.join(tmpdir(), 'never'))]);
    };
    const weight = { rows: 2, cols: 2, data: new Float32Array(4) };
    await expect(edit('scores', { weight })).rejects.toThrow('layer "scores" takes a 4 x 80 weight, not 2 x 2');
    await expect(edit('scores', { bias: new Float32Array(3) })).rejects.toThrow(
      'layer "scores" takes a bias of 4 values, not 3',
    );
    await expect(edit('separable/depthwise', { bias: new Float32Array(6) })).rejects.toThrow(
      'layer "separable/depthwise" has no bias that can be edited',
    );
  });
});
