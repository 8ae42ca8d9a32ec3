import type { layers as tfl } from '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, it } from 'vitest';
import { Random } from '../../../src/base/random.js';
import type { Classifier } from '../../../src/models/classifier.js';
import { loadBackend } from '../../../src/models/tfjs/backend.js';
import type { Tf } from '../../../src/models/tfjs/tf.js';
import { format } from '../../../src/models/tfjs-layers/index.js';
import { maxDifference, tensorOf } from '../../support/data/arrays.js';
import { temporaryFolder } from '../../support/folders.js';
import { biased, channelsLast, layerProducts, randomEdits } from '../../support/models/classifierChecks.js';
import { around, reopen } from '../../support/models/tfjsLayers.js';

let tf: Tf;
beforeAll(async () => {
  ({ tf } = await loadBackend());
});

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
    const model = around(tf, probe);
    const classifier = await reopen(tf, model);
    const layer = classifier.layers[0];
    expect(layer.id).toBe('probe');
    const [site] = layer.sites;
    const batch = tensorOf([2, ...(probe.batchInputShape.slice(1) as number[])], new Random(3));
    const check = async (opened: Classifier, bias: ArrayLike<number>) => {
      const { logits, taps } = await opened.forward(batch, { taps: [site.tap, 'probe'] });
      const expected = biased(await layerProducts(opened, layer, site, taps.get(site.tap)!), bias);
      const output = taps.get('probe')!;
      const actual = name.includes('first') ? channelsLast(output) : output.data;
      expect(maxDifference(actual, expected)).toBeLessThan(1e-4);
      expect(expected.some((value) => Math.abs(value) > 0.5)).toBe(true);
      return logits;
    };
    const stored = probe.getWeights()[1].dataSync() as Float32Array;
    await check(classifier, stored);
    expect(layer.hasBias).toBe(true);
    expect(await classifier.readBias('probe')).toEqual(stored);

    const edits = randomEdits(classifier, 9, ['probe']);
    const { bias } = edits.get('probe')!;
    const candidate = await classifier.withWeights(edits);
    const reopened = await format.open((await classifier.save(edits, `${await temporaryFolder()}/copy`)).path);
    expect(await check(reopened, bias!)).toEqual(await check(candidate, bias!));
    await check(classifier, stored);
  });

  it('Dense without a bias, whatever the manifest holds', async () => {
    const model = around(tf, tf.layers.dense({ inputShape: [5], units: 4, name: 'probe' }));
    const edit = (topology: Record<string, unknown>) =>
      JSON.parse(JSON.stringify(topology).replace('"use_bias":true', '"use_bias":false'));
    const classifier = await reopen(tf, model, { edit });
    expect(classifier.layers.map(({ id, hasBias }) => [id, hasBias])).toEqual([
      ['probe', false],
      [expect.stringMatching(/^dense/), true],
    ]);
    expect(await classifier.readBias('probe')).toBeNull();
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
    const classifier = await reopen(tf, around(tf, probe), { edit });
    const [depthwise, pointwise] = classifier.layers;
    expect([depthwise, pointwise]).toMatchObject([
      { id: 'probe/depthwise', kind: 'depthwise', in: 9, out: 8, groups: 4, hasBias: false },
      { id: 'probe/pointwise', kind: 'conv', in: 8, out: 5, groups: 1, hasBias: dataFormat === 'channelsLast' },
    ]);
    const inside = pointwise.sites[0].tap;
    const batch = tensorOf([2, ...inputShape], new Random(3));
    const check = async (opened: Classifier, bias: ArrayLike<number>) => {
      const [{ tap }] = depthwise.sites;
      const { logits, taps } = await opened.forward(batch, { taps: [tap, inside, 'probe'] });
      const first = await layerProducts(opened, depthwise, depthwise.sites[0], taps.get(tap)!);
      expect(maxDifference(taps.get(inside)!.data, first.data)).toBeLessThan(1e-4);
      const second = await layerProducts(opened, pointwise, pointwise.sites[0], taps.get(inside)!);
      const output = taps.get('probe')!;
      const actual = dataFormat === 'channelsFirst' ? channelsLast(output) : output.data;
      expect(maxDifference(actual, biased(second, bias))).toBeLessThan(1e-4);
      return logits;
    };
    await check(classifier, probe.getWeights()[2]?.dataSync() ?? new Float32Array(5));

    const edits = randomEdits(classifier, 9);
    const bias = edits.get('probe/pointwise')!.bias ?? new Float32Array(5);
    const candidate = await classifier.withWeights(edits);
    const reopened = await format.open((await classifier.save(edits, `${await temporaryFolder()}/copy`)).path);
    expect(await check(reopened, bias)).toEqual(await check(candidate, bias));
  });
});
