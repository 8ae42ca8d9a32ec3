import { beforeAll, describe, expect, it } from 'vitest';
import { Random } from '../../../src/base/random.js';
import { elementCount } from '../../../src/linalg/tensor.js';
import type { Classifier } from '../../../src/models/classifier.js';
import { loadBackend, type Tf } from '../../../src/models/tfjs/backend.js';
import { format } from '../../../src/models/tfjs-graph/index.js';
import { maxDifference, normals, tensorOf } from '../../support/arrays.js';
import { layerProducts } from '../../support/classifierChecks.js';
import { temporaryFolder } from '../../support/folders.js';
import { attribute, GraphBuilder } from '../../support/tfjsGraph.js';

let tf: Tf;
beforeAll(async () => {
  ({ tf } = await loadBackend());
});

const random = new Random(11);
const weights = (shape: readonly number[]) => normals(elementCount(shape), random).map((value) => 0.4 * value);

/** Ends a graph in three classes: all values of `from`, `size` a sample, times a weight. */
function classify(graph: GraphBuilder, from: string, size: number): string {
  const flat = graph.node('Reshape', 'flat', [from, graph.integers('flat_shape', [-1, size])]);
  return graph.node('MatMul', 'scores', [flat, graph.weight('scores_weight', [size, 3], weights([size, 3]))]);
}

async function open(graph: GraphBuilder, options?: Parameters<GraphBuilder['write']>[1]): Promise<Classifier> {
  return format.open(await graph.write(await temporaryFolder(), options));
}

interface Form {
  readonly dims: readonly number[];
  /** Adds the node "probe" and what it needs; returns how many values a sample it gives. */
  readonly build: (graph: GraphBuilder, input: string) => number;
  readonly expected: object;
  readonly after?: (value: number, channel: number) => number;
}

const image = [7, 6, 4];
const bias = Float32Array.from([0.5, -0.25, 1, 0, 2]);
const relu = (value: number, channel: number) => Math.max(0, value + bias[channel]);
const conv = (shape: readonly number[], options: Parameters<GraphBuilder['conv']>[3], size: number): Form['build'] => {
  return (graph, input) => {
    graph.conv('Conv2D', 'probe', [input, graph.weight('kernel', shape, weights(shape))], options);
    return size;
  };
};
const depthwise = (
  shape: readonly number[],
  options: Parameters<GraphBuilder['conv']>[3],
  size: number,
): Form['build'] => {
  return (graph, input) => {
    graph.conv('DepthwiseConv2dNative', 'probe', [input, graph.weight('kernel', shape, weights(shape))], options);
    return size;
  };
};

