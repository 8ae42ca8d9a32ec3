import { cp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { LetheError } from '../../../src/base/errors.js';
import type { TextRange } from '../../../src/contract/terms.js';
import { detectFormat } from '../../../src/models/registry.js';
import { temporaryFolder } from '../../support/folders.js';
import { writeModel } from '../../support/models/tfjsFiles.js';

const fixtures = new URL('../../fixtures/', import.meta.url).pathname;

async function copied(fixture: string): Promise<string> {
  const folder = await temporaryFolder();
  await cp(path.join(fixtures, fixture), folder, { recursive: true });
  return path.join(folder, 'model.json');
}

async function faults(file: string): Promise<readonly LetheError[]> {
  const { format } = await detectFormat(file);
  return format.faults(file);
}

/** The text that an error's range covers. */
async function covered({ at }: LetheError): Promise<string> {
  const { line, column, endLine, endColumn } = at!.range;
  const lines = (await readFile(at!.file, 'utf8')).split('\n').slice(line - 1, endLine);
  lines[lines.length - 1] = lines[lines.length - 1].slice(0, endColumn - 1);
  return lines.join('\n').slice(column - 1);
}

/** Writes a model.json anew, with line breaks. */
async function edit(file: string, change: (json: ReturnType<typeof JSON.parse>) => void, indent = 2): Promise<void> {
  const json = JSON.parse(await readFile(file, 'utf8'));
  change(json);
  await writeFile(file, JSON.stringify(json, null, indent));
}

describe('faults of a TensorFlow.js model', () => {
  it.each(['tfjs/mobile-layers', 'tfjs/mobile-graph'])('are none: %s', async (fixture) => {
    expect(await faults(await copied(fixture))).toEqual([]);
  });

  it.each([0, 2])('are all its missing shards, each at its name (indent %i)', async (indent) => {
    const file = await copied('tfjs/mobile-layers');
    await edit(file, () => {}, indent);
    for (const name of ['group1-shard1of3.bin', 'group1-shard3of3.bin']) await rm(path.join(path.dirname(file), name));
    const found = await faults(file);
    expect(found.map(({ code, locations }) => [code, locations])).toEqual([
      ['weights-missing', ['group1-shard1of3.bin']],
      ['weights-missing', ['group1-shard3of3.bin']],
    ]);
    expect(await Promise.all(found.map(covered))).toEqual(['"group1-shard1of3.bin"', '"group1-shard3of3.bin"']);
    const { line, column } = found[1].at!.range;
    expect(found[1].place).toBe(`line ${line}, column ${column}`);
  });

  it('are shards of the wrong size, at the list of their names', async () => {
    const file = await copied('tfjs/mobile-graph');
    await edit(file, () => {});
    await truncate(path.join(path.dirname(file), 'group1-shard2of2.bin'), 100);
    const [fault, ...others] = await faults(file);
    expect(others).toEqual([]);
    expect(fault).toMatchObject({ code: 'weights-short', place: 'group1-shard1of2.bin to group1-shard2of2.bin' });
    expect(fault.locations).toEqual(['group1-shard1of2.bin', 'group1-shard2of2.bin']);
    expect(JSON.parse(await covered(fault))).toEqual(fault.locations);
  });

  it('is a single shard of the wrong size, at its name in model.json though the file is the shard', async () => {
    const file = await copied('tfjs/sequence-graph');
    const shard = path.join(path.dirname(file), 'group1-shard1of1.bin');
    await truncate(shard, 100);
    const [fault] = await faults(file);
    expect(fault).toMatchObject({ code: 'weights-short', file: shard, at: { file } });
    expect(await covered(fault)).toBe('"group1-shard1of1.bin"');
  });

  it('are all faults of the list at once, each at its entry', async () => {
    const file = await copied('tfjs/mobile-layers');
    await edit(file, ({ weightsManifest: [{ weights, paths }] }) => {
      paths[1] = '../elsewhere.bin';
      weights[2].name = weights[1].name;
      weights[3].dtype = 'string';
    });
    const found = await faults(file);
    expect(found.map(({ code }) => code)).toEqual(['path-outside', 'model-corrupt', 'model-unsupported']);
    const [location, twice, text] = await Promise.all(found.map(covered));
    expect(location).toBe('"../elsewhere.bin"');
    expect(JSON.parse(twice)).toHaveProperty('shape');
    expect(JSON.parse(text)).toMatchObject({ dtype: 'string' });
  });

  it('is a layer that TensorFlow.js does not have, at its description', async () => {
    const file = await copied('tfjs/mobile-layers');
    let name = '';
    await edit(file, ({ modelTopology }) => {
      const { layers } = modelTopology.model_config.config;
      layers[2].class_name = 'Invented';
      ({ name } = layers[2].config);
    });
    const [fault] = await faults(file);
    expect(fault).toMatchObject({ code: 'model-unsupported', message: expect.stringContaining(name) });
    expect(JSON.parse(await covered(fault))).toMatchObject({ class_name: 'Invented' });
  });

  it('is an operation that can not be run, at its node', async () => {
    const file = await copied('tfjs/mobile-graph');
    await edit(file, ({ modelTopology: { node } }) => {
      node.find(({ op }: { op: string }) => op.includes('Conv2D')).op = 'NonMaxSuppressionV4';
    });
    const [fault] = await faults(file);
    expect(JSON.parse(await covered(fault))).toMatchObject({ op: 'NonMaxSuppressionV4' });
  });

  it('is where the JSON breaks, also behind CRLF, a byte order mark and characters of two units', async () => {
    const file = path.join(await temporaryFolder(), 'model.json');
    await writeFile(file, '\uFEFF{"format": "layers-model",\r\n "😀": 1 x }');
    const [fault] = await faults(file);
    const expected: TextRange = { line: 2, column: 10, endLine: 2, endColumn: 11 };
    expect(fault).toMatchObject({ code: 'model-corrupt', place: 'line 2, column 10', at: { file, range: expected } });
  });

  it('knows where a skipped layer is described', async () => {
    const topology = {
      class_name: 'Sequential',
      config: {
        name: 'm',
        layers: [
          { class_name: 'LSTM', config: { name: 'lstm', units: 2, batch_input_shape: [null, 3, 4] } },
          { class_name: 'Dense', config: { name: 'dense', units: 3 } },
        ],
      },
    };
    const weight = (name: string, shape: number[]) => {
      const values = new Float32Array(shape.reduce((a, b) => a * b));
      return { name, shape, dtype: 'float32' as const, values };
    };
    const file = await writeModel(await temporaryFolder(), topology, [
      weight('lstm/kernel', [4, 8]),
      weight('lstm/recurrent_kernel', [2, 8]),
      weight('lstm/bias', [8]),
      weight('dense/kernel', [2, 3]),
      weight('dense/bias', [3]),
    ]);
    const { format } = await detectFormat(file);
    const { skipped, skippedAt } = await format.inspect(file);
    expect(skipped).toEqual([{ name: 'lstm', kind: 'LSTM', reason: expect.stringContaining('recurrent') }]);
    const { column, endColumn } = skippedAt!(0);
    expect(JSON.parse((await readFile(file, 'utf8')).slice(column - 1, endColumn - 1))).toEqual(
      topology.config.layers[0],
    );
  });
});

describe('faults of an ONNX model', () => {
  it('are none, or the one that is found first', async () => {
    const folder = await temporaryFolder();
    const file = path.join(folder, 'plain.dynamo-external.onnx');
    for (const name of [path.basename(file), `${path.basename(file)}.data`]) {
      await cp(path.join(fixtures, 'onnx', name), path.join(folder, name));
    }
    expect(await faults(file)).toEqual([]);
    await truncate(`${file}.data`, 1000);
    expect(await faults(file)).toMatchObject([{ code: 'weights-short', file: `${file}.data`, at: undefined }]);
    await rm(`${file}.data`);
    expect(await faults(file)).toMatchObject([{ code: 'weights-missing', file }]);
  });
});
