import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { LetheError } from '../../../src/base/errors.js';
import type { BoundaryResult, FocusResult } from '../../../src/contract/explain.js';
import { boundary } from '../../../src/engine/jobs/boundary.js';
import { focus } from '../../../src/engine/jobs/focus.js';
import { runJob } from '../../../src/engine/jobs/index.js';
import { saliency } from '../../../src/engine/jobs/saliency.js';
import { unlearn } from '../../../src/engine/jobs/unlearn.js';
import { sharedFolder, temporaryFolder } from '../../support/folders.js';
import { writeLinear } from '../../support/models/linear.js';
import { shapeImages, writeShapes, writeTfjsShapes } from '../../support/models/shapes.js';

const [ROWS, COLUMNS] = [0, 1];
let model: string;
let tfjs: string;
let run: string;
let output: string;

beforeAll(async () => {
  const shared = await sharedFolder();
  model = await writeShapes(shared.folder);
  tfjs = await writeTfjsShapes(shared.folder);
  // What keeps most, so that there is much of the other classes to compare.
  const gentle = { method: 'projection', alphaR: [30, 100], alphaF: [1, 10], tolerance: 0, threads: 1 } as const;
  ({ run, output } = await unlearn({ model, forget: ['Rows'], ...gentle }));
  return shared.remove;
});

describe('saliency', () => {
  it('tells the maps of one sample before and after, beside its picture and what it is taken for', async () => {
    const result = await saliency({ model, run, sample: { class: ROWS, nth: 3 } });
    expect(result).toMatchObject({ sample: { class: ROWS, nth: 3 }, target: ROWS, split: 'test' });
    const { pixels, labels } = shapeImages(result.count, 2);
    const own = [...labels.keys()].filter((index) => labels[index] === ROWS);
    expect(result.count).toBe(own.length);
    const { picture, before, after, kept } = result;
    const area = picture.width * picture.height;
    expect(picture.rgb.filter((_, at) => at % 3 === 1)).toEqual(
      Uint8Array.from(pixels.subarray(own[3] * area, (own[3] + 1) * area)),
    );
    expect(before.predicted).toBe(ROWS);
    expect(after!.predicted).not.toBe(ROWS);
    expect(after!.logit).toBeLessThan(before.logit);
    let common = 0;
    for (const [at, value] of before.values.entries()) common += Math.min(value, after!.values[at]);
    expect(kept).toBeCloseTo(common / before.mass, 6);
  });

  it('is what the model that the run wrote gives on its own', async () => {
    const { after, activation } = await saliency({ model, run, sample: { class: COLUMNS, nth: 0 }, target: 2 });
    const alone = await saliency({ model: output, sample: { class: COLUMNS, nth: 0 }, target: 2 });
    expect(alone).toMatchObject({ after: null, kept: null, target: 2, activation });
    expect(alone.before).toEqual(after);
  });

  it('is the same for the same network in another format', async () => {
    const [one, other] = [
      await saliency({ model, sample: { class: COLUMNS, nth: 1 } }),
      await saliency({ model: tfjs, sample: { class: COLUMNS, nth: 1 } }),
    ];
    expect(other.picture).toEqual(one.picture);
    expect(other.before.mass).toBeCloseTo(one.before.mass, 3);
    expect(other.before.logit).toBeCloseTo(one.before.logit, 3);
  });

  it.each([
    [{ class: 9, nth: 0 }, 'class-unknown', 'no class of index 9', '5 classes'],
    [{ class: -1, nth: 0 }, 'class-unknown', 'no class of index -1', 'Rows'],
    [{ class: 1, nth: 100000 }, 'usage', 'samples, none of number 100000', 'from 0 to'],
    [{ class: 1, nth: 0.5 }, 'usage', 'none of number 0.5', 'from 0 to'],
  ])('refuses the sample %o', async (sample, code, message, hint) => {
    await expect(saliency({ model, run, sample })).rejects.toMatchObject({
      code,
      message: expect.stringContaining(message),
      hint: expect.stringContaining(hint),
    });
  });

  it('refuses a target that is no class', async () => {
    const sample = { class: 0, nth: 0 };
    await expect(saliency({ model, sample, target: 5 })).rejects.toMatchObject({ code: 'class-unknown' });
  });
});

