import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Attribute, OnnxWriter } from '../../../examples/onnxWriter.js';
import { Random } from '../../../src/base/random.js';
import { elementCount } from '../../../src/linalg/tensor.js';
import type { Layer } from '../../../src/models/classifier.js';
import { maxDifference, normals, tensorOf } from '../../support/data/arrays.js';
import { temporaryFolder } from '../../support/folders.js';
import {
  allTaps,
  channelsFirst,
  layerOutput,
  type OutputOrder,
  openOnnx,
  outputsBeforeLast,
  outputsLast,
  randomWeights,
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
  readonly scale?: number;
  /** Whether the layer has the bias `b` below. */
  readonly biased?: boolean;
  readonly layer: Pick<Layer, 'kind' | 'in' | 'out' | 'groups'>;
}

const random = new Random(11);
const bias = Float32Array.from([0.5, -1, 0.25, 2, -0.125, 1, 3, -2]);
const weightOf = (g: OnnxWriter, dims: number[], name = 'layer.weight') =>
  g.initializer(name, dims, normals(elementCount(dims), random));
const biasOf = (g: OnnxWriter, length: number) => g.initializer('b', [length], bias.slice(0, length));
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
    biased: options.biased,
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

function gemm(name: string, attributes: Record<string, Attribute>, scale = 1): Form {
  const transA = attributes.transA === 1;
  const transB = attributes.transB === 1;
  return {
    name: `Gemm, ${name}`,
    inputDims: [3, 6],
    order: outputsLast,
    scale,
    biased: true,
    layer: { kind: 'dense', in: 6, out: 4, groups: 1 },
    build: (g, x) => {
      const a = transA ? g.node('Transpose', [x]) : x;
      const y = g.node('Gemm', [a, weightOf(g, transB ? [4, 6] : [6, 4]), biasOf(g, 4)], attributes);
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

      const check = async (opened: typeof model, path: string) => {
        const real = await valuesOf(path, [y, 'logits'], input);
        const { logits, taps } = await opened.forward(input, { taps: allTaps(opened) });
        expect(maxDifference(logits.data, real.get('logits')!.data)).toBeLessThan(1e-5);
        const [{ tap, geometry }] = layer.sites;
        const weight = await opened.readWeight(layer.id);
        const add = (output: number) => (form.biased ? bias[output] : 0);
        const actual = real.get(y)!;
        const computed = layerOutput(layer, geometry, weight, taps.get(tap)!, actual, form.order, form.scale, add);
        expect(maxDifference(computed, actual.data)).toBeLessThan(2e-5);
        return logits;
      };
      const before = await check(model, file);

      // New weights: in a candidate, in a saved file as the runtime sees it, and opened again.
      const weights = randomWeights(model, 3);
      const candidate = await model.withWeights({ weights });
      const saved = await model.save({ weights }, path.join(folder, 'saved.onnx'));
      const reopened = await openOnnx(saved.path);
      const after = await check(reopened, saved.path);
      expect(maxDifference(after.data, before.data)).toBeGreaterThan(0.01);
      expect(await reopened.readWeight(layer.id)).toEqual(weights.get(layer.id));
      expect((await candidate.forward(input)).logits).toEqual(after);
      expect((await model.forward(input)).logits).toEqual(before);
      for (const opened of [model, candidate, reopened]) await opened.dispose();
    });
  }
});
