import type { LayersModel, SymbolicTensor, layers as tfl } from '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, it } from 'vitest';
import { Random } from '../../../src/base/random.js';
import { loadBackend } from '../../../src/models/tfjs/backend.js';
import type { Tf } from '../../../src/models/tfjs/tf.js';
import { format } from '../../../src/models/tfjs-layers/index.js';
import { maxDifference, tensorOf } from '../../support/data/arrays.js';
import { temporaryFolder } from '../../support/folders.js';
import { layerProducts, randomEdits } from '../../support/models/classifierChecks.js';
import { randomise, writeLayersModel } from '../../support/models/tfjsFiles.js';
import { predicted, reopen } from '../../support/models/tfjsLayers.js';

let tf: Tf;
beforeAll(async () => {
  ({ tf } = await loadBackend());
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
  const first = inner.apply(stem) as SymbolicTensor;
  const second = inner.apply(first) as SymbolicTensor;
  const added = tf.layers.add({ name: 'sum' }).apply([second, stem as SymbolicTensor]);
  const both = tf.layers.concatenate({ name: 'both' }).apply([added as SymbolicTensor, first]);
  const pooled = tf.layers.globalAveragePooling2d({ name: 'pool' }).apply(both);
  const shared = tf.layers.dense({ units: 8, activation: 'tanh', name: 'shared' });
  const twice = shared.apply(shared.apply(pooled));
  const output = tf.layers.dense({ units: 5, activation: 'softmax', name: 'scores' }).apply(twice);
  return tf.model({
    inputs: input,
    outputs: output as SymbolicTensor,
    name: 'whole',
  });
}

describe('a network with nested models and shared layers', () => {
  const batch = tensorOf([3, 8, 8, 2], new Random(5));

  it('lists layers in forward order, and every site of a shared one', async () => {
    const classifier = await reopen(tf, wholeNetwork());
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
    const classifier = await reopen(tf, model);
    const { logits } = await classifier.forward(batch);
    expect(logits.dims).toEqual([3, 5]);
    const softmax = tf.tidy(() => tf.softmax(tf.tensor2d(logits.data, [3, 5])).dataSync());
    expect(maxDifference(softmax, predicted(tf, model, batch))).toBeLessThan(1e-5);
  });

  it('runs on from every activation to the same logits', async () => {
    const classifier = await reopen(tf, wholeNetwork());
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
    const classifier = await reopen(tf, model);
    const before = (await classifier.forward(batch)).logits;
    const kernel = await classifier.readWeight('shared');
    const halved = { ...kernel, data: kernel.data.map((value) => value / 2) };
    const shifted = (await classifier.readBias('shared'))!.map((value, i) => value + 0.1 * i);
    const candidate = await classifier.withWeights(new Map([['shared', { weight: halved, bias: shifted }]]));
    const other = await classifier.withWeights(
      new Map([['scores', { weight: await classifier.readWeight('scores') }]]),
    );
    const after = (await candidate.forward(batch)).logits;
    expect(maxDifference((await other.forward(batch)).logits.data, before.data)).toBe(0);
    expect(maxDifference((await classifier.forward(batch)).logits.data, before.data)).toBe(0);
    expect(await candidate.readWeight('shared')).toEqual(halved);
    expect(await candidate.readBias('shared')).toEqual(shifted);

    const layer = model.getLayer('shared');
    const [original, bias] = layer.getWeights();
    layer.setWeights([tf.mul(original, 0.5), tf.add(bias, tf.mul(tf.range(0, 8), 0.1))]);
    const softmax = tf.tidy(() => tf.softmax(tf.tensor2d(after.data, [3, 5])).dataSync());
    expect(maxDifference(softmax, predicted(tf, model, batch))).toBeLessThan(1e-5);
  });

  it('gives the same for one sample, for many, and sample by sample', async () => {
    const classifier = await reopen(tf, wholeNetwork());
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
    const edits = randomEdits(classifier, 2, ['shared']);
    const use = async () => {
      const candidate = await classifier.withWeights(edits);
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
    const classifier = await reopen(tf, wholeNetwork());
    const { logits } = await classifier.forward(batch);
    const candidate = await classifier.withWeights(new Map());
    await classifier.dispose();
    expect(maxDifference((await candidate.forward(batch)).logits.data, logits.data)).toBe(0);
    await candidate.dispose();
  });

  it('stops when asked to', async () => {
    const classifier = await reopen(tf, wholeNetwork());
    const signal = AbortSignal.abort();
    await expect(classifier.forward(batch, { signal })).rejects.toMatchObject({ code: 'cancelled' });
  });

  it('refuses inputs of another size', async () => {
    const classifier = await reopen(tf, wholeNetwork());
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
    const classifier = await reopen(tf, model);
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
      outputs: layer.apply(layer.apply(input)) as SymbolicTensor,
    });
    const classifier = await reopen(tf, model);
    const batch = tensorOf([4, 3], new Random(2));
    expect(maxDifference((await classifier.forward(batch)).logits.data, predicted(tf, model, batch))).toBeLessThan(
      1e-6,
    );
  });

  it('other activations stay', async () => {
    const model = tf.sequential({ layers: [dense('sigmoid')] });
    const classifier = await reopen(tf, model);
    const batch = tensorOf([4, 4], new Random(2));
    expect(maxDifference((await classifier.forward(batch)).logits.data, predicted(tf, model, batch))).toBeLessThan(
      1e-6,
    );
  });
});

describe('other spellings of a topology', () => {
  const batch = tensorOf([2, 8, 8, 2], new Random(7));
  const logitsOf = async (edit?: (topology: Record<string, unknown>) => object) => {
    const classifier = await reopen(tf, wholeNetwork(), { edit });
    return (await classifier.forward(batch)).logits.data;
  };

  it('in camel case, or wrapped by Keras with its version, is the same model', async () => {
    const expected = await logitsOf();
    const camel = (topology: object) =>
      JSON.parse(JSON.stringify(topology).replace(/_(\w)(?=\w*":)/g, (_, letter) => letter.toUpperCase()));
    expect(JSON.stringify(camel({ inbound_nodes: [], class_name: 'x_y' }))).toBe(
      '{"inboundNodes":[],"className":"x_y"}',
    );
    expect(await logitsOf(camel)).toEqual(expected);
    const wrapped = (model_config: object) => ({ keras_version: '2.15.0', backend: 'tensorflow', model_config });
    expect(await logitsOf(wrapped)).toEqual(expected);
  });

  it('of a Sequential model as a bare list of layers is the same model', async () => {
    const model = () => tf.sequential({ layers: [tf.layers.dense({ inputShape: [4], units: 3, name: 'scores' })] });
    const edit = (topology: Record<string, unknown>) => ({
      ...topology,
      config: (topology.config as { layers: object }).layers,
    });
    const features = tensorOf([2, 4], new Random(7));
    const classifier = await reopen(tf, model(), { edit });
    const expected = await (await reopen(tf, model())).forward(features);
    expect((await classifier.forward(features)).logits).toEqual(expected.logits);
    expect(classifier.input.name).toBe('scores_input');
  });
});
