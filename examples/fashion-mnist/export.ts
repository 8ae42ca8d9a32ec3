/**
 * Writes the trained TensorFlow.js model as ONNX too, so that two independent runtimes can be compared.
 *
 *   npx tsx examples/fashion-mnist/export.ts
 */
import '@tensorflow/tfjs-backend-cpu';
import path from 'node:path';
import { reshape, setBackend, type Tensor, transpose } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { writeFileAtomically } from '../../src/base/files.js';
import { OnnxWriter, type Value } from '../../src/models/onnx/writer.js';
import { classNames, exampleFolder, side } from './data.js';
import { loadModel } from './modelFiles.js';
import { type Layer, setting, stepsOf } from './network.js';

await setBackend('cpu');
const model = await loadModel(path.join(exampleFolder, 'fashion-tfjs'));
const target = path.join(exampleFolder, 'fashion.onnx');
await writeFileAtomically(target, toOnnx(model));
console.log(`wrote ${target}`);

/** Channels come first here: [n, channel, row, column] instead of [n, row, column, channel]. */
function toOnnx(layersModel: LayersModel): Uint8Array {
  const writer = new OnnxWriter({ name: layersModel.name });
  const values = new Map<string, Value>();
  let last: Value = '';
  for (const { layer, inputs } of stepsOf(layersModel)) {
    last = addLayer(
      writer,
      layer,
      inputs.map((name) => values.get(name)!),
    );
    values.set(layer.name, last);
  }
  writer.output('logits', last, ['N', classNames.length]);
  return writer.bytes();
}

/** Adds the node for one layer; returns the value it makes. */
function addLayer(writer: OnnxWriter, layer: Layer, inputs: Value[]): Value {
  const { name } = layer;
  const weights = layer.getWeights();
  const tensor = (part: string, value: Tensor) => writer.initializer(`${name}.${part}`, value.shape, floats(value));
  const node = (op: string, operands: Value[], attributes = {}) => writer.node(op, operands, attributes, { name });

  switch (layer.getClassName()) {
    case 'InputLayer':
      return writer.input(name, ['N', 1, side, side]);
    case 'Conv2D':
      return node('Conv', [...inputs, tensor('weight', transpose(weights[0], [3, 2, 0, 1]))], window(layer));
    case 'DepthwiseConv2D': {
      const [height, width, channels, multiplier] = weights[0].shape;
      const filters = reshape(transpose(weights[0], [2, 3, 0, 1]), [channels * multiplier, 1, height, width]);
      return node('Conv', [...inputs, tensor('weight', filters)], { ...window(layer), group: channels });
    }
    case 'BatchNormalization': {
      const parts = ['gamma', 'beta', 'mean', 'variance'].map((part, index) => tensor(part, weights[index]));
      return node('BatchNormalization', [...inputs, ...parts], { epsilon: { float: setting(layer, 'epsilon') } });
    }
    case 'ReLU':
      return node('Relu', inputs);
    case 'Add':
      return node('Add', inputs);
    case 'MaxPooling2D':
      return node('MaxPool', inputs, { kernel_shape: layer.getConfig().poolSize, strides: layer.getConfig().strides });
    case 'GlobalAveragePooling2D':
      return node('Flatten', [writer.node('GlobalAveragePool', inputs, {}, { name: `${name}_mean` })]);
    case 'Dropout':
      return inputs[0];
    case 'Dense':
      return node('Gemm', [...inputs, tensor('weight', transpose(weights[0])), tensor('bias', weights[1])], {
        transB: 1,
      });
    default:
      throw new Error(`layer "${name}": no ONNX form of ${layer.getClassName()} is known`);
  }
}

/** Kernel, strides and the explicit padding that `same` means at stride 1. */
function window(layer: Layer): { kernel_shape: number[]; strides: number[]; pads: number[] } {
  const { kernelSize, strides, padding } = layer.getConfig() as {
    kernelSize: number[];
    strides: number[];
    padding: string;
  };
  if (padding !== 'same' || strides.some((stride) => stride !== 1)) {
    throw new Error(`layer "${layer.name}": only padding "same" at stride 1 is written`);
  }
  const before = kernelSize.map((size) => Math.floor((size - 1) / 2));
  const after = kernelSize.map((size, axis) => size - 1 - before[axis]);
  return { kernel_shape: kernelSize, strides, pads: [...before, ...after] };
}

function floats(value: Tensor): Float32Array {
  return value.dataSync() as Float32Array;
}
