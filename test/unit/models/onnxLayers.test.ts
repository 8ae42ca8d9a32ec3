import { describe, expect, it } from 'vitest';
import { OnnxWriter, tensorProto, type WriterOptions } from '../../../examples/onnxWriter.js';
import { Random } from '../../../src/base/random.js';
import { elementCount } from '../../../src/linalg/tensor.js';
import type { Classifier, SkippedLayer } from '../../../src/models/classifier.js';
import { maxDifference, normals, tensorOf } from '../../support/data/arrays.js';
import { temporaryFolder } from '../../support/folders.js';
import { randomEdits } from '../../support/models/classifierChecks.js';
import { layerOutput, openOnnx, outputsLast, valuesOf, writeModel } from '../../support/models/onnx.js';

const random = new Random(31);
const floats = (dims: number[]) => normals(elementCount(dims), random);

/** Builds a model on vectors of length 4 with logits [N, 4], and opens it. */
async function open(
  build: (g: OnnxWriter, x: string, weight: (name: string, dims?: number[]) => string) => string,
  options: WriterOptions & { dims?: number[] } = {},
): Promise<Classifier> {
  const g = new OnnxWriter(options);
  const x = g.input('x', ['N', ...(options.dims ?? [4])]);
  const logits = build(g, x, (name, dims = [4, 4]) => g.initializer(name, dims, floats(dims)));
  g.output('logits', logits, ['N', 4]);
  return openOnnx(await writeModel(g, await temporaryFolder()));
}

describe('a shared weight', () => {
  it('is one layer with several sites, also through Identity', async () => {
    const model = await open((g, x, weight) => {
      const w = weight('shared');
      const first = g.node('Relu', [g.node('MatMul', [x, w], {}, { name: 'first' })]);
      const second = g.node('Tanh', [g.node('MatMul', [first, g.node('Identity', [w])], {}, { name: 'second' })]);
      return g.node('MatMul', [second, weight('last')]);
    });
    expect(model.skipped).toEqual([]);
    expect(model.layers.map(({ id, sites }) => [id, sites.length])).toEqual([
      ['shared', 2],
      ['last', 1],
    ]);
    const input = tensorOf([5, 4], random);
    const [shared] = model.layers;
    const { taps } = await model.forward(input, { taps: shared.sites.map(({ tap }) => tap) });
    const real = await valuesOf(model.path, ['first_out', 'second_out'], input);
    const weight = await model.readWeight('shared');
    shared.sites.forEach(({ tap, geometry }, i) => {
      const actual = real.get(['first_out', 'second_out'][i])!;
      const computed = layerOutput(shared, geometry, weight, taps.get(tap)!, actual, outputsLast);
      expect(maxDifference(computed, actual.data)).toBeLessThan(1e-5);
    });

    // An edit reaches both places.
    const edits = randomEdits(model, 1, ['shared']);
    const saved = await model.save(edits, `${model.path}.copy.onnx`);
    const edited = await valuesOf(saved.path, ['logits'], input);
    const candidate = await model.withWeights(edits);
    expect(maxDifference((await candidate.forward(input)).logits.data, edited.get('logits')!.data)).toBeLessThan(1e-6);
  });

  it('may be written in different ways that mean the same', async () => {
    const model = await open((g, x, weight) => {
      const w = weight('w');
      const first = g.node('Gemm', [x, w], { transB: 1 });
      return g.node('MatMul', [g.node('Relu', [first]), g.node('Transpose', [w])]);
    });
    expect(model.layers.map(({ id, sites }) => [id, sites.length])).toEqual([['w', 2]]);
  });

  it('that is used both as it is and transposed is left alone', async () => {
    const model = await open((g, x, weight) => {
      const w = weight('tied');
      const first = g.node('MatMul', [x, w], {}, { name: 'plain' });
      return g.node('MatMul', [g.node('Relu', [first]), g.node('Transpose', [w])], {}, { name: 'turned' });
    });
    expect(model.layers).toEqual([]);
    expect(model.skipped).toEqual([
      {
        name: 'tied',
        kind: 'MatMul',
        reason: 'weight is read in different ways by MatMul "plain" and MatMul "turned"',
      },
    ]);
  });
});

describe('a weight in a Constant node', () => {
  it('is a layer like any other', async () => {
    const model = await open((g, x) => {
      const w = g.node('Constant', [], { value: tensorProto('', [4, 4], floats([4, 4])) }, { name: 'inner' });
      return g.node('MatMul', [x, w]);
    });
    expect(model.layers.map(({ id, in: length, out }) => [id, length, out])).toEqual([['inner_out', 4, 4]]);
    const input = tensorOf([2, 4], random);
    const edits = randomEdits(model, 8);
    const saved = await model.save(edits, `${model.path}.copy.onnx`);
    const edited = await valuesOf(saved.path, ['logits'], input);
    const candidate = await model.withWeights(edits);
    expect(maxDifference((await candidate.forward(input)).logits.data, edited.get('logits')!.data)).toBeLessThan(1e-6);
  });
});

