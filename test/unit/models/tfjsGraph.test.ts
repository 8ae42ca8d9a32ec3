import { beforeAll, describe, expect, it } from 'vitest';
import { Random } from '../../../src/base/random.js';
import type { Classifier } from '../../../src/models/classifier.js';
import { loadBackend } from '../../../src/models/tfjs/backend.js';
import type { Tf } from '../../../src/models/tfjs/tf.js';
import { format } from '../../../src/models/tfjs-graph/index.js';
import { maxDifference, tensorOf } from '../../support/data/arrays.js';
import { temporaryFolder } from '../../support/folders.js';
import { layerProducts } from '../../support/models/classifierChecks.js';
import { attribute, GraphBuilder } from '../../support/models/tfjsGraph.js';

let tf: Tf;
beforeAll(async () => {
  ({ tf } = await loadBackend());
});

const random = new Random(11);

async function open(graph: GraphBuilder, options?: Parameters<GraphBuilder['write']>[1]): Promise<Classifier> {
  return format.open(await graph.write(await temporaryFolder(), options));
}

/** Two convolutions that share their kernel around a residual sum, then a softmax under another name. */
function network(): GraphBuilder {
  const graph = new GraphBuilder();
  const input = graph.input('image', [-1, 6, 6, 4]);
  const shared = graph.randomWeight('shared', [3, 3, 4, 4]);
  const first = graph.node('Relu', 'relu1', [graph.conv('Conv2D', 'conv1', [input, shared], { padding: 'SAME' })]);
  const renamed = graph.node('Identity', 'shared_again', [shared]);
  const second = graph.node('Relu', 'relu2', [graph.conv('Conv2D', 'conv2', [first, renamed], { padding: 'SAME' })]);
  const sum = graph.node('AddV2', 'sum', [first, second]);
  const pooled = graph.node('Mean', 'pool', [sum, graph.integers('axes', [1, 2])], {
    keep_dims: attribute.flag(false),
  });
  const scores = graph.randomWeight('scores_weight', [4, 3]);
  const logits = graph.node('MatMul', 'StatefulPartitionedCall/scores', [pooled, scores]);
  const softmax = graph.node('Softmax', 'softmax', [logits]);
  graph.node('Identity', 'Identity', [graph.node('Reshape', 'reshaped', [softmax, graph.integers('again', [-1, 3])])]);
  return graph;
}

