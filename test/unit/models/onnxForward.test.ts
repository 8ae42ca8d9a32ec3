import { afterEach, describe, expect, it } from 'vitest';
import { OnnxWriter, type WriterOptions } from '../../../examples/onnxWriter.js';
import { Random } from '../../../src/base/random.js';
import { elementCount, type Tensor } from '../../../src/linalg/tensor.js';
import type { Classifier } from '../../../src/models/classifier.js';
import { inputVectors } from '../../../src/models/unfold.js';
import { maxDifference, normals, tensorOf } from '../../support/data/arrays.js';
import { temporaryFolder } from '../../support/folders.js';
import { allTaps, openOnnx, writeModel } from '../../support/models/onnx.js';

const random = new Random(51);
let opened: Classifier[] = [];
afterEach(async () => {
  for (const model of opened) await model.dispose();
  opened = [];
});

async function open(build: (g: OnnxWriter) => void, options: WriterOptions = {}): Promise<Classifier> {
  const g = new OnnxWriter(options);
  build(g);
  const model = await openOnnx(await writeModel(g, await temporaryFolder()));
  opened.push(model);
  return model;
}

const floats = (dims: number[]) => normals(elementCount(dims), random);
const w1 = floats([5, 8]);
const w2 = floats([8, 3]);

/** relu(x W1) W2, computed by hand. */
function perceptron(x: Tensor): { hidden: number[]; logits: number[] } {
  const hidden: number[] = [];
  const logits: number[] = [];
  for (let n = 0; n < x.dims[0]; n++) {
    const row: number[] = [];
    for (let j = 0; j < 8; j++) {
      let sum = 0;
      for (let i = 0; i < 5; i++) sum += x.data[n * 5 + i] * w1[i * 8 + j];
      row.push(Math.max(0, sum));
    }
    hidden.push(...row);
    for (let k = 0; k < 3; k++) logits.push(row.reduce((sum, value, j) => sum + value * w2[j * 3 + k], 0));
  }
  return { hidden, logits };
}

/** The same network in ONNX; `tail` may add nodes behind the logits. */
function layers(g: OnnxWriter, x: string): string {
  const hidden = g.node('Relu', [g.node('MatMul', [x, g.initializer('first', [5, 8], w1)])], {}, { name: 'hidden' });
  return g.node('MatMul', [hidden, g.initializer('second', [8, 3], w2)]);
}

const input = tensorOf([7, 5], random);
const expected = perceptron(input);

describe('the logits', () => {
  const tails: Record<string, (g: OnnxWriter, logits: string) => [string, (number | string)[]]> = {
    'as they are': (_, y) => [y, ['N', 3]],
    'before a softmax': (g, y) => [g.node('Softmax', [y], { axis: 1 }), ['N', 3]],
    'before a log-softmax': (g, y) => [g.node('LogSoftmax', [y], { axis: -1 }), ['N', 3]],
    'before a softmax that is flattened afterwards': (g, y) => [
      g.node('Identity', [g.node('Flatten', [g.node('Softmax', [y])])]),
      ['N', 3],
    ],
    'of an output with spare axes': (g, y) => [
      g.node('Unsqueeze', [y, g.initializer('axes', [2], BigInt64Array.of(2n, 3n))]),
      ['N', 3, 1, 1],
    ],
    'of an output whose dims are not declared': (g, y) => [g.node('Softmax', [y]), ['N', 'K']],
  };
  for (const [name, tail] of Object.entries(tails)) {
    it(name, async () => {
      const model = await open((g) => {
        const [y, dims] = tail(g, layers(g, g.input('x', ['N', 5])));
        g.output('out', y, dims);
      });
      expect(model.classCount).toBe(3);
      const { logits } = await model.forward(input);
      expect(logits.dims).toEqual([7, 3]);
      expect(maxDifference(logits.data, expected.logits)).toBeLessThan(1e-5);
    });
  }

  it('are the first output that can be one, and the rest is not run', async () => {
    const model = await open((g) => {
      const logits = layers(g, g.input('x', ['N', 5]));
      g.output('label', g.node('ArgMax', [logits], { axis: 1, keepdims: 0 }), ['N'], 'int64');
      g.output('scores', g.node('Softmax', [logits]), ['N', 3]);
    });
    const { logits } = await model.forward(input);
    expect(maxDifference(logits.data, expected.logits)).toBeLessThan(1e-5);
  });

  it('are counted by running a sample where nothing else tells', async () => {
    const model = await open((g) => {
      const logits = layers(g, g.input('x', ['N', 5]));
      // A shape that is data: no inference sees through the values of an input.
      const size = g.node('Cast', [g.node('ReduceMax', [g.node('Shape', [logits])], { keepdims: 1 })], { to: 7 });
      const shape = g.node('Concat', [g.initializer('minus', [1], BigInt64Array.of(-1n)), size], { axis: 0 });
      g.output('out', g.node('Reshape', [logits, g.node('Abs', [g.node('Neg', [shape])])]), ['N', 'K']);
    });
    expect(model.classCount).toBe(3);
  });
});

