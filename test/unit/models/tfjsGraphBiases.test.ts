import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { Random } from '../../../src/base/random.js';
import type { Classifier } from '../../../src/models/classifier.js';
import { readModelFiles } from '../../../src/models/tfjs/manifest.js';
import { readStored } from '../../../src/models/tfjs/tensors.js';
import { format } from '../../../src/models/tfjs-graph/index.js';
import { maxDifference, tensorOf } from '../../support/data/arrays.js';
import { temporaryFolder } from '../../support/folders.js';
import { biased, layerProducts, randomEdits } from '../../support/models/classifierChecks.js';
import type { Quantized } from '../../support/models/tfjsFiles.js';
import { attribute, GraphBuilder } from '../../support/models/tfjsGraph.js';

const random = new Random(19);

/** A graph whose node "biased" is that of the layer "probe" plus a bias, and how many values a sample it gives. */
interface Form {
  readonly dims: readonly number[];
  readonly build: (graph: GraphBuilder, input: string) => number;
  /** The rows of "biased" in the order of the layer's products, where that is another one. */
  readonly rows?: (data: Float32Array, out: number) => Float32Array;
}

const bias = (graph: GraphBuilder, shape: readonly number[] = [5], quantization?: Quantized) =>
  graph.randomWeight('bias', shape, quantization);
const kernel = (graph: GraphBuilder, shape: readonly number[]) => graph.randomWeight('kernel', shape);
const dense = (graph: GraphBuilder, input: string) => graph.node('MatMul', 'probe', [input, kernel(graph, [6, 5])], {});
const image = [7, 6, 4];

const forms: Record<string, Form> = {
  'BiasAdd after MatMul': {
    dims: [6],
    build: (graph, input) => {
      graph.node('BiasAdd', 'biased', [dense(graph, input), bias(graph)]);
      return 5;
    },
  },
  'AddV2 after MatMul, the bias first': {
    dims: [6],
    build: (graph, input) => {
      graph.node('AddV2', 'biased', [bias(graph), dense(graph, input)]);
      return 5;
    },
  },
  'a bias that is stored in float16': {
    dims: [6],
    build: (graph, input) => {
      graph.node('BiasAdd', 'biased', [dense(graph, input), bias(graph, [5], 'float16')]);
      return 5;
    },
  },
  'a quantised bias': {
    dims: [6],
    build: (graph, input) => {
      graph.node('BiasAdd', 'biased', [dense(graph, input), bias(graph, [5], 'uint8')]);
      return 5;
    },
  },
  'a bias behind Identity, ExpandDims and Reshape': {
    dims: [6],
    build: (graph, input) => {
      const named = graph.node('Identity', 'named', [bias(graph)]);
      const wide = graph.node('ExpandDims', 'wide', [named, graph.integers('axis', [0], [])]);
      const shaped = graph.node('Reshape', 'shaped', [wide, graph.integers('shape', [1, 5])]);
      graph.node('Add', 'biased', [dense(graph, input), shaped]);
      return 5;
    },
  },
  'Add after Conv2D, of the shape that broadcasts': {
    dims: image,
    build: (graph, input) => {
      const product = graph.conv('Conv2D', 'probe', [input, kernel(graph, [3, 2, 4, 5])]);
      graph.node('Add', 'biased', [product, bias(graph, [1, 1, 1, 5])]);
      return 125;
    },
  },
  'BiasAdd after a depthwise convolution with a multiplier': {
    dims: image,
    build: (graph, input) => {
      const product = graph.conv('DepthwiseConv2dNative', 'probe', [input, kernel(graph, [3, 3, 4, 2])]);
      graph.node('BiasAdd', 'biased', [product, bias(graph, [8])]);
      return 5 * 4 * 8;
    },
  },
  'BiasAdd after Conv3D': {
    dims: [5, 4, 3, 2],
    build: (graph, input) => {
      const product = graph.node('Conv3D', 'probe', [input, kernel(graph, [2, 2, 2, 2, 5])], {
        strides: attribute.integers(1, 1, 1, 1, 1),
        dilations: attribute.integers(1, 1, 1, 1, 1),
        padding: attribute.text('VALID'),
        data_format: attribute.text('NDHWC'),
      });
      graph.node('BiasAdd', 'biased', [product, bias(graph)]);
      return 4 * 3 * 2 * 5;
    },
  },
  'BiasAdd after a convolution of steps, which are squeezed': {
    dims: [9, 4],
    build: (graph, input) => {
      const wide = graph.node('ExpandDims', 'wide', [input, graph.integers('axis', [-3], [])]);
      const product = graph.conv('Conv2D', 'probe', [wide, kernel(graph, [1, 3, 4, 5])]);
      const steps = graph.node('Squeeze', 'steps', [product], { squeeze_dims: attribute.integers(-3) });
      graph.node('BiasAdd', 'biased', [steps, bias(graph)]);
      return 35;
    },
  },
  'BiasAdd after MatMul on steps, as Keras flattens and restores them': {
    dims: [9, 6],
    build: (graph, input) => {
      const flat = graph.node('Reshape', 'flattened', [input, graph.integers('rows', [-1, 6])]);
      const product = graph.node('Identity', 'same', [dense(graph, flat)]);
      const restored = graph.node('Reshape', 'restored', [product, graph.integers('steps', [-1, 9, 5])]);
      graph.node('BiasAdd', 'biased', [restored, bias(graph)]);
      return 45;
    },
  },
  'AddV2 after a weight on the left, one value a row': {
    dims: [6, 7],
    build: (graph, input) => {
      const product = graph.node('BatchMatMulV2', 'probe', [kernel(graph, [5, 6]), input]);
      graph.node('AddV2', 'biased', [product, bias(graph, [5, 1])]);
      return 35;
    },
    rows: (data, out) => {
      const turned = new Float32Array(data.length);
      const columns = 7;
      for (let at = 0; at < data.length; at++) {
        const [sample, row, column] = [Math.floor(at / (out * columns)), Math.floor(at / columns) % out, at % columns];
        turned[(sample * columns + column) * out + row] = data[at];
      }
      return turned;
    },
  },
};