describe('focus', () => {
  it('tells class by class how much is left: less of the forgotten one, nearly all of the others', async () => {
    const parts: FocusResult[] = [];
    const classes = [2, 0, 1, 3, 4];
    const result = await focus({ model, run, classes, samples: 6 }, { onPart: (part) => parts.push(part) });
    expect(parts.map((part) => part.classes.map((entry) => entry.class))).toEqual(
      classes.map((_, at) => classes.slice(0, at + 1)),
    );
    expect(parts.at(-1)).toEqual(result);
    for (const entry of result.classes) {
      expect(entry.samples).toBe(6);
      const shares = [entry.kept!, entry.keptByPlace!];
      if (entry.class === ROWS) {
        expect(Math.max(...shares)).toBeLessThan(0.8);
        expect(entry.massAfter).toBeLessThan(0.6 * entry.massBefore);
        expect(entry.logitAfter).toBeLessThan(entry.logitBefore - 5);
      } else expect(Math.min(...shares)).toBeGreaterThan(0.95);
    }
  });

  it('puts the maps of all samples together', async () => {
    const maps = [0, 1, 2].map((nth) => saliency({ model, run, sample: { class: COLUMNS, nth } }));
    let [common, all] = [0, 0];
    for (const { before, after } of await Promise.all(maps)) {
      for (const [at, value] of before.values.entries()) common += Math.min(value, after!.values[at]);
      all += before.mass;
    }
    const { classes } = await focus({ model, run, classes: [COLUMNS], samples: 3 });
    expect(classes[0].kept).toBeCloseTo(common / all, 4);
    expect(classes[0].massBefore).toBeCloseTo(all / 3, 4);
  });

  it('refuses classes that are not there, and to look at no samples', async () => {
    await expect(focus({ model, run, classes: [0, 7], samples: 1 })).rejects.toMatchObject({ code: 'class-unknown' });
    await expect(focus({ model, run, classes: [0], samples: 0 })).rejects.toMatchObject({ code: 'usage' });
  });

  it('stops when it is cancelled', async () => {
    const stop = new AbortController();
    const work = { signal: stop.signal, onPart: () => stop.abort() };
    await expect(focus({ model, run, classes: [0, 1, 2], samples: 2 }, work)).rejects.toMatchObject({
      code: 'cancelled',
    });
  });
});

describe('the boundary on the plane through three samples', () => {
  it('goes through the forgotten class and what it is taken for now, and shows it taken over', async () => {
    const parts: BoundaryResult[] = [];
    const result = await boundary({ model, run }, { onPart: (part) => parts.push(part) });
    expect(parts.map(({ size }) => size)).toEqual([17, 33, 65, 129]);
    expect(parts.at(-1)).toEqual(result);
    expect(result).toMatchObject({ kind: 'plane', size: 129, x: parts[0].x, y: parts[0].y });
    const { anchors, before, after } = result;
    expect(anchors[0]).toMatchObject({ class: ROWS, nth: 0, x: 0, y: 0 });
    expect(new Set(anchors.map((anchor) => anchor.class)).size).toBe(3);
    for (const { picture, count } of anchors) {
      expect(picture.rgb.length).toBe(picture.width * picture.height * 3);
      expect(picture.width).toBeGreaterThan(1);
      expect(count).toBeGreaterThan(0);
    }
    const ofForgotten = (map: Uint16Array) => map.filter((label) => label === ROWS).length;
    expect(ofForgotten(before.classes)).toBeGreaterThan(129);
    expect(ofForgotten(after!.classes)).toBeLessThan(0.1 * ofForgotten(before.classes));
    // The sample itself lies where the axes say: it is recognised there before.
    const column = Math.round(((0 - result.x[0]) / (result.x[1] - result.x[0])) * 128);
    const row = Math.round(((0 - result.y[0]) / (result.y[1] - result.y[0])) * 128);
    expect(before.classes[row * 129 + column]).toBe(ROWS);
  });

  it('takes the samples that are asked for, and the first three classes without a run', async () => {
    const anchors = [4, 3, 1].map((label, nth) => ({ class: label, nth }));
    const asked = await boundary({ model, anchors });
    expect(asked.anchors).toMatchObject(anchors);
    expect(asked.after).toBeNull();
    const { anchors: own } = await boundary({ model });
    expect(own).toMatchObject([0, 1, 2].map((label) => ({ class: label, nth: 0 })));
  });

  it.each([
    [
      'the same sample twice',
      [
        [0, 1],
        [0, 1],
        [2, 0],
      ],
      'no-plane',
      'first two samples are the same',
    ],
    [
      'the same sample again',
      [
        [0, 1],
        [2, 0],
        [0, 1],
      ],
      'no-plane',
      'lie on one line',
    ],
    [
      'two samples',
      [
        [0, 1],
        [2, 0],
      ],
      'usage',
      'three samples, not 2',
    ],
    [
      'a class that is not there',
      [
        [0, 1],
        [2, 0],
        [8, 0],
      ],
      'class-unknown',
      'no class of index 8',
    ],
    [
      'a number that is not there',
      [
        [0, 1],
        [2, 0],
        [1, 1e6],
      ],
      'usage',
      'none of number 1000000',
    ],
  ])('refuses %s', async (_, wanted, code, message) => {
    const anchors = wanted.map(([label, nth]) => ({ class: label, nth }));
    const failure = await boundary({ model, anchors }).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(LetheError);
    expect(failure).toMatchObject({ code, message: expect.stringContaining(message), hint: expect.any(String) });
  });
});

