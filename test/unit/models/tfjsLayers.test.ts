import type { LayersModel, layers as tfl } from '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, it } from 'vitest';
import { Random } from '../../../src/base/random.js';
import type { Classifier } from '../../../src/models/classifier.js';
import { loadBackend, type Tf } from '../../../src/models/tfjs/backend.js';
import { format } from '../../../src/models/tfjs-layers/index.js';
import { maxDifference, tensorOf } from '../../support/arrays.js';
import { channelsLast, layerProducts } from '../../support/classifierChecks.js';
import { temporaryFolder } from '../../support/folders.js';
import { randomise, writeLayersModel } from '../../support/tfjsFiles.js';

let tf: Tf;
beforeAll(async () => {
  ({ tf } = await loadBackend());
});

/** Saves a model and opens it with the code under test. */
async function reopen(model: LayersModel, options: Parameters<typeof writeLayersModel>[3] = {}): Promise<Classifier> {
  randomise(tf, model);
  return format.open(await writeLayersModel(tf, model, await temporaryFolder(), options));
}

/** What TensorFlow.js itself gives for a batch. */
function predicted(model: LayersModel, dims: readonly number[], data: Float32Array): Float32Array {
  return tf.tidy(
    () =>
      (model.predict(tf.tensor(data, [...dims])) as import('@tensorflow/tfjs-core').Tensor).dataSync() as Float32Array,
  );
}

/** A classifier whose first layer is the one to look at. */
function around(probe: tfl.Layer): LayersModel {
  const flat = probe.batchInputShape.length > 2 ? [tf.layers.flatten()] : [];
  return tf.sequential({ layers: [probe, ...flat, tf.layers.dense({ units: 3 })] });
}

