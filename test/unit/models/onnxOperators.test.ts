import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Attribute, OnnxWriter } from '../../../examples/onnxWriter.js';
import { Random } from '../../../src/base/random.js';
import { elementCount } from '../../../src/linalg/tensor.js';
import type { Layer } from '../../../src/models/classifier.js';
import { maxDifference, normals, tensorOf } from '../../support/data/arrays.js';
import { temporaryFolder } from '../../support/folders.js';
import { randomEdits } from '../../support/models/classifierChecks.js';
import {
  allTaps,
  channelsFirst,
  layerOutput,
  type OutputOrder,
  openOnnx,
  outputsBeforeLast,
  outputsLast,
  valuesOf,
  writeModel,
} from '../../support/models/onnx.js';

/** A model of one layer: its output `y` is reduced to logits somehow. */
interface Form {
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
const bias = Float32Array.from([0.5, -1, 0.25, 2, -0.125, 1, 3, -2]);
const weightOf = (g: OnnxWriter, dims: number[], name = 'layer.weight') =>
  g.initializer(name, dims, normals(elementCount(dims), random));
const biasOf = (g: OnnxWriter, length: number, dims = [length]) => g.initializer('b', dims, bias.slice(0, length));
const times = (factor: number, length = 4) => bias.slice(0, length).map((value) => factor * value);
const ints = (g: OnnxWriter, name: string, values: number[]) =>
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

const matmul = { kind: 'dense', in: 6, out: 4, groups: 1 } as const;
const meanOver = (g: OnnxWriter, y: string, axes: number[]) => g.node('ReduceMean', [y], { axes, keepdims: 0 });

const forms: Form[] = [
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

async function make(form: Form) {
  const g = new OnnxWriter({ opset: form.opset });
  const x = g.input('x', ['N', ...form.inputDims.slice(1)]);
  const { y, logits } = form.build(g, x);
  // `y` may be the logits themselves, whose name the output then is.
  const named = y === logits ? 'logits' : y;
  g.output('logits', logits, ['N', form.layer.out]);
  const folder = await temporaryFolder();
  return { file: await writeModel(g, folder), folder, y: named };
}

describe('every operator form', () => {
  for (const form of forms) {
    it(form.name, async () => {
      const { file, folder, y } = await make(form);
      const input = tensorOf(form.inputDims, new Random(5));
      const model = await openOnnx(file);
      expect(model.skipped).toEqual([]);
      expect(model.layers).toHaveLength(1);
      const [layer] = model.layers;
      expect(layer).toMatchObject({ id: 'layer', name: 'layer', ...form.layer });
      expect(layer.sites).toHaveLength(1);
      expect(model.classCount).toBe(form.layer.out);

      const check = async (opened: typeof model, path: string, added: Float32Array | undefined) => {
        const real = await valuesOf(path, [y, 'logits'], input);
        const { logits, taps } = await opened.forward(input, { taps: allTaps(opened) });
        expect(maxDifference(logits.data, real.get('logits')!.data)).toBeLessThan(1e-5);
        const [{ tap, geometry }] = layer.sites;
        const weight = await opened.readWeight(layer.id);
        const { scale = 1, fixed = () => 0, order } = form;
        const actual = real.get(y)!;
        const all = Array.from({ length: layer.out }, (_, output) => (added?.[output] ?? 0) + fixed(output) / scale);
        const computed = layerOutput(layer, geometry, weight, taps.get(tap)!, actual, order, scale, all);
        expect(maxDifference(computed, actual.data)).toBeLessThan(2e-5);
        return logits;
      };
      const before = await check(model, file, form.bias);
      expect(layer.hasBias).toBe(form.bias !== undefined);
      if (form.bias) expect(maxDifference((await model.readBias(layer.id))!, form.bias)).toBeLessThan(1e-6);
      else expect(await model.readBias(layer.id)).toBeNull();

      // New values: in a candidate, in a saved file as the runtime sees it, and opened again.
      const edits = randomEdits(model, 3);
      const { weight, bias: added } = edits.get(layer.id)!;
      const candidate = await model.withWeights(edits);
      const saved = await model.save(edits, path.join(folder, 'saved.onnx'));
      const reopened = await openOnnx(saved.path);
      const after = await check(reopened, saved.path, added);
      expect(maxDifference(after.data, before.data)).toBeGreaterThan(0.01);
      expect(await reopened.readWeight(layer.id)).toEqual(weight);
      if (added) expect(maxDifference((await reopened.readBias(layer.id))!, added)).toBeLessThan(1e-7);
      expect((await candidate.forward(input)).logits).toEqual(after);
      expect((await model.forward(input)).logits).toEqual(before);
      for (const opened of [model, candidate, reopened]) await opened.dispose();
    });
  }
});