const forms: Record<string, Form> = {
  MatMul: {
    dims: [6],
    build: (graph, input) => {
      graph.node('MatMul', 'probe', [input, graph.weight('kernel', [6, 5], weights([6, 5]))]);
      return 5;
    },
    expected: { kind: 'dense', in: 6, out: 5, groups: 1 },
  },
  'MatMul with the weight transposed': {
    dims: [6],
    build: (graph, input) => {
      const kernel = graph.weight('kernel', [5, 6], weights([5, 6]));
      graph.node('MatMul', 'probe', [input, kernel], { transpose_b: attribute.flag(true) });
      return 5;
    },
    expected: { kind: 'dense', in: 6, out: 5 },
  },
  _FusedMatMul: {
    dims: [6],
    build: (graph, input) => {
      const kernel = graph.weight('kernel', [6, 5], weights([6, 5]));
      graph.node('_FusedMatMul', 'probe', [input, kernel, graph.weight('bias', [5], bias)], {
        fused_ops: attribute.texts('BiasAdd', 'Relu'),
        num_args: attribute.integer(1),
      });
      return 5;
    },
    expected: { kind: 'dense', in: 6, out: 5 },
    after: relu,
  },
  'BatchMatMulV2 on steps': {
    dims: [7, 6],
    build: (graph, input) => {
      graph.node('BatchMatMulV2', 'probe', [input, graph.weight('kernel', [1, 6, 5], weights([6, 5]))]);
      return 35;
    },
    expected: { kind: 'dense', in: 6, out: 5 },
  },
  'MatMul behind Identity, Cast, Reshape and Transpose': {
    dims: [6],
    build: (graph, input) => {
      const stored = graph.weight('kernel', [5, 2, 3], weights([5, 6]));
      const named = graph.node('Identity', 'named', [stored]);
      const cast = graph.node('Cast', 'cast', [named], { SrcT: attribute.float, DstT: attribute.float });
      const flat = graph.node('Reshape', 'flattened', [cast, graph.integers('shape', [5, -1])]);
      const turned = graph.node('Transpose', 'turned', [flat, graph.integers('order', [1, 0])]);
      graph.node('MatMul', 'probe', [input, turned]);
      return 5;
    },
    expected: { kind: 'dense', in: 6, out: 5 },
  },
  Conv2D: { dims: image, build: conv([3, 2, 4, 5], {}, 125), expected: { kind: 'conv', in: 24, out: 5, groups: 1 } },
  'Conv2D same and strided': {
    dims: image,
    build: conv([3, 3, 4, 5], { padding: 'SAME', strides: [2, 1] }, 120),
    expected: { kind: 'conv', in: 36, out: 5 },
  },
  'Conv2D dilated': {
    dims: image,
    build: conv([2, 2, 4, 5], { padding: 'SAME', dilations: [2, 3] }, 210),
    expected: { kind: 'conv', in: 16, out: 5 },
  },
  'Conv2D with explicit padding': {
    dims: image,
    build: conv([3, 3, 4, 5], { padding: 'EXPLICIT', explicit: [0, 0, 2, 1, 0, 1, 0, 0], strides: [2, 2] }, 60),
    expected: { kind: 'conv', in: 36, out: 5 },
  },
  'Conv2D with a transposed and widened kernel': {
    dims: image,
    build: (graph, input) => {
      const stored = graph.weight('kernel', [5, 4, 3], weights([5, 4, 3]));
      const turned = graph.node('Transpose', 'turned', [stored, graph.integers('order', [2, 1, 0])]);
      const kernel = graph.node('ExpandDims', 'kernel2d', [turned, graph.integers('axis', [0], [])]);
      graph.conv('Conv2D', 'probe', [input, kernel]);
      return 7 * 4 * 5;
    },
    expected: { kind: 'conv', in: 12, out: 5 },
  },
  _FusedConv2D: {
    dims: image,
    build: (graph, input) => {
      const inputs = [
        input,
        graph.weight('kernel', [3, 3, 4, 5], weights([3, 3, 4, 5])),
        graph.weight('bias', [5], bias),
      ];
      graph.conv('_FusedConv2D', 'probe', inputs, { padding: 'SAME', fused: ['BiasAdd', 'Relu'] });
      return 210;
    },
    expected: { kind: 'conv', in: 36, out: 5 },
    after: relu,
  },
  Conv3D: {
    dims: [5, 4, 3, 2],
    build: (graph, input) => {
      const shape = [2, 3, 2, 2, 5];
      graph.node('Conv3D', 'probe', [input, graph.weight('kernel', shape, weights(shape))], {
        strides: attribute.integers(1, 2, 1, 1, 1),
        dilations: attribute.integers(1, 1, 1, 1, 1),
        padding: attribute.text('SAME'),
        data_format: attribute.text('NDHWC'),
      });
      return 3 * 4 * 3 * 5;
    },
    expected: { kind: 'conv', in: 24, out: 5 },
  },
  DepthwiseConv2dNative: {
    dims: image,
    build: depthwise([3, 2, 4, 1], {}, 100),
    expected: { kind: 'depthwise', in: 6, out: 4, groups: 4 },
  },
  'DepthwiseConv2dNative with a multiplier': {
    dims: image,
    build: depthwise([3, 3, 4, 2], { padding: 'SAME', strides: [2, 2] }, 96),
    expected: { kind: 'depthwise', in: 9, out: 8, groups: 4 },
  },
  'DepthwiseConv2dNative dilated': {
    dims: image,
    build: depthwise([2, 2, 4, 1], { padding: 'SAME', dilations: [2, 2] }, 168),
    expected: { kind: 'depthwise', in: 4, out: 4, groups: 4 },
  },
  'DepthwiseConv2dNative with explicit padding': {
    dims: image,
    build: depthwise([3, 3, 4, 1], { padding: 'EXPLICIT', explicit: [0, 0, 1, 1, 2, 0, 0, 0] }, 168),
    expected: { kind: 'depthwise', in: 9, out: 4, groups: 4 },
  },
  FusedDepthwiseConv2dNative: {
    dims: image,
    build: (graph, input) => {
      const inputs = [
        input,
        graph.weight('kernel', [3, 3, 4, 1], weights([3, 3, 4])),
        graph.weight('bias', [4], bias.slice(0, 4)),
      ];
      graph.conv('FusedDepthwiseConv2dNative', 'probe', inputs, { padding: 'SAME', fused: ['BiasAdd', 'Relu'] });
      return 168;
    },
    expected: { kind: 'depthwise', in: 9, out: 4, groups: 4 },
    after: relu,
  },
};

