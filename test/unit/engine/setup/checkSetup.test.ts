import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Random } from '../../../../src/base/random.js';
import type { CheckSetupRequest, CheckSetupResult } from '../../../../src/contract/setup.js';
import { decodeImage } from '../../../../src/data/images/decode.js';
import { checkSetup } from '../../../../src/engine/jobs/checkSetup.js';
import { expectError, idxBytes, writeIdxPair } from '../../../support/data/datasets.js';
import { sharedFolder, temporaryFolder } from '../../../support/folders.js';
import { writeLinear } from '../../../support/models/linear.js';
import { shapeClasses, shapeImages, writeShapes, writeTfjsShapes } from '../../../support/models/shapes.js';

const SIDE = 10;
let shapes: Awaited<ReturnType<typeof sharedFolder>>;
let shapesModel: string;
let folder: string;

beforeAll(async () => {
  shapes = await sharedFolder();
  shapesModel = await writeShapes(shapes.folder);
});
afterAll(() => shapes.remove());
beforeEach(async () => {
  folder = await temporaryFolder();
});

/** The shapes as an IDX pair whose labels are changed. */
async function shapesLabelled(label: (label: number, at: number) => number) {
  const { pixels, labels } = shapeImages(60, 2);
  const images = idxBytes(0x08, [labels.length, SIDE, SIDE], pixels);
  return writeIdxPair(folder, 'shapes', images, idxBytes(0x08, [labels.length], labels.map(label)));
}

/** Checks the network of the shapes with these settings of `input`. */
async function checkShapes(input: object, more: Partial<CheckSetupRequest> = {}): Promise<CheckSetupResult> {
  const test = await shapesLabelled((label) => label);
  const config = JSON.stringify({ classes: shapeClasses, input, data: { test } });
  return checkSetup({ model: shapesModel, folder, config, threads: 1, ...more });
}

