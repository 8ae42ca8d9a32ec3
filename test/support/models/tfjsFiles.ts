import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { Random } from '../../../src/base/random.js';
import { elementCount } from '../../../src/linalg/tensor.js';
import { encodeFloat16 } from '../../../src/models/onnx/float16.js';
import type { Tf } from '../../../src/models/tfjs/tf.js';

export type Quantized = 'uint8' | 'uint16' | 'float16';

/** A tensor to be written, in the manifest's terms. */
export interface WeightToWrite {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: 'float32' | 'int32';
  readonly values: ArrayLike<number>;
  readonly quantization?: Quantized;
}

interface WriteOptions {
  /** Small, so that tensors span several shards. */
  readonly shardBytes?: number;
  readonly format?: 'layers-model' | 'graph-model';
}

/** Writes model.json and its shards; returns the path of model.json. */
export async function writeModel(
  folder: string,
  topology: object,
  weights: readonly WeightToWrite[],
  options: WriteOptions & { extra?: object } = {},
): Promise<string> {
  const { shardBytes = 1000, format = 'layers-model', extra } = options;
  await mkdir(folder, { recursive: true });
  const encoded = weights.map(encode);
  const bytes = Buffer.concat(encoded.map(({ data }) => data));
  const count = Math.max(1, Math.ceil(bytes.length / shardBytes));
  const paths = Array.from({ length: count }, (_, i) => `group1-shard${i + 1}of${count}.bin`);
  for (const [i, name] of paths.entries()) {
    await writeFile(path.join(folder, name), bytes.subarray(i * shardBytes, (i + 1) * shardBytes));
  }
  const file = path.join(folder, 'model.json');
  const manifest = [{ paths, weights: encoded.map(({ entry }) => entry) }];
  await writeFile(file, JSON.stringify({ format, ...extra, modelTopology: topology, weightsManifest: manifest }));
  return file;
}

/** Saves a model made with tf.layers. */
export async function writeLayersModel(
  tf: Tf,
  model: LayersModel,
  folder: string,
  options: WriteOptions & { quantization?: Quantized; edit?: (topology: Record<string, unknown>) => object } = {},
): Promise<string> {
  let file = '';
  await model.save(
    tf.io.withSaveHandler(async ({ modelTopology, weightSpecs, weightData }) => {
      const tensors = tf.io.decodeWeights(weightData as ArrayBuffer, weightSpecs ?? []);
      const weights = Object.entries(tensors).map(([name, tensor]): WeightToWrite => {
        const { shape, dtype } = tensor;
        return {
          name,
          shape,
          dtype: dtype as 'float32',
          values: tensor.dataSync(),
          quantization: options.quantization,
        };
      });
      tf.dispose(tensors);
      const topology = modelTopology as Record<string, unknown>;
      file = await writeModel(folder, options.edit?.(topology) ?? topology, weights, options);
      return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } };
    }),
  );
  return file;
}

/** Every file of a folder, by name. */
export async function readFolder(folder: string): Promise<Map<string, Buffer>> {
  const names = (await readdir(folder)).sort();
  return new Map(
    await Promise.all(names.map(async (name) => [name, await readFile(path.join(folder, name))] as const)),
  );
}

/** A group's shards as one run of bytes, in the manifest's order. */
export async function groupBytes(modelJson: string): Promise<Buffer> {
  const { weightsManifest } = JSON.parse(await readFile(modelJson, 'utf8'));
  const paths = weightsManifest.flatMap((group: { paths: string[] }) => group.paths);
  return Buffer.concat(
    await Promise.all(paths.map((name: string) => readFile(path.join(path.dirname(modelJson), name)))),
  );
}

function encode({ name, shape, dtype, values, quantization }: WeightToWrite): { entry: object; data: Buffer } {
  const entry = { name, shape, dtype };
  if (dtype === 'int32') return { entry, data: Buffer.from(Int32Array.from(values).buffer) };
  const floats = Float32Array.from(values);
  if (!quantization) return { entry, data: Buffer.from(floats.buffer) };
  if (quantization === 'float16') {
    const original = { dtype: 'float16', original_dtype: 'float32' };
    return { entry: { ...entry, quantization: original }, data: Buffer.from(encodeFloat16(floats).buffer) };
  }
  // The converter's affine code: the full range of values on the full range of codes.
  const levels = quantization === 'uint8' ? 255 : 65535;
  const min = Math.min(0, ...floats);
  const scale = (Math.max(0, ...floats) - min) / levels || 1;
  const codes = Array.from(floats, (value) => Math.round((value - min) / scale));
  const data = quantization === 'uint8' ? Uint8Array.from(codes) : Uint16Array.from(codes);
  return { entry: { ...entry, quantization: { dtype: quantization, min, scale } }, data: Buffer.from(data.buffer) };
}

/** Gives a model seeded weights: normal ones, and positive ones where a normalisation layer needs them. */
export function randomise(tf: Tf, model: LayersModel, seed = 1): void {
  const random = new Random(seed);
  const values = model.weights.map(({ shape, originalName }) => {
    const count = elementCount(shape as number[]);
    const positive = /moving_variance|gamma/.test(originalName);
    return tf.tensor(
      Float32Array.from({ length: count }, () => (positive ? 0.5 + random.unit() : 0.4 * random.normal())),
      shape as number[],
    );
  });
  model.setWeights(values);
  tf.dispose(values);
}
