import '@tensorflow/tfjs-backend-wasm';
import { deserialize, serialize } from 'node:v8';
import * as tf from '@tensorflow/tfjs-core';
import { input, layers, model as layersModel, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, it } from 'vitest';
import { Adam, type AdamState } from '../../../examples/fashion-mnist/adam.js';
import { batchOf, mean, std } from '../../../examples/fashion-mnist/batches.js';
import type { Images } from '../../../examples/fashion-mnist/data.js';
import { registerGradients } from '../../../examples/fashion-mnist/gradients.js';
import { learningPass, stepsOf, updateStatistics } from '../../../examples/fashion-mnist/network.js';
import { Random } from '../../../src/base/random.js';

beforeAll(async () => {
  registerGradients();
  await tf.setBackend('wasm');
});

const values = (tensor: tf.Tensor) => Array.from(tensor.dataSync());

describe('Adam', () => {
  const gradientAt = (step: number) => tf.tensor1d([Math.sin(step), 0.01 * step, -3]);
  const train = (optimiser: Adam, parameter: tf.Variable, from: number, to: number) => {
    for (let step = from; step <= to; step++) optimiser.update({ [parameter.name]: gradientAt(step) }, 0.1 / step);
  };

  it('takes the steps of the optimiser of TensorFlow.js', () => {
    const own = tf.variable(tf.tensor1d([1, 2, 3]));
    train(new Adam([own]), own, 1, 6);
    const stock = tf.variable(tf.tensor1d([1, 2, 3]));
    const optimiser = tf.train.adam(0.1, 0.9, 0.999, 1e-8);
    for (let step = 1; step <= 6; step++) {
      Object.assign(optimiser, { learningRate: 0.1 / step });
      optimiser.applyGradients([{ name: stock.name, tensor: gradientAt(step) }]);
    }
    values(stock).forEach((value, index) => {
      expect(values(own)[index]).toBeCloseTo(value, 5);
    });
  });

  it('goes on from a stored state as if it had not stopped', () => {
    const through = tf.variable(tf.tensor1d([1, 2, 3]));
    train(new Adam([through]), through, 1, 6);
    const resumed = tf.variable(tf.tensor1d([1, 2, 3]));
    const before = new Adam([resumed]);
    train(before, resumed, 1, 3);
    const after = new Adam([resumed]);
    after.state = deserialize(serialize(before.state)) as AdamState;
    train(after, resumed, 4, 6);
    expect(values(resumed)).toEqual(values(through));
  });
});

describe('learningPass', () => {
  function smallNetwork(dropout: number) {
    const image = input({ shape: [6, 6, 2] });
    const apply = (x: SymbolicTensor, layer: { apply(input: SymbolicTensor): unknown }) =>
      layer.apply(x) as SymbolicTensor;
    let x = apply(image, layers.conv2d({ filters: 4, kernelSize: 3, padding: 'same', useBias: false }));
    x = apply(x, layers.batchNormalization({ momentum: 0.8 }));
    const shortcut = apply(x, layers.reLU());
    x = apply(shortcut, layers.depthwiseConv2d({ kernelSize: 3, padding: 'same', useBias: false }));
    x = layers.add().apply([apply(x, layers.batchNormalization()), shortcut]) as SymbolicTensor;
    x = apply(apply(x, layers.maxPooling2d({ poolSize: 2 })), layers.flatten());
    x = apply(apply(x, layers.dropout({ rate: dropout })), layers.dense({ units: 3 }));
    return layersModel({ inputs: image, outputs: x });
  }

  it('computes the loss, gradients and running statistics of TensorFlow.js', () => {
    const own = smallNetwork(0);
    const stock = smallNetwork(0);
    stock.setWeights(own.getWeights());
    const batch = tf.randomNormal([8, 6, 6, 2], 1, 2, 'float32', 7);
    const labels = tf.oneHot([0, 1, 2, 0, 1, 2, 0, 1], 3);
    const loss = (logits: tf.Tensor) => tf.losses.softmaxCrossEntropy(labels, logits) as tf.Scalar;
    const variables = (model: typeof own) => model.trainableWeights.map((weight) => weight.read() as tf.Variable);

    const pass = learningPass(stepsOf(own), batch, 1);
    updateStatistics(pass.statistics);
    const found = tf.variableGrads(() => loss(learningPass(stepsOf(own), batch, 1).logits), variables(own));
    const wanted = tf.variableGrads(() => loss(stock.apply(batch, { training: true }) as tf.Tensor), variables(stock));

    expect(values(found.value)[0]).toBeCloseTo(values(wanted.value)[0], 5);
    const names = variables(own).map(({ name }) => name);
    variables(stock).forEach(({ name }, index) => {
      values(wanted.grads[name]).forEach((value, element) => {
        expect(values(found.grads[names[index]])[element]).toBeCloseTo(value, 4);
      });
    });
    stock.nonTrainableWeights.forEach((weight, index) => {
      values(weight.read()).forEach((value, element) => {
        expect(values(own.nonTrainableWeights[index].read())[element]).toBeCloseTo(value, 4);
      });
    });
  });

  it('drops the same features for the same seed, others for another', () => {
    const steps = stepsOf(smallNetwork(0.5));
    const batch = tf.randomNormal([8, 6, 6, 2], 0, 1, 'float32', 7);
    const logits = (seed: number) => values(learningPass(steps, batch, seed).logits);
    expect(logits(1)).toEqual(logits(1));
    expect(logits(1)).not.toEqual(logits(2));
  });
});

describe('batchOf', () => {
  const images: Images = {
    count: 2,
    pixels: Uint8Array.from({ length: 2 * 784 }, (_, index) => (index * 7) % 256),
    labels: new Uint8Array(2),
  };
  const scaled = (image: number, row: number, col: number) =>
    (images.pixels[image * 784 + row * 28 + col] / 255 - mean) / std;
  const expectPicture = (found: number[], of: (row: number, col: number) => number) => {
    const wrong = found.filter((value, at) => Math.abs(value - of(Math.floor(at / 28), at % 28)) > 1e-5);
    expect(wrong).toEqual([]);
  };

  it('normalises and keeps the order asked for', () => {
    const batch = batchOf(images, [1, 0]);
    expect(batch.shape).toEqual([2, 28, 28, 1]);
    expectPicture(values(batch).slice(0, 784), (row, col) => scaled(1, row, col));
    expectPicture(values(batch).slice(784), (row, col) => scaled(0, row, col));
  });

  it('shows about half of the pictures turned around', () => {
    const flipped = values(batchOf(images, new Array(200).fill(0), new Random(1)));
    let turned = 0;
    for (let n = 0; n < 200; n++) {
      const picture = flipped.slice(n * 784, (n + 1) * 784);
      const isTurned = Math.abs(picture[0] - scaled(0, 0, 0)) > 1e-5;
      if (isTurned) turned++;
      expectPicture(picture, (row, col) => scaled(0, row, isTurned ? 27 - col : col));
    }
    expect(turned).toBeGreaterThan(70);
    expect(turned).toBeLessThan(130);
  });
});