it('has no plane to draw where there are not three samples', async () => {
  const folder = await temporaryFolder();
  await writeFile(path.join(folder, 'points.csv'), 'a,b,c,label\n1,2,3,low\n3,2,1,high\n');
  const source = { format: 'csv', path: 'points.csv', label: 'label' };
  await writeFile(
    path.join(folder, 'lethe.json'),
    JSON.stringify({ classes: ['low', 'high'], data: { test: source } }),
  );
  const model = await writeLinear(path.join(folder, 'points.onnx'), [3], 2, Float32Array.of(1, 0, 0, 1, 0, 0));
  await expect(boundary({ model })).rejects.toMatchObject({ code: 'samples-missing' });
});

describe('the boundary of a model of two features', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await temporaryFolder();
  });

  /** Stored values are ten times what the model takes, less 2; the second class wins where the first feature is over 0 in its eyes. */
  async function project(rows: readonly (readonly [number, number, string])[]): Promise<string> {
    const lines = rows.map((row) => row.join(','));
    await writeFile(path.join(folder, 'points.csv'), ['x,y,label', ...lines, ''].join('\n'));
    const source = { format: 'csv', path: 'points.csv', label: 'label', scale: 10 };
    const config = { classes: ['low', 'high', 'absent'], input: { mean: 2 }, data: { test: source } };
    await writeFile(path.join(folder, 'lethe.json'), JSON.stringify(config));
    return writeLinear(path.join(folder, 'points.onnx'), [2], 3, Float32Array.of(-5, 0, 5, 0, 0, 0));
  }

  it('is drawn in the units of the data, with its points', async () => {
    const rows = Array.from(
      { length: 300 },
      (_, at) => [at % 41, (at * 7) % 30, at % 41 > 20 ? 'high' : 'low'] as const,
    );
    const points = await project(rows);
    const result = await boundary({ model: points });
    expect(result).toMatchObject({ kind: 'features', size: 257, anchors: [], after: null });
    // From 0 to 40 and from 0 to 29, with a margin of a tenth.
    expect([...result.x, ...result.y]).toEqual([-4, 44, expect.closeTo(-2.9, 5), expect.closeTo(31.9, 5)]);
    expect(result.points.x.length).toBe(300);
    for (const [at, label] of result.points.classes.entries()) expect(label).toBe(result.points.x[at] > 20 ? 1 : 0);
    // Stored 20 is what the model sees as 0.
    const cell = 48 / 256;
    const row = result.before.classes.subarray(128 * 257, 129 * 257);
    expect(Math.abs(-4 + row.indexOf(1) * cell - 20)).toBeLessThanOrEqual(cell);
    expect(row.lastIndexOf(0)).toBe(row.indexOf(1) - 1);
  });

  it('shows at most 2,000 points, as many of each class', async () => {
    const rows = Array.from({ length: 6000 }, (_, at) => [at, at % 5, at % 6 === 0 ? 'high' : 'low'] as const);
    const { points } = await boundary({ model: await project(rows) });
    const count = (label: number) => points.classes.filter((own) => own === label).length;
    expect([count(0), count(1)]).toEqual([666, 666]);
    // Spread over the data, not its beginning.
    expect(Math.max(...points.x)).toBeGreaterThan(5900);
  });

  it('has no places to look for, and says what there is instead', async () => {
    const points = await project([
      [1, 2, 'low'],
      [30, 4, 'high'],
    ]);
    await expect(saliency({ model: points, sample: { class: 0, nth: 0 } })).rejects.toMatchObject({
      code: 'no-saliency',
    });
    await expect(saliency({ model: points, sample: { class: 2, nth: 0 } })).rejects.toMatchObject({
      code: 'samples-missing',
      message: expect.stringContaining('"absent"'),
    });
  });
});

it('runs under the names of the contract', async () => {
  const sample = { class: 0, nth: 0 };
  expect((await runJob('saliency', { model, sample })).target).toBe(0);
  expect((await runJob('focus', { model, run, classes: [1], samples: 1 })).classes).toHaveLength(1);
  expect((await runJob('boundary', { model })).kind).toBe('plane');
});
