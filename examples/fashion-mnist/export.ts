import { reshape, type Tensor, tidy, transpose } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { OnnxWriter, type Value } from '../onnxWriter.js';
import { classNames, side } from './data.js';
import { type Layer, setting, stepsOf } from './network.js';

/**
 * The same network as an ONNX file, layer by layer, batch normalisation as nodes of its own. Channels come first there:
 * [n, channel, row, column] instead of [n, row, column, channel].
 */
export function toOnnx(layersModel: LayersModel): Uint8Array {
  const writer = new OnnxWriter({ name: layersModel.name });
  const values = new Map<string, Value>();
  let last = '';
  for (const { layer, inputs } of stepsOf(layersModel)) {
    const sources = inputs.map((name) => values.get(name)!);
    last = tidy(() => addLayer(writer, layer, sources));
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
    case 'Flatten':
      return node('Flatten', inputs);
    case 'Dropout':
      return inputs[0];
    case 'Dense': {
      const parts = [tensor('weight', denseWeight(layer)), tensor('bias', weights[1])];
      return node('Gemm', [...inputs, ...parts], { transB: 1 });
    }
    default:
      throw new Error(`layer "${name}": no ONNX form of ${layer.getClassName()} is known`);
  }
}

/** Out x in. After flattening the inputs are sorted by channel first there, by pixel first here. */
function denseWeight(layer: Layer): Tensor {
  const [weight] = layer.getWeights();
  const [source] = layer.inboundNodes[0].inboundLayers;
  if (source.getClassName() !== 'Flatten') return transpose(weight);
  const [, height, width, channels] = source.inboundNodes[0].inputShapes[0] as number[];
  const [features, units] = weight.shape;
  const sorted = transpose(reshape(weight, [height, width, channels, units]), [3, 2, 0, 1]);
  return reshape(sorted, [units, features]);
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
