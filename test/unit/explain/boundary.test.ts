import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { BoundaryMap } from '../../../src/contract/explain.js';
import { mapBoundary, type Region } from '../../../src/explain/boundary.js';
import { planeThrough } from '../../../src/explain/plane.js';
import type { Classifier } from '../../../src/models/classifier.js';
import { openModel } from '../../../src/models/registry.js';
import { temporaryFolder } from '../../support/folders.js';
import { writeLinear } from '../../support/models/linear.js';

const demo = path.resolve(import.meta.dirname, '../../../examples/fashion-mnist/fashion.onnx');

/** Two classes of which the second wins where a x + b y is greater than 0. */
async function half(a: number, b: number): Promise<Classifier> {
  const file = path.join(await temporaryFolder(), 'half.onnx');
  return openModel(await writeLinear(file, [2], 2, Float32Array.of(0, 0, a, b)));
}

function square(size: number, from = -1, to = 1): Region {
  const inputAt: Region['inputAt'] = (points) => ({ dims: [points.length, 2], data: Float32Array.from(points.flat()) });
  return { x: [from, to], y: [from, to], size, inputAt };
}

function coordinate(at: number, size: number): number {
  return -1 + (2 * at) / (size - 1);
}

describe('a linear model', () => {
  it.each([
    [1, 0.3],
    [-0.2, 1],
    [1, -1],
  ])('has its boundary where %f x + %f y = 0, to one cell', async (a, b) => {
    const model = await half(a, b);
    const size = 129;
    const { maps, evaluated } = await mapBoundary([model], square(size));
    const cell = 2 / (size - 1);
    const reach = (Math.abs(a) + Math.abs(b)) * cell;
    let sure = 0;
    for (const [at, found] of maps[0].classes.entries()) {
      const value = a * coordinate(at % size, size) + b * coordinate(Math.floor(at / size), size);
      if (Math.abs(value) <= reach) continue;
      expect(found).toBe(value > 0 ? 1 : 0);
      sure++;
    }
    expect(sure).toBeGreaterThan(0.95 * size * size);
    expect(evaluated).toBeLessThan(0.15 * size * size);
    await model.dispose();
  });

  it('tells the confidence of the class that wins', async () => {
    const model = await half(3, 0);
    const { maps } = await mapBoundary([model], square(65));
    for (const column of [0, 20, 40, 64]) {
      const exact = 1 / (1 + Math.exp(-Math.abs(3 * coordinate(column, 65))));
      for (const row of [0, 31, 64]) expect(maps[0].confidence[row * 65 + column]).toBeCloseTo(exact, 2);
    }
    await model.dispose();
  });

  it('refines two models on the same points: also where only the other one has a boundary', async () => {
    const [level, upright] = [await half(0, 1), await half(1, 0)];
    const both = await mapBoundary([level, upright], square(129));
    const alone = await mapBoundary([level], square(129));
    expect(both.maps[0]).toEqual({
      classes: alone.maps[0].classes,
      confidence: expect.any(Float32Array),
    });
    expect(both.evaluated).toBeGreaterThan(1.5 * alone.evaluated);
    // Off the first one's boundary the points that were run for the second one are exact.
    const at = 100 * 129 + 64;
    expect(both.maps[0].confidence[at]).toBeCloseTo(1 / (1 + Math.exp(-coordinate(100, 129))), 6);
    await level.dispose();
    await upright.dispose();
  });
});

it('tells the whole grid after every level, ever finer, and what is known stays', async () => {
  const model = await half(1, 0.4);
  const grids: { size: number; map: BoundaryMap }[] = [];
  const progress: number[] = [];
  const { maps } = await mapBoundary([model], square(129), {
    onGrid: (size, [map]) => grids.push({ size, map }),
    onProgress: ({ done, total }) => progress.push(done / total),
  });
  expect(grids.map(({ size }) => size)).toEqual([17, 33, 65, 129]);
  for (const { size, map } of grids) {
    expect([map.classes.length, map.confidence.length]).toEqual([size * size, size * size]);
  }
  expect(grids[3].map).toEqual(maps[0]);
  const [coarse, finest] = [grids[0].map, grids[3].map];
  for (let row = 0; row < 17; row++) {
    for (let column = 0; column < 17; column++) {
      expect(finest.classes[row * 8 * 129 + column * 8]).toBe(coarse.classes[row * 17 + column]);
    }
  }
  expect(progress).toEqual([...progress].sort((a, b) => a - b));
  expect(progress.at(-1)).toBe(1);
  await model.dispose();
});

it('finds on the demo what running every point finds', async () => {
  const model = await openModel(demo);
  // Three blobs at different places.
  const blob = (top: number, left: number) =>
    Float32Array.from({ length: 784 }, (_, at) => {
      const [row, column] = [Math.floor(at / 28) - top, (at % 28) - left];
      return 2.5 * Math.exp(-(row * row + column * column) / 40) - 0.8;
    });
  const plane = planeThrough(blob(8, 8), blob(20, 14), blob(10, 20));
  const inputAt: Region['inputAt'] = (points) => {
    const data = new Float32Array(points.length * 784);
    for (const [at, [x, y]] of points.entries()) plane.write(x, y, data.subarray(at * 784, (at + 1) * 784));
    return { dims: [points.length, 1, 28, 28], data };
  };
  const [from, to] = [-3, 4];
  const size = 65;
  const { maps, evaluated } = await mapBoundary([model], { x: [from, to], y: [from, to], size, inputAt });
  const side = Array.from({ length: size }, (_, at) => from + ((to - from) * at) / (size - 1));
  const all = side.flatMap((y) => side.map((x) => [x, y] as const));
  const { logits } = await model.forward(inputAt(all));
  let same = 0;
  for (const [at, found] of maps[0].classes.entries()) {
    const row = logits.data.subarray(at * 10, at * 10 + 10);
    if (row.indexOf(Math.max(...row)) === found) same++;
  }
  expect(new Set(maps[0].classes).size).toBeGreaterThan(2);
  expect(same / (size * size)).toBeGreaterThan(0.99);
  expect(evaluated).toBeLessThan(0.7 * size * size);
  await model.dispose();
});

it('stops between two levels when it is cancelled', async () => {
  const model = await half(1, 0);
  const stop = new AbortController();
  const sizes: number[] = [];
  const mapping = mapBoundary([model], square(257), {
    signal: stop.signal,
    onGrid(size) {
      sizes.push(size);
      if (size === 33) stop.abort();
    },
  });
  await expect(mapping).rejects.toMatchObject({ code: 'cancelled' });
  expect(sizes).toEqual([17, 33]);
  await model.dispose();
});
