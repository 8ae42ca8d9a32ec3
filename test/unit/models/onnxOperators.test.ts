import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { OnnxWriter } from '../../../examples/onnxWriter.js';
import { Random } from '../../../src/base/random.js';
import { maxDifference, tensorOf } from '../../support/data/arrays.js';
import { temporaryFolder } from '../../support/folders.js';
import { randomEdits } from '../../support/models/classifierChecks.js';
import { allTaps, layerOutput, openOnnx, valuesOf, writeModel } from '../../support/models/onnx.js';
import { biasForms } from '../../support/models/onnxBiasForms.js';
import { type Form, weightForms } from '../../support/models/onnxForms.js';

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
  for (const form of [...weightForms, ...biasForms]) {
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