describe('a graph', () => {
  const batch = tensorOf([5, 6, 6, 4], random);

  it('is read without its softmax, with shared weights as one layer', async () => {
    const classifier = await open(network(), { outputs: ['Identity'] });
    expect(classifier).toMatchObject({ format: 'tfjs-graph', classCount: 3, skipped: [] });
    expect(classifier.input).toEqual({ name: 'image', dims: [null, 6, 6, 4], layout: 'nhwc' });
    expect(classifier.layers.map(({ id, name, sites }) => [id, name, sites.map((site) => site.tap)])).toEqual([
      ['conv1', 'conv1', ['image', 'relu1']],
      ['StatefulPartitionedCall/scores', 'scores', ['pool']],
    ]);
    const { logits, taps } = await classifier.forward(batch, { taps: ['pool', 'image'] });
    const [, scores] = classifier.layers;
    const products = await layerProducts(classifier, scores, scores.sites[0], taps.get('pool')!);
    expect(maxDifference(logits.data, products.data)).toBeLessThan(1e-5);
    expect(taps.get('image')!.data).toEqual(batch.data);
  });

  it('facts need no runtime and agree with the opened model', async () => {
    const file = await network().write(await temporaryFolder());
    const facts = await format.inspect(file);
    const classifier = await format.open(file);
    expect(facts).toMatchObject({ format: 'tfjs-graph', classCount: 3, parameterCount: 144 + 12 });
    expect(facts.layers).toEqual(classifier.layers);
    expect(facts.files.map(({ path }) => path)).toEqual(classifier.files);
  });

  it('runs on from every activation to the same logits', async () => {
    const classifier = await open(network());
    const ids = classifier.activations.map(({ id }) => id);
    expect(ids).toEqual(['conv1', 'relu1', 'sum', 'pool']);
    const { logits, taps } = await classifier.forward(batch, { taps: ids });
    for (const { id, dims, layout } of classifier.activations) {
      expect(taps.get(id)!.dims).toEqual([5, ...dims]);
      expect(layout).toBe(dims.length === 3 ? 'channels-last' : 'features');
      expect(maxDifference((await classifier.forwardFrom(id, taps.get(id)!)).data, logits.data)).toBeLessThan(1e-5);
    }
    await expect(classifier.forwardFrom('relu2', taps.get('relu1')!)).rejects.toThrow('no activation "relu2"');
  });

  it('has candidates that share what they do not change, and no tensor is left over', async () => {
    const file = await network().write(await temporaryFolder());
    const empty = tf.memory().numTensors;
    const classifier = await format.open(file);
    const before = (await classifier.forward(batch)).logits;
    const opened = tf.memory();
    const kernel = await classifier.readWeight('conv1');
    const zero = { ...kernel, data: new Float32Array(kernel.data.length) };
    const candidate = await classifier.withWeights(new Map([['conv1', { weight: zero }]]));
    expect(tf.memory().numBytes - opened.numBytes).toBe(4 * 144);
    const { logits, taps } = await candidate.forward(batch, { taps: ['conv1', 'conv2'] });
    expect(taps.get('conv1')!.data.every((value) => value === 0)).toBe(true);
    expect(taps.get('conv2')!.data.every((value) => value === 0)).toBe(true);
    expect(logits.data.every((value) => value === 0)).toBe(true);
    expect(maxDifference((await classifier.forward(batch)).logits.data, before.data)).toBe(0);
    await candidate.forwardFrom('relu1', { dims: [2, 6, 6, 4], data: new Float32Array(288) });
    await candidate.dispose();
    expect(tf.memory().numTensors).toBe(opened.numTensors);
    await classifier.dispose();
    expect(tf.memory().numTensors).toBe(empty);
  });

  it('with a fixed batch size is filled up', async () => {
    const graph = new GraphBuilder();
    const input = graph.input('x', [2, 6]);
    const flat = graph.node('Reshape', 'flat', [input, graph.integers('shape', [2, 6])]);
    graph.node('MatMul', 'scores', [flat, graph.randomWeight('kernel', [6, 3])]);
    const classifier = await open(graph);
    const batch = tensorOf([5, 6], random);
    const { logits } = await classifier.forward(batch);
    const [layer] = classifier.layers;
    const products = await layerProducts(classifier, layer, layer.sites[0], batch);
    expect(logits.dims).toEqual([5, 3]);
    expect(maxDifference(logits.data, products.data)).toBeLessThan(1e-5);
  });

  it('takes whole numbers where its input wants them', async () => {
    const graph = new GraphBuilder();
    const input = graph.input('x', [-1, 4], 'DT_INT32');
    const cast = graph.node('Cast', 'cast', [input], { SrcT: { type: 'DT_INT32' }, DstT: attribute.float });
    graph.node('MatMul', 'scores', [cast, graph.randomWeight('kernel', [4, 3])]);
    const classifier = await open(graph);
    const batch = { dims: [1, 4], data: Float32Array.from([3, 0, 255, 7]) };
    const { logits } = await classifier.forward(batch);
    const [layer] = classifier.layers;
    const products = await layerProducts(classifier, layer, layer.sites[0], batch);
    expect(maxDifference(logits.data, products.data)).toBeLessThan(1e-3);
  });

  it('reads texts that are written as lists of codes', async () => {
    const graph = new GraphBuilder();
    const input = graph.input('image', [-1, 4, 4, 2]);
    graph.node('Conv2D', 'probe', [input, graph.randomWeight('kernel', [3, 3, 2, 2])], {
      strides: attribute.integers(1, 1, 1, 1),
      dilations: attribute.integers(1, 1, 1, 1),
      padding: attribute.codes('SAME'),
      data_format: attribute.codes('NHWC'),
    });
    graph.classify('probe', 32);
    const { layers } = await open(graph);
    expect(layers[0].sites[0].geometry).toMatchObject({ padding: 'same', layout: 'channels-last' });
  });
});