describe('checkSetup', () => {
  it('is content with the settings that a network was trained with', async () => {
    const result = await checkShapes({ mean: 0.45 });
    expect(result).toMatchObject({ samples: 200, chance: 0.2, warning: null, suggestions: [] });
    expect(result.accuracy).toBeGreaterThan(0.85);
    expect(result.perClass.map(({ class: name, count }) => [name, count])).toEqual(
      shapeClasses.map((name) => [name, 40]),
    );
    const mean = result.perClass.reduce((sum, { accuracy }) => sum + accuracy! / 5, 0);
    expect(result.accuracy).toBeCloseTo(mean, 10);
    expect(result.values).toMatchObject({ min: expect.closeTo(-0.45, 5), max: expect.closeTo(0.55, 5) });
  });

  it('finds out the range, and that the mean is missing', async () => {
    const result = await checkShapes({ range: [0, 255] });
    const [best] = result.suggestions;
    expect(best.input).toHaveProperty('mean');
    expect(best.accuracy).toBeGreaterThan(result.accuracy + 0.1);
    const used = await checkShapes(best.input);
    expect(used.accuracy).toBe(best.accuracy);
    expect(result.values).toMatchObject({ min: 0, max: 255 });
  });

  it('finds that values were scaled twice with the right mean', async () => {
    const result = await checkShapes({ range: [-1, 1], mean: 0.45 });
    expect(result.suggestions.map(({ title, input }) => ({ title, input }))).toContainEqual({
      title: 'values 0..1 with the same mean and std',
      input: { mean: 0.45 },
    });
  });

  it('sorts suggestions by what they reach', async () => {
    const { suggestions } = await checkShapes({ range: [-1, 1], mean: 5 });
    expect(suggestions.length).toBeGreaterThan(0);
    const reached = suggestions.map(({ accuracy }) => accuracy);
    expect(reached).toEqual([...reached].sort((a, b) => b - a));
  });

  it('warns of an input that says nothing', async () => {
    const { warning, accuracy, suggestions } = await checkShapes({ std: 1e9 });
    expect(accuracy).toBeCloseTo(0.2, 10);
    expect(warning).toMatch(/^Only 20\.0% of 200 samples are recognised, and guessing would reach 20\.0%\. Nearly all/);
    expect(suggestions.length).toBeGreaterThan(0);
  });

  it('warns of labels that have nothing to do with the images, and suggests nothing', async () => {
    const random = new Random(5);
    const test = await shapesLabelled(() => random.below(5));
    const config = JSON.stringify({ classes: shapeClasses, input: { mean: 0.45 }, data: { test } });
    const { warning, suggestions } = await checkSetup({ model: shapesModel, folder, config, threads: 1 });
    expect(warning).toContain('is probably not what the model was trained with');
    expect(suggestions).toEqual([]);
  });

  it('tells a wrong order of the classes from wrong values', async () => {
    const test = await shapesLabelled((label) => (label + 1) % 5);
    const config = JSON.stringify({ classes: shapeClasses, input: { mean: 0.45 }, data: { test } });
    const { warning } = await checkSetup({ model: shapesModel, folder, config, threads: 1 });
    expect(warning).toContain('("Rows" is mostly taken for "Ring/disc")');
    expect(warning).toContain('the order of the classes is probably not that of the model');
  });

  it('shows one sample of each class as the network sees it', async () => {
    const { previews } = await checkShapes({ mean: 0.45 });
    expect(previews.map((preview) => preview.class)).toEqual(shapeClasses);
    for (const { image, width, height, predicted } of previews) {
      expect({ width, height }).toEqual({ width: 70, height: 70 });
      expect(shapeClasses).toContain(predicted);
      const file = path.join(folder, 'preview.png');
      await writeFile(file, image);
      const { data } = await decodeImage(file, { interpolation: 'bilinear' });
      // Every pixel of the sample is a square of 7, and its values go from black to white.
      expect(data.length).toBe(70 * 70 * 3);
      expect(Math.min(...data)).toBe(0);
      expect(Math.max(...data)).toBe(255);
      const square = (y: number, x: number) => data[(7 * y * 70 + 7 * x) * 3];
      for (let at = 0; at < 70 * 70; at++) {
        expect(data[3 * at]).toBe(square(Math.floor(at / 70 / 7), Math.floor((at % 70) / 7)));
      }
    }
  });

  it('does the same for a TensorFlow.js model, and uses the training data where there is no test data', async () => {
    const model = await writeTfjsShapes(folder);
    const train = await shapesLabelled((label) => label);
    const config = JSON.stringify({ input: { mean: 0.45 }, data: { train } });
    const result = await checkSetup({ model, folder, config, threads: 1 });
    expect(result.accuracy).toBe((await checkShapes({ mean: 0.45 })).accuracy);
    expect(result.previews[0].class).toBe('0');
  });

  it('takes the draft, whatever lies beside the model', async () => {
    await writeShapes(folder);
    await writeFile(path.join(folder, 'lethe.json'), '{ broken');
    const train = await shapesLabelled((label) => label);
    const config = JSON.stringify({ input: { mean: 0.45 }, data: { train } });
    const result = await checkSetup({ model: path.join(folder, 'shapes.onnx'), folder, config, samples: 10 });
    expect(result.samples).toBe(10);
  });

  it('says where a draft is wrong', async () => {
    const check = (config: object) => checkSetup({ model: shapesModel, folder, config: JSON.stringify(config) });
    const wrong = check({ input: { std: 0 } });
    await expectError(wrong, { code: 'config-invalid', file: 'lethe.json', message: 'input.std' });
    await expectError(check({}), { code: 'config-invalid', message: 'no samples are named' });
    const outside = { format: 'npz', path: '../x.npz', x: 'x', y: 'y' };
    await expectError(check({ data: { train: outside } }), { code: 'path-outside', message: 'leads out' });
  });

  it('can be cancelled in every phase', async () => {
    for (const phase of ['load', 'measure', 'compare']) {
      const controller = new AbortController();
      const test = await shapesLabelled((label) => label);
      const config = JSON.stringify({ input: { range: [0, 255] }, data: { test } });
      const onProgress = (progress: { phase: string }) => progress.phase === phase && controller.abort();
      const check = checkSetup({ model: shapesModel, folder, config }, { signal: controller.signal, onProgress });
      await expectError(check, { code: 'cancelled', message: 'cancelled' });
    }
  });
});

