/**
 * The convolution gradients that the wasm backend of TensorFlow.js 4.22 lacks, without which a network can run there but not
 * learn, and a faster one for the gradient that is slow. The definitions are those of TensorFlow's Conv2DBackpropFilter and -Input
 * and DepthwiseConv2dNativeBackpropFilter and -Input, channels last.
 */
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import {
  backend_util,
  Conv2D,
  Conv2DBackpropFilter,
  type Conv2DBackpropFilterAttrs,
  Conv2DBackpropInput,
  type Conv2DBackpropInputAttrs,
  DepthwiseConv2dNativeBackpropFilter,
  type DepthwiseConv2dNativeBackpropFilterAttrs,
  DepthwiseConv2dNativeBackpropInput,
  type DepthwiseConv2dNativeBackpropInputAttrs,
  getKernel,
  type KernelConfig,
  Reverse,
  registerKernel,
  Slice,
  type TensorInfo,
  Transpose,
  unregisterKernel,
} from '@tensorflow/tfjs-core';

type Attributes = NonNullable<Parameters<KernelConfig['kernelFunc']>[0]['attrs']>;
type Inputs = Record<string, TensorInfo>;
type Gradient = (backend: BackendWasm, inputs: Inputs, attrs: Attributes) => TensorInfo;
type Shape4D = [number, number, number, number];
type ConvInfo = backend_util.Conv2DInfo;

/** Puts these gradients into the wasm backend. Call it once, before training. */
export function registerGradients(): void {
  const naive = getKernel(Conv2DBackpropInput, 'wasm');
  unregisterKernel(Conv2DBackpropInput, 'wasm');
  const convInputOrNaive: Gradient = (backend, inputs, attrs) =>
    convInput(backend, inputs, attrs) ?? (naive.kernelFunc({ inputs, backend, attrs }) as TensorInfo);

  const gradients: [string, Gradient][] = [
    [Conv2DBackpropFilter, convFilter],
    [Conv2DBackpropInput, convInputOrNaive],
    [DepthwiseConv2dNativeBackpropFilter, depthwiseFilter],
    [DepthwiseConv2dNativeBackpropInput, depthwiseInput],
  ];
  for (const [kernelName, gradient] of gradients) {
    registerKernel({
      kernelName,
      backendName: 'wasm',
      setupFunc: kernelName === Conv2DBackpropInput ? naive.setupFunc : undefined,
      kernelFunc: ({ inputs, backend, attrs }) => gradient(backend as BackendWasm, inputs as Inputs, attrs!),
    });
  }
}

/**
 * dW as a convolution itself: with batch and channels swapped, x is the image and dy the filter, and the stride of the
 * forward pass is the dilation. So the work is done by the backend's fastest kernel.
 */
function convFilter(backend: BackendWasm, { x, dy }: Inputs, attrs: Attributes): TensorInfo {
  const { strides, pad, dimRoundingMode, filterShape } = attrs as unknown as Conv2DBackpropFilterAttrs;
  const info = backend_util.computeConv2DInfo(x.shape as Shape4D, filterShape, strides, 1, pad, dimRoundingMode);
  const { top, bottom, left, right } = info.padInfo;

  const image = run(backend, Transpose, { x }, { perm: [3, 1, 2, 0] });
  const filter = run(backend, Transpose, { x: dy }, { perm: [1, 2, 0, 3] });
  const dilations = [info.strideHeight, info.strideWidth];
  const correlation = convolve(backend, image, filter, dilations, [top, bottom, left, right]);
  // Rows and columns that the last stride did not reach give offsets beyond the kernel.
  const size = [info.inChannels, info.filterHeight, info.filterWidth, info.outChannels];
  const cropped = run(backend, Slice, { x: correlation }, { begin: [0, 0, 0, 0], size });
  const gradient = run(backend, Transpose, { x: cropped }, { perm: [1, 2, 0, 3] });
  for (const { dataId } of [image, filter, correlation, cropped]) backend.disposeData(dataId);
  return gradient;
}

/** dx at stride 1 is dy convolved with the filter turned around, its in and out channels swapped. */
function convInput(backend: BackendWasm, { dy, filter }: Inputs, attrs: Attributes): TensorInfo | undefined {
  const { strides, pad, dimRoundingMode, inputShape } = attrs as unknown as Conv2DBackpropInputAttrs;
  const info = backend_util.computeConv2DInfo(inputShape, filter.shape as Shape4D, strides, 1, pad, dimRoundingMode);
  const { top, bottom, left, right } = info.padInfo;
  const rows = info.filterHeight - 1;
  const cols = info.filterWidth - 1;
  const padding = [rows - top, rows - bottom, cols - left, cols - right];
  if (info.strideHeight !== 1 || info.strideWidth !== 1 || padding.some((amount) => amount < 0)) return undefined;

  const turned = run(backend, Reverse, { x: filter }, { dims: [0, 1] });
  const swapped = run(backend, Transpose, { x: turned }, { perm: [0, 1, 3, 2] });
  const gradient = convolve(backend, dy, swapped, [1, 1], padding);
  for (const { dataId } of [turned, swapped]) backend.disposeData(dataId);
  return gradient;
}

