import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { Random } from '../../../src/base/random.js';
import type { Classifier } from '../../../src/models/classifier.js';
import { format as graphs } from '../../../src/models/tfjs-graph/index.js';
import { format as layers } from '../../../src/models/tfjs-layers/index.js';
import { maxDifference, tensorOf } from '../../support/data/arrays.js';
import { temporaryFolder } from '../../support/folders.js';
import { biased, layerProducts, randomEdits } from '../../support/models/classifierChecks.js';

// Models that TensorFlow's own converter wrote, with what TensorFlow computes (test/fixtures/make_tfjs.py).
const fixtures = fileURLToPath(new URL('../../fixtures/tfjs', import.meta.url));

/** How far quantised weights may take the logits from TensorFlow's, which are those of the float32 weights. */
const models = [
  ['mobile-graph', graphs, 2e-6],
  ['mobile-graph-uint8', graphs, 0.05],
  ['mobile-layers', layers, 2e-6],
  ['mobile-layers-uint16', layers, 2e-4],
  ['sequence-graph', graphs, 5e-6],
  ['sequence-graph-float16', graphs, 5e-3],
] as const;

async function reference(name: string, classifier: Classifier) {
  const { inputs, logits, outputs } = JSON.parse(await readFile(path.join(fixtures, name, 'reference.json'), 'utf8'));
  const dims = [3, ...(classifier.input.dims.slice(1) as number[])];
  return { batch: { dims, data: Float32Array.from(inputs) }, logits, outputs };
}

describe.each(models)('%s', (name, format, tolerance) => {
  const file = path.join(fixtures, name, 'model.json');

  it('gives TensorFlow’s logits', async () => {
    expect(await format.match(file)).toBe(true);
    const classifier = await format.open(file);
    const { batch, logits: expected } = await reference(name, classifier);
    const { logits } = await classifier.forward(batch);
    expect(logits.dims).toEqual([3, classifier.classCount]);
    expect(maxDifference(logits.data, expected)).toBeLessThan(tolerance);
  });

  it('lists every layer with a kernel and skips none', async () => {
    const facts = await format.inspect(file);
    const count = name.startsWith('mobile') ? 8 : 6;
    expect([facts.layers.length, facts.skipped]).toEqual([count, []]);
    expect(facts.classCount).toBe(name.startsWith('mobile') ? 10 : 5);
  });

  it('sees the difference that an edit makes to a layer as its input vectors tell it', async () => {
    const classifier = await format.open(file);
    const { batch } = await reference(name, classifier);
    const taps = classifier.layers.flatMap((layer) => layer.sites.map((site) => site.tap));
    const values = (await classifier.forward(batch, { taps })).taps;
    const last = classifier.layers.at(-1)!;
    for (const layer of classifier.layers) {
      for (const site of layer.sites) {
        const products = await layerProducts(classifier, layer, site, values.get(site.tap)!);
        expect(products.data.every(Number.isFinite)).toBe(true);
      }
    }
    // The last layer's logits are W x + b, so a new W changes them by the new products less the old.
    const weight = await classifier.readWeight(last.id);
    const doubled = { ...weight, data: weight.data.map((value) => 2 * value) };
    const candidate = await classifier.withWeights(new Map([[last.id, { weight: doubled }]]));
    const products = await layerProducts(classifier, last, last.sites[0], values.get(last.sites[0].tap)!);
    const before = (await classifier.forward(batch)).logits.data;
    const after = (await candidate.forward(batch)).logits.data;
    expect(
      maxDifference(
        after,
        before.map((value, i) => value + products.data[i]),
      ),
    ).toBeLessThan(2e-3);
  });

  it('runs on from every activation', async () => {
    const classifier = await format.open(file);
    const { batch } = await reference(name, classifier);
    const ids = classifier.activations.map(({ id }) => id);
    expect(ids.length).toBeGreaterThan(4);
    const { logits, taps } = await classifier.forward(batch, { taps: ids });
    for (const id of ids) {
      const onward = await classifier.forwardFrom(id, taps.get(id)!);
      expect(maxDifference(onward.data, logits.data)).toBeLessThan(1e-5);
    }
  });

  it('is saved with edits, and gives the candidate’s logits again', async () => {
    const classifier = await format.open(file);
    const { batch } = await reference(name, classifier);
    const edits = randomEdits(classifier, 8);
    const saved = await classifier.save(edits, path.join(await temporaryFolder(), 'copy'));
    const candidate = await classifier.withWeights(edits);
    const reopened = await format.open(saved.path);
    const last = classifier.layers.at(-1)!;
    const [{ tap }] = last.sites;
    const { logits, taps } = await candidate.forward(batch, { taps: [tap] });
    expect(maxDifference((await reopened.forward(batch)).logits.data, logits.data)).toBe(0);
    // New biases too: float16 rounds them, everything else keeps what it is given.
    for (const [id, { bias }] of edits) {
      const written = await reopened.readBias(id);
      if (!bias) expect(written).toBeNull();
      else expect(maxDifference(written!, bias)).toBeLessThanOrEqual(name.endsWith('float16') ? 5e-4 : 0);
    }
    const products = await layerProducts(reopened, last, last.sites[0], taps.get(tap)!);
    const largest = Math.max(...logits.data.map(Math.abs));
    const computed = biased(products, (await reopened.readBias(last.id))!);
    expect(maxDifference(logits.data, computed)).toBeLessThan(1e-5 * largest);
  });

  it('knows which layers have a bias of their own', async () => {
    const facts = await format.inspect(file);
    const unbiased = facts.layers.filter(({ hasBias }) => !hasBias).map((layer) => layer.name);
    // In Keras' layers a normalisation follows; the converter has folded those into biases.
    const folded = ['mobile/separable/separable_conv2d/depthwise'];
    const kept = ['stem', 'dw0', 'pw0', 'dw1', 'pw1', 'separable/depthwise'];
    expect(unbiased).toEqual(name.startsWith('sequence') ? [] : name.includes('layers') ? kept : folded);
  });
});

describe('a dilated convolution of a sequence', () => {
  it('has input vectors that give its output', async () => {
    const classifier = await graphs.open(path.join(fixtures, 'sequence-graph/model.json'));
    const { batch } = await reference('sequence-graph', classifier);
    const layer = classifier.layers.find(({ name }) => name === 'sequence/causal/Conv1D')!;
    const [{ tap }] = layer.sites;
    const { taps } = await classifier.forward(batch, { taps: [tap, layer.id] });
    // Two blocks a sample: the space of 16 steps moved into the batch.
    expect(taps.get(tap)!.dims).toEqual([6, 1, 8, 4]);
    const products = await layerProducts(classifier, layer, layer.sites[0], taps.get(tap)!);
    expect(maxDifference(taps.get(layer.id)!.data, products.data)).toBeLessThan(1e-5);
  });
});

it('both formats of one network have the same layers, sizes and logits', async () => {
  const graph = await graphs.open(path.join(fixtures, 'mobile-graph/model.json'));
  const keras = await layers.open(path.join(fixtures, 'mobile-layers/model.json'));
  const shape = ({ kind, in: columns, out, groups }: Classifier['layers'][number]) => [kind, columns, out, groups];
  expect(graph.layers.map(shape)).toEqual(keras.layers.map(shape));
  const batch = tensorOf([40, 16, 16, 3], new Random(9));
  const [one, other] = [(await graph.forward(batch)).logits, (await keras.forward(batch)).logits];
  expect(maxDifference(one.data, other.data)).toBeLessThan(1e-5);
});
