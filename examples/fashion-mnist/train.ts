/**
 * Trains the demo's network on Fashion-MNIST and writes it twice: as a TensorFlow.js layers model and as ONNX.
 *
 *   npx tsx examples/fashion-mnist/train.ts [--seed 2] [--epochs 8]
 *
 * Equal seeds give equal weights. Each epoch ends with a checkpoint beside this file; the same command goes on from there, and the
 * result is the same as if it had never stopped.
 */
import '@tensorflow/tfjs-backend-wasm';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { deserialize, serialize } from 'node:v8';
import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { exists, writeFileAtomically } from '../../src/base/files.js';
import { Random } from '../../src/base/random.js';
import { Adam, type AdamState } from './adam.js';
import { batchOf } from './batches.js';
import { classNames, exampleFolder, type Images, prepareData, readSplit } from './data.js';
import { toOnnx } from './export.js';
import { registerGradients } from './gradients.js';
import { createModel } from './model.js';
import { saveModel } from './modelFiles.js';
import { learningPass, type Step, stepsOf, updateStatistics } from './network.js';

const recipe = {
  batch: 128,
  peakLearningRate: 3e-3,
  /** Steps of linear growth to the peak; from there on half a cosine down to zero. */
  warmUp: 100,
  labelSmoothing: 0.1,
};

interface Checkpoint {
  readonly epoch: number;
  readonly weights: Float32Array[];
  readonly optimiser: AdamState;
}

await main();

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { seed: { type: 'string', default: '2' }, epochs: { type: 'string', default: '8' } },
  });
  const seed = Number(values.seed);
  const epochs = Number(values.epochs);

  registerGradients();
  await tf.setBackend('wasm');
  await prepareData();
  const train = await readSplit('train');
  const test = await readSplit('test');

  const model = createModel(seed);
  const steps = stepsOf(model);
  const optimiser = new Adam(model.trainableWeights.map((weight) => weight.read() as tf.Variable));
  const checkpoint = path.join(exampleFolder, `checkpoint-seed${seed}-of${epochs}.bin`);
  const first = await restore(checkpoint, model, optimiser);
  if (first > 0) console.log(`goes on after epoch ${first}`);

  for (let epoch = first + 1; epoch <= epochs; epoch++) {
    const loss = await trainEpoch(train, steps, optimiser, { seed, epoch, epochs });
    const accuracy = accuracyOf(model, test);
    await save(checkpoint, model, optimiser, epoch);
    console.log(`epoch ${epoch}/${epochs}: loss ${loss.toFixed(4)}, test accuracy ${(100 * accuracy).toFixed(2)}%`);
  }
  const folder = path.join(exampleFolder, 'fashion-tfjs');
  const onnx = path.join(exampleFolder, 'fashion.onnx');
  await saveModel(model, folder);
  await writeFileAtomically(onnx, toOnnx(model));
  console.log(`wrote ${folder} and ${onnx}`);
}

interface When {
  readonly seed: number;
  /** From 1. */
  readonly epoch: number;
  readonly epochs: number;
}

/** Shows every picture once; returns the mean loss. */
async function trainEpoch(images: Images, steps: Step[], optimiser: Adam, when: When): Promise<number> {
  // Every epoch has random numbers of its own, so that a resumed run sees the same ones.
  const random = new Random(when.seed * 10_000 + when.epoch);
  const order = random.sample(images.count, images.count);
  const batches = Math.floor(images.count / recipe.batch);
  const start = performance.now();
  let total = 0;
  for (let batch = 0; batch < batches; batch++) {
    const indices = order.slice(batch * recipe.batch, (batch + 1) * recipe.batch);
    const done = (when.epoch - 1) * batches + batch;
    total += trainStep(images, indices, steps, optimiser, random, learningRate(done, when.epochs * batches));
    if ((batch + 1) % 50 === 0) {
      const seconds = (performance.now() - start) / 1000 / (batch + 1);
      const mean = total / (batch + 1);
      console.log(
        `  epoch ${when.epoch}, batch ${batch + 1}/${batches}: loss ${mean.toFixed(4)}, ${seconds.toFixed(2)} s each`,
      );
    }
  }
  return total / batches;
}

function trainStep(
  images: Images,
  indices: number[],
  steps: Step[],
  optimiser: Adam,
  random: Random,
  rate: number,
): number {
  return tf.tidy(() => {
    const batch = batchOf(images, indices, random);
    const labels = tf.oneHot(
      indices.map((index) => images.labels[index]),
      classNames.length,
    );
    const dropoutSeed = random.below(2 ** 31);
    let pass: ReturnType<typeof learningPass>;
    const { value, grads } = tf.variableGrads(() => {
      pass = learningPass(steps, batch, dropoutSeed);
      return tf.losses.softmaxCrossEntropy(labels, pass.logits, 1, recipe.labelSmoothing) as tf.Scalar;
    });
    updateStatistics(pass!.statistics);
    optimiser.update(grads, rate);
    return value.dataSync()[0];
  });
}

function learningRate(step: number, steps: number): number {
  const warmUp = Math.min(1, (step + 1) / recipe.warmUp);
  return recipe.peakLearningRate * warmUp * 0.5 * (1 + Math.cos((Math.PI * step) / steps));
}

/** The share of pictures whose largest logit is their class. */
function accuracyOf(model: LayersModel, images: Images): number {
  const size = 500;
  let right = 0;
  for (let from = 0; from < images.count; from += size) {
    const indices = Array.from({ length: size }, (_, index) => from + index);
    const predicted = tf.tidy(() => tf.argMax(model.predict(batchOf(images, indices)) as tf.Tensor, 1).dataSync());
    right += indices.filter((index, position) => predicted[position] === images.labels[index]).length;
  }
  return right / images.count;
}

async function save(file: string, model: LayersModel, optimiser: Adam, epoch: number): Promise<void> {
  const weights = model.getWeights().map((weight) => weight.dataSync() as Float32Array);
  await writeFileAtomically(file, serialize({ epoch, weights, optimiser: optimiser.state } satisfies Checkpoint));
}

/** Puts the checkpoint's state in place; returns the last epoch that is done. */
async function restore(file: string, model: LayersModel, optimiser: Adam): Promise<number> {
  if (!(await exists(file))) return 0;
  const { epoch, weights, optimiser: state } = deserialize(await readFile(file)) as Checkpoint;
  tf.tidy(() => model.setWeights(model.getWeights().map(({ shape }, index) => tf.tensor(weights[index], shape))));
  optimiser.state = state;
  return epoch;
}