async function open(graph: GraphBuilder): Promise<Classifier> {
  return format.open(await graph.write(path.join(await temporaryFolder(), 'net'), { shardBytes: 50 }));
}

describe('a stored bias', () => {
  it.each(Object.keys(forms))('%s', async (name) => {
    const { dims, build, rows = (data) => data } = forms[name];
    const graph = new GraphBuilder();
    graph.classify('biased', build(graph, graph.input('image', [-1, ...dims])));
    const classifier = await open(graph);
    const [layer] = classifier.layers;
    expect(layer).toMatchObject({ id: 'probe', hasBias: true });
    const [site] = layer.sites;
    const batch = tensorOf([2, ...dims], random);
    const check = async (opened: Classifier) => {
      const { logits, taps } = await opened.forward(batch, { taps: [site.tap, 'biased'] });
      const products = await layerProducts(opened, layer, site, taps.get(site.tap)!);
      const sums = biased(products, (await opened.readBias('probe'))!);
      expect(maxDifference(rows(taps.get('biased')!.data, layer.out), sums)).toBeLessThan(1e-4);
      return logits;
    };
    const before = await check(classifier);

    const edits = randomEdits(classifier, 9, ['probe']);
    const candidate = await classifier.withWeights(edits);
    const target = path.join(await temporaryFolder(), 'copy');
    const saved = await classifier.save(edits, target);
    const reopened = await format.open(saved.path);
    const after = await check(reopened);
    expect((await candidate.forward(batch)).logits).toEqual(after);
    expect(maxDifference(after.data, before.data)).toBeGreaterThan(0.01);
    expect(await check(classifier)).toEqual(before);
    const tolerance = name.includes('float16') ? 5e-4 : 0;
    const { bias: wanted } = edits.get('probe')!;
    expect(maxDifference((await reopened.readBias('probe'))!, wanted!)).toBeLessThanOrEqual(tolerance);
    expect(saved.notes).toEqual(
      name.includes('quantised') ? ['tensor "bias" is stored as float32 in the copy; it was quantised to uint8'] : [],
    );

    // Every other tensor keeps its bytes.
    const [source, copy] = [await readModelFiles(classifier.path), await readModelFiles(saved.path)];
    for (const [tensor, stored] of source.weights) {
      const same = Buffer.from(await readStored(stored)).equals(await readStored(copy.weights.get(tensor)!));
      expect([tensor, same]).toEqual([tensor, !['kernel', 'bias'].includes(tensor)]);
    }
  });

  it('of an edit that names none stays, also one that an earlier edit has set', async () => {
    const graph = new GraphBuilder();
    graph.classify('biased', forms['BiasAdd after MatMul'].build(graph, graph.input('x', [-1, 6])));
    const classifier = await open(graph);
    const original = await classifier.readBias('probe');
    const { weight, bias: changed } = randomEdits(classifier, 4).get('probe')!;
    const alone = await classifier.withWeights(new Map([['probe', { weight }]]));
    expect(await alone.readBias('probe')).toEqual(original);
    const first = await classifier.withWeights(new Map([['probe', { weight, bias: changed }]]));
    const second = await first.withWeights(new Map([['probe', { weight }]]));
    expect(await second.readBias('probe')).toEqual(changed);
    const batch = tensorOf([3, 6], random);
    expect((await second.forward(batch)).logits).toEqual((await first.forward(batch)).logits);
  });

  it('of a layer that is applied twice is one, if both places add the same', async () => {
    const twice = (second: (graph: GraphBuilder, shared: string) => string) => {
      const graph = new GraphBuilder();
      const [weight, shared] = [graph.randomWeight('kernel', [6, 6]), bias(graph, [6])];
      const one = graph.node('BiasAdd', 'one', [
        graph.node('MatMul', 'probe', [graph.input('x', [-1, 6]), weight]),
        shared,
      ]);
      const product = graph.node('MatMul', 'again', [graph.node('Relu', 'relu', [one]), weight]);
      graph.classify(graph.node('AddV2', 'two', [product, second(graph, shared)]), 6);
      return graph;
    };
    const same = await open(twice((_, shared) => shared));
    expect(same.layers[0]).toMatchObject({ id: 'probe', hasBias: true, sites: [{}, {}] });
    const edits = randomEdits(same, 3, ['probe']);
    const candidate = await same.withWeights(edits);
    const [layer] = same.layers;
    const { taps } = await candidate.forward(tensorOf([4, 6], random), { taps: ['x', 'one', 'relu', 'two'] });
    for (const [i, name] of ['one', 'two'].entries()) {
      const site = layer.sites[i];
      const sums = biased(await layerProducts(candidate, layer, site, taps.get(site.tap)!), edits.get('probe')!.bias!);
      expect(maxDifference(taps.get(name)!.data, sums)).toBeLessThan(1e-4);
    }
    const different = await open(twice((graph) => graph.randomWeight('other', [6])));
    expect(different.layers[0]).toMatchObject({ id: 'probe', hasBias: false });
  });
});

