import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { Tensor } from '../../../src/linalg/tensor.js';
import type { Classifier } from '../../../src/models/classifier.js';
import { format } from '../../../src/models/onnx/index.js';
import { maxDifference } from '../../support/data/arrays.js';
import { temporaryFolder } from '../../support/folders.js';
import { randomEdits } from '../../support/models/classifierChecks.js';
import { allTaps, openOnnx, valuesOf } from '../../support/models/onnx.js';

const folder = path.resolve(import.meta.dirname, '../../fixtures/onnx');
/** PyTorch's own logits. */
const reference: Record<string, number[][]> = JSON.parse(readFileSync(path.join(folder, 'reference.json'), 'utf8'));
/** The samples they belong to; see make_onnx.py. */
const input: Tensor = { dims: [2, 1, 16, 16], data: Float32Array.from({ length: 512 }, (_, i) => Math.sin(0.37 * i)) };

const plain = ['features.0.0', 'features.2.0', 'head.0', 'head.3'];
const depthwise = ['stem.0', 'depth.0', 'point.0', 'first.0', 'second.0', 'head'];
const residual = ['stem.0', 'blocks.0.a.0', 'blocks.0.b.0', 'blocks.0.short.0', 'blocks.1.a.0', 'blocks.1.b.0'];
const encoder = (i: number) => ['qkv', 'out', 'up', 'down'].map((name) => `encoders.${i}.${name}`);
const transformer = ['patches', ...encoder(0), ...encoder(1), 'head'];
/** The layers of each network as PyTorch names its modules, whatever the exporter made of them. */
const layers: Record<string, string[]> = {
  'plain.opset9': plain,
  'plain.script': plain,
  'plain.dynamo': plain,
  'plain.dynamo-external': plain,
  'depthwise.script-batchnorm': depthwise,
  'depthwise.dynamo-opset23': depthwise,
  'residual.script': [...residual, 'blocks.1.short.0', 'head'],
  'residual.dynamo': [...residual, 'blocks.1.short.0', 'head'],
  'grouped.script': ['features.0.0', 'features.1.0', 'features.2.0', 'head'],
  'perceptron.dynamo': ['layers.1', 'layers.3'],
  'transformer.script': transformer,
  'transformer.dynamo': transformer,
};

let opened: Classifier[] = [];
afterEach(async () => {
  for (const model of opened) await model.dispose();
  opened = [];
});

async function open(name: string): Promise<Classifier> {
  const model = await openOnnx(path.join(folder, `${name}.onnx`));
  opened.push(model);
  return model;
}

/** Log-softmax rows differ from logits by a constant a row; so compare after the softmax that the file may end with. */
function softmax(row: ArrayLike<number>): number[] {
  const exponentials = Array.from(row, (value) => Math.exp(value));
  const sum = exponentials.reduce((total, value) => total + value, 0);
  return exponentials.map((value) => value / sum);
}

