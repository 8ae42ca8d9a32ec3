import { describe, expect, it } from 'vitest';
import { Random } from '../../../src/base/random.js';
import type { Classifier } from '../../../src/models/classifier.js';
import { format } from '../../../src/models/tfjs-graph/index.js';
import { maxDifference, tensorOf } from '../../support/data/arrays.js';
import { temporaryFolder } from '../../support/folders.js';
import { biased, layerProducts, randomEdits } from '../../support/models/classifierChecks.js';
import { attribute, GraphBuilder } from '../../support/models/tfjsGraph.js';

const random = new Random(11);

async function open(graph: GraphBuilder): Promise<Classifier> {
  return format.open(await graph.write(await temporaryFolder()));
}

interface Form {
  readonly dims: readonly number[];
  /** Adds the node "probe" and what it needs; returns how many values a sample it gives. */
  readonly build: (graph: GraphBuilder, input: string) => number;
  readonly expected: object;
  /** Whether it adds a bias (of the values below), and then an activation. */
  readonly fused?: boolean;
}

const image = [7, 6, 4];
const bias = Float32Array.from([0.5, -0.25, 1, 0, 2]);
const conv = (shape: readonly number[], options: Parameters<GraphBuilder['conv']>[3], size: number): Form['build'] => {
  return (graph, input) => {
    graph.conv('Conv2D', 'probe', [input, graph.randomWeight('kernel', shape)], options);
    return size;
  };
};
const depthwise = (
  shape: readonly number[],
  options: Parameters<GraphBuilder['conv']>[3],
  size: number,
): Form['build'] => {
  return (graph, input) => {
    graph.conv('DepthwiseConv2dNative', 'probe', [input, graph.randomWeight('kernel', shape)], options);
    return size;
  };
};

const forms: Record<string, Form> = {
  MatMul: {
    dims: [6],
    build: (graph, input) => {
      graph.node('MatMul', 'probe', [input, graph.randomWeight('kernel', [6, 5])]);
      return 5;
    },
    expected: { kind: 'dense', in: 6, out: 5, groups: 1 },
  },
  'MatMul with the weight transposed': {
    dims: [6],
    build: (graph, input) => {
      const kernel = graph.randomWeight('kernel', [5, 6]);
      graph.node('MatMul', 'probe', [input, kernel], { transpose_b: attribute.flag(true) });
      return 5;
    },
    expected: { kind: 'dense', in: 6, out: 5 },
  },
  _FusedMatMul: {
    dims: [6],
    build: (graph, input) => {
      const kernel = graph.randomWeight('kernel', [6, 5]);
      graph.node('_FusedMatMul', 'probe', [input, kernel, graph.weight('bias', [5], bias)], {
        fused_ops: attribute.texts('BiasAdd', 'Relu'),
        num_args: attribute.integer(1),
      });
      return 5;
    },
    expected: { kind: 'dense', in: 6, out: 5 },
    fused: true,
  },
  'BatchMatMulV2 on steps': {
    dims: [7, 6],
    build: (graph, input) => {
      graph.node('BatchMatMulV2', 'probe', [input, graph.randomWeight('kernel', [1, 6, 5])]);
      return 35;
    },
    expected: { kind: 'dense', in: 6, out: 5 },
  },
  'MatMul behind Identity, Cast, Reshape and Transpose': {
    dims: [6],
    build: (graph, input) => {
      const stored = graph.randomWeight('kernel', [5, 2, 3]);
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
      const stored = graph.randomWeight('kernel', [5, 4, 3]);
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
      const inputs = [input, graph.randomWeight('kernel', [3, 3, 4, 5]), graph.weight('bias', [5], bias)];
      graph.conv('_FusedConv2D', 'probe', inputs, { padding: 'SAME', fused: ['BiasAdd', 'Relu'] });
      return 210;
    },
    expected: { kind: 'conv', in: 36, out: 5 },
    fused: true,
  },
  Conv3D: {
    dims: [5, 4, 3, 2],
    build: (graph, input) => {
      const shape = [2, 3, 2, 2, 5];
      graph.node('Conv3D', 'probe', [input, graph.randomWeight('kernel', shape)], {
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
      const inputs = [input, graph.randomWeight('kernel', [3, 3, 4, 1]), graph.weight('bias', [4], bias.slice(0, 4))];
      graph.conv('FusedDepthwiseConv2dNative', 'probe', inputs, { padding: 'SAME', fused: ['BiasAdd', 'Relu'] });
      return 168;
    },
    expected: { kind: 'depthwise', in: 9, out: 4, groups: 4 },
    fused: true,
  },
};

describe('a node’s output is its weight times its input vectors', () => {
  it.each(Object.keys(forms))('%s', async (name) => {
    const { dims, build, expected, fused = false } = forms[name];
    const graph = new GraphBuilder();
    const input = graph.input('image', [-1, ...dims]);
    graph.classify('probe', build(graph, input));
    const classifier = await open(graph);
    const [layer] = classifier.layers;
    expect(layer).toMatchObject({ id: 'probe', name: 'probe', hasBias: fused, ...expected });
    expect(classifier.skipped).toEqual([]);
    const [site] = layer.sites;
    const batch = tensorOf([2, ...dims], random);
    const check = async (opened: Classifier, added: ArrayLike<number>) => {
      const { logits, taps } = await opened.forward(batch, { taps: [site.tap, 'probe'] });
      const sums = biased(await layerProducts(opened, layer, site, taps.get(site.tap)!), added);
      const outputs = fused ? sums.map((value) => Math.max(0, value)) : sums;
      expect(maxDifference(taps.get('probe')!.data, outputs)).toBeLessThan(1e-4);
      expect(outputs.some((value) => Math.abs(value) > 0.5)).toBe(true);
      return logits;
    };
    const stored = fused ? bias.slice(0, layer.out) : new Float32Array(layer.out);
    await check(classifier, stored);
    expect(await classifier.readBias('probe')).toEqual(fused ? stored : null);

    const edits = randomEdits(classifier, 9, ['probe']);
    const added = edits.get('probe')!.bias ?? stored;
    const candidate = await classifier.withWeights(edits);
    const reopened = await format.open((await classifier.save(edits, `${await temporaryFolder()}/copy`)).path);
    expect(await check(reopened, added)).toEqual(await check(candidate, added));
  });

  it('BatchMatMulV2 with the weight on the left', async () => {
    const graph = new GraphBuilder();
    const input = graph.input('steps', [-1, 6, 7]);
    const kernel = graph.randomWeight('kernel', [5, 6]);
    const probe = graph.node('BatchMatMulV2', 'probe', [kernel, input]);
    graph.classify(graph.node('Transpose', 'turned', [probe, graph.integers('order', [0, 2, 1])]), 35);
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
    const kernel = graph.randomWeight('kernel', [2, 2, 2, 3]);
    const probe = graph.conv('Conv2D', 'probe', [split, kernel]);
    const joined = graph.node('BatchToSpaceND', 'joined', [probe, block, pads]);
    graph.classify(joined, 6 * 6 * 3);
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