describe('a node’s output is its weight times its input vectors', () => {
  it.each(Object.keys(forms))('%s', async (name) => {
    const { dims, build, expected, after = (value) => value } = forms[name];
    const graph = new GraphBuilder();
    const input = graph.input('image', [-1, ...dims]);
    classify(graph, 'probe', build(graph, input));
    const classifier = await open(graph);
    const [layer] = classifier.layers;
    expect(layer).toMatchObject({ id: 'probe', name: 'probe', ...expected });
    expect(classifier.skipped).toEqual([]);
    const [site] = layer.sites;
    const { taps } = await classifier.forward(tensorOf([2, ...dims], random), { taps: [site.tap, 'probe'] });
    const products = await layerProducts(classifier, layer, site, taps.get(site.tap)!);
    const outputs = products.data.map((value, i) => after(value, i % layer.out));
    expect(maxDifference(taps.get('probe')!.data, outputs)).toBeLessThan(1e-4);
    expect(outputs.some((value) => Math.abs(value) > 0.5)).toBe(true);
  });

  it('BatchMatMulV2 with the weight on the left', async () => {
    const graph = new GraphBuilder();
    const input = graph.input('steps', [-1, 6, 7]);
    const kernel = graph.weight('kernel', [5, 6], weights([5, 6]));
    const probe = graph.node('BatchMatMulV2', 'probe', [kernel, input]);
    classify(graph, graph.node('Transpose', 'turned', [probe, graph.integers('order', [0, 2, 1])]), 35);
    const classifier = await open(graph);
    const [layer] = classifier.layers;
    expect(layer).toMatchObject({ kind: 'dense', in: 6, out: 5, sites: [{ tap: 'steps', geometry: { axis: -2 } }] });
    const { taps } = await classifier.forward(tensorOf([2, 6, 7], random), { taps: ['steps', 'turned'] });
    const products = await layerProducts(classifier, layer, layer.sites[0], taps.get('steps')!);
    expect(maxDifference(taps.get('turned')!.data, products.data)).toBeLessThan(1e-4);
  });

  it('a convolution dilated by moving space into the batch, in any chunks', async () => {
    const graph = new GraphBuilder();
    const input = graph.input('image', [-1, 8, 8, 2]);
    const block = graph.integers('block', [2, 2]);
    const pads = graph.integers('pads', [0, 0, 0, 0], [2, 2]);
    const split = graph.node('SpaceToBatchND', 'split', [input, block, pads]);
    const kernel = graph.weight('kernel', [2, 2, 2, 3], weights([2, 2, 2, 3]));
    const probe = graph.conv('Conv2D', 'probe', [split, kernel]);
    const joined = graph.node('BatchToSpaceND', 'joined', [probe, block, pads]);
    classify(graph, joined, 6 * 6 * 3);
    const classifier = await open(graph);
    const [layer] = classifier.layers;
    const batch = tensorOf([9, 8, 8, 2], random);
    const { taps } = await classifier.forward(batch, { taps: ['split', 'probe'] });
    expect(taps.get('split')!.dims).toEqual([36, 4, 4, 2]);
    const products = await layerProducts(classifier, layer, layer.sites[0], taps.get('split')!);
    expect(maxDifference(taps.get('probe')!.data, products.data)).toBeLessThan(1e-4);
    for (const sample of [0, 8]) {
      const one = { dims: [1, 8, 8, 2], data: batch.data.slice(sample * 128, (sample + 1) * 128) };
      const alone = await classifier.forward(one, { taps: ['split'] });
      const rows = taps.get('split')!.data.slice(sample * 128, (sample + 1) * 128);
      expect(maxDifference(alone.taps.get('split')!.data, rows)).toBe(0);
    }
    expect(classifier.activations.map(({ id }) => id)).toEqual(['joined', 'flat']);
  });
});

