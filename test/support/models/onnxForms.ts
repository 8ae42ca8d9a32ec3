import type { Attribute, OnnxWriter } from '../../../examples/onnxWriter.js';
import { Random } from '../../../src/base/random.js';
import { elementCount } from '../../../src/linalg/tensor.js';
import type { Layer } from '../../../src/models/classifier.js';
import { normals } from '../data/arrays.js';
import { channelsFirst, type OutputOrder, outputsBeforeLast, outputsLast } from './onnx.js';

/** A model of one layer: its output `y` is reduced to logits somehow. */
export interface Form {
  readonly name: string;
  readonly opset?: number;
  readonly inputDims: number[];
  readonly build: (g: OnnxWriter, x: string) => { y: string; logits: string };
  readonly order: OutputOrder;
  /** What the operator multiplies the sum of product and bias by. */
  readonly scale?: number;
  /** The bias, in units of the weight; `y` holds it too. Undefined where none is the layer's own. */
  readonly bias?: Float32Array;
  /** What is added to each row besides, in the units of `y`, and can't be edited. */
  readonly fixed?: (output: number) => number;
  readonly layer: Pick<Layer, 'kind' | 'in' | 'out' | 'groups'>;
}

const random = new Random(11);
/** What `biasOf` stores. */
export const bias = Float32Array.from([0.5, -1, 0.25, 2, -0.125, 1, 3, -2]);
/** A stored weight of random values. */
export const weightOf = (g: OnnxWriter, dims: number[], name = 'layer.weight') =>
  g.initializer(name, dims, normals(elementCount(dims), random));
/** A stored bias: so many of the values above. */
export const biasOf = (g: OnnxWriter, length: number, dims = [length]) =>
  g.initializer('b', dims, bias.slice(0, length));
/** The same values in the units of the weight. */
export const times = (factor: number, length = 4) => bias.slice(0, length).map((value) => factor * value);
/** Stored whole numbers: a shape, axes. */
export const ints = (g: OnnxWriter, name: string, values: number[]) =>
  g.initializer(name, [values.length], BigInt64Array.from(values, BigInt));

/** A convolution, pooled to one number a channel. */
function convolution(
  name: string,
  inputDims: number[],
  weightDims: number[],
  attributes: Record<string, Attribute>,
  options: { opset?: number; biased?: boolean } = {},
): Form {
  const groups = (attributes.group as number | undefined) ?? 1;
  const [out, perGroup, ...kernel] = weightDims;
  return {
    name,
    inputDims,
    opset: options.opset,
    bias: options.biased ? bias.slice(0, out) : undefined,
    order: channelsFirst,
    layer: {
      kind: groups > 1 && perGroup === 1 ? 'depthwise' : 'conv',
      in: perGroup * elementCount(kernel),
      out,
      groups,
    },
    build: (g, x) => {
      const inputs = [x, weightOf(g, weightDims)];
      if (options.biased) inputs.push(biasOf(g, out));
      const y = g.node('Conv', inputs, attributes);
      return { y, logits: g.node('Flatten', [g.node('GlobalAveragePool', [y])]) };
    },
  };
}

/** A weight on the right that reaches the product through some nodes. */
function behind(name: string, stored: number[], through: (g: OnnxWriter, w: string) => string, opset = 17): Form {
  return {
    name: `MatMul, weight behind ${name}`,
    opset,
    inputDims: [3, 6],
    order: outputsLast,
    layer: { kind: 'dense', in: 6, out: 4, groups: 1 },
    build: (g, x) => {
      const y = g.node('MatMul', [x, through(g, weightOf(g, stored))]);
      return { y, logits: y };
    },
  };
}

function gemm(name: string, attributes: Record<string, Attribute>, scale = 1, beta = 1, biasDims = [4]): Form {
  const transA = attributes.transA === 1;
  const transB = attributes.transB === 1;
  return {
    name: `Gemm, ${name}`,
    inputDims: [3, 6],
    order: outputsLast,
    scale,
    bias: times(beta / scale),
    layer: { kind: 'dense', in: 6, out: 4, groups: 1 },
    build: (g, x) => {
      const a = transA ? g.node('Transpose', [x]) : x;
      const y = g.node('Gemm', [a, weightOf(g, transB ? [4, 6] : [6, 4]), biasOf(g, 4, biasDims)], attributes);
      return { y, logits: y };
    },
  };
}