interface Case {
  readonly name: string;
  readonly build: Parameters<typeof open>[0];
  readonly options?: Parameters<typeof open>[1];
  readonly skipped: SkippedLayer[];
  readonly layers?: string[];
}

const vectors = (g: OnnxWriter, y: string, axes: number[]) => g.node('ReduceMean', [y], { axes, keepdims: 0 });

const cases: Case[] = [
  {
    name: 'a transposed convolution',
    options: { dims: [3, 5, 5] },
    build: (g, x, weight) => {
      const y = g.node('ConvTranspose', [x, weight('up', [3, 4, 2, 2])]);
      return g.node('Flatten', [g.node('GlobalAveragePool', [y])]);
    },
    skipped: [{ name: 'up', kind: 'ConvTranspose', reason: 'transposed convolutions are not projected' }],
  },
  {
    name: 'a recurrent layer',
    options: { dims: [6, 3] },
    build: (g, x, weight) => {
      const steps = g.node('Transpose', [x], { perm: [1, 0, 2] });
      const [, last] = g.nodes('GRU', [steps, weight('gru.w', [1, 12, 3]), weight('gru.r', [1, 12, 4])], 2, {
        hidden_size: 4,
      });
      return g.node('Squeeze', [last, g.initializer('axis', [1], BigInt64Array.of(0n))]);
    },
    skipped: [
      { name: 'gru.w', kind: 'GRU', reason: 'recurrent layers are not projected' },
      { name: 'gru.r', kind: 'GRU', reason: 'recurrent layers are not projected' },
    ],
  },
  {
    name: 'an embedding table',
    build: (g, x, weight) => {
      const ids = g.node('Cast', [g.node('Abs', [x])], { to: 7 });
      const rows = g.node('Gather', [weight('embedding', [9, 4]), g.node('Clip', [ids, int(g, 0), int(g, 8)])]);
      return g.node('MatMul', [vectors(g, rows, [1]), weight('head')]);
    },
    skipped: [{ name: 'embedding', kind: 'Gather', reason: 'an embedding table, looked up and not multiplied' }],
    layers: ['head'],
  },
  {
    name: 'an embedding table that is the last layer too',
    build: (g, x, weight) => {
      const table = weight('embedding', [4, 4]);
      const ids = g.node('Clip', [g.node('Cast', [x], { to: 7 }), int(g, 0), int(g, 3)]);
      const rows = vectors(g, g.node('Gather', [table, ids], {}, { name: 'lookup' }), [1]);
      return g.node('Gemm', [rows, table], { transB: 1 });
    },
    skipped: [{ name: 'embedding', kind: 'Gemm', reason: 'weight is also read by Gather "lookup"' }],
  },
  {
    name: 'a quantised weight',
    build: (g, x, weight) => {
      const q = g.initializer(
        'w.quantised',
        [4, 4],
        Int8Array.from({ length: 16 }, (_, i) => 8 * i - 60),
      );
      const w = g.node('DequantizeLinear', [q, g.initializer('scale', [], Float32Array.of(0.1))]);
      return g.node('MatMul', [g.node('MatMul', [x, w]), weight('head')]);
    },
    skipped: [{ name: 'w.quantised', kind: 'MatMul', reason: 'weight is quantised' }],
    layers: ['head'],
  },
  {
    name: 'a weight that is computed at run time',
    options: { dims: [3, 5, 5] },
    build: (g, x, weight) => {
      const kernel = g.node('ReduceMean', [x], { axes: [0], keepdims: 1 });
      const y = g.node('Conv', [x, kernel], {}, { name: 'dynamic' });
      const pooled = g.node('Flatten', [g.node('GlobalAveragePool', [y])]);
      return g.node('MatMul', [pooled, weight('head', [1, 4])]);
    },
    skipped: [{ name: 'dynamic', kind: 'Conv', reason: 'weight is computed at run time' }],
    layers: ['head'],
  },
  {
    name: 'a weight that is computed from others (weight normalisation)',
    build: (g, x, weight) => {
      const direction = weight('direction');
      const length = g.node('ReduceL2', [direction], { axes: [0], keepdims: 1 });
      const w = g.node('Div', [direction, length], {}, { name: 'normalise' });
      return g.node('MatMul', [x, w]);
    },
    skipped: [
      { name: 'direction', kind: 'MatMul', reason: 'weight is computed from other tensors by Div "normalise"' },
    ],
  },
  {
    name: 'a stack of matrices',
    options: { dims: [3, 5, 4] },
    build: (g, x, weight) => vectors(g, g.node('MatMul', [x, weight('heads', [3, 4, 4])]), [1, 2]),
    skipped: [
      { name: 'heads', kind: 'MatMul', reason: 'weight is a stack of matrices, each for its own slice of the input' },
    ],
  },
  {
    name: 'tensors that are added or multiplied value by value, but no bias or scale',
    options: { dims: [3, 4] },
    build: (g, x, weight) => {
      const positions = g.node('Add', [x, weight('positions', [1, 3, 4])]);
      const gated = g.node('Mul', [positions, weight('gate', [3, 4])]);
      const scaled = g.node('Mul', [gated, weight('layerscale', [4])]);
      const y = g.node('MatMul', [scaled, weight('head')]);
      return vectors(g, g.node('Add', [y, weight('bias', [1, 1, 4])]), [1]);
    },
    skipped: [
      { name: 'positions', kind: 'Add', reason: 'added to the activations, not multiplied with them' },
      { name: 'gate', kind: 'Mul', reason: 'multiplied value by value, not as a matrix' },
    ],
    layers: ['head'],
  },
  {
    name: 'an operator that is none of ours',
    build: (g, x, weight) => g.node('FusedMatMul', [x, weight('w')], {}, { domain: 'com.microsoft' }),
    options: { domains: { 'com.microsoft': 1 } },
    skipped: [
      {
        name: 'w',
        kind: 'FusedMatMul',
        reason: 'read by the operator FusedMatMul of com.microsoft, which is not projected',
      },
    ],
  },
  {
    name: 'a weight that control flow reads',
    build: (g, x, weight) => {
      const w = weight('w');
      const branch = (name: string, op: string) => {
        const body = new OnnxWriter({ name });
        const outer = body.outer('w');
        body.output(`${name}_y`, body.node(op, [outer]), [4, 4]);
        return body.graph();
      };
      const condition = g.node('Greater', [vectors(g, x, [0, 1]), g.initializer('zero', [], Float32Array.of(0))]);
      const chosen = g.node(
        'If',
        [condition],
        { then_branch: branch('yes', 'Neg'), else_branch: branch('no', 'Abs') },
        { name: 'choice' },
      );
      return g.node('MatMul', [g.node('MatMul', [x, w]), chosen], {}, { name: 'last' });
    },
    skipped: [{ name: 'w', kind: 'MatMul', reason: 'weight is also read by If "choice"' }],
  },
];