describe('a layer’s output is its weight times its input vectors, plus the bias', () => {
  const image = { inputShape: [7, 6, 4], name: 'probe' };
  const first = { ...image, inputShape: [4, 7, 6], dataFormat: 'channelsFirst' as const };
  const steps = { inputShape: [9, 4], name: 'probe' };
  const forms: Record<string, () => tfl.Layer> = {
    Dense: () => tf.layers.dense({ inputShape: [5], units: 4, name: 'probe' }),
    'Dense on steps': () => tf.layers.dense({ ...steps, units: 5 }),
    'Dense on images': () => tf.layers.dense({ ...image, units: 5 }),
    Conv1D: () => tf.layers.conv1d({ ...steps, filters: 5, kernelSize: 3 }),
    'Conv1D strided': () => tf.layers.conv1d({ ...steps, filters: 5, kernelSize: 3, strides: 2, padding: 'same' }),
    'Conv1D dilated': () => tf.layers.conv1d({ ...steps, filters: 5, kernelSize: 3, dilationRate: 2 }),
    Conv2D: () => tf.layers.conv2d({ ...image, filters: 5, kernelSize: [3, 2] }),
    'Conv2D same and strided': () =>
      tf.layers.conv2d({ ...image, filters: 5, kernelSize: 3, strides: [2, 1], padding: 'same' }),
    'Conv2D dilated': () =>
      tf.layers.conv2d({ ...image, filters: 5, kernelSize: 2, dilationRate: [2, 3], padding: 'same' }),
    'Conv2D channels first': () =>
      tf.layers.conv2d({ ...first, filters: 5, kernelSize: 3, strides: 2, padding: 'same' }),
    Conv3D: () =>
      tf.layers.conv3d({
        inputShape: [5, 4, 3, 2],
        name: 'probe',
        filters: 5,
        kernelSize: [2, 3, 2],
        strides: [2, 1, 1],
        padding: 'same',
      }),
    DepthwiseConv2D: () => tf.layers.depthwiseConv2d({ ...image, kernelSize: [3, 2] }),
    'DepthwiseConv2D with a multiplier': () =>
      tf.layers.depthwiseConv2d({ ...image, kernelSize: 3, depthMultiplier: 2, strides: 2, padding: 'same' }),
    'DepthwiseConv2D channels first': () =>
      tf.layers.depthwiseConv2d({ ...first, kernelSize: 3, depthMultiplier: 2, padding: 'same' }),
  };

  it.each(Object.keys(forms))('%s', async (name) => {
    const probe = forms[name]();
    const model = around(probe);
    const classifier = await reopen(model);
    const layer = classifier.layers[0];
    expect(layer.id).toBe('probe');
    const [site] = layer.sites;
    const batch = tensorOf([2, ...(probe.batchInputShape.slice(1) as number[])], new Random(3));
    const { taps } = await classifier.forward(batch, { taps: [site.tap, 'probe'] });
    const products = await layerProducts(classifier, layer, site, taps.get(site.tap)!);
    const bias = probe.getWeights()[1].dataSync();
    const expected = products.data.map((value, i) => value + bias[i % layer.out]);
    const output = taps.get('probe')!;
    const actual = name.includes('first') ? channelsLast(output) : output.data;
    expect(maxDifference(actual, expected)).toBeLessThan(1e-4);
    expect(expected.some((value) => Math.abs(value) > 0.5)).toBe(true);
  });

  it.each(['channelsLast', 'channelsFirst'] as const)('SeparableConv2D has two weights (%s)', async (dataFormat) => {
    const inputShape = dataFormat === 'channelsLast' ? [7, 6, 4] : [4, 7, 6];
    const probe = tf.layers.separableConv2d({
      inputShape,
      dataFormat,
      name: 'probe',
      filters: 5,
      kernelSize: 3,
      depthMultiplier: 2,
      strides: 2,
      padding: 'same',
      // TensorFlow.js adds the bias to the wrong axis of a channels-first one.
      useBias: dataFormat === 'channelsLast',
    });
    // TensorFlow.js 4.22 forgets to save the multiplier.
    const edit = (topology: Record<string, unknown>) =>
      JSON.parse(JSON.stringify(topology).replace('"name":"probe"', '"name":"probe","depth_multiplier":2'));
    const classifier = await reopen(around(probe), { edit });
    const [depthwise, pointwise] = classifier.layers;
    expect([depthwise, pointwise]).toMatchObject([
      { id: 'probe/depthwise', kind: 'depthwise', in: 9, out: 8, groups: 4 },
      { id: 'probe/pointwise', kind: 'conv', in: 8, out: 5, groups: 1 },
    ]);
    const inside = pointwise.sites[0].tap;
    const batch = tensorOf([2, ...inputShape], new Random(3));
    const { taps } = await classifier.forward(batch, { taps: [depthwise.sites[0].tap, inside, 'probe'] });
    const first = await layerProducts(classifier, depthwise, depthwise.sites[0], taps.get(depthwise.sites[0].tap)!);
    expect(maxDifference(taps.get(inside)!.data, first.data)).toBeLessThan(1e-4);
    const second = await layerProducts(classifier, pointwise, pointwise.sites[0], taps.get(inside)!);
    const bias = probe.getWeights()[2]?.dataSync() ?? new Float32Array(5);
    const output = taps.get('probe')!;
    const actual = dataFormat === 'channelsFirst' ? channelsLast(output) : output.data;
    expect(
      maxDifference(
        actual,
        second.data.map((value, i) => value + bias[i % 5]),
      ),
    ).toBeLessThan(1e-4);
  });
});

