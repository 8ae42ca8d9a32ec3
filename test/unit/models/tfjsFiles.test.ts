import { mkdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { Random } from '../../../src/base/random.js';
import { loadBackend } from '../../../src/models/tfjs/backend.js';
import { rangesOf, readModelFiles } from '../../../src/models/tfjs/manifest.js';
import { modelKind } from '../../../src/models/tfjs/match.js';
import { readAllWeights, readValues } from '../../../src/models/tfjs/tensors.js';
import type { Tf } from '../../../src/models/tfjs/tf.js';
import { format as graphs } from '../../../src/models/tfjs-graph/index.js';
import { format as layers } from '../../../src/models/tfjs-layers/index.js';
import { normals } from '../../support/data/arrays.js';
import { temporaryFolder } from '../../support/folders.js';
import { groupBytes, type WeightToWrite, writeModel } from '../../support/models/tfjsFiles.js';

let tf: Tf;
beforeAll(async () => {
  ({ tf } = await loadBackend());
});

const random = new Random(21);
const weight = (name: string, shape: number[], quantization?: WeightToWrite['quantization']): WeightToWrite => ({
  name,
  shape,
  dtype: 'float32',
  values: normals(
    shape.reduce((product, size) => product * size, 1),
    random,
  ),
  quantization,
});

describe('weights are read by byte ranges', () => {
  const all = [
    weight('plain', [7, 11]),
    weight('bytes', [13, 3], 'uint8'),
    weight('words', [5, 9], 'uint16'),
    weight('halves', [17], 'float16'),
    weight('scalar', []),
    weight('empty', [0, 4]),
    weight('last', [3, 3, 2]),
  ];

  it.each([1_000_000, 100, 33])('with shards of %i bytes, equal to what TensorFlow.js decodes', async (shardBytes) => {
    const file = await writeModel(await temporaryFolder(), {}, all, { shardBytes });
    const { weightsManifest } = JSON.parse(await readFile(file, 'utf8'));
    const bytes = await groupBytes(file);
    const joined = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) as ArrayBuffer;
    const decoded = tf.io.decodeWeights(joined, weightsManifest[0].weights);
    const files = await readModelFiles(file);
    expect([...files.weights.keys()]).toEqual(Object.keys(decoded));
    for (const [name, stored] of files.weights) {
      expect(await readValues(stored)).toEqual(decoded[name].dataSync());
      expect(rangesOf(stored).reduce((sum, range) => sum + range.length, 0)).toBe(stored.bytes);
    }
    expect(Buffer.from((await readAllWeights(files)).data).equals(bytes)).toBe(true);
    tf.dispose(decoded);
  });

  it('a tensor may lie in many shards', async () => {
    const files = await readModelFiles(await writeModel(await temporaryFolder(), {}, all, { shardBytes: 33 }));
    expect(rangesOf(files.weights.get('plain')!)).toHaveLength(10);
    expect(rangesOf(files.weights.get('empty')!)).toEqual([]);
  });
});

