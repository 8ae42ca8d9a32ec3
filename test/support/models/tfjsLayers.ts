import type { Tensor as TfTensor } from '@tensorflow/tfjs-core';
import type { LayersModel, layers as tfl } from '@tensorflow/tfjs-layers';
import type { Tensor } from '../../../src/linalg/tensor.js';
import type { Classifier } from '../../../src/models/classifier.js';
import type { Tf } from '../../../src/models/tfjs/tf.js';
import { format } from '../../../src/models/tfjs-layers/index.js';
import { temporaryFolder } from '../folders.js';
import { randomise, writeLayersModel } from './tfjsFiles.js';

export type WriteOptions = Parameters<typeof writeLayersModel>[3];

/** Gives a model seeded weights, saves it, and opens it with the code under test. */
export async function reopen(tf: Tf, model: LayersModel, options: WriteOptions = {}): Promise<Classifier> {
  randomise(tf, model);
  return format.open(await writeLayersModel(tf, model, await temporaryFolder(), options));
}

/** What TensorFlow.js itself gives for a batch. */
export function predicted(tf: Tf, model: LayersModel, { dims, data }: Tensor): Float32Array {
  return tf.tidy(() => (model.predict(tf.tensor(data, [...dims])) as TfTensor).dataSync() as Float32Array);
}

/** A classifier of three classes whose first layer is the one to look at. */
export function around(tf: Tf, probe: tfl.Layer): LayersModel {
  const flat = probe.batchInputShape.length > 2 ? [tf.layers.flatten()] : [];
  return tf.sequential({ layers: [probe, ...flat, tf.layers.dense({ units: 3 })] });
}