/** A residual network with a model inside, a layer that is applied three times, and normalisation. */
function wholeNetwork(): LayersModel {
  const inner = tf.sequential({
    name: 'inner',
    layers: [
      tf.layers.conv2d({ inputShape: [8, 8, 4], filters: 4, kernelSize: 3, padding: 'same', name: 'conv' }),
      tf.layers.batchNormalization({ name: 'norm' }),
      tf.layers.reLU({ name: 'relu' }),
    ],
  });
  const input = tf.input({ shape: [8, 8, 2], name: 'image' });
  const stem = tf.layers
    .conv2d({ filters: 4, kernelSize: 3, padding: 'same', activation: 'relu', name: 'stem' })
    .apply(input) as tfl.Layer['output'];
  const first = inner.apply(stem) as import('@tensorflow/tfjs-layers').SymbolicTensor;
  const second = inner.apply(first) as import('@tensorflow/tfjs-layers').SymbolicTensor;
  const added = tf.layers
    .add({ name: 'sum' })
    .apply([second, stem as import('@tensorflow/tfjs-layers').SymbolicTensor]);
  const both = tf.layers
    .concatenate({ name: 'both' })
    .apply([added as import('@tensorflow/tfjs-layers').SymbolicTensor, first]);
  const pooled = tf.layers.globalAveragePooling2d({ name: 'pool' }).apply(both);
  const shared = tf.layers.dense({ units: 8, activation: 'tanh', name: 'shared' });
  const twice = shared.apply(shared.apply(pooled));
  const output = tf.layers.dense({ units: 5, activation: 'softmax', name: 'scores' }).apply(twice);
  return tf.model({
    inputs: input,
    outputs: output as import('@tensorflow/tfjs-layers').SymbolicTensor,
    name: 'whole',
  });
}

