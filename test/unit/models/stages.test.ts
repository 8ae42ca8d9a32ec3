import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { Random } from '../../../src/base/random.js';
import type { Tensor } from '../../../src/linalg/tensor.js';
import { elementCount } from '../../../src/linalg/tensor.js';
import type { LayerEdit } from '../../../src/linalg/weightEdits.js';
import type { Classifier } from '../../../src/models/classifier.js';
import { openModel } from '../../../src/models/registry.js';
import { maxDifference } from '../../support/data/arrays.js';
import { randomEdits } from '../../support/models/classifierChecks.js';

const fixtures = path.resolve(import.meta.dirname, '../../fixtures');
/** Networks, and in what share of their stages a pass can be interrupted: it can't where the positions of all samples are in one axis. */
const networks: [string, number][] = [
  ['onnx/plain.script.onnx', 1],
  ['onnx/plain.opset9.onnx', 1],
  ['onnx/residual.dynamo.onnx', 1],
  ['onnx/residual.script.onnx', 1],
  ['onnx/depthwise.dynamo-opset23.onnx', 1],
  ['onnx/grouped.script.onnx', 1],
  ['onnx/perceptron.dynamo.onnx', 1],
  ['onnx/transformer.dynamo.onnx', 1],
  ['onnx/transformer.script.onnx', 1],
  ['tfjs/mobile-graph/model.json', 1],
  ['tfjs/mobile-layers/model.json', 1],
  ['tfjs/sequence-graph/model.json', 0.5],
];

function samplesFor({ input }: Classifier): Tensor {
  const random = new Random(5);
  const dims = [3, ...(input.dims.slice(1) as number[])];
  return { dims, data: Float32Array.from({ length: elementCount(dims) }, () => random.normal()) };
}

describe.each(networks)('%s in stages', (name, least) => {
  it('computes what it does at once, with each layer edited just before it is passed', async () => {
    const model = await openModel(path.join(fixtures, name));
    const batch = samplesFor(model);
    const edits = randomEdits(model, 11);
    const edited = await model.withWeights(edits);
    const taps = [...new Set(model.layers.flatMap(({ sites }) => sites.map(({ tap }) => tap)))];
    const whole = await edited.forward(batch, { taps });

    let state: ReadonlyMap<string, Tensor> = new Map([[model.input.name, batch]]);
    const known = new Map<string, LayerEdit>();
    let resumed = 0;
    for (const { layers, values } of model.stages) {
      const current = await model.withWeights(known);
      const next = values && (await current.resume(state, { values })).values;
      if (next && [...next.values()].every(({ dims }) => dims[0] === batch.dims[0])) {
        state = next;
        resumed++;
      }
      for (const id of layers) {
        // Behind other layers of the same place too, once these are edited.
        const soFar = await model.withWeights(known);
        const { tap } = model.layers.find((layer) => layer.id === id)!.sites[0];
        const found = (await soFar.resume(state, { values: [tap] })).values.get(tap)!;
        expect(found.dims).toEqual(whole.taps.get(tap)!.dims);
        expect(maxDifference(found.data, whole.taps.get(tap)!.data)).toBeLessThan(2e-4);
        known.set(id, edits.get(id)!);
        await soFar.dispose();
      }
      await current.dispose();
    }
    expect(model.stages.flatMap(({ layers }) => layers).sort()).toEqual(model.layers.map(({ id }) => id).sort());
    expect(resumed).toBeGreaterThanOrEqual(least * model.stages.length);
    const { logits } = await edited.resume(state, { logits: true });
    expect(maxDifference(logits!.data, whole.logits.data)).toBeLessThan(2e-4);
    await edited.dispose();
    await model.dispose();
  });
});
