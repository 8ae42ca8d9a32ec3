import * as tf from '@tensorflow/tfjs-core';
import { Random } from '../../src/base/random.js';
import { OnnxWriter } from '../onnxWriter.js';
import { clusters } from './points.js';

/** Inputs, four hidden layers, outputs. */
const widths = [2, 32, 32, 32, 32, clusters.length];

/** A dense layer: weight [out, in], bias [out]. */
export interface Dense {
  readonly weight: tf.Variable;
  readonly bias: tf.Variable;
}

/** Five dense layers. Equal seeds give equal initial weights (He et al. 2015). */
export function createNetwork(seed: number): Dense[] {
  const random = new Random(seed);
  return widths.slice(1).map((out, layer) => {
    const inputs = widths[layer];
    const weight = Array.from({ length: out * inputs }, () => Math.sqrt(2 / inputs) * random.normal());
    return {
      weight: tf.variable(tf.tensor2d(weight, [out, inputs]), true, `weight${layer}`),
      bias: tf.variable(tf.zeros([out]), true, `bias${layer}`),
    };
  });
}

/** Logits [n, classes] of points [n, 2]. */
export function logitsOf(network: readonly Dense[], points: tf.Tensor2D): tf.Tensor2D {
  return network.reduce((input, { weight, bias }, index) => {
    const output = tf.add(tf.matMul(input, weight as tf.Tensor2D, false, true), bias) as tf.Tensor2D;
    return index + 1 < network.length ? tf.relu(output) : output;
  }, points);
}

/** The network as an ONNX file: Gemm and Relu, in turn. */
export function toOnnx(network: readonly Dense[]): Uint8Array {
  const writer = new OnnxWriter({ name: 'clusters' });
  let value = writer.input('point', ['N', widths[0]]);
  network.forEach(({ weight, bias }, index) => {
    const name = `dense${index + 1}`;
    const tensor = (part: string, variable: tf.Variable) =>
      writer.initializer(`${name}.${part}`, variable.shape, variable.dataSync() as Float32Array);
    const isLast = index + 1 === network.length;
    value = writer.node('Gemm', [value, tensor('weight', weight), tensor('bias', bias)], { transB: 1 }, { name });
    if (!isLast) value = writer.node('Relu', [value], {}, { name: `relu${index + 1}` });
  });
  writer.output('logits', value, ['N', clusters.length]);
  return writer.bytes();
}