describe('the kind of a model', () => {
  const kindOf = async (text: string, name = 'model.json') => {
    const file = path.join(await temporaryFolder(), name);
    await writeFile(file, text);
    return modelKind(file);
  };
  const pad = 'x'.repeat(200_000);

  it.each([
    ['{"format": "layers-model", "modelTopology": {}}', 'layers'],
    ['{"format": "graph-model", "modelTopology": {"class_name": 1}}', 'graph'],
    ['{"modelTopology": {"node": []}}', 'graph'],
    ['{"modelTopology": {"class_name": "Sequential"}}', 'layers'],
    ['{"modelTopology": {"keras_version": "2.15.0", "model_config": {}}}', 'layers'],
    [`{"modelTopology": {"node": [{"name": "${pad}"`, 'graph'],
    ['{"weightsManifest": [], "modelTopology": {"model_config": {"node": 1}}}', 'layers'],
    ['{"name": "lethe", "node": [], "format": "esm"}', null],
    ['{"config": {"format": "graph-model"}, "modelTopology": 5}', null],
    ['[1, 2', null],
    ['', null],
    ['not json', null],
    ['['.repeat(60_000), null],
    [`"${pad}`, null],
  ])('%.60s is %s', async (text, kind) => {
    expect(await kindOf(text)).toBe(kind);
  });

  it('needs a .json file that can be read', async () => {
    const text = '{"format": "layers-model"}';
    expect(await kindOf(text, 'model.bin')).toBe(null);
    expect(await kindOf(text, 'MODEL.JSON')).toBe('layers');
    expect(await modelKind(path.join(await temporaryFolder(), 'missing.json'))).toBe(null);
    const folder = path.join(await temporaryFolder(), 'folder.json');
    await mkdir(folder);
    expect(await modelKind(folder)).toBe(null);
  });

  it('decides which format opens it', async () => {
    const file = await writeModel(await temporaryFolder(), {}, [], { format: 'graph-model' });
    expect([await layers.match(file), await graphs.match(file)]).toEqual([false, true]);
  });
});

