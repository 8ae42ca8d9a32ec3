import type { OnnxWriter } from '../../../examples/onnxWriter.js';
import { channelsFirst, outputsBeforeLast, outputsLast } from './onnx.js';
import { bias, biasOf, type Form, ints, matmul, meanOver, times, weightOf } from './onnxForms.js';

/** A product and what is added to it: `b`, or something like it. */
function sum(
  name: string,
  inputDims: number[],
  product: (g: OnnxWriter, x: string) => string,
  added: (g: OnnxWriter) => string,
  form: Pick<Form, 'order' | 'layer'> & Partial<Form>,
  isFirst = false,
): Form {
  return {
    name,
    inputDims,
    ...form,
    build: (g, x) => {
      const terms = [product(g, x), added(g)];
      const y = g.node('Add', isFirst ? terms.reverse() : terms);
      if (form.order === channelsFirst) return { y, logits: g.node('Flatten', [g.node('GlobalAveragePool', [y])]) };
      if (form.order === outputsBeforeLast) return { y, logits: meanOver(g, y, [2]) };
      return { y, logits: inputDims.length === 2 ? y : meanOver(g, y, [1]) };
    },
  };
}

/** Every way in which something is added to a product: some of it is a bias that can be edited. */
export const biasForms: readonly Form[] = [
  {
    name: 'Gemm, one number for all rows',
    inputDims: [3, 6],
    order: outputsLast,
    layer: matmul,
    fixed: () => bias[0],
    build: (g, x) => {
      const y = g.node('Gemm', [x, weightOf(g, [6, 4]), biasOf(g, 1)]);
      return { y, logits: y };
    },
  },
  {
    name: 'Gemm, a bias times 0',
    inputDims: [3, 6],
    order: outputsLast,
    layer: matmul,
    build: (g, x) => {
      const y = g.node('Gemm', [x, weightOf(g, [6, 4]), biasOf(g, 4)], { beta: { float: 0 } });
      return { y, logits: y };
    },
  },
  {
    name: 'Gemm, weight on the left, with a bias',
    inputDims: [3, 6],
    order: outputsBeforeLast,
    layer: matmul,
    bias: times(1),
    build: (g, x) => {
      const y = g.node('Gemm', [weightOf(g, [4, 6]), x, biasOf(g, 4, [4, 1])], { transB: 1 });
      return { y, logits: g.node('Transpose', [y]) };
    },
  },
  sum(
    'Gemm, a bias behind it',
    [3, 6],
    (g, x) => g.node('Gemm', [x, weightOf(g, [6, 4])], { alpha: { float: 4 } }),
    (g) => biasOf(g, 4),
    { order: outputsLast, layer: matmul, scale: 4, bias: times(0.25) },
  ),
  sum(
    'MatMul and Add',
    [3, 6],
    (g, x) => g.node('MatMul', [x, weightOf(g, [6, 4])]),
    (g) => biasOf(g, 4),
    { order: outputsLast, layer: matmul, bias: times(1) },
  ),
  sum(
    'MatMul and Add, the bias first',
    [3, 6],
    (g, x) => g.node('MatMul', [x, weightOf(g, [6, 4])]),
    (g) => biasOf(g, 4, [1, 4]),
    { order: outputsLast, layer: matmul, bias: times(1) },
    true,
  ),
  sum(
    'MatMul on tokens and Add, a bias behind Cast, Identity and Unsqueeze',
    [2, 5, 6],
    (g, x) => g.node('MatMul', [x, weightOf(g, [6, 4])]),
    (g) => {
      const cast = g.node('Cast', [g.node('Cast', [biasOf(g, 4)], { to: 11 })], { to: 1 });
      return g.node('Unsqueeze', [g.node('Identity', [cast]), ints(g, 'first', [0, 1])]);
    },
    { order: outputsLast, layer: matmul, bias: times(1) },
  ),
  sum(
    'MatMul and Add of one number',
    [3, 6],
    (g, x) => g.node('MatMul', [x, weightOf(g, [6, 4])]),
    (g) => biasOf(g, 1),
    { order: outputsLast, layer: matmul, fixed: () => bias[0] },
  ),
  sum(
    'MatMul, weight on the left, and Add',
    [2, 6, 5],
    (g, x) => g.node('MatMul', [weightOf(g, [4, 6]), x]),
    (g) => biasOf(g, 4, [4, 1]),
    { order: outputsBeforeLast, layer: matmul, bias: times(1) },
  ),
  sum(
    'Conv and Add',
    [2, 3, 6, 6],
    (g, x) => g.node('Conv', [x, weightOf(g, [4, 3, 3, 3])]),
    (g) => biasOf(g, 4, [4, 1, 1]),
    { order: channelsFirst, layer: { kind: 'conv', in: 27, out: 4, groups: 1 }, bias: times(1) },
  ),
  sum(
    'Conv with a bias and Add, of which the bias is the first',
    [2, 3, 6, 6],
    (g, x) => g.node('Conv', [x, weightOf(g, [4, 3, 3, 3]), biasOf(g, 4)]),
    (g) => g.initializer('more', [1, 4, 1, 1], Float32Array.of(1, 2, 3, 4)),
    {
      order: channelsFirst,
      layer: { kind: 'conv', in: 27, out: 4, groups: 1 },
      bias: times(1),
      fixed: (output) => output + 1,
    },
  ),
];
