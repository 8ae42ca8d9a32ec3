import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { LetheError } from '../../../src/base/errors.js';
import { elementCount } from '../../../src/linalg/tensor.js';
import { modelKind } from '../../../src/models/tfjs/match.js';
import { format as graphs } from '../../../src/models/tfjs-graph/index.js';
import { format as layers } from '../../../src/models/tfjs-layers/index.js';
import { temporaryFolder } from '../../support/folders.js';
import { damagedCopy } from '../../support/models/tfjsDamage.js';

const fixtures = fileURLToPath(new URL('../../fixtures/tfjs', import.meta.url));
const models = [
  'mobile-graph',
  'mobile-layers',
  'sequence-graph',
  'mobile-graph-uint8',
  'mobile-layers-uint16',
  'sequence-graph-float16',
];

/** Everything that is done with a model; returns what went wrong, if anything did. */
async function useModel(file: string, kind: 'graph' | 'layers'): Promise<unknown> {
  try {
    await modelKind(file);
    const classifier = await (kind === 'graph' ? graphs : layers).open(file);
    try {
      const dims = [2, ...classifier.input.dims.slice(1).map((size) => size ?? 8)];
      const batch = { dims, data: new Float32Array(elementCount(dims)).fill(0.3) };
      const taps = classifier.layers.flatMap((layer) => layer.sites.map((site) => site.tap));
      const { logits } = await classifier.forward(batch, { taps });
      expect(logits.dims).toEqual([2, classifier.classCount]);
      for (const { id, in: columns, out } of classifier.layers) {
        expect(await classifier.readWeight(id)).toMatchObject({ rows: out, cols: columns });
      }
    } finally {
      await classifier.dispose();
    }
    return null;
  } catch (error) {
    return error;
  }
}

describe('a damaged model', () => {
  it.each(models)('%s ends in an error that names the file, or loads', async (name) => {
    const source = path.join(fixtures, name, 'model.json');
    const kind = name.includes('graph') ? 'graph' : 'layers';
    const codes = new Set<string>();
    for (let seed = 0; seed < 17; seed++) {
      const folder = await temporaryFolder();
      const error = await useModel(await damagedCopy(source, folder, seed), kind);
      if (error === null) continue;
      expect(error, `seed ${seed}`).toBeInstanceOf(LetheError);
      const { code, message, file } = error as LetheError;
      expect(message, `seed ${seed}`).toContain(folder);
      expect(file, `seed ${seed}`).toContain(folder);
      codes.add(code);
    }
    expect(codes.size).toBeGreaterThan(1);
    // Whatever was opened before, a good model works afterwards.
    expect(await useModel(source, kind)).toBe(null);
  });
});
