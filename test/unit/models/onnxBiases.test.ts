import { describe, expect, it } from 'vitest';
import { OnnxWriter, tensorProto } from '../../../examples/onnxWriter.js';
import { Random } from '../../../src/base/random.js';
import { elementCount } from '../../../src/linalg/tensor.js';
import type { Classifier } from '../../../src/models/classifier.js';
import { maxDifference, normals, tensorOf } from '../../support/data/arrays.js';
import { temporaryFolder } from '../../support/folders.js';
import { biased, layerProducts, randomEdits } from '../../support/models/classifierChecks.js';
import { openOnnx, valuesOf, writeModel } from '../../support/models/onnx.js';

const random = new Random(41);

/** Builds a model on vectors of length 4 with logits [N, 4], and opens it. */
async function open(
  build: (g: OnnxWriter, x: string, stored: (name: string, dims?: number[]) => string) => string,
): Promise<Classifier> {
  const g = new OnnxWriter();
  const x = g.input('x', ['N', 4]);
  const logits = build(g, x, (name, dims = [4, 4]) => g.initializer(name, dims, normals(elementCount(dims), random)));
  g.output('logits', logits, ['N', 4]);
  return openOnnx(await writeModel(g, await temporaryFolder()));
}

describe('a bias', () => {
  it('in a Constant node is one like any other', async () => {
    const model = await open((g, x, stored) => {
      const b = g.node('Constant', [], { value: tensorProto('', [4], normals(4, random)) }, { name: 'inner' });
      return g.node('Add', [g.node('MatMul', [x, stored('w')]), b]);
    });
    await checkLast(model);
  });

  it('so long that the runtime is handed it apart is edited all the same', async () => {
    const model = await open((g, x, stored) => {
      const wide = g.node('Gemm', [x, stored('w', [4, 600]), stored('b', [600])]);
      return g.node('Gemm', [g.node('Relu', [wide]), stored('last', [600, 4]), stored('c', [4])]);
    });
    expect(model.layers.map(({ id, hasBias }) => [id, hasBias])).toEqual([
      ['w', true],
      ['last', true],
    ]);
    await checkLast(model);
  });

  it('of a weight that is used twice is one, if both places add the same', async () => {
    const twice = (other?: string) =>
      open((g, x, stored) => {
        const [w, b] = [stored('w'), stored('b', [4])];
        const first = g.node('Add', [g.node('MatMul', [x, w]), b], {}, { name: 'first' });
        const second = other === undefined ? b : stored(other, [4]);
        const sum = g.node('Add', [second, g.node('MatMul', [g.node('Relu', [first]), w])], {}, { name: 'second' });
        return g.node('Identity', [sum]);
      });
    const model = await twice();
    const [layer] = model.layers;
    expect(layer).toMatchObject({ id: 'w', hasBias: true, sites: [{}, {}] });
    const edits = randomEdits(model, 5);
    const saved = await model.save(edits, `${model.path}.copy.onnx`);
    const input = tensorOf([3, 4], random);
    const real = await valuesOf(saved.path, ['first_out', 'second_out'], input);
    const candidate = await model.withWeights(edits);
    const { taps } = await candidate.forward(input, { taps: layer.sites.map(({ tap }) => tap) });
    for (const [i, name] of ['first_out', 'second_out'].entries()) {
      const site = layer.sites[i];
      const sums = biased(await layerProducts(candidate, layer, site, taps.get(site.tap)!), edits.get('w')!.bias!);
      expect(maxDifference(real.get(name)!.data, sums)).toBeLessThan(1e-5);
    }
    const different = await twice('other');
    expect(different.layers).toMatchObject([{ id: 'w', hasBias: false, sites: [{}, {}] }]);
  });

  it('with numbers that are not finite is named', async () => {
    const model = await open((g, x, stored) => {
      const b = g.initializer('layer.bias', [4], Float32Array.of(1, Number.NaN, Infinity, Number.NaN));
      return g.node('Gemm', [x, stored('w'), b], { beta: { float: 0.5 } });
    });
    await expect(model.readBias('w')).rejects.toMatchObject({
      code: 'weights-not-finite',
      file: model.path,
      place: 'tensor "layer.bias"',
      message: expect.stringContaining('holds 2 NaN and 1 infinite of 4 values'),
    });
    expect((await model.readWeight('w')).rows).toBe(4);
    await expect(model.readBias('nope')).rejects.toThrow('no layer "nope"');
  });
});