describe('a network with nested models and shared layers', () => {
  const batch = tensorOf([3, 8, 8, 2], new Random(5));

  it('lists layers in forward order, and every site of a shared one', async () => {
    const classifier = await reopen(wholeNetwork());
    expect(classifier.layers.map(({ id, sites }) => [id, sites.map((site) => site.tap)])).toEqual([
      ['stem', ['image']],
      ['inner/conv', ['stem', 'inner/relu']],
      ['shared', ['pool', 'shared']],
      ['scores', ['shared@1']],
    ]);
    expect(classifier.skipped).toEqual([]);
    expect(classifier).toMatchObject({ format: 'tfjs-layers', classCount: 5 });
    expect(classifier.input).toEqual({ name: 'image', dims: [null, 8, 8, 2], layout: 'nhwc' });
  });

  it('gives logits whose softmax is TensorFlow.js’s own output', async () => {
    const model = wholeNetwork();
    const classifier = await reopen(model);
    const { logits } = await classifier.forward(batch);
    expect(logits.dims).toEqual([3, 5]);
    const softmax = tf.tidy(() => tf.softmax(tf.tensor2d(logits.data, [3, 5])).dataSync());
    expect(maxDifference(softmax, predicted(model, batch.dims, batch.data))).toBeLessThan(1e-5);
  });

  it('runs on from every activation to the same logits', async () => {
    const classifier = await reopen(wholeNetwork());
    const ids = classifier.activations.map(({ id }) => id);
    // Between stem and sum, and from inner's first call to both, other paths lead around.
    expect(ids).toEqual(['stem', 'both', 'pool', 'shared', 'shared@1']);
    const { logits, taps } = await classifier.forward(batch, { taps: ids });
    for (const { id, dims, layout } of classifier.activations) {
      const value = taps.get(id)!;
      expect(value.dims).toEqual([3, ...dims]);
      expect(layout).toBe(dims.length === 3 ? 'channels-last' : 'features');
      const onward = await classifier.forwardFrom(id, value);
      expect(onward.dims).toEqual([3, 5]);
      expect(maxDifference(onward.data, logits.data)).toBeLessThan(1e-5);
    }
  });

  it('applies an edit at every site, and leaves the original and other candidates alone', async () => {
    const model = wholeNetwork();
    const classifier = await reopen(model);
    const before = (await classifier.forward(batch)).logits;
    const kernel = await classifier.readWeight('shared');
    const halved = { ...kernel, data: kernel.data.map((value) => value / 2) };
    const candidate = await classifier.withWeights({ weights: new Map([['shared', halved]]) });
    const other = await classifier.withWeights({
      weights: new Map([['scores', await classifier.readWeight('scores')]]),
    });
    const after = (await candidate.forward(batch)).logits;
    expect(maxDifference((await other.forward(batch)).logits.data, before.data)).toBe(0);
    expect(maxDifference((await classifier.forward(batch)).logits.data, before.data)).toBe(0);
    expect(await candidate.readWeight('shared')).toEqual(halved);

    const layer = model.getLayer('shared');
    const [original, bias] = layer.getWeights();
    layer.setWeights([tf.mul(original, 0.5), bias]);
    const softmax = tf.tidy(() => tf.softmax(tf.tensor2d(after.data, [3, 5])).dataSync());
    expect(maxDifference(softmax, predicted(model, batch.dims, batch.data))).toBeLessThan(1e-5);
  });

  it('gives the same for one sample, for many, and sample by sample', async () => {
    const classifier = await reopen(wholeNetwork());
    const many = tensorOf([23, 8, 8, 2], new Random(6));
    const tap = classifier.layers[1].sites[1].tap;
    const whole = await classifier.forward(many, { taps: [tap] });
    expect(whole.taps.get(tap)!.dims).toEqual([23, 8, 8, 4]);
    for (const i of [0, 11, 22]) {
      const one = { dims: [1, 8, 8, 2], data: many.data.slice(i * 128, (i + 1) * 128) };
      const { logits } = await classifier.forward(one);
      expect(maxDifference(logits.data, whole.logits.data.slice(i * 5, (i + 1) * 5))).toBe(0);
    }
  });

  it('keeps no tensor from call to call, nor after dispose', async () => {
    const path = await (async () => {
      const model = wholeNetwork();
      randomise(tf, model);
      return writeLayersModel(tf, model, await temporaryFolder());
    })();
    const empty = tf.memory().numTensors;
    const classifier = await format.open(path);
    const weights = new Map([['shared', await classifier.readWeight('shared')]]);
    const use = async () => {
      const candidate = await classifier.withWeights({ weights });
      await candidate.forward(batch, { taps: ['pool', 'stem'] });
      await classifier.forward(batch, { taps: ['inner/relu'] });
      await candidate.forwardFrom('pool', { dims: [2, 8], data: new Float32Array(16) });
      await candidate.dispose();
    };
    await use();
    const used = tf.memory().numTensors;
    for (let i = 0; i < 3; i++) await use();
    expect(tf.memory().numTensors).toBe(used);
    await classifier.dispose();
    expect(tf.memory().numTensors).toBe(empty);
    await expect(classifier.forward(batch)).rejects.toThrow('disposed');
  });

  it('a candidate outlives the classifier it was made of', async () => {
    const classifier = await reopen(wholeNetwork());
    const { logits } = await classifier.forward(batch);
    const candidate = await classifier.withWeights({ weights: new Map() });
    await classifier.dispose();
    expect(maxDifference((await candidate.forward(batch)).logits.data, logits.data)).toBe(0);
    await candidate.dispose();
  });

  it('stops when asked to', async () => {
    const classifier = await reopen(wholeNetwork());
    const signal = AbortSignal.abort();
    await expect(classifier.forward(batch, { signal })).rejects.toMatchObject({ code: 'cancelled' });
  });

  it('refuses inputs of another size', async () => {
    const classifier = await reopen(wholeNetwork());
    await expect(classifier.forward(tensorOf([3, 2, 8, 8], new Random(1)))).rejects.toMatchObject({
      code: 'image-size',
      message: expect.stringContaining('the model takes 8 x 8 x 2, but got 2 x 8 x 8'),
    });
  });
});

