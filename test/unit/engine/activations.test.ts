import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { BATCH_OPERATIONS } from '../../../src/engine/open/limits.js';
import { locateModel } from '../../../src/engine/open/location.js';
import { batchSize, type Probe, probe } from '../../../src/engine/open/probe.js';
import { inBatches, type SampleSet } from '../../../src/engine/open/samples.js';
import { Session } from '../../../src/engine/open/session.js';
import { Activations } from '../../../src/engine/run/activations.js';
import { inputVectors, positionCount } from '../../../src/models/unfold.js';
import { sharedFolder } from '../../support/folders.js';
import { writeShapes } from '../../support/models/shapes.js';

let session: Session;
let costs: Probe;
let retain: SampleSet;
let forget: SampleSet;

beforeAll(async () => {
  const { folder, remove } = await sharedFolder();
  const request = { model: await writeShapes(folder), threads: 1 };
  session = await Session.open(await locateModel(request), request);
  const train = session.split('train')!;
  retain = { ...train, indices: Array.from({ length: 150 }, (_, at) => 3 * at) };
  forget = { ...train, indices: Array.from({ length: 40 }, (_, at) => 3 * at + 1) };
  costs = await probe(session.classifier, train);
  return async () => {
    await session.close();
    await remove();
  };
});

function stream(maxPatches: number, seed = 1): Activations {
  return new Activations(session.classifier, { retain, forget }, costs, { maxPatches, seed });
}

async function collect(activations: Activations, side: 'retain' | 'forget', problems: string[]) {
  const rows = new Map<string, number[][]>(problems.map((problem) => [problem, []]));
  for await (const { problem, vectors } of activations.vectors(side, problems)) {
    for (let r = 0; r < vectors.rows; r++) {
      rows.get(problem)!.push([...vectors.data.subarray(r * vectors.cols, (r + 1) * vectors.cols)]);
    }
  }
  return rows;
}

const ids = () => session.classifier.layers.map((layer) => layer.id);

describe('probe', () => {
  it('knows what a sample costs', () => {
    const [conv, conv2, dense] = session.classifier.layers;
    expect([conv, conv2, dense].map((layer) => costs.positions.get(layer.id))).toEqual([[100], [25], [1]]);
    expect(costs.operations).toBe(100 * 9 * 8 + 25 * 72 * 12 + 300 * 5);
    expect(batchSize(costs, session.classifier.layers)).toBe(128);
    expect(batchSize({ ...costs, operations: BATCH_OPERATIONS / 3.5 })).toBe(3);
    expect(batchSize({ ...costs, operations: 1e12 })).toBe(1);
  });
});

describe('Activations', () => {
  it('yields as many vectors as it announced, whatever the limit', async () => {
    for (const limit of [1, 7, 100, 149, 151, 2000, 1e6]) {
      const activations = stream(limit);
      const rows = await collect(activations, 'retain', ids());
      for (const id of ids()) {
        expect(rows.get(id)).toHaveLength(activations.count('retain', id));
        expect(rows.get(id)!.length).toBeLessThanOrEqual(limit);
      }
    }
    expect(stream(2000).count('forget', ids()[0])).toBe(2000);
    expect(stream(1e6).count('forget', ids()[0])).toBe(4000);
    expect(stream(1e6).count('forget', ids()[2])).toBe(40);
  });

  it('yields the same vectors for a layer alone, among others, and again', async () => {
    const activations = stream(700);
    const all = await collect(activations, 'retain', ids());
    for (const id of ids()) expect((await collect(activations, 'retain', [id])).get(id)).toEqual(all.get(id));
    expect((await collect(stream(700), 'retain', ids())).get(ids()[0])).toEqual(all.get(ids()[0]));
    expect((await collect(stream(700, 2), 'retain', ids())).get(ids()[0])).not.toEqual(all.get(ids()[0]));
  });

  it('yields the inputs that the layer sees: all of them, in order, when there is no limit', async () => {
    const [conv, conv2] = session.classifier.layers;
    const rows = await collect(stream(1e6), 'forget', [conv.id, conv2.id]);
    for await (const { tensor } of inBatches(forget, 40)) {
      for (const layer of [conv, conv2]) {
        const { tap, geometry } = layer.sites[0];
        const { taps } = await session.classifier.forward(tensor, { taps: [tap] });
        const value = taps.get(tap)!;
        const positions = [...Array(positionCount(geometry, value.dims)).keys()];
        const expected = inputVectors(layer, geometry, value, positions);
        expect(rows.get(layer.id)!.flat()).toEqual([...expected.data]);
      }
    }
  });

  it('spreads few vectors evenly over the samples', async () => {
    const [conv] = session.classifier.layers;
    const drawn = (await collect(stream(90), 'forget', [conv.id])).get(conv.id)!;
    const all = (await collect(stream(1e6), 'forget', [conv.id])).get(conv.id)!.map((row) => row.join());
    // The patches are noisy, so a patch tells the sample it was taken from.
    const owners = drawn.map((row) => Math.floor(all.indexOf(row.join()) / 100));
    const perSample = forget.indices.map((_, sample) => owners.filter((owner) => owner === sample).length);
    expect(owners).not.toContain(-1);
    expect(new Set(perSample)).toEqual(new Set([2, 3]));
  });

  it('stops when told to', async () => {
    const signal = AbortSignal.abort();
    const run = async () => {
      for await (const _ of stream(100).vectors('retain', ids(), signal));
    };
    await expect(run()).rejects.toMatchObject({ code: 'cancelled' });
  });
});

describe('Session', () => {
  it('takes the classes, the layout and the size from where they are told', async () => {
    expect(session.classes).toEqual(['Rows', 'Columns', 'Slope', 'Checker', 'Ring/disc']);
    expect(retain.input).toMatchObject({ layout: 'nchw', size: [10, 10], channels: 1, mean: 0.45 });
    expect(path.basename(session.home.config!)).toBe('lethe.json');
  });
});
