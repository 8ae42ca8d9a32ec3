import type { LayersModel, SymbolicTensor } from '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, it } from 'vitest';
import { Random } from '../../../src/base/random.js';
import { loadBackend } from '../../../src/models/tfjs/backend.js';
import type { Tf } from '../../../src/models/tfjs/tf.js';
import { format } from '../../../src/models/tfjs-layers/index.js';
import { maxDifference, tensorOf } from '../../support/data/arrays.js';
import { temporaryFolder } from '../../support/folders.js';
import { layerProducts } from '../../support/models/classifierChecks.js';
import { writeLayersModel } from '../../support/models/tfjsFiles.js';
import { around, predicted, reopen, type WriteOptions } from '../../support/models/tfjsLayers.js';

let tf: Tf;
beforeAll(async () => {
  ({ tf } = await loadBackend());
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
    const classifier = await reopen(tf, model);
    expect(classifier.layers.map(({ id }) => id)).toEqual(['scores']);
    expect(classifier.skipped).toEqual([
      { name: 'words', kind: 'Embedding', reason: 'looks vectors up instead of multiplying them' },
      { name: 'memory', kind: 'LSTM', reason: 'recurrent: its weight multiplies a state that it computes itself' },
      { name: 'every', kind: 'TimeDistributed', reason: 'wraps another layer' },
    ]);
    const words = { dims: [2, 7], data: Float32Array.from([3, 1, 4, 1, 5, 0, 0, 9, 2, 6, 5, 3, 5, 0]) };
    const { logits } = await classifier.forward(words);
    expect(maxDifference(logits.data, predicted(tf, model, words))).toBeLessThan(1e-5);
  });

  it('a fixed batch size is filled up', async () => {
    const model = tf.sequential({ layers: [tf.layers.dense({ batchInputShape: [4, 6], units: 3, name: 'scores' })] });
    const classifier = await reopen(tf, model);
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
  const refused = async (model: LayersModel, options?: WriteOptions) => {
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
      tf.layers.dense({ units, name }).apply(from as typeof input) as SymbolicTensor;
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
    const model = around(tf, tf.layers.dense({ inputShape: [3, 2], units: 2, name: 'probe' }));
    const edit = (topology: Record<string, unknown>) =>
      JSON.parse(JSON.stringify(topology).replace('"Flatten"', '"Lambda"'));
    expect(await refused(model, { edit })).toMatchObject({
      code: 'model-unsupported',
      message: expect.stringMatching(/"flatten_.*" is of the class Lambda, which TensorFlow\.js does not know/),
    });
  });

  it('name the version of Keras whose format TensorFlow.js cannot read', async () => {
    const model = around(tf, tf.layers.dense({ inputShape: [3, 2], units: 2, name: 'probe' }));
    const edit = (topology: Record<string, unknown>) =>
      JSON.parse(JSON.stringify({ ...topology, keras_version: '3.4.1' }).replace('batch_input_shape', 'batch_shape'));
    expect(await refused(model, { edit })).toMatchObject({
      code: 'model-unsupported',
      message: expect.stringContaining('is in the format of Keras 3.4.1, which TensorFlow.js cannot read'),
      hint: expect.stringContaining('tf_keras'),
    });
  });

  it('say where the topology is damaged', async () => {
    const input = tf.input({ shape: [3], name: 'x' });
    const hidden = tf.layers.dense({ units: 3, name: 'hidden' }).apply(input) as SymbolicTensor;
    const scores = tf.layers.dense({ units: 3, name: 'scores' }).apply(hidden) as SymbolicTensor;
    const model = tf.model({ inputs: input, outputs: scores });
    const damaged = (from: string | RegExp, to: string) =>
      refused(model, { edit: (topology) => JSON.parse(JSON.stringify(topology).replace(from, to)) });
    const corrupt = (message: string) => ({
      code: 'model-corrupt',
      place: expect.stringMatching(/^line 1, column \d+$|^layer "/),
      message: expect.stringContaining(message),
    });
    expect(await damaged('[["hidden",0,0', '[["nowhere",0,0')).toMatchObject(
      corrupt('"scores" reads output 0 of call 0 of "nowhere", which does not exist'),
    );
    expect(await damaged('[["x",0,0', '[["scores",0,0')).toMatchObject(corrupt('wait for each other in a circle'));
    expect(await damaged('[["hidden",0,0', '[["hidden",0')).toMatchObject(corrupt('must be ["name", call, output]'));
    expect(await damaged('"units":3', '"units":1000000000')).toMatchObject(
      corrupt('the weight "kernel" should have the shape [3, 1000000000], and no stored tensor has it'),
    );
    expect(await damaged(/"hidden"/g, '"scores"')).toMatchObject(corrupt('two layers are called "scores"'));
    expect(await damaged(/"hidden"/g, '"other"')).toMatchObject(corrupt('has no "other/kernel" in the manifest'));
    expect(await damaged('"input_layers":[', '"input_layers":[["x",0,0],')).toMatchObject({
      message: expect.stringContaining('has 2 inputs (x, x)'),
    });
  });

  it('name convolutions that TensorFlow.js has not or gets wrong', async () => {
    const image = { inputShape: [4, 4, 2], name: 'probe' };
    const edit = (from: string, to: string) => (topology: Record<string, unknown>) =>
      JSON.parse(JSON.stringify(topology).replace(from, to));
    const conv = around(tf, tf.layers.conv2d({ ...image, filters: 2, kernelSize: 1 }));
    expect(await refused(conv, { edit: edit('"filters":2', '"filters":2,"groups":2') })).toMatchObject({
      code: 'model-unsupported',
      message: expect.stringContaining('"probe" is a convolution in 2 groups'),
    });
    expect(
      await refused(around(tf, tf.layers.depthwiseConv2d({ ...image, kernelSize: 2, dilationRate: 2 }))),
    ).toMatchObject({
      code: 'model-unsupported',
      message: expect.stringContaining('"probe" is a dilated DepthwiseConv2D, and TensorFlow.js ignores the dilation'),
    });
    const separable = tf.layers.separableConv2d({ ...image, filters: 4, kernelSize: 1, dataFormat: 'channelsFirst' });
    expect(await refused(around(tf, separable))).toMatchObject({
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
    expect(await refused(around(tf, causal))).toMatchObject({
      code: 'model-unsupported',
      message: expect.stringContaining('"probe" has causal padding'),
    });
  });
});
