import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { locateModel } from '../../../src/engine/open/location.js';
import { inBatches, type SampleSet } from '../../../src/engine/open/samples.js';
import { Session } from '../../../src/engine/open/session.js';
import { StagedPass } from '../../../src/engine/run/stagedPass.js';
import type { LayerEdit } from '../../../src/linalg/weightEdits.js';
import type { ActivationId, Classifier } from '../../../src/models/classifier.js';
import { maxDifference } from '../../support/data/arrays.js';
import { temporaryFolder } from '../../support/folders.js';
import { randomEdits } from '../../support/models/classifierChecks.js';
import { shapesFolder } from '../../support/models/shapesFolder.js';

const STEP = 32;
const COUNT = 75;

const shapes = shapesFolder();
let scratch: string;

beforeEach(async () => {
  scratch = await temporaryFolder();
  for (const name of ['TMPDIR', 'TEMP', 'TMP']) vi.stubEnv(name, scratch);
});
afterEach(() => {
  vi.unstubAllEnvs();
});

describe.each(['shapes.onnx', 'shapes/model.json'])('samples on their way through %s', (name) => {
  let session: Session;
  let model: Classifier;
  let samples: SampleSet;
  /** The values that decide all that comes after the first and the second convolution, and what the dense layer reads. */
  let [middle, end]: ActivationId[] = [];
  let edits: ReadonlyMap<string, LayerEdit>;

  beforeAll(async () => {
    const request = { model: path.join(shapes(), name), threads: 1 };
    session = await Session.open(await locateModel(request), request);
    model = session.classifier;
    samples = { ...session.split('train')!, indices: Array.from({ length: COUNT }, (_, at) => 7 * at) };
    [middle, end] = model.stages.slice(1).map(({ values }) => values![0]);
    edits = randomEdits(model, 3);
  });
  afterAll(() => session.close());

  const ids = () => model.layers.map(({ id }) => id);
  /** The network with some of its layers edited. */
  const editing = (...layers: readonly number[]) => {
    const chosen = layers.map((at) => ids()[at]);
    return model.withWeights(new Map(chosen.map((id) => [id, edits.get(id)!])));
  };
  const passWith = (memory: number) => new StagedPass(samples, { source: model.input.name, step: STEP, memory });

  /** What all samples give at a value, one after the other; the sizes of the chunks that they came in. */
  async function valuesOf(pass: StagedPass, network: Classifier, value: ActivationId, keep: ActivationId[] | null) {
    const data: number[] = [];
    const chunks: number[] = [];
    for await (const chunk of pass.run(network, [value], keep)) {
      data.push(...chunk.values.get(value)!.data);
      chunks.push(chunk.samples);
    }
    return { data: Float32Array.from(data), chunks };
  }

  async function directly(network: Classifier, value: ActivationId): Promise<Float32Array> {
    const data: number[] = [];
    for await (const { tensor } of inBatches(samples, COUNT)) {
      const { values } = await network.resume(new Map([[model.input.name, tensor]]), { values: [value] });
      data.push(...values.get(value)!.data);
    }
    return Float32Array.from(data);
  }

  it.each([
    ['in memory', 1e9, 0],
    ['in scratch files', 0, 1],
    ['some in memory', 50_000, 1],
  ])('go on from where they stand in what the network is by then: %s', async (_, memory, files) => {
    const pass = passWith(memory);
    const first = await valuesOf(pass, model, middle, [middle]);
    expect(first.chunks).toEqual([32, 32, 11]);
    expect(maxDifference(first.data, await directly(model, middle))).toBeLessThan(1e-5);
    expect(await readdir(scratch)).toHaveLength(files);

    // The first convolution lies behind them: what becomes of it is no matter any more. The second one does matter.
    const [both, second] = [await editing(0, 1), await editing(1)];
    const expected = await directly(second, end);
    for (const network of [both, second]) {
      const { data } = await valuesOf(pass, network, end, null);
      expect(maxDifference(data, expected)).toBeLessThan(1e-5);
    }
    expect(maxDifference(expected, await directly(both, end))).toBeGreaterThan(0.01);
    expect(maxDifference(expected, await directly(model, end))).toBeGreaterThan(0.01);

    // On they go, and are in one place alone.
    await valuesOf(pass, second, end, [end]);
    expect(await readdir(scratch)).toHaveLength(files);
    const last = await valuesOf(pass, model, end, null);
    expect(maxDifference(last.data, expected)).toBeLessThan(1e-5);
    await pass.dispose();
    expect(await readdir(scratch)).toEqual([]);
    for (const network of [both, second]) await network.dispose();
  });

  it('are read anew as long as they stand nowhere, and after they were let go', async () => {
    const edited = await editing(0);
    const pass = passWith(0);
    for (const network of [model, edited]) {
      const { data } = await valuesOf(pass, network, middle, null);
      expect(maxDifference(data, await directly(network, middle))).toBeLessThan(1e-5);
    }
    await valuesOf(pass, model, middle, [middle]);
    await pass.dispose();
    const { data } = await valuesOf(pass, edited, middle, null);
    expect(maxDifference(data, await directly(edited, middle))).toBeLessThan(1e-5);
    await edited.dispose();
  });

  it('stand at the input too, which is read again, beside what else they stand at', async () => {
    const pass = passWith(0);
    const edited = await editing(0, 1);
    await valuesOf(pass, model, middle, [model.input.name]);
    const again = await valuesOf(pass, edited, middle, null);
    expect(maxDifference(again.data, await directly(edited, middle))).toBeLessThan(1e-5);
    expect(again.chunks).toEqual([32, 32, 11]);
    await valuesOf(pass, model, middle, [model.input.name, middle]);
    const { data, chunks } = await valuesOf(pass, edited, end, null);
    expect(chunks).toEqual([32, 32, 11]);
    // The value that they stand at counts, and not what the edited network would make of the input.
    const second = await editing(1);
    expect(maxDifference(data, await directly(second, end))).toBeLessThan(1e-5);
    await pass.dispose();
    expect(await readdir(scratch)).toEqual([]);
    for (const network of [edited, second]) await network.dispose();
  });

  it('stay where they stand when somebody cancels, fails or has enough, and leave nothing behind', async () => {
    const pass = passWith(0);
    await valuesOf(pass, model, middle, [middle]);
    const stop = new AbortController();
    const cancelling = async () => {
      for await (const _ of pass.run(model, [end], [end], stop.signal)) stop.abort();
    };
    const failing = async () => {
      for await (const _ of pass.run(model, [end], [end])) throw new Error('enough');
    };
    await expect(cancelling()).rejects.toMatchObject({ code: 'cancelled' });
    await expect(failing()).rejects.toThrow('enough');
    for await (const _ of pass.run(model, [end], [end])) break;
    expect(await readdir(scratch)).toHaveLength(1);
    const second = await editing(1);
    const { data } = await valuesOf(pass, second, end, null);
    expect(maxDifference(data, await directly(second, end))).toBeLessThan(1e-5);
    await second.dispose();
    await pass.dispose();
    expect(await readdir(scratch)).toEqual([]);
  });
});