describe('any number of samples', () => {
  it('runs through a model whose batch size is fixed, taps and all', async () => {
    const model = await open((g) => g.output('out', layers(g, g.input('x', [3, 5])), [3, 3]));
    const { logits, taps } = await model.forward(input, { taps: allTaps(model) });
    expect(logits.dims).toEqual([7, 3]);
    expect(maxDifference(logits.data, expected.logits)).toBeLessThan(1e-5);
    expect(taps.get('x')).toEqual(input);
    expect(taps.get('hidden_out')!.dims).toEqual([7, 8]);
    expect(maxDifference(taps.get('hidden_out')!.data, expected.hidden)).toBeLessThan(1e-5);
    const again = await model.forwardFrom('hidden_out', { dims: [7, 8], data: Float32Array.from(expected.hidden) });
    expect(maxDifference(again.data, expected.logits)).toBeLessThan(1e-5);
  });

  it('runs through a graph that only works for one sample, whatever its input says', async () => {
    const model = await open((g) => {
      const y = layers(g, g.input('x', ['N', 5]));
      g.output('out', g.node('Reshape', [y, g.initializer('one', [2], BigInt64Array.of(1n, 3n))]), ['N', 3]);
    });
    expect(maxDifference((await model.forward(input)).logits.data, expected.logits)).toBeLessThan(1e-5);
  });

  it('is cut into short runs that together give the same', async () => {
    // 64 channels on 96 x 96 are 340 million multiply-adds a sample: seven samples are several runs.
    const model = await open((g) => {
      const x = g.input('x', ['N', 64, 96, 96]);
      const y = g.node('Conv', [x, g.initializer('w', [64, 64, 3, 3], floats([64, 64, 3, 3]))], { pads: [1, 1, 1, 1] });
      g.output('out', g.node('Flatten', [g.node('GlobalAveragePool', [y])]), ['N', 64]);
    });
    const batch = tensorOf([9, 64, 96, 96], random);
    const whole = await model.forward(batch, { taps: ['x'] });
    expect(whole.logits.dims).toEqual([9, 64]);
    const last = { dims: [1, 64, 96, 96], data: batch.data.subarray(8 * 64 * 96 * 96) };
    const single = await model.forward(last);
    expect(maxDifference(single.logits.data, whole.logits.data.slice(8 * 64))).toBeLessThan(1e-4);

    const controller = new AbortController();
    setTimeout(() => controller.abort(), 1);
    const cancelled = model.forward(batch, { signal: controller.signal });
    await expect(cancelled).rejects.toMatchObject({ code: 'cancelled' });
  });

  it('and any number of calls at once, even with the end of it', async () => {
    const model = await open((g) => g.output('out', layers(g, g.input('x', ['N', 5])), ['N', 3]));
    const hidden = { dims: [7, 8], data: Float32Array.from(expected.hidden) };
    const [plain, tapped, part, again] = await Promise.all([
      model.forward(input),
      model.forward(input, { taps: ['hidden_out'] }),
      model.forwardFrom('hidden_out', hidden),
      model.forward(input),
      model.dispose(),
    ]);
    for (const logits of [plain.logits, tapped.logits, part, again.logits]) {
      expect(maxDifference(logits.data, expected.logits)).toBeLessThan(1e-5);
    }
    expect(maxDifference(tapped.taps.get('hidden_out')!.data, expected.hidden)).toBeLessThan(1e-5);
  });

  it('may be none', async () => {
    const model = await open((g) => g.output('out', layers(g, g.input('x', ['N', 5])), ['N', 3]));
    const { logits } = await model.forward({ dims: [0, 5], data: new Float32Array() });
    expect(logits.dims).toEqual([0, 3]);
  });
});