describe('a final softmax', () => {
  const dense = (activation?: 'softmax' | 'sigmoid') =>
    tf.layers.dense({ inputShape: [4], units: 3, name: 'scores', activation });
  const endings: Record<string, () => LayersModel> = {
    'in the last layer': () => tf.sequential({ layers: [dense('softmax')] }),
    'as an Activation layer': () =>
      tf.sequential({ layers: [dense(), tf.layers.activation({ activation: 'softmax' })] }),
    'as a Softmax layer': () => tf.sequential({ layers: [dense(), tf.layers.softmax()] }),
    'before a Reshape': () => tf.sequential({ layers: [dense('softmax'), tf.layers.reshape({ targetShape: [3] })] }),
    'as a layer before a Flatten': () =>
      tf.sequential({
        layers: [
          dense(),
          tf.layers.softmax({ axis: -1 }),
          tf.layers.reshape({ targetShape: [1, 3] }),
          tf.layers.flatten(),
        ],
      }),
  };

  it.each(Object.keys(endings))('%s is left out', async (name) => {
    const model = endings[name]();
    const classifier = await reopen(model);
    const batch = tensorOf([4, 4], new Random(2));
    const { logits } = await classifier.forward(batch);
    const [layer] = classifier.layers;
    const products = await layerProducts(classifier, layer, layer.sites[0], batch);
    const bias = model.getLayer('scores').getWeights()[1].dataSync();
    expect(
      maxDifference(
        logits.data,
        products.data.map((value, i) => value + bias[i % 3]),
      ),
    ).toBeLessThan(1e-5);
  });

  it('stays inside a layer that is used twice', async () => {
    const input = tf.input({ shape: [3], name: 'x' });
    const layer = tf.layers.dense({ units: 3, activation: 'softmax', name: 'twice' });
    const model = tf.model({
      inputs: input,
      outputs: layer.apply(layer.apply(input)) as import('@tensorflow/tfjs-layers').SymbolicTensor,
    });
    const classifier = await reopen(model);
    const batch = tensorOf([4, 3], new Random(2));
    expect(
      maxDifference((await classifier.forward(batch)).logits.data, predicted(model, batch.dims, batch.data)),
    ).toBeLessThan(1e-6);
  });

  it('other activations stay', async () => {
    const model = tf.sequential({ layers: [dense('sigmoid')] });
    const classifier = await reopen(model);
    const batch = tensorOf([4, 4], new Random(2));
    expect(
      maxDifference((await classifier.forward(batch)).logits.data, predicted(model, batch.dims, batch.data)),
    ).toBeLessThan(1e-6);
  });
});

describe('other layers', () => {
  it('with weights that cannot be projected are named with a reason, normalisation is not', async () => {
    const model = tf.sequential({
      layers: [
        tf.layers.embedding({ inputDim: 20, outputDim: 6, inputLength: 7, maskZero: true, name: 'words' }),
        tf.layers.lstm({ units: 5, returnSequences: true, name: 'memory', recurrentInitializer: 'glorotNormal' }),
        tf.layers.layerNormalization({ name: 'norm' }),
        tf.layers.timeDistributed({ layer: tf.layers.dense({ units: 4 }), name: 'every' }),
        tf.layers.globalAveragePooling1d({}),
        tf.layers.dense({ units: 3, name: 'scores' }),
      ],
    });
    const classifier = await reopen(model);
    expect(classifier.layers.map(({ id }) => id)).toEqual(['scores']);
    expect(classifier.skipped).toEqual([
      { name: 'words', kind: 'Embedding', reason: 'looks vectors up instead of multiplying them' },
      { name: 'memory', kind: 'LSTM', reason: 'recurrent: its weight multiplies a state that it computes itself' },
      { name: 'every', kind: 'TimeDistributed', reason: 'wraps another layer' },
    ]);
    const words = { dims: [2, 7], data: Float32Array.from([3, 1, 4, 1, 5, 0, 0, 9, 2, 6, 5, 3, 5, 0]) };
    const { logits } = await classifier.forward(words);
    expect(maxDifference(logits.data, predicted(model, words.dims, words.data))).toBeLessThan(1e-5);
  });

  it('a fixed batch size is filled up', async () => {
    const model = tf.sequential({ layers: [tf.layers.dense({ batchInputShape: [4, 6], units: 3, name: 'scores' })] });
    const classifier = await reopen(model);
    const batch = tensorOf([6, 6], new Random(4));
    const { logits, taps } = await classifier.forward(batch, { taps: ['scores'] });
    expect(logits.dims).toEqual([6, 3]);
    expect(maxDifference(taps.get('scores')!.data, logits.data)).toBe(0);
    const products = await layerProducts(classifier, classifier.layers[0], classifier.layers[0].sites[0], batch);
    const bias = model.layers[0].getWeights()[1].dataSync();
    expect(
      maxDifference(
        logits.data,
        products.data.map((value, i) => value + bias[i % 3]),
      ),
    ).toBeLessThan(1e-5);
  });
});