/** Two convolutions that share their kernel around a residual sum, then a softmax under another name. */
function network(): GraphBuilder {
  const graph = new GraphBuilder();
  const input = graph.input('image', [-1, 6, 6, 4]);
  const shared = graph.weight('shared', [3, 3, 4, 4], weights([3, 3, 4, 4]));
  const first = graph.node('Relu', 'relu1', [graph.conv('Conv2D', 'conv1', [input, shared], { padding: 'SAME' })]);
  const renamed = graph.node('Identity', 'shared_again', [shared]);
  const second = graph.node('Relu', 'relu2', [graph.conv('Conv2D', 'conv2', [first, renamed], { padding: 'SAME' })]);
  const sum = graph.node('AddV2', 'sum', [first, second]);
  const pooled = graph.node('Mean', 'pool', [sum, graph.integers('axes', [1, 2])], {
    keep_dims: attribute.flag(false),
  });
  const scores = graph.weight('scores_weight', [4, 3], weights([4, 3]));
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
    const candidate = await classifier.withWeights({ weights: new Map([['conv1', zero]]) });
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
    graph.node('MatMul', 'scores', [flat, graph.weight('kernel', [6, 3], weights([6, 3]))]);
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
    graph.node('MatMul', 'scores', [cast, graph.weight('kernel', [4, 3], weights([4, 3]))]);
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
    graph.node('Conv2D', 'probe', [input, graph.weight('kernel', [3, 3, 2, 2], weights([3, 3, 2, 2]))], {
      strides: attribute.integers(1, 1, 1, 1),
      dilations: attribute.integers(1, 1, 1, 1),
      padding: attribute.codes('SAME'),
      data_format: attribute.codes('NHWC'),
    });
    classify(graph, 'probe', 32);
    const { layers } = await open(graph);
    expect(layers[0].sites[0].geometry).toMatchObject({ padding: 'same', layout: 'channels-last' });
  });
});

describe('weights that are left alone', () => {
  it('are named with the reason', async () => {
    const graph = new GraphBuilder();
    const input = graph.input('x', [-1, 6]);
    const square = (name: string) => graph.weight(name, [6, 6], weights([6, 6]));
    const scaled = graph.node('Mul', 'scaled', [square('w1'), graph.weight('scale', [6], weights([6]))]);
    const computed = graph.node('MatMul', 'computed', [input, scaled]);
    const both = square('w2');
    const one = graph.node('MatMul', 'one', [computed, both]);
    const other = graph.node('MatMul', 'other', [one, both], { transpose_b: attribute.flag(true) });
    const third = square('w3');
    const used = graph.node('MatMul', 'used', [other, third]);
    const added = graph.node('AddV2', 'added', [used, third]);
    const attention = graph.node('MatMul', 'attention', [added, used], { transpose_b: attribute.flag(true) });
    const left = graph.node('MatMul', 'left', [square('w4'), attention]);
    classify(graph, left, 6);
    const facts = await format.inspect(await graph.write(await temporaryFolder()));
    expect(facts.layers.map(({ id }) => id)).toEqual(['scores']);
    expect(Object.fromEntries(facts.skipped.map(({ name, reason }) => [name, reason]))).toEqual({
      computed: 'its weight is computed when the model runs',
      one: 'its weight is also used in another form',
      other: 'its weight is also used in another form',
      used: 'its weight is also used in another form',
      left: 'its weight stands on the left of a product without batch',
    });
  });
});

