import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { locateModel } from '../../../src/engine/open/location.js';
import { inBatches } from '../../../src/engine/open/samples.js';
import { Session } from '../../../src/engine/open/session.js';
import { findWriters, type WriterTrial } from '../../../src/engine/run/writers.js';
import { shapesFolder } from '../../support/models/shapesFolder.js';

const shapes = shapesFolder();

/** The last layer reads 12 channels of 5 x 5 places, behind a convolution and a ReLU: in ONNX channel by channel, in TF.js place by place. */
const channelOf = {
  'shapes.onnx': (feature: number) => Math.floor(feature / 25),
  'shapes/model.json': (feature: number) => feature % 12,
};

describe.each(Object.entries(channelOf))('what writes the last hidden features: %s', (name, channel) => {
  let session: Session;
  let trial: WriterTrial;

  beforeAll(async () => {
    const request = { model: path.join(shapes(), name), threads: 1 };
    session = await Session.open(await locateModel(request), request);
    const { value } = await inBatches(session.split('test')!, 4).next();
    trial = { batch: value.tensor, readTokens: null };
  });
  afterAll(() => session.close());

  it('is the layer before, each feature by its channel', async () => {
    const { classifier } = session;
    const [writer, ...more] = await findWriters(classifier, [classifier.layers[1]], trial);
    expect(more).toEqual([]);
    expect(writer.layer.name).toBe('conv2');
    expect(writer.features).toHaveLength(12);
    const found = writer.features.flatMap((features, at) => features.map((feature) => [feature, at]));
    expect(found.length).toBeGreaterThan(290);
    for (const [feature, at] of found) expect(at).toBe(channel(feature));
  });

  it('is no layer whose channels are mixed on the way', async () => {
    const { classifier } = session;
    expect(await findWriters(classifier, [classifier.layers[0]], trial)).toEqual([]);
    const writers = await findWriters(classifier, classifier.layers.slice(0, 2), trial);
    expect(writers.map(({ layer }) => layer.name)).toEqual(['conv2']);
  });

  it('is found without a layer being changed, and can be cancelled', async () => {
    const { classifier } = session;
    const before = await classifier.readWeight(classifier.layers[1].id);
    const job = findWriters(classifier, [classifier.layers[1]], { ...trial, signal: AbortSignal.abort() });
    await expect(job).rejects.toMatchObject({ code: 'cancelled' });
    expect(await classifier.readWeight(classifier.layers[1].id)).toEqual(before);
  });
});