describe('models that cannot be classified with', () => {
  const refused = async (model: LayersModel, options?: Parameters<typeof writeLayersModel>[3]) => {
    const path = await writeLayersModel(tf, model, await temporaryFolder(), options);
    return format.open(path).then(
      () => expect.fail('opened'),
      (error) => error,
    );
  };

  it('name their outputs, inputs and shapes', async () => {
    const input = tf.input({ shape: [3], name: 'x' });
    const other = tf.input({ shape: [3], name: 'y' });
    const apply = (name: string, from: unknown, units = 2) =>
      tf.layers.dense({ units, name }).apply(from as typeof input) as import('@tensorflow/tfjs-layers').SymbolicTensor;
    expect(await refused(tf.model({ inputs: input, outputs: [apply('a', input), apply('b', input)] }))).toMatchObject({
      code: 'model-unsupported',
      message: expect.stringContaining('has 2 outputs (a, b), and a classifier has one'),
    });
    const sum = tf.layers.add().apply([input, other]);
    expect(await refused(tf.model({ inputs: [input, other], outputs: apply('c', sum) }))).toMatchObject({
      code: 'model-unsupported',
      message: expect.stringContaining('has 2 inputs (x, y)'),
    });
    expect(await refused(tf.model({ inputs: input, outputs: apply('d', input, 1) }))).toMatchObject({
      code: 'not-a-classifier',
      message: expect.stringContaining('[any, 1]'),
    });
  });

  it('name a custom layer', async () => {
    const model = around(tf.layers.dense({ inputShape: [3, 2], units: 2, name: 'probe' }));
    const edit = (topology: Record<string, unknown>) =>
      JSON.parse(JSON.stringify(topology).replace('"Flatten"', '"Lambda"'));
    expect(await refused(model, { edit })).toMatchObject({
      code: 'model-unsupported',
      message: expect.stringMatching(/"flatten_.*" is of the class Lambda, which TensorFlow\.js does not know/),
    });
  });

  it('name convolutions that TensorFlow.js has not or gets wrong', async () => {
    const image = { inputShape: [4, 4, 2], name: 'probe' };
    const edit = (from: string, to: string) => (topology: Record<string, unknown>) =>
      JSON.parse(JSON.stringify(topology).replace(from, to));
    const conv = around(tf.layers.conv2d({ ...image, filters: 2, kernelSize: 1 }));
    expect(await refused(conv, { edit: edit('"filters":2', '"filters":2,"groups":2') })).toMatchObject({
      code: 'model-unsupported',
      message: expect.stringContaining('"probe" is a convolution in 2 groups'),
    });
    expect(
      await refused(around(tf.layers.depthwiseConv2d({ ...image, kernelSize: 2, dilationRate: 2 }))),
    ).toMatchObject({
      code: 'model-unsupported',
      message: expect.stringContaining('"probe" is a dilated DepthwiseConv2D, and TensorFlow.js ignores the dilation'),
    });
    const separable = tf.layers.separableConv2d({ ...image, filters: 4, kernelSize: 1, dataFormat: 'channelsFirst' });
    expect(await refused(around(separable))).toMatchObject({
      code: 'model-unsupported',
      message: expect.stringContaining('whose bias TensorFlow.js adds to the wrong axis'),
    });
    const causal = tf.layers.conv1d({
      inputShape: [9, 4],
      name: 'probe',
      filters: 5,
      kernelSize: 3,
      padding: 'causal',
    });
    expect(await refused(around(causal))).toMatchObject({
      code: 'model-unsupported',
      message: expect.stringContaining('"probe" has causal padding'),
    });
  });
});
