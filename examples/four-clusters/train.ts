/**
 * Draws the points, trains the network on them and writes train.csv, test.csv and clusters.onnx beside this file.
 *
 *   npx tsx examples/four-clusters/train.ts
 *
 * TensorFlow.js computes in plain JavaScript here, on one thread, so the files come out the same, byte by byte.
 */
import '@tensorflow/tfjs-backend-cpu';
// Registers the gradients.
import '@tensorflow/tfjs-layers';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import * as tf from '@tensorflow/tfjs-core';
import { writeFileAtomically } from '../../src/base/files.js';
import { Adam } from '../fashion-mnist/adam.js';
import { createNetwork, type Dense, logitsOf, toOnnx } from './network.js';
import { clusters, drawPoints, exampleFolder, type Points, toCsv } from './points.js';

const recipe = { seed: 1, steps: 200, learningRate: 3e-3 };

/** The example's files by their names. */
export async function makeFiles(): Promise<Record<string, Uint8Array>> {
  await tf.setBackend('cpu');
  const [train, test] = [drawPoints('train'), drawPoints('test')];
  const network = createNetwork(recipe.seed);
  optimise(network, train);
  console.log(`accuracy: train ${percent(accuracyOf(network, train))}, test ${percent(accuracyOf(network, test))}`);
  return {
    'train.csv': Buffer.from(toCsv(train)),
    'test.csv': Buffer.from(toCsv(test)),
    'clusters.onnx': toOnnx(network),
  };
}

/** Every step takes all points; the learning rate falls along half a cosine. */
function optimise(network: readonly Dense[], points: Points): void {
  const parameters = network.flatMap(({ weight, bias }) => [weight, bias]);
  const optimiser = new Adam(parameters);
  const input = tensorOf(points);
  const labels = tf.oneHot(tf.tensor1d([...points.labels], 'int32'), clusters.length);
  for (let step = 0; step < recipe.steps; step++) {
    const loss = tf.tidy(() => {
      const { value, grads } = tf.variableGrads(
        () => tf.losses.softmaxCrossEntropy(labels, logitsOf(network, input)) as tf.Scalar,
        parameters,
      );
      optimiser.update(grads, recipe.learningRate * 0.5 * (1 + Math.cos((Math.PI * step) / recipe.steps)));
      return value.dataSync()[0];
    });
    if ((step + 1) % 50 === 0) console.log(`step ${step + 1}/${recipe.steps}: loss ${loss.toFixed(4)}`);
  }
}

function accuracyOf(network: readonly Dense[], points: Points): number {
  const predicted = tf.tidy(() => tf.argMax(logitsOf(network, tensorOf(points)), 1).dataSync());
  return points.labels.filter((label, index) => predicted[index] === label).length / points.labels.length;
}

function tensorOf({ x, y }: Points): tf.Tensor2D {
  return tf.tensor2d(x.map((value, index) => [value, y[index]]));
}

function percent(share: number): string {
  return `${(100 * share).toFixed(2)}%`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const files = await makeFiles();
  for (const [name, bytes] of Object.entries(files)) await writeFileAtomically(path.join(exampleFolder, name), bytes);
  console.log(`wrote ${Object.keys(files).join(', ')}`);
}
