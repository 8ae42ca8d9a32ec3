import {
  initializers,
  input,
  type LayersModel,
  layers,
  model as layersModel,
  type SymbolicTensor,
} from '@tensorflow/tfjs-layers';
import { classNames, side } from './data.js';

/**
 * The demo's network: 3x3 convolutions, a depthwise-separable and a residual part, all normalised by batch; two dense layers on
 * top; logits without a softmax. Equal seeds give equal initial weights.
 */
export function createModel(seed: number): LayersModel {
  let seeds = seed * 100;
  // Uniform in +-1 / sqrt(n) for n inputs. Under batch normalisation small weights learn faster than TensorFlow's larger default.
  const uniform = (inputs: number) => {
    const maxval = 1 / Math.sqrt(inputs);
    return initializers.randomUniform({ minval: -maxval, maxval, seed: seeds++ });
  };

  const image = input({ name: 'image', shape: [side, side, 1] });

  let x = convolution(image, 'stem', 16);
  x = convolution(x, 'conv', 24);
  x = pool(x, 'pool1');

  x = apply(
    x,
    layers.depthwiseConv2d({
      name: 'depthwise',
      kernelSize: 3,
      padding: 'same',
      useBias: false,
      depthwiseInitializer: uniform(3 * 3),
    }),
  );
  x = relu(normalised(x, 'depthwise'), 'depthwise');
  x = convolution(x, 'pointwise', 56, 1);
  x = pool(x, 'pool2');

  const shortcut = x;
  x = convolution(x, 'residual1', 56);
  x = normalised(linearConvolution(x, 'residual2', 56, 3), 'residual2');
  x = layers.add({ name: 'add' }).apply([x, shortcut]) as SymbolicTensor;
  x = relu(x, 'add');
  x = pool(x, 'pool3');

  x = apply(x, layers.flatten({ name: 'flatten' }));
  x = apply(x, layers.dense({ name: 'hidden', units: 64, kernelInitializer: uniform(x.shape[1]!) }));
  x = relu(x, 'hidden');
  x = apply(x, layers.dropout({ name: 'dropout', rate: 0.3 }));
  const kernelInitializer = uniform(64);
  const logits = apply(x, layers.dense({ name: 'logits', units: classNames.length, kernelInitializer }));
  return layersModel({ name: 'fashion', inputs: image, outputs: logits });

  function convolution(from: SymbolicTensor, name: string, filters: number, kernelSize = 3): SymbolicTensor {
    return relu(normalised(linearConvolution(from, name, filters, kernelSize), name), name);
  }

  // No bias: batch normalisation would take it out again.
  function linearConvolution(from: SymbolicTensor, name: string, filters: number, kernelSize: number): SymbolicTensor {
    const kernelInitializer = uniform(kernelSize * kernelSize * from.shape[3]!);
    return apply(
      from,
      layers.conv2d({ name, filters, kernelSize, padding: 'same', useBias: false, kernelInitializer }),
    );
  }
}

function normalised(x: SymbolicTensor, name: string): SymbolicTensor {
  return apply(x, layers.batchNormalization({ name: `${name}_bn`, momentum: 0.9, epsilon: 1e-5 }));
}

function relu(x: SymbolicTensor, name: string): SymbolicTensor {
  return apply(x, layers.reLU({ name: `${name}_relu` }));
}

function pool(x: SymbolicTensor, name: string): SymbolicTensor {
  return apply(x, layers.maxPooling2d({ name, poolSize: 2 }));
}

function apply(x: SymbolicTensor, layer: { apply(input: SymbolicTensor): unknown }): SymbolicTensor {
  return layer.apply(x) as SymbolicTensor;
}
