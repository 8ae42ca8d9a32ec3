import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { locateModel } from '../../../src/engine/open/location.js';
import { type Probe, probe } from '../../../src/engine/open/probe.js';
import { inBatches, interleave, type SampleSet } from '../../../src/engine/open/samples.js';
import { Session } from '../../../src/engine/open/session.js';
import { lastHidden, meanInputs } from '../../../src/engine/run/features.js';
import { evaluateOn } from '../../../src/engine/run/judging.js';
import type { Targets } from '../../../src/engine/run/targets.js';
import { type Matrix, matrix } from '../../../src/linalg/matrix.js';
import { inputVectors } from '../../../src/models/unfold.js';
import { crossValidated } from '../../../src/unlearn/recoverability.js';
import { randomEdits } from '../../support/models/classifierChecks.js';
import { shapesFolder } from '../../support/models/shapesFolder.js';

const shapes = shapesFolder();

const forgotten = (index: number) => ({ index, maxAccuracy: 0.01, reason: null, policy: false });
/** Class 0 is to be forgotten, class 3 was before. */
const targets: Targets = {
  forget: [forgotten(0)],
  earlier: [forgotten(3)],
  retain: [1, 2, 4],
  protect: [],
  pending: [],
};

describe.each(['shapes.onnx', 'shapes/model.json'])('how a model does on held-out samples: %s', (name) => {
  let session: Session;
  let costs: Probe;
  let samples: SampleSet;

  beforeAll(async () => {
    const request = { model: path.join(shapes(), name), threads: 1 };
    session = await Session.open(await locateModel(request), request);
    const test = session.split('test')!;
    costs = await probe(session.classifier, test);
    // Fewer of class 4, so that classes do not weigh alike.
    const { labels } = test.dataset;
    const indices = test.indices.filter((index) => labels[index] !== 4 || index % 2 === 0);
    samples = { ...test, indices: interleave(indices, labels) };
  });
  afterAll(() => session.close());

  /** Logits, labels and what the dense layer reads, of all samples at once. */
  async function directly(model = session.classifier) {
    const [{ tap }] = model.layers.at(-1)!.sites;
    for await (const { tensor, labels } of inBatches(samples, samples.indices.length)) {
      const { logits, taps } = await model.forward(tensor, { taps: [tap] });
      const right = [...labels].map((label, at) => {
        const row = [...logits.data.subarray(at * 5, (at + 1) * 5)];
        return Number(row.indexOf(Math.max(...row)) === label);
      });
      return { labels: [...labels], right, features: taps.get(tap)!.data };
    }
    throw new Error('there are no samples');
  }

  it('is told class by class, and sample by sample of the classes to keep', async () => {
    const { labels, right } = await directly();
    const { classes, isRight } = await evaluateOn({ targets, costs }, session.classifier, samples, {});
    expect(classes).toEqual(
      [0, 1, 2, 3, 4].map((label) => {
        const own = right.filter((_, at) => labels[at] === label);
        return { class: label, accuracy: own.reduce((sum, value) => sum + value, 0) / own.length, samples: own.length };
      }),
    );
    expect([...isRight]).toEqual(right.filter((_, at) => [1, 2, 4].includes(labels[at])));
    expect(new Set(isRight)).toEqual(new Set([0, 1]));
  });

  it('is told in the same order of another model', async () => {
    const other = await session.classifier.withWeights(randomEdits(session.classifier, 5));
    const { labels, right } = await directly(other);
    const { isRight } = await evaluateOn({ targets, costs }, other, samples, {});
    expect([...isRight]).toEqual(right.filter((_, at) => [1, 2, 4].includes(labels[at])));
    await other.dispose();
  });

  it('is also how well the forgotten class is read from what the last layer reads, those of earlier runs aside', async () => {
    const { labels, features } = await directly();
    const width = features.length / labels.length;
    const rowsOf = (is: (label: number) => boolean): Matrix => {
      const rows = labels.flatMap((label, at) => (is(label) ? [features.subarray(at * width, (at + 1) * width)] : []));
      const all = matrix(rows.length, width);
      for (const [at, row] of rows.entries()) all.data.set(row, at * width);
      return all;
    };
    const expected = await crossValidated({
      forget: rowsOf((label) => label === 0),
      rest: rowsOf((label) => label !== 0 && label !== 3),
    });
    const { recoverability } = await evaluateOn({ targets, costs }, session.classifier, samples, {});
    expect(recoverability!.balancedAccuracy).toBeCloseTo(expected!.balancedAccuracy, 9);
    expect(recoverability!.auc).toBeCloseTo(expected!.auc, 3);
    expect(expected!.balancedAccuracy).toBeGreaterThan(0.7);
  });

  it('is not told where there are too few samples to tell', async () => {
    const { labels } = samples.dataset;
    let left = 3;
    const indices = samples.indices.filter((index) => labels[index] !== 0 || left-- > 0);
    const { recoverability, classes } = await evaluateOn(
      ...([{ targets, costs }, session.classifier, { ...samples, indices }, {}] as const),
    );
    expect(recoverability).toBeNull();
    expect(classes[0].samples).toBe(3);
  });

  it('is told as it goes on, and can be cancelled', async () => {
    const done: number[] = [];
    const work = { onProgress: (progress: { done: number }) => done.push(progress.done) };
    await evaluateOn({ targets, costs }, session.classifier, samples, work as object);
    expect(done.at(-1)).toBe(samples.indices.length);
    const job = evaluateOn({ targets, costs }, session.classifier, samples, { signal: AbortSignal.abort() });
    await expect(job).rejects.toMatchObject({ code: 'cancelled' });
  });

  it('takes the last layer for the one that reads the last hidden features', () => {
    expect(lastHidden(session.classifier)!.name).toBe('dense');
    expect(lastHidden({ ...session.classifier, stages: [] } as never)).toBeNull();
  });

  it('has one vector of each sample: the mean over the positions of a convolution', async () => {
    const conv2 = session.classifier.layers[1];
    const [{ tap, geometry }] = conv2.sites;
    for await (const { tensor } of inBatches({ ...samples, indices: samples.indices.slice(0, 6) }, 6)) {
      const { taps } = await session.classifier.forward(tensor, { taps: [tap] });
      const found = meanInputs(conv2, taps, 6, null)!;
      expect([found.rows, found.cols]).toEqual([6, 72]);
      for (let sample = 0; sample < 6; sample++) {
        const positions = Array.from({ length: 25 }, (_, at) => sample * 25 + at);
        const { data } = inputVectors(conv2, geometry, taps.get(tap)!, positions);
        for (let c = 0; c < 72; c++) {
          let sum = 0;
          for (let p = 0; p < 25; p++) sum += data[p * 72 + c];
          expect(found.data[sample * 72 + c]).toBeCloseTo(sum / 25, 5);
        }
      }
      // 150 positions are none that four samples would have.
      expect(meanInputs(conv2, taps, 4, null)).toBeNull();
      // Of tokens, only those that are read.
      const { data } = inputVectors(conv2, geometry, taps.get(tap)!, [3, 28]);
      const some = meanInputs(conv2, taps, 6, { tokens: [3], of: 25 })!;
      expect(some.data.subarray(0, 2 * 72)).toEqual(data);
    }
  });
});
