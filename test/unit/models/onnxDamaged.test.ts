import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { Random } from '../../../src/base/random.js';
import { temporaryFolder } from '../../support/folders.js';
import { useModel } from '../../support/models/mutate.js';
import { damageOnnx } from '../../support/models/onnxDamage.js';

const fixtures = path.resolve(import.meta.dirname, '../../fixtures/onnx');
const models = [
  'depthwise.dynamo-opset23',
  'grouped.script',
  'plain.opset9',
  'residual.script',
  'transformer.script',
  'transformer.dynamo',
];

describe('a damaged ONNX file', () => {
  it.each(models)('%s ends in an error message, or loads', async (name) => {
    const original = await readFile(path.join(fixtures, `${name}.onnx`));
    const file = path.join(await temporaryFolder(), 'damaged.onnx');
    const outcomes = new Map<string, number>();
    for (let seed = 0; seed < 30; seed++) {
      const { what, bytes } = damageOnnx(original, new Random(1000 + seed));
      await writeFile(file, bytes);
      const outcome = await useModel(file).catch((defect: unknown) => {
        throw new Error(`seed ${seed}: ${what}`, { cause: defect });
      });
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    }
    // Damage of both kinds was done: some that must be refused, and some that need not be.
    expect(outcomes.get('model-corrupt')).toBeGreaterThan(3);
    expect(outcomes.get('loaded')).toBeGreaterThan(3);
    await writeFile(file, original);
    expect(await useModel(file)).toBe('loaded');
  });
});
