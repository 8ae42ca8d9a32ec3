import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { Random } from '../../../src/base/random.js';
import { diagnose } from '../../../src/engine/jobs/diagnose.js';
import { temporaryFolder } from '../../support/folders.js';
import { damageOnnx } from '../../support/models/onnxDamage.js';
import { damagedCopy, damagedText } from '../../support/models/tfjsDamage.js';

const fixtures = path.resolve(import.meta.dirname, '../../fixtures');
const SEEDS = 25;

/** Diagnoses a model and checks that every finding can be shown: no defect, and a range that the file has. */
async function codesOf(model: string): Promise<string[]> {
  const { findings, checked } = await diagnose({ models: [model], scanBytes: 1e9 });
  expect(checked).toContain(model);
  for (const { code, file, range, message, related } of findings) {
    expect({ code, message }).not.toMatchObject({ code: 'internal' });
    for (const spot of [{ file, range }, ...related]) {
      if (spot.range === null) continue;
      const lines = (await readFile(spot.file, 'utf8')).replace(/^\uFEFF/, '').split(/\r\n|\r|\n/);
      const { line, column, endLine, endColumn } = spot.range;
      expect(line).toBeLessThanOrEqual(endLine);
      expect(endLine).toBeLessThanOrEqual(lines.length);
      expect(column).toBeLessThanOrEqual(lines[line - 1].length + 1);
      // The start of an empty file is shown all the same.
      expect(endColumn).toBeLessThanOrEqual(Math.max(2, lines[endLine - 1].length + 1));
    }
  }
  return findings.map(({ code }) => code);
}

describe('diagnosing damaged files', () => {
  it.each(['mobile-graph', 'mobile-layers', 'sequence-graph-float16'])('of TensorFlow.js: %s', async (name) => {
    const codes = new Set<string>();
    for (let seed = 0; seed < SEEDS; seed++) {
      const model = await damagedCopy(path.join(fixtures, 'tfjs', name, 'model.json'), await temporaryFolder(), seed);
      for (const code of await codesOf(model)) codes.add(code);
    }
    expect(codes.size).toBeGreaterThan(1);
  });

  it.each(['residual.script', 'transformer.dynamo'])('of ONNX: %s', async (name) => {
    const original = await readFile(path.join(fixtures, 'onnx', `${name}.onnx`));
    const file = path.join(await temporaryFolder(), 'damaged.onnx');
    const codes = new Set<string>();
    for (let seed = 0; seed < SEEDS; seed++) {
      await writeFile(file, damageOnnx(original, new Random(1000 + seed)).bytes);
      for (const code of await codesOf(file)) codes.add(code);
    }
    expect(codes).toContain('model-corrupt');
  });

  it('called lethe.json', async () => {
    const folder = await temporaryFolder();
    const model = path.join(folder, 'm.onnx');
    await writeFile(model, await readFile(path.join(fixtures, 'onnx', 'plain.script.onnx')));
    const original = await readFile(path.join(import.meta.dirname, '../../../examples/fashion-mnist/lethe.json'));
    const codes = new Set<string>();
    for (let seed = 0; seed < 4 * SEEDS; seed++) {
      await writeFile(path.join(folder, 'lethe.json'), damagedText(original, new Random(seed)));
      for (const code of await codesOf(model)) codes.add(code);
    }
    expect(codes).toContain('config-invalid');
  });
});