describe('checkSetup of colours', () => {
  /** Images of one colour with noise: class 0 is reddish, 1 greenish, 2 bluish. */
  async function colours() {
    const random = new Random(1);
    const count = 150;
    const labels = Uint8Array.from({ length: count }, (_, at) => at % 3);
    const pixels = new Uint8Array(count * 4 * 4 * 3);
    for (let at = 0; at < pixels.length; at++) {
      const isOwn = at % 3 === labels[Math.floor(at / 48)];
      pixels[at] = Math.max(0, Math.min(255, (isOwn ? 150 : 100) + 20 * random.normal()));
    }
    const images = idxBytes(0x08, [count, 4, 4, 3], pixels);
    return writeIdxPair(folder, 'colours', images, idxBytes(0x08, [count], labels));
  }

  /** Recognises the colour of the channel that stands for it. */
  async function model(channelOf: readonly number[]): Promise<string> {
    const weight = Float32Array.from({ length: 3 * 48 }, (_, at) =>
      Math.floor((at % 48) / 16) === channelOf[Math.floor(at / 48)] ? 1 : 0,
    );
    return writeLinear(path.join(folder, 'colours.onnx'), [3, 4, 4], 3, weight);
  }

  it('finds that the channels are the other way round', async () => {
    const file = await model([2, 1, 0]);
    const config = JSON.stringify({ data: { train: { ...(await colours()), layout: 'nhwc' } } });
    const { accuracy, suggestions, warning } = await checkSetup({ model: file, folder, config });
    expect(accuracy).toBeLessThan(0.5);
    // Not that the classes have changed places, though that is what it looks like.
    expect(warning).toMatch(/The values are probably not scaled as the model was trained with\.$/);
    expect(suggestions[0].accuracy).toBe(1);
    expect(suggestions[0].input.channelOrder).toBe('bgr');
  });

  it('shows colours as they are, in whatever order they are fed', async () => {
    const file = await model([2, 1, 0]);
    for (const channelOrder of ['rgb', 'bgr']) {
      const train = { ...(await colours()), layout: 'nhwc' };
      const config = JSON.stringify({ input: { channelOrder }, data: { train } });
      const { previews } = await checkSetup({ model: file, folder, config });
      for (const [label, { image }] of previews.entries()) {
        const png = path.join(folder, 'preview.png');
        await writeFile(png, image);
        const { data } = await decodeImage(png, { interpolation: 'bilinear' });
        const sums = [0, 1, 2].map((channel) => data.reduce((sum, v, at) => (at % 3 === channel ? sum + v : sum), 0));
        expect(sums.indexOf(Math.max(...sums))).toBe(label);
      }
    }
  });
});

describe('checkSetup of rows', () => {
  it('finds that each column has to be standardised', async () => {
    // Two columns that say the class, behind one a thousand times as large that says nothing.
    const random = new Random(2);
    const lines = Array.from({ length: 300 }, (_, at) => {
      const side = at % 2 === 0 ? 1 : -1;
      return [5000 + 1000 * random.normal(), 3 + side, 7 - side]
        .map((v) => v.toFixed(3))
        .concat(String(at % 2))
        .join();
    });
    await writeFile(path.join(folder, 'rows.csv'), lines.join('\n'));
    const weight = Float32Array.from([0.1, 1, -1, -0.1, -1, 1]);
    const model = await writeLinear(path.join(folder, 'rows.onnx'), [3], 2, weight);
    const config = JSON.stringify({ data: { train: { format: 'csv', path: 'rows.csv', label: 3 } } });
    const { accuracy, suggestions, previews } = await checkSetup({ model, folder, config });
    expect(accuracy).toBe(0.5);
    expect(suggestions[0].title).toBe('mean and std of each column');
    expect(suggestions[0].accuracy).toBe(1);
    const { mean, std } = suggestions[0].input as { mean: number[]; std: number[] };
    expect(mean.slice(1)).toEqual([3, 7]);
    expect(std.slice(1)).toEqual([1, 1]);
    // A strip of three values.
    expect(previews.map(({ width, height }) => [width, height])).toEqual([
      [66, 22],
      [66, 22],
    ]);
  });

  it('takes some of the classes where there are more than samples, and shows twenty at most', async () => {
    const lines = Array.from({ length: 300 }, (_, at) => `${at},1,${at}`);
    await writeFile(path.join(folder, 'many.csv'), lines.join('\n'));
    const model = await writeLinear(path.join(folder, 'many.onnx'), [2], 300);
    const config = JSON.stringify({ data: { train: { format: 'csv', path: 'many.csv', label: 0 } } });
    const { samples, previews, perClass } = await checkSetup({ model, folder, config });
    expect(samples).toBe(200);
    expect(previews).toHaveLength(20);
    expect(perClass.filter(({ accuracy }) => accuracy === null)).toHaveLength(100);
  });
});