describe.each(Object.keys(reference))('%s.onnx, as exported by PyTorch', (name) => {
  it("gives PyTorch's logits, alike in one batch, sample by sample and with taps", async () => {
    const model = await open(name);
    expect(model.classCount).toBe(5);
    expect(model.input).toEqual({ name: 'input', dims: [null, 1, 16, 16], layout: 'nchw' });
    const { logits } = await model.forward(input);
    expect(logits.dims).toEqual([2, 5]);
    const rows = [logits.data.slice(0, 5), logits.data.slice(5)];
    const scores = name.startsWith('grouped') ? rows.map(softmax) : rows.map((row) => [...row]);
    expect(maxDifference(scores.flat(), reference[name].flat())).toBeLessThan(2e-6);
    if (name.startsWith('grouped')) expect(rows[0].reduce((sum, value) => sum + value, 0)).not.toBeCloseTo(1, 1);

    const second = await model.forward({ dims: [1, 1, 16, 16], data: input.data.subarray(256) });
    expect(maxDifference(second.logits.data, rows[1])).toBeLessThan(1e-6);
    const tapped = await model.forward(input, { taps: allTaps(model) });
    expect(tapped.logits).toEqual(logits);
    if (name !== 'perceptron.dynamo') expect(tapped.taps.get('input')).toEqual(input);
  });

  it('lists the layers under their names in PyTorch, and what it leaves alone', async () => {
    const model = await open(name);
    expect(model.layers.map((layer) => layer.name)).toEqual(layers[name]);
    const position = { name: 'position', kind: 'Add', reason: 'added to the activations, not multiplied with them' };
    expect(model.skipped).toEqual(name.startsWith('transformer') ? [position] : []);
    // Only where a normalisation stays behind a convolution does that have no bias.
    const unbiased = name === 'depthwise.script-batchnorm' ? layers[name].slice(0, -1) : [];
    expect(model.layers.filter(({ hasBias }) => !hasBias).map((layer) => layer.name)).toEqual(unbiased);
  });

  it('tells the same from its headers alone', async () => {
    const model = await open(name);
    const facts = await format.inspect(model.path);
    expect(facts).toMatchObject({ format: 'onnx', input: model.input, classCount: 5, skipped: model.skipped });
    expect(facts.layers).toEqual(model.layers);
    expect(JSON.parse(JSON.stringify(facts))).toEqual(facts);
    expect(facts.files.map((file) => file.path)).toEqual(model.files);
    expect(facts.parameterCount).toBeGreaterThan(
      model.layers.reduce((sum, layer) => sum + layer.in * layer.out, 0) / 2,
    );
  });

  it('goes on from every activation point to the same logits', async () => {
    const model = await open(name);
    expect(model.activations.length).toBeGreaterThanOrEqual(2);
    const { logits } = await model.forward(input);
    const values = await valuesOf(
      model.path,
      model.activations.map(({ id }) => id),
      input,
    );
    for (const { id, dims } of model.activations) {
      const value = values.get(id)!;
      expect(value.dims).toEqual([2, ...dims.map((dim, axis) => dim ?? value.dims[axis + 1])]);
      const again = await model.forwardFrom(id, value);
      expect(maxDifference(again.data, logits.data)).toBeLessThan(2e-6);
    }
  });

  it('saves new weights so that the copy computes what the candidate did', async () => {
    const model = await open(name);
    const edits = randomEdits(model, 2);
    const candidate = await model.withWeights(edits);
    const target = path.join(await temporaryFolder(), model.files.length > 1 ? 'edited' : 'edited.onnx');
    const saved = await model.save(edits, target);
    const copy = await openOnnx(saved.path);
    opened.push(candidate, copy);
    expect((await copy.forward(input)).logits).toEqual((await candidate.forward(input)).logits);
    for (const { id } of model.layers) {
      const { weight, bias = null } = edits.get(id)!;
      expect(await copy.readWeight(id)).toEqual(weight);
      expect(await copy.readBias(id)).toEqual(bias);
    }
    expect(
      maxDifference((await model.forward(input)).logits.data, (await copy.forward(input)).logits.data),
    ).toBeGreaterThan(0.01);
  });
});

it('finds maps in convolutional networks and tokens in a transformer', async () => {
  const residual = await open('residual.script');
  const maps = residual.activations.map(({ name, dims, layout }) => `${name} ${layout} ${dims.join('x')}`);
  expect(maps).toEqual([
    'stem.0 (Conv) channels-first 6x16x16',
    'stem.2 (Relu) channels-first 6x16x16',
    'blocks.0 (Add) channels-first 8x8x8',
    'blocks.0 (Relu) channels-first 8x8x8',
    'blocks.1 (Add) channels-first 12x4x4',
    'blocks.1 (Relu) channels-first 12x4x4',
  ]);
  const transformer = await open('transformer.dynamo');
  expect(transformer.activations.at(-1)).toMatchObject({
    name: 'norm (LayerNormalization)',
    layout: 'tokens',
    dims: [17, 16],
  });
  const perceptron = await open('perceptron.dynamo');
  expect(perceptron.activations[0]).toMatchObject({ layout: 'features', dims: [24] });
});