describe('no bias of a layer is', () => {
  const cases: Record<string, (graph: GraphBuilder, input: string) => string> = {
    'one number for all rows': (graph, input) =>
      graph.node('AddV2', 'biased', [dense(graph, input), graph.randomWeight('bias', [1])]),
    'a value a position, of as many as there are rows': (graph, input) => {
      const column = graph.node('Reshape', 'column', [input, graph.integers('tall', [-1, 6, 1])]);
      const columns = graph.node('ConcatV2', 'columns', [...Array(5).fill(column), graph.integers('axis', [2], [])], {
        N: attribute.integer(5),
      });
      const product = graph.node('BatchMatMulV2', 'probe', [kernel(graph, [5, 6]), columns]);
      const sum = graph.node('AddV2', 'sum', [product, bias(graph)]);
      return graph.node('Mean', 'biased', [sum, graph.integers('axes', [2])], { keep_dims: attribute.flag(false) });
    },
    'what is added after an activation': (graph, input) =>
      graph.node('BiasAdd', 'biased', [graph.node('Relu', 'relu', [dense(graph, input)]), bias(graph)]),
    'what is added after a fused activation': (graph, input) => {
      const fused = graph.node('_FusedMatMul', 'probe', [input, kernel(graph, [6, 5]), bias(graph)], {
        fused_ops: attribute.texts('Prelu'),
        num_args: attribute.integer(1),
      });
      return graph.node('Identity', 'biased', [fused]);
    },
    'what is added to a product that something else reads too': (graph, input) => {
      const product = dense(graph, input);
      const sum = graph.node('BiasAdd', 'sum', [product, bias(graph)]);
      return graph.node('AddV2', 'biased', [sum, product]);
    },
    'what another layer adds too': (graph, input) => {
      const shared = bias(graph);
      const one = graph.node('BiasAdd', 'one', [dense(graph, input), shared]);
      const other = graph.node('MatMul', 'other', [input, graph.randomWeight('other_kernel', [6, 5])]);
      return graph.node('AddV2', 'biased', [one, graph.node('BiasAdd', 'two', [other, shared])]);
    },
    'what is read elsewhere': (graph, input) => {
      const shared = bias(graph);
      const sum = graph.node('BiasAdd', 'sum', [dense(graph, input), shared]);
      return graph.node('Mul', 'biased', [sum, graph.node('Identity', 'again', [shared])]);
    },
    'an activation': (graph, input) =>
      graph.node('AddV2', 'biased', [dense(graph, input), graph.node('MatMul', 'other', [input, bias(graph, [6, 5])])]),
    'what is added after the axes were shuffled': (graph, input) => {
      const square = graph.node('MatMul', 'probe', [input, kernel(graph, [6, 6])]);
      const cut = graph.node('Reshape', 'cut', [square, graph.integers('pieces', [-1, 3, 2])]);
      const added = graph.node('AddV2', 'sum', [cut, graph.randomWeight('bias', [3, 2])]);
      const flat = graph.node('Reshape', 'restored', [added, graph.integers('flat6', [-1, 6])]);
      return graph.node('MatMul', 'biased', [flat, graph.randomWeight('last', [6, 5])]);
    },
  };

  it.each(Object.keys(cases))('%s', async (name) => {
    const graph = new GraphBuilder();
    graph.classify(cases[name](graph, graph.input('x', [-1, 6])), 5);
    const classifier = await open(graph);
    const layer = classifier.layers.find(({ id }) => id === 'probe')!;
    expect(layer.hasBias).toBe(false);
    expect(await classifier.readBias('probe')).toBeNull();
    const { weight } = randomEdits(classifier, 1).get('probe')!;
    const edits = new Map([['probe', { weight, bias: new Float32Array(layer.out) }]]);
    await expect(classifier.withWeights(edits)).rejects.toThrow('layer "probe" has no bias that can be edited');
  });
});