describe('graphs that cannot be classified with', () => {
  const refusal = async (
    build: (graph: GraphBuilder, input: string) => void,
    options?: Parameters<GraphBuilder['write']>[1],
  ) => {
    const graph = new GraphBuilder();
    build(graph, graph.input('x', [-1, 6]));
    return format.open(await graph.write(await temporaryFolder(), options)).then(
      () => expect.fail('opened'),
      (error) => error,
    );
  };

  it.each([
    ['While', {}, /uses the operation While \("probe"\), which cannot be run here: control flow/],
    ['Where', {}, /uses the operation Where \("probe"\).*the size of its result depends on the values/],
    ['StringSplit', {}, /uses the operation StringSplit \("probe"\).*it works on text/],
    ['Identity', { T: { type: 'DT_STRING' } }, /uses the operation Identity \("probe"\).*it works on text/],
    ['MadeUp', {}, /uses the operation MadeUp, which TensorFlow\.js does not know/],
    [
      'Einsum',
      { equation: attribute.text('ij,jk->ik') },
      /uses the operation Einsum, which TensorFlow\.js has not on WebAssembly/,
    ],
  ])('name the operation %s', async (op, attributes, message) => {
    const error = await refusal((graph, input) => {
      const kernel = graph.weight('kernel', [6, 6], weights([6, 6]));
      classify(graph, graph.node(op, 'probe', [input, kernel], attributes as never), 6);
    });
    expect(error).toMatchObject({ code: 'model-unsupported', message: expect.stringMatching(message) });
    expect(error.hint).toBeTruthy();
  });

  it('name several inputs and outputs', async () => {
    const two = await refusal((graph, input) => {
      graph.node('AddV2', 'sum', [input, graph.input('y', [-1, 6])]);
    });
    expect(two).toMatchObject({ code: 'model-unsupported', message: expect.stringContaining('has 2 inputs (x, y)') });
    const outputs = await refusal((graph, input) => {
      graph.node('Relu', 'a', [input]);
      graph.node('Relu', 'b', [input]);
    });
    expect(outputs).toMatchObject({
      code: 'model-unsupported',
      message: expect.stringContaining('has 2 outputs (a, b)'),
    });
  });

  it('name an output of one value, and one of images', async () => {
    const regression = await refusal((graph, input) => {
      graph.node('MatMul', 'score', [input, graph.weight('kernel', [6, 1], weights([6, 1]))]);
    });
    expect(regression).toMatchObject({ code: 'not-a-classifier', message: expect.stringContaining('[1, 1]') });
    const images = await refusal((graph, input) => {
      graph.node('Reshape', 'image', [input, graph.integers('shape', [-1, 3, 2])]);
    });
    expect(images).toMatchObject({ code: 'not-a-classifier', message: expect.stringContaining('[1, 3, 2]') });
  });

  it('say where the graph is damaged', async () => {
    const missing = await refusal((graph, input) => {
      graph.node('Relu', 'probe', [input, 'nowhere']);
    });
    expect(missing).toMatchObject({
      code: 'model-corrupt',
      place: expect.stringMatching(/^line 1, column \d+$/),
      message: expect.stringContaining('the node "probe" reads "nowhere", which no node makes'),
    });
    const circle = await refusal((graph, input) => {
      graph.node('AddV2', 'a', [input, 'b']);
      graph.node('Relu', 'b', ['a']);
      graph.node('Relu', 'c', ['b']);
    });
    expect(circle).toMatchObject({ code: 'model-unsupported', message: expect.stringContaining('in a circle') });
    const huge = await refusal((graph, input) => {
      const shape = graph.integers('times', [1_000_000, 1_000_000]);
      graph.node('Tile', 'probe', [input, shape]);
    });
    expect(huge).toMatchObject({
      code: 'model-corrupt',
      message: expect.stringContaining('the Tile "probe" is asked for the size [1000000, 1000000]'),
    });
  });

  it('refuse a strided convolution in the layout that TensorFlow.js misreads, and run none on WebAssembly', async () => {
    const nchw = (strides: number[]) =>
      refusal((graph, input) => {
        const image = graph.node('Reshape', 'image', [input, graph.integers('size', [-1, 1, 3, 2])]);
        const kernel = graph.weight('kernel', [1, 1, 1, 2], [1, 2]);
        graph.conv('Conv2D', 'probe', [image, kernel], { strides, format: 'NCHW' });
        classify(graph, 'probe', 12);
      });
    expect(await nchw([2, 2])).toMatchObject({
      code: 'model-unsupported',
      message: expect.stringContaining('"probe" is strided in the NCHW layout, which TensorFlow.js misreads'),
    });
    expect(await nchw([1, 1])).toMatchObject({
      code: 'model-unsupported',
      message: expect.stringContaining("does not support dataFormat:'channelsFirst'"),
    });
  });
});