function int(g: OnnxWriter, value: number): string {
  return g.initializer(`int${value}`, [], BigInt64Array.of(BigInt(value)));
}

describe('what is left alone, and why', () => {
  for (const { name, build, options, skipped, layers = [] } of cases) {
    it(name, async () => {
      const model = await open(build, options);
      expect(model.skipped).toEqual(skipped);
      expect(model.layers.map(({ id }) => id)).toEqual(layers);
      // It runs all the same, as the runtime itself does.
      const input = tensorOf([2, ...(options?.dims ?? [4])], random);
      const expected = (await valuesOf(model.path, ['logits'], input, 'all')).get('logits')!;
      expect(maxDifference((await model.forward(input)).logits.data, expected.data)).toBeLessThan(1e-5);
      await model.dispose();
    });
  }

  it('a weight that is stored value by value', async () => {
    const model = await open((g, x) => {
      const unpacked = tensorProto('', [4, 4], floats([4, 4]), { storage: 'values' });
      // As an older writer would: each value with a tag of its own (field 4, four bytes).
      unpacked.$unknown = [...unpacked.floatData].map((value) => {
        const data = new Uint8Array(4);
        new DataView(data.buffer).setFloat32(0, value, true);
        return { no: 4, wireType: 5, data };
      });
      unpacked.floatData = [];
      return g.node('MatMul', [x, g.node('Constant', [], { value: unpacked }, { name: 'loose' })]);
    });
    expect(model.layers).toEqual([]);
    expect(model.skipped).toEqual([
      { name: 'loose_out', kind: 'MatMul', reason: 'weight is stored value by value, not as one run of bytes' },
    ]);
    const input = tensorOf([2, 4], random);
    const expected = (await valuesOf(model.path, ['logits'], input)).get('logits')!;
    expect((await model.forward(input)).logits.data).toEqual(expected.data);
  });

  it('two tensors that share bytes of an external file', async () => {
    const model = await open((g, x) => {
      const a = g.initializer('a', [4, 4], floats([4, 4]), { storage: 'external' });
      const b = g.initializer('b', [4, 4], floats([4, 4]), { storage: 'external' });
      // b starts in the middle of a.
      const entries = g.graph().initializer[1].externalData;
      entries.find(({ key }) => key === 'offset')!.value = '32';
      return g.node('MatMul', [g.node('MatMul', [x, a]), b]);
    });
    expect(model.layers).toEqual([]);
    expect(model.skipped).toEqual([
      { name: 'a', kind: 'MatMul', reason: 'weight shares its bytes in the file with "b"' },
      { name: 'b', kind: 'MatMul', reason: 'weight shares its bytes in the file with "a"' },
    ]);
  });
});