/** Edits everything, and compares what the last layer gives with what its input and the new values say. */
async function checkLast(model: Classifier): Promise<void> {
  const last = model.layers.at(-1)!;
  const edits = randomEdits(model, 7);
  const candidate = await model.withWeights(edits);
  const saved = await model.save(edits, `${model.path}.copy.onnx`);
  const input = tensorOf([3, 4], random);
  const [{ tap }] = last.sites;
  const { logits, taps } = await candidate.forward(input, { taps: [tap] });
  const products = await layerProducts(candidate, last, last.sites[0], taps.get(tap)!);
  expect(maxDifference(logits.data, biased(products, edits.get(last.id)!.bias!))).toBeLessThan(2e-5);
  const real = await valuesOf(saved.path, ['logits'], input);
  expect(maxDifference(logits.data, real.get('logits')!.data)).toBeLessThan(1e-5);
}

describe('no bias of a layer is', () => {
  const cases: Record<string, Parameters<typeof open>[0]> = {
    'one that another layer adds too': (g, x, stored) => {
      const b = stored('b', [4]);
      const first = g.node('Gemm', [x, stored('w'), b]);
      return g.node('Gemm', [first, stored('other'), b]);
    },
    'one that something else reads': (g, x, stored) => {
      const b = stored('b', [4]);
      return g.node('Mul', [g.node('Gemm', [x, stored('w'), b]), g.node('Identity', [b])]);
    },
    'one that is an output of the model': (g, x, stored) => {
      const b = stored('b', [4]);
      const y = g.node('Gemm', [x, stored('w'), b]);
      g.output('offsets', g.node('Identity', [b]), [4]);
      return y;
    },
    'what is added to a product that something else reads too': (g, x, stored) => {
      const product = g.node('MatMul', [x, stored('w')]);
      return g.node('Mul', [g.node('Add', [product, stored('b', [4])]), product]);
    },
    'what is added after an activation': (g, x, stored) =>
      g.node('Add', [g.node('Relu', [g.node('MatMul', [x, stored('w')])]), stored('b', [4])]),
    'an activation': (g, x, stored) => g.node('Add', [g.node('MatMul', [x, stored('w')]), x]),
    'one that is computed from others': (g, x, stored) =>
      g.node('Gemm', [x, stored('w'), g.node('Neg', [stored('b', [4])])]),
    'a matrix of as many values': (g, x, stored) => {
      const cut = g.node('MatMul', [x, stored('w')]);
      const folded = g.node('Reshape', [cut, g.initializer('shape', [3], BigInt64Array.of(-1n, 2n, 2n))]);
      const sum = g.node('Add', [folded, stored('b', [2, 2])]);
      return g.node('Flatten', [sum]);
    },
    'one that is stored value by value': (g, x, stored) => {
      const unpacked = tensorProto('', [4], normals(4, random), { storage: 'values' });
      unpacked.$unknown = [...unpacked.floatData].map((value) => {
        const data = new Uint8Array(4);
        new DataView(data.buffer).setFloat32(0, value, true);
        return { no: 4, wireType: 5, data };
      });
      unpacked.floatData = [];
      return g.node('Gemm', [x, stored('w'), g.node('Constant', [], { value: unpacked })]);
    },
    'one that shares its bytes with another tensor': (g, x, stored) => {
      const b = g.initializer('b', [4], normals(4, random), { storage: 'external' });
      const c = g.initializer('c', [4], normals(4, random), { storage: 'external' });
      g
        .graph()
        .initializer.at(-1)!
        .externalData.find(({ key }) => key === 'offset')!.value = '8';
      return g.node('Gemm', [g.node('Gemm', [x, stored('w'), b]), stored('other'), c]);
    },
  };

  it.each(Object.keys(cases))('%s', async (name) => {
    const model = await open(cases[name]);
    const layer = model.layers.find(({ id }) => id === 'w')!;
    expect(layer.hasBias).toBe(false);
    expect(await model.readBias('w')).toBeNull();
    const weight = await model.readWeight('w');
    const edits = new Map([['w', { weight, bias: new Float32Array(4) }]]);
    await expect(model.withWeights(edits)).rejects.toThrow('layer "w" has no bias that can be edited');
    // The weight is still one to edit.
    const candidate = await model.withWeights(new Map([['w', { weight }]]));
    const input = tensorOf([2, 4], random);
    expect((await candidate.forward(input)).logits).toEqual((await model.forward(input)).logits);
  });
});