function convolve(
  backend: BackendWasm,
  x: TensorInfo,
  filter: TensorInfo,
  dilations: number[],
  [top, bottom, left, right]: number[],
): TensorInfo {
  const pad = [
    [0, 0],
    [top, bottom],
    [left, right],
    [0, 0],
  ];
  return run(backend, Conv2D, { x, filter }, { strides: [1, 1], dilations, pad, dataFormat: 'NHWC' });
}

function run(backend: BackendWasm, kernel: string, inputs: Inputs, attrs: object): TensorInfo {
  return getKernel(kernel, 'wasm').kernelFunc({ inputs, backend, attrs: attrs as Attributes }) as TensorInfo;
}

function depthwiseFilter(backend: BackendWasm, { x, dy }: Inputs, attrs: Attributes): TensorInfo {
  const { strides, dilations, pad, dimRoundingMode, filterShape } =
    attrs as unknown as DepthwiseConv2dNativeBackpropFilterAttrs;
  const info = depthwiseInfo(x.shape, filterShape, strides, dilations, pad, dimRoundingMode);
  const gradient = backend.makeOutput(info.filterShape, 'float32');
  // Views come after the last allocation: growing the heap would detach them.
  const dws = backend.typedArrayFromHeap(gradient).fill(0);
  const xs = backend.typedArrayFromHeap(x);
  const dys = backend.typedArrayFromHeap(dy);
  const { inChannels } = info;
  const multiplier = info.outChannels / inChannels;
  forEachTap(info, (xAt, wAt, dyAt) => {
    for (let copy = 0; copy < multiplier; copy++) {
      for (let c = 0, out = copy; c < inChannels; c++, out += multiplier)
        dws[wAt + out] += xs[xAt + c] * dys[dyAt + out];
    }
  });
  return gradient;
}

function depthwiseInput(backend: BackendWasm, { dy, filter }: Inputs, attrs: Attributes): TensorInfo {
  const { strides, dilations, pad, dimRoundingMode, inputShape } =
    attrs as unknown as DepthwiseConv2dNativeBackpropInputAttrs;
  const info = depthwiseInfo(inputShape, filter.shape, strides, dilations, pad, dimRoundingMode);
  const gradient = backend.makeOutput(inputShape, 'float32');
  const dxs = backend.typedArrayFromHeap(gradient).fill(0);
  const dys = backend.typedArrayFromHeap(dy);
  const ws = backend.typedArrayFromHeap(filter);
  const { inChannels } = info;
  const multiplier = info.outChannels / inChannels;
  forEachTap(info, (xAt, wAt, dyAt) => {
    for (let copy = 0; copy < multiplier; copy++) {
      for (let c = 0, out = copy; c < inChannels; c++, out += multiplier)
        dxs[xAt + c] += ws[wAt + out] * dys[dyAt + out];
    }
  });
  return gradient;
}

function depthwiseInfo(
  inputShape: readonly number[],
  filterShape: readonly number[],
  strides: [number, number] | number,
  dilations: [number, number] | number,
  pad: Parameters<typeof backend_util.computeConv2DInfo>[4],
  rounding: 'floor' | 'round' | 'ceil' | undefined,
): ConvInfo {
  const input = inputShape as Shape4D;
  return backend_util.computeConv2DInfo(input, filterShape as Shape4D, strides, dilations, pad, rounding, true);
}

/**
 * Every product of a depthwise convolution, a vector of channels at a time: calls `visit` with the offsets of the input's channels
 * at one pixel, of the filter's at one kernel position, and of the output's where the two meet. Padding is skipped.
 */
function forEachTap(info: ConvInfo, visit: (input: number, filter: number, output: number) => void): void {
  const { batchSize, inHeight, inWidth, inChannels, outHeight, outWidth, outChannels } = info;
  for (let image = 0; image < batchSize; image++) {
    for (let outRow = 0; outRow < outHeight; outRow++) {
      for (let kernelRow = 0; kernelRow < info.filterHeight; kernelRow++) {
        const row = outRow * info.strideHeight + kernelRow * info.dilationHeight - info.padInfo.top;
        if (row < 0 || row >= inHeight) continue;
        for (let outCol = 0; outCol < outWidth; outCol++) {
          for (let kernelCol = 0; kernelCol < info.filterWidth; kernelCol++) {
            const col = outCol * info.strideWidth + kernelCol * info.dilationWidth - info.padInfo.left;
            if (col < 0 || col >= inWidth) continue;
            visit(
              ((image * inHeight + row) * inWidth + col) * inChannels,
              (kernelRow * info.filterWidth + kernelCol) * outChannels,
              ((image * outHeight + outRow) * outWidth + outCol) * outChannels,
            );
          }
        }
      }
    }
  }
}
