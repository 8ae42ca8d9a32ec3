import { Random } from '../../../src/base/random.js';
import { elementCount } from '../../../src/linalg/tensor.js';
import { normals } from '../data/arrays.js';
import type { Quantized, WeightToWrite } from './tfjsFiles.js';
import { writeModel } from './tfjsFiles.js';

type Attribute = object;

/** Attribute values as protobuf's JSON writes them. */
export const attribute = {
  text: (value: string): Attribute => ({ s: Buffer.from(value).toString('base64') }),
  codes: (value: string): Attribute => ({ s: [...Buffer.from(value)] }),
  integers: (...values: number[]): Attribute => ({ list: { i: values.map(String) } }),
  integer: (value: number): Attribute => ({ i: String(value) }),
  flag: (value: boolean): Attribute => ({ b: value }),
  float: { type: 'DT_FLOAT' } as Attribute,
  texts: (...values: string[]): Attribute => ({
    list: { s: values.map((value) => Buffer.from(value).toString('base64')) },
  }),
};

/** Builds a TensorFlow graph as the converter writes it: constants in the shards, everything else in model.json. */
export class GraphBuilder {
  readonly #nodes: object[] = [];
  readonly #weights: WeightToWrite[] = [];
  readonly #random = new Random(11);

  input(name: string, dims: readonly number[], dtype = 'DT_FLOAT'): string {
    const dim = dims.map((size) => ({ size: String(size) }));
    this.#nodes.push({ name, op: 'Placeholder', attr: { shape: { shape: { dim } }, dtype: { type: dtype } } });
    return name;
  }

  weight(name: string, shape: readonly number[], values: ArrayLike<number>, quantization?: Quantized): string {
    if (values.length !== elementCount(shape)) throw new RangeError(`${name} needs ${elementCount(shape)} values`);
    this.#nodes.push({ name, op: 'Const', attr: { dtype: { type: 'DT_FLOAT' } } });
    this.#weights.push({ name, shape, dtype: 'float32', values, quantization });
    return name;
  }

  /** A weight of seeded normal values. */
  randomWeight(name: string, shape: readonly number[], quantization?: Quantized): string {
    const values = normals(elementCount(shape), this.#random).map((value) => 0.4 * value);
    return this.weight(name, shape, values, quantization);
  }

  /** Ends the graph in three classes, the node "scores": all values of `from`, `size` a sample, times a weight. */
  classify(from: string, size: number): string {
    const flat = this.node('Reshape', 'flat', [from, this.integers('flat_shape', [-1, size])]);
    return this.node('MatMul', 'scores', [flat, this.randomWeight('scores_weight', [size, 3])]);
  }

  integers(name: string, values: readonly number[], shape: readonly number[] = [values.length]): string {
    this.#nodes.push({ name, op: 'Const', attr: { dtype: { type: 'DT_INT32' } } });
    this.#weights.push({ name, shape, dtype: 'int32', values });
    return name;
  }

  node(op: string, name: string, input: readonly string[], attr: Record<string, Attribute> = {}): string {
    this.#nodes.push({ name, op, input, attr: { T: attribute.float, ...attr } });
    return name;
  }

  /** A 2-D convolution of any kind in the NHWC layout. */
  conv(op: string, name: string, input: readonly string[], options: ConvOptions = {}): string {
    const { strides = [1, 1], dilations = [1, 1], padding = 'VALID', explicit, fused, format = 'NHWC' } = options;
    const spatial = (sizes: readonly number[]) =>
      attribute.integers(...(format === 'NHWC' ? [1, ...sizes, 1] : [1, 1, ...sizes]));
    return this.node(op, name, input, {
      strides: spatial(strides),
      dilations: spatial(dilations),
      padding: attribute.text(padding),
      data_format: attribute.text(format),
      ...(explicit && { explicit_paddings: attribute.integers(...explicit) }),
      ...(fused && { fused_ops: attribute.texts(...fused), num_args: attribute.integer(1) }),
    });
  }

  write(folder: string, options: { shardBytes?: number; outputs?: string[]; extra?: object } = {}): Promise<string> {
    const { outputs, extra, shardBytes } = options;
    const signature = outputs && {
      signature: { outputs: Object.fromEntries(outputs.map((name, i) => [`output_${i}`, { name: `${name}:0` }])) },
    };
    const topology = { node: this.#nodes, versions: { producer: 1482 } };
    return writeModel(folder, topology, this.#weights, {
      shardBytes,
      format: 'graph-model',
      extra: { ...signature, ...extra },
    });
  }
}

interface ConvOptions {
  readonly strides?: readonly number[];
  readonly dilations?: readonly number[];
  readonly padding?: 'SAME' | 'VALID' | 'EXPLICIT';
  /** Eight numbers, as the attribute has them. */
  readonly explicit?: readonly number[];
  readonly fused?: readonly string[];
  readonly format?: 'NHWC' | 'NCHW';
}
