import { mkdir, readFile, symlink, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { OnnxWriter, type WriterOptions } from '../../../examples/onnxWriter.js';
import { LetheError } from '../../../src/base/errors.js';
import { Random } from '../../../src/base/random.js';
import { format } from '../../../src/models/onnx/index.js';
import { normals, tensorOf } from '../../support/data/arrays.js';
import { temporaryFolder } from '../../support/folders.js';
import { openOnnx, writeModel } from '../../support/models/onnx.js';

const random = new Random(41);

type Build = (g: OnnxWriter) => void;

/** A dense classifier of 8 features with 400 hidden units, so that its weights lie apart from the structure. */
const network =
  (options: { external?: boolean; weight?: Float32Array } = {}): Build =>
  (g) => {
    const storage = options.external ? 'external' : 'raw';
    const x = g.input('x', ['N', 8]);
    const hidden = g.node('MatMul', [
      x,
      g.initializer('first.weight', [8, 400], options.weight ?? normals(3200, random), { storage }),
    ]);
    const y = g.node('MatMul', [
      g.node('Relu', [hidden]),
      g.initializer('last.weight', [400, 3], normals(1200, random), { storage }),
    ]);
    g.output('logits', y, ['N', 3]);
  };

async function write(build: Build, options: WriterOptions = {}): Promise<string> {
  const g = new OnnxWriter(options);
  build(g);
  return writeModel(g, await temporaryFolder());
}

/** The error that opening the file ends in; anything but a LetheError fails the test. */
async function failure(file: string): Promise<LetheError> {
  const error = await openOnnx(file).then(
    async (model) => {
      await model.dispose();
      throw new Error('it opened');
    },
    (reason: unknown) => reason,
  );
  if (!(error instanceof LetheError)) throw error;
  return error;
}

describe('a damaged file', () => {
  it('cut off anywhere is an error that names the byte', async () => {
    const whole = await readFile(await write(network()));
    const file = path.join(await temporaryFolder(), 'cut.onnx');
    for (let i = 0; i < 60; i++) {
      await writeFile(file, whole.subarray(0, Math.floor((whole.length * i) / 60)));
      const error = await failure(file);
      expect(error).toMatchObject({ code: 'model-corrupt', file });
      expect(error.place).toMatch(/^byte \d+$/);
    }
  });

  it('says what is wrong with an empty file, a text and a picture', async () => {
    const file = path.join(await temporaryFolder(), 'x.onnx');
    await writeFile(file, '');
    expect((await failure(file)).message).toBe(`${file}: byte 0: is damaged or no ONNX file: the file is empty`);
    await writeFile(file, 'this is no model\n'.repeat(100));
    expect((await failure(file)).message).toMatch(/byte \d+: is damaged or no ONNX file: /);
    await writeFile(file, Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex'));
    expect((await failure(file)).code).toBe('model-corrupt');
  });

  it('with an absurd length reserves no memory for it', async () => {
    const file = await write(network());
    const bytes = await readFile(file);
    // Field 7 of the model is its graph: the tag 0x3a, then the length.
    const at = bytes.indexOf(Buffer.from([0x3a]), 8) + 1;
    const absurd = Buffer.concat([
      bytes.subarray(0, at),
      Buffer.from([0xff, 0xff, 0xff, 0xff, 0xff, 0x0f]),
      bytes.subarray(at + 3),
    ]);
    await writeFile(file, absurd);
    const error = await failure(file);
    expect(error.message).toMatch(/byte \d+: .*field 7 says it is \d+ bytes long, but only \d+ are left/);
    const endless = Buffer.concat([bytes.subarray(0, at), Buffer.alloc(12, 0xff), bytes.subarray(at)]);
    await writeFile(file, endless);
    expect((await failure(file)).message).toContain('absurdly large');
  });

  it('with a weight that is too short names the tensor', async () => {
    const file = await write((g) => {
      network()(g);
      g.graph().initializer[0].dims = [8n, 401n];
    });
    const error = await failure(file);
    expect(error).toMatchObject({ code: 'model-corrupt', place: 'tensor "first.weight"' });
    expect(error.message).toContain('holds 12800 bytes, but its dims [8, 401] need 12832');
  });

  it('with impossible dims or an unknown type names the tensor', async () => {
    const negative = await write((g) => {
      network()(g);
      g.graph().initializer[0].dims = [8n, -400n];
    });
    expect((await failure(negative)).message).toContain('tensor "first.weight": has impossible dims [8, -400]');
    const huge = await write((g) => {
      network()(g);
      g.graph().initializer[0].dims = [2n ** 40n, 2n ** 40n];
    });
    expect((await failure(huge)).message).toContain('impossible dims');
    const type = await write((g) => {
      network()(g);
      g.graph().initializer[1].dataType = 77;
    });
    expect((await failure(type)).message).toContain('tensor "last.weight": has the unknown type 77');
  });

  it('with a cycle, or two nodes that compute one value, names a node', async () => {
    const cycle = await write((g) => {
      network()(g);
      g.graph().node[0].input[0] = 'Relu_1_out';
    });
    expect((await failure(cycle)).message).toContain('MatMul "MatMul_0": depends on its own result');
    const twice = await write((g) => {
      network()(g);
      g.graph().node[1].output[0] = 'MatMul_0_out';
    });
    expect((await failure(twice)).message).toContain(
      'Relu "Relu_1": computes "MatMul_0_out", which another node does too',
    );
  });

  it('that only the runtime can find is told in its words', async () => {
    const attribute = await write((g) => {
      const x = g.input('x', ['N', 8]);
      g.output('logits', g.node('Gemm', [x, g.initializer('w', [8, 3], normals(24, random))], { alpha: 'loud' }), [
        'N',
        3,
      ]);
    });
    const error = await failure(attribute);
    expect(error).toMatchObject({ code: 'model-corrupt', file: attribute });
    expect(error.message).toMatch(/can't be loaded: ONNX Runtime says ".*alpha/);
    expect(error.message).not.toContain('onnxruntime_src');
  });
});

describe('weights in an external file', () => {
  const external = () => write(network({ external: true }));

  it('that is missing', async () => {
    const file = await external();
    await writeFile(file, (await readFile(file)).toString('latin1').replaceAll('weights.bin', 'weighty.bin'), 'latin1');
    const error = await failure(file);
    expect(error).toMatchObject({ code: 'weights-missing', file, place: 'tensor "first.weight"' });
    expect(error.message).toContain('refers to "weighty.bin", which does not exist');
  });

  it('that is too short', async () => {
    const file = await external();
    const data = path.join(path.dirname(file), OnnxWriter.externalFile);
    await truncate(data, 15000);
    const error = await failure(file);
    expect(error).toMatchObject({ code: 'weights-short', file: data, place: 'byte 16384' });
    expect(error.message).toContain('tensor "last.weight" needs 4800 bytes at 16384, but the file has 15000');
  });

  const locate = (location: string) =>
    write((g) => {
      network({ external: true })(g);
      for (const { externalData } of g.graph().initializer)
        externalData.find(({ key }) => key === 'location')!.value = location;
    });

  for (const location of [
    '../secret.bin',
    '/etc/passwd',
    'sub/../../secret.bin',
    'C:\\secret.bin',
    '..\\secret.bin',
    '',
    '.',
  ]) {
    it(`that would lie outside the folder: ${JSON.stringify(location)}`, async () => {
      const file = await locate(location);
      const error = await failure(file);
      expect(error).toMatchObject({ code: 'path-outside', file, place: 'tensor "first.weight"' });
      expect(error.message).toContain(`refers to "${location}", which is outside the model's folder`);
    });
  }

  it("that would be the runtime's own memory", async () => {
    expect((await failure(await locate('*/_ORT_MEM_ADDR_/*'))).code).toBe('weights-missing');
  });

  it('that is a link to somewhere else', async () => {
    const file = await locate('linked.bin');
    const elsewhere = path.join(await temporaryFolder(), 'weights.bin');
    await writeFile(elsewhere, new Uint8Array(30000));
    await symlink(elsewhere, path.join(path.dirname(file), 'linked.bin'));
    expect((await failure(file)).code).toBe('path-outside');
  });

  it('may be links both, as a download cache keeps them', async () => {
    const file = await external();
    const snapshot = path.join(await temporaryFolder(), 'snapshot');
    await mkdir(snapshot);
    await symlink(file, path.join(snapshot, 'model.onnx'));
    await symlink(path.join(path.dirname(file), OnnxWriter.externalFile), path.join(snapshot, OnnxWriter.externalFile));
    const model = await openOnnx(path.join(snapshot, 'model.onnx'));
    expect((await model.forward(tensorOf([2, 8], random))).logits.dims).toEqual([2, 3]);
    await model.dispose();
  });

  it('with an impossible offset', async () => {
    const file = await write((g) => {
      network({ external: true })(g);
      g.graph().initializer[1].externalData.find(({ key }) => key === 'offset')!.value = '-4';
    });
    expect((await failure(file)).message).toContain('tensor "last.weight": has the impossible offset or length "-4"');
  });
});

describe('a model of another kind', () => {
  const cases: { name: string; build: Build; code: string; message: string }[] = [
    {
      name: 'a regression model',
      build: (g) =>
        g.output('y', g.node('MatMul', [g.input('x', ['N', 8]), g.initializer('w', [8, 1], normals(8, random))]), [
          'N',
          1,
        ]),
      code: 'not-a-classifier',
      message: 'is not a classifier: its outputs are "y" [?, 1], where [N, number of classes]',
    },
    {
      name: 'a model that makes pictures',
      build: (g) => g.output('y', g.node('Relu', [g.input('x', ['N', 3, 8, 8])]), ['N', 3, 8, 8]),
      code: 'not-a-classifier',
      message: '"y" [?, 3, 8, 8]',
    },
    {
      name: 'a model that gives the class alone',
      build: (g) => g.output('y', g.node('ArgMax', [g.input('x', ['N', 8])], { axis: 1, keepdims: 0 }), ['N'], 'int64'),
      code: 'not-a-classifier',
      message: '"y" of type int64 [?]',
    },
    {
      name: 'two inputs',
      build: (g) => g.output('y', g.node('Add', [g.input('a', ['N', 8]), g.input('b', ['N', 8])]), ['N', 8]),
      code: 'model-unsupported',
      message: 'takes 2 inputs ("a", "b")',
    },
    {
      name: 'an input of whole numbers',
      build: (g) => g.output('y', g.node('Cast', [g.input('ids', ['N', 8], 'int64')], { to: 1 }), ['N', 8]),
      code: 'model-unsupported',
      message: 'input "ids" is of type int64',
    },
    {
      name: 'an operator that the runtime does not know',
      build: (g) => g.output('y', g.node('Frobnicate', [g.input('x', ['N', 8])]), ['N', 8]),
      code: 'model-unsupported',
      message: 'Frobnicate',
    },
    {
      name: 'an absurdly large activation',
      build: (g) => {
        const w = g.initializer('w', [4, 1, 1, 1], normals(4, random));
        const y = g.node('Conv', [g.input('x', ['N', 1, 8, 8]), w], { pads: [20000, 20000, 0, 0] }, { name: 'wide' });
        g.output('logits', g.node('Flatten', [g.node('GlobalAveragePool', [y])]), ['N', 4]);
      },
      code: 'model-unsupported',
      message: 'value "wide_out": has dims',
    },
  ];
  for (const { name, build, code, message } of cases) {
    it(name, async () => {
      const file = await write(build);
      const error = await failure(file);
      expect(error).toMatchObject({ code, file });
      expect(error.message).toContain(message);
      expect(error.hint ?? error.message).not.toBe('');
    });
  }

  it('of an operator set that is not out yet', async () => {
    const error = await failure(await write(network(), { opset: 99 }));
    expect(error.code).toBe('model-unsupported');
    expect(error.message).toContain('99');
  });
});

describe('weights that are not finite', () => {
  it('are counted and named when they are read, and only then', async () => {
    const weight = normals(3200, random);
    weight.set([Number.NaN, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN], 100);
    const file = await write(network({ weight }));
    const model = await openOnnx(file);
    await expect(model.readWeight('first')).rejects.toMatchObject({
      code: 'weights-not-finite',
      file,
      place: 'tensor "first.weight"',
      message: expect.stringContaining('holds 3 NaN and 2 infinite of 3200 values'),
    });
    await expect(model.readWeight('last')).resolves.toMatchObject({ rows: 3, cols: 400 });
    await model.dispose();
  });
});

describe('looking at headers', () => {
  it('reports the same errors as opening', async () => {
    const file = await write(network());
    await truncate(file, 5000);
    await expect(format.inspect(file)).rejects.toMatchObject({ code: 'model-corrupt', file });
    await expect(format.inspect(path.join(path.dirname(file), 'nope.onnx'))).rejects.toMatchObject({
      code: 'file-missing',
    });
    await expect(format.inspect(path.dirname(file))).rejects.toMatchObject({ code: 'file-unreadable' });
  });
});