/** A stored left side; the input is turned so that its samples are columns. */
function leftGemm(name: string, attributes: Record<string, Attribute>): Form {
  return {
    name: `Gemm, weight on the left, ${name}`,
    inputDims: [3, 6],
    order: outputsBeforeLast,
    layer: { kind: 'dense', in: 6, out: 4, groups: 1 },
    build: (g, x) => {
      const b = attributes.transB === 1 ? x : g.node('Transpose', [x]);
      const y = g.node('Gemm', [weightOf(g, attributes.transA === 1 ? [6, 4] : [4, 6]), b], attributes);
      return { y, logits: g.node('Transpose', [y]) };
    },
  };
}

export const matmul = { kind: 'dense', in: 6, out: 4, groups: 1 } as const;
export const meanOver = (g: OnnxWriter, y: string, axes: number[]) => g.node('ReduceMean', [y], { axes, keepdims: 0 });

/** Every way in which an operator applies a stored weight. */
export const weightForms: readonly Form[] = [
  convolution('Conv 1-D', [2, 3, 11], [4, 3, 3], { strides: [2], pads: [1, 0], dilations: [2] }, { biased: true }),
  convolution('Conv 2-D', [2, 3, 7, 6], [4, 3, 3, 2], { strides: [2, 1], pads: [1, 0, 2, 1], dilations: [1, 2] }),
  convolution(
    'Conv 2-D with a bias, opset 9',
    [2, 3, 7, 6],
    [4, 3, 3, 3],
    { kernel_shape: [3, 3] },
    { opset: 9, biased: true },
  ),
  convolution('Conv 2-D, opset 22', [2, 3, 7, 6], [4, 3, 3, 3], { pads: [1, 1, 1, 1] }, { opset: 22 }),
  convolution(
    'Conv 3-D',
    [2, 2, 4, 5, 3],
    [3, 2, 2, 3, 1],
    { strides: [1, 2, 1], pads: [1, 0, 0, 0, 1, 0] },
    { biased: true },
  ),
  convolution('Conv grouped', [2, 6, 5, 5], [4, 3, 3, 3], { group: 2, pads: [1, 1, 1, 1] }, { biased: true }),
  convolution('Conv depthwise', [2, 4, 6, 6], [4, 1, 3, 3], { group: 4, strides: [2, 2] }, { biased: true }),
  convolution('Conv depthwise with a multiplier', [2, 3, 6, 6], [6, 1, 3, 3], { group: 3 }),
  convolution('Conv auto_pad SAME_UPPER', [2, 3, 6, 5], [4, 3, 3, 3], { auto_pad: 'SAME_UPPER', strides: [2, 2] }),
  convolution('Conv auto_pad SAME_LOWER', [2, 3, 6, 5], [4, 3, 3, 3], { auto_pad: 'SAME_LOWER', strides: [2, 2] }),
  convolution('Conv auto_pad SAME_LOWER, even kernel', [2, 3, 6, 5], [4, 3, 2, 4], { auto_pad: 'SAME_LOWER' }),
  convolution('Conv auto_pad VALID', [2, 3, 6, 5], [4, 3, 3, 3], { auto_pad: 'VALID' }),
  gemm('plain', {}),
  gemm('transB', { transB: 1 }),
  gemm('transA', { transA: 1 }),
  gemm('both, with alpha and beta', { transA: 1, transB: 1, alpha: 0.5, beta: { float: 1 } }, 0.5),
  gemm('alpha and beta that are no powers of two', { alpha: { float: 3 }, beta: { float: 0.7 } }, 3, Math.fround(0.7)),
  gemm('a bias in one row', {}, 1, 1, [1, 4]),
  leftGemm('plain', {}),
  leftGemm('transA', { transA: 1 }),
  leftGemm('transB', { transB: 1 }),
  leftGemm('both', { transA: 1, transB: 1 }),
  {
    name: 'MatMul, weight on the right',
    inputDims: [3, 6],
    order: outputsLast,
    layer: matmul,
    build: (g, x) => {
      const y = g.node('MatMul', [x, weightOf(g, [6, 4])]);
      return { y, logits: y };
    },
  },
  {
    name: 'MatMul on tokens',
    inputDims: [2, 5, 6],
    order: outputsLast,
    layer: matmul,
    build: (g, x) => {
      const y = g.node('MatMul', [x, weightOf(g, [6, 4])]);
      return { y, logits: meanOver(g, y, [1]) };
    },
  },
  {
    name: 'MatMul with a weight of rank 3',
    inputDims: [2, 5, 6],
    order: outputsLast,
    layer: matmul,
    build: (g, x) => {
      const y = g.node('MatMul', [x, weightOf(g, [1, 6, 4])]);
      return { y, logits: meanOver(g, y, [1]) };
    },
  },
  {
    name: 'MatMul on a tensor of rank 4',
    inputDims: [2, 3, 5, 6],
    order: outputsLast,
    layer: matmul,
    build: (g, x) => {
      const y = g.node('MatMul', [x, weightOf(g, [6, 4])]);
      return { y, logits: meanOver(g, y, [1, 2]) };
    },
  },
  {
    name: 'MatMul, weight on the left of tokens',
    inputDims: [2, 6, 5],
    order: outputsBeforeLast,
    layer: matmul,
    build: (g, x) => {
      const y = g.node('MatMul', [weightOf(g, [4, 6]), x]);
      return { y, logits: meanOver(g, y, [2]) };
    },
  },
  behind('Identity', [6, 4], (g, w) => g.node('Identity', [w])),
  behind('Transpose', [4, 6], (g, w) => g.node('Transpose', [w], { perm: [1, 0] })),
  behind('Transpose without perm', [4, 6], (g, w) => g.node('Transpose', [w])),
  behind('Reshape', [2, 3, 2, 2], (g, w) => g.node('Reshape', [w, ints(g, 'shape', [6, -1])])),
  behind('Reshape that copies a dim', [6, 2, 2], (g, w) => g.node('Reshape', [w, ints(g, 'shape', [0, 4])])),
  behind('Flatten', [6, 2, 2], (g, w) => g.node('Flatten', [w], { axis: 1 })),
  behind('Cast', [6, 4], (g, w) => g.node('Cast', [g.node('Cast', [w], { to: 11 })], { to: 1 })),
  behind('Squeeze with axes as attribute', [1, 6, 4], (g, w) => g.node('Squeeze', [w], { axes: [0] }), 11),
  behind('Squeeze with axes as input', [6, 1, 4], (g, w) => g.node('Squeeze', [w, ints(g, 'axes', [1])]), 13),
  behind('Squeeze and Unsqueeze', [6, 1, 4], (g, w) =>
    g.node('Squeeze', [g.node('Unsqueeze', [g.node('Squeeze', [w, ints(g, 'axes', [-2])]), ints(g, 'new', [0, 3])])]),
  ),
  behind('Reshape between two Transposes', [4, 2, 3], (g, w) => {
    const turned = g.node('Transpose', [w], { perm: [0, 2, 1] });
    return g.node('Transpose', [g.node('Reshape', [turned, ints(g, 'shape', [4, 6])])], { perm: [1, 0] });
  }),
  {
    name: 'Conv, weight behind Transpose (a kernel stored as TensorFlow does)',
    inputDims: [2, 3, 6, 6],
    order: channelsFirst,
    layer: { kind: 'conv', in: 27, out: 4, groups: 1 },
    build: (g, x) => {
      const w = g.node('Transpose', [weightOf(g, [3, 3, 3, 4])], { perm: [3, 2, 0, 1] });
      const y = g.node('Conv', [x, w]);
      return { y, logits: g.node('Flatten', [g.node('GlobalAveragePool', [y])]) };
    },
  },
];
