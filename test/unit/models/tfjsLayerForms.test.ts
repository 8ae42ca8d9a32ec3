import type { layers as tfl } from '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, it } from 'vitest';
import { Random } from '../../../src/base/random.js';
import { loadBackend } from '../../../src/models/tfjs/backend.js';
import type { Tf } from '../../../src/models/tfjs/tf.js';
import { maxDifference, tensorOf } from '../../support/data/arrays.js';
import { channelsLast, layerProducts } from '../../support/models/classifierChecks.js';
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
    const classifier = await reopen(tf, around(tf, probe), { edit });
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