describe('other number types', () => {
  for (const [type, tolerance] of [
    ['float16', 0.02],
    ['float64', 1e-5],
  ] as const) {
    it(`a network that computes in ${type} takes and gives float32`, async () => {
      const model = await open((g) => {
        const x = g.input('x', ['N', 5], type);
        const store = (name: string, dims: number[], data: Float32Array) =>
          type === 'float16'
            ? g.initializer(name, dims, data, { type })
            : g.initializer(name, dims, Float64Array.from(data));
        const hidden = g.node('Relu', [g.node('MatMul', [x, store('first', [5, 8], w1)])], {}, { name: 'hidden' });
        const y = g.node('MatMul', [hidden, store('second', [8, 3], w2)]);
        g.output('out', g.node('Softmax', [y]), ['N', 3], type);
      });
      const { logits, taps } = await model.forward(input, { taps: allTaps(model) });
      expect(maxDifference(logits.data, expected.logits)).toBeLessThan(tolerance);
      expect(maxDifference(taps.get('hidden_out')!.data, expected.hidden)).toBeLessThan(tolerance);
      const again = await model.forwardFrom('hidden_out', taps.get('hidden_out')!);
      expect(maxDifference(again.data, expected.logits)).toBeLessThan(tolerance);
      const weight = await model.readWeight('second');
      const vectors = inputVectors(model.layers[1], { kind: 'dense' }, taps.get('hidden_out')!, [0]);
      const first = weight.data.slice(0, 8).reduce((sum, value, i) => sum + value * vectors.data[i], 0);
      expect(Math.abs(first - expected.logits[0])).toBeLessThan(tolerance);
    });
  }
});

describe('what is fed', () => {
  it('must have the dims that the model takes', async () => {
    const model = await open((g) => g.output('out', layers(g, g.input('x', ['N', 5])), ['N', 3]));
    await expect(model.forward(tensorOf([2, 6], random))).rejects.toMatchObject({
      code: 'image-size',
      place: 'input "x"',
      message: expect.stringContaining('a sample has dims 6, but the model takes 5'),
    });
    await expect(model.forwardFrom('hidden_out', tensorOf([2, 9], random))).rejects.toMatchObject({
      code: 'image-size',
    });
    await expect(model.forward(input, { taps: ['nope'] })).rejects.toThrow('no layer reads a tap "nope"');
    await expect(model.forwardFrom('nope', input)).rejects.toThrow('no activation point "nope"');
  });

  it('is guessed to be an image by its dims and first operator', async () => {
    const spec = async (dims: (number | string)[], first: (g: OnnxWriter, x: string) => string) =>
      (
        await open((g) => {
          const y = first(g, g.input('x', dims));
          const pooled = g.node('ReduceMean', [y], { axes: [2, 3], keepdims: 0 });
          g.output('out', g.node('MatMul', [pooled, g.initializer('w', [3, 3], floats([3, 3]))]), ['N', 3]);
        })
      ).input.layout;
    const keep = (g: OnnxWriter, x: string) => g.node('Relu', [x]);
    const turn = (g: OnnxWriter, x: string) => g.node('Transpose', [x], { perm: [0, 3, 1, 2] });
    expect(await spec(['N', 3, 8, 8], keep)).toBe('nchw');
    expect(await spec(['N', 8, 8, 3], turn)).toBe('nhwc');
    expect(await spec(['N', 3, 'H', 'W'], keep)).toBe('nchw');
    const flat = await open((g) => g.output('out', layers(g, g.input('x', ['N', 5])), ['N', 3]));
    expect(flat.input).toEqual({ name: 'x', dims: [null, 5], layout: 'features' });
  });
});