describe('damaged files', () => {
  const fault = async (change: (file: string, json: Record<string, never>) => Promise<unknown> | unknown) => {
    const file = await writeModel(await temporaryFolder(), {}, [weight('a', [10, 10]), weight('b', [20])], {
      shardBytes: 300,
    });
    const json = JSON.parse(await readFile(file, 'utf8'));
    const text = await change(file, json);
    if (typeof text === 'string') await writeFile(file, text);
    else if (text !== false) await writeFile(file, JSON.stringify(json, null, 2));
    return readModelFiles(file).then(
      () => expect.fail('read'),
      (error) => error,
    );
  };
  const beside = (file: string, name: string) => path.join(path.dirname(file), name);
  // biome-ignore lint/suspicious/noExplicitAny: manifests are bent out of shape here
  const manifest = (json: any) => json.weightsManifest[0];

  it('a missing shard is named, with its line in model.json', async () => {
    const error = await fault((file) => rm(beside(file, 'group1-shard2of2.bin')));
    expect(error).toMatchObject({ code: 'weights-missing', place: 'line 8, column 9' });
    expect(error.message).toMatch(
      /model\.json: line 8, column 9: refers to "group1-shard2of2\.bin", which does not exist/,
    );
  });

  it('a short and a long shard are named with the bytes expected and found', async () => {
    const short = await fault((file) => truncate(beside(file, 'group1-shard2of2.bin'), 100));
    expect(short).toMatchObject({ code: 'weights-short', place: 'group1-shard1of2.bin to group1-shard2of2.bin' });
    expect(short.message).toContain('the 2 shards have 400 bytes, but model.json describes 480');
    const long = await fault((file) => writeFile(beside(file, 'group1-shard2of2.bin'), new Uint8Array(200)));
    expect(long.message).toContain('the 2 shards have 500 bytes, but model.json describes 480');
    const one = await fault(async (file, json) => {
      await writeFile(beside(file, 'group1-shard1of2.bin'), new Uint8Array(7));
      manifest(json).paths.pop();
    });
    expect(one).toMatchObject({ code: 'weights-short', file: expect.stringContaining('group1-shard1of2.bin') });
    expect(one.message).toContain('the shard has 7 bytes, but model.json describes 480');
  });

  it.each(['../outside.bin', '/etc/passwd', 'a/../../outside.bin', ''])(
    'a path out of the folder is refused: "%s"',
    async (location) => {
      const error = await fault((_, json) => {
        manifest(json).paths[0] = location;
      });
      expect(error).toMatchObject({ code: 'path-outside', place: 'line 7, column 9' });
    },
  );

  it('two entries over the same bytes are refused', async () => {
    const error = await fault((_, json) => {
      manifest(json).paths[1] = './group1-shard1of2.bin';
    });
    expect(error).toMatchObject({ code: 'model-corrupt' });
    expect(error.message).toContain('line 8, column 9: names the file "./group1-shard1of2.bin" twice');
    const itself = await fault((_, json) => {
      manifest(json).paths[1] = 'model.json';
    });
    expect(itself.message).toContain('names the file "model.json" twice');
    const twice = await fault((_, json) => {
      manifest(json).weights[1].name = 'a';
    });
    expect(twice.message).toContain('lists the tensor "a" twice');
  });

  it.each([
    ['shape', [-1, 4], 'weightsManifest.0.weights.0.shape.0'],
    ['shape', [2.5], 'weightsManifest.0.weights.0.shape.0'],
    ['shape', 'x', 'weightsManifest.0.weights.0.shape'],
    ['shape', new Array(20).fill(1), 'weightsManifest.0.weights.0.shape'],
    ['shape', [2 ** 40, 2 ** 40], 'the shape [1099511627776, 1099511627776] is beyond any file'],
    ['shape', [1e9, 1000], '4000000000080'],
    ['dtype', 'float64', 'weightsManifest.0.weights.0.dtype'],
    ['name', 5, 'weightsManifest.0.weights.0.name'],
    ['quantization', { dtype: 'uint8' }, 'weightsManifest.0.weights.0.quantization'],
    ['quantization', { dtype: 'int4', min: 0, scale: 1 }, 'weightsManifest.0.weights.0.quantization'],
    ['quantization', null, 'weightsManifest.0.weights.0.quantization'],
  ])('an entry whose %s is %j', async (key, value, message) => {
    const error = await fault((_, json) => {
      manifest(json).weights[0][key] = value;
    });
    expect(['model-corrupt', 'weights-short']).toContain(error.code);
    expect(error.message).toContain(message);
    expect(error.place).toBeTruthy();
  });

  it('text tensors are named as unsupported', async () => {
    const error = await fault((_, json) => {
      manifest(json).weights[1].dtype = 'string';
    });
    expect(error).toMatchObject({ code: 'model-unsupported', hint: expect.stringContaining('text preprocessing') });
    expect(error.message).toContain('the tensor "b" holds text');
  });

  it.each([
    ['{"a": 1,\n "b": }', 'line 2, column 7'],
    ['{"a": [1, 2', 'line 1, column 12'],
    ['', 'line 1, column 1'],
    ['{"a": 1} // no', 'line 1, column 10'],
    [`${'['.repeat(100_000)}`, 'line 1, column'],
  ])('JSON that ends or goes wrong: %.20s', async (text, place) => {
    const error = await fault(() => text);
    expect(error).toMatchObject({ code: 'model-corrupt', message: expect.stringContaining('is not valid JSON') });
    expect(error.place).toContain(place);
  });

  it.each(['5', 'null', '[]', '{"weightsManifest": 5}', '{}'])('JSON that is no model: %s', async (text) => {
    expect(await fault(() => text)).toMatchObject({
      code: 'model-corrupt',
      message: expect.stringContaining('weightsManifest'),
    });
  });

  it('nesting without end is read or refused, but does not crash', async () => {
    const deep = `{"weightsManifest": "wrong", "modelTopology": ${'['.repeat(50_000)}${']'.repeat(50_000)}}`;
    expect(await fault(() => deep)).toMatchObject({ code: 'model-corrupt' });
  });

  it('a huge JSON file is refused unread', async () => {
    const error = await fault(async (file) => {
      await truncate(file, 2 ** 30);
      return false;
    });
    expect(error).toMatchObject({ code: 'model-unsupported', message: expect.stringContaining('1073741824 bytes') });
  });

  it('a missing file is a missing file', async () => {
    const file = path.join(await temporaryFolder(), 'model.json');
    await expect(layers.open(file)).rejects.toMatchObject({ code: 'file-missing', file });
    await expect(graphs.inspect(file)).rejects.toMatchObject({ code: 'file-missing', file });
  });
});
