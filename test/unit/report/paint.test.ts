import { describe, expect, it } from 'vitest';
import type { BoundaryMap } from '../../../src/contract/explain.js';
import type { Picture } from '../../../src/contract/terms.js';
import { ticks } from '../../../src/report/axis.js';
import { differenceOver, HEAT, heatOver, LESS, MORE } from '../../../src/report/paint/heat.js';
import { classColors, paintRegions, regionsOf } from '../../../src/report/paint/regions.js';

const at = ({ width, rgb }: Picture, x: number, y: number) => [
  ...rgb.subarray(3 * (y * width + x), 3 * (y * width + x) + 3),
];

describe('a map over a picture', () => {
  const black: Picture = { width: 2, height: 2, rgb: new Uint8Array(12) };
  const map = { width: 2, height: 1, values: Float32Array.of(0, 4) };

  it('is as strong as its values, and leaves the picture to be seen where there are none', () => {
    const painted = heatOver(black, map, 4);
    expect([painted.width, painted.height]).toEqual([168, 168]);
    expect(at(painted, 0, 0)).toEqual([20, 20, 20]);
    expect(at(painted, 167, 80)).toEqual(HEAT.map((channel) => Math.round(0.9 * channel + 0.1 * 20)));
    // Half as strong under a scale twice as large: the root of it is shown.
    const weaker = heatOver(black, map, 8);
    expect(at(weaker, 167, 80)).toEqual(HEAT.map((channel) => Math.round(0.9 * Math.SQRT1_2 * (channel - 20) + 20)));
  });

  it('runs smoothly between its cells', () => {
    const reds = Array.from({ length: 168 }, (_, x) => at(heatOver(black, map, 4), x, 5)[0]);
    for (let x = 1; x < 168; x++) expect(reds[x]).toBeGreaterThanOrEqual(reds[x - 1]);
    expect(new Set(reds).size).toBeGreaterThan(40);
  });

  it('tells less from more', () => {
    const after = { ...map, values: Float32Array.of(4, 0) };
    const painted = differenceOver(black, map, after, 4);
    expect(at(painted, 0, 0)).toEqual(MORE.map((channel) => Math.round(0.9 * channel + 0.1 * 20)));
    expect(at(painted, 167, 0)).toEqual(LESS.map((channel) => Math.round(0.9 * channel + 0.1 * 20)));
  });

  it('needs no picture, and shrinks a large one', () => {
    expect(heatOver({ width: 0, height: 0, rgb: new Uint8Array(0) }, map, 4)).toMatchObject({ width: 168, height: 84 });
    const large = { width: 600, height: 300, rgb: new Uint8Array(540_000) };
    expect(heatOver(large, map, 4)).toMatchObject({ width: 224, height: 112 });
  });
});

describe('regions', () => {
  // Class 5 fills the lower half, 3 the upper left, 8 the upper right.
  const size = 9;
  const map: BoundaryMap = {
    classes: Uint16Array.from({ length: 81 }, (_, point) => (point < 45 ? 5 : point % 9 < 5 ? 3 : 8)),
    confidence: Float32Array.from({ length: 81 }, (_, point) => (point === 0 ? 0.5 : 1)),
  };

  it('are named where they are deepest', () => {
    const regions = regionsOf(map, size);
    expect(regions.map((region) => [region.class, region.share])).toEqual([
      [5, 45 / 81],
      [3, 20 / 81],
      [8, 16 / 81],
    ]);
    const [lower] = regions;
    expect(lower).toMatchObject({ row: 2, depth: 3 });
    expect(lower.column).toBeGreaterThanOrEqual(2);
    expect(lower.column).toBeLessThanOrEqual(6);
  });

  it('have colours by their size, painted with the largest y on top and paler where less sure', () => {
    const colors = classColors([map]);
    expect(colors.map((entry) => entry.class)).toEqual([5, 3, 8]);
    const painted = paintRegions(map, size, colors);
    expect(at(painted, 8, 8)).toEqual([0, 0x72, 0xb2].map((channel) => Math.round(255 * 0.15 + 0.85 * channel)));
    expect(at(painted, 0, 8)[0]).toBeGreaterThan(at(painted, 8, 8)[0]);
    expect(at(painted, 0, 0)).toEqual([0xe6, 0x9f, 0].map((channel) => Math.round(255 * 0.15 + 0.85 * channel)));
  });

  it('share the last colour where there are many', () => {
    const classes = Uint16Array.from({ length: 81 }, (_, point) => point % 20);
    const colors = classColors([{ ...map, classes }]);
    expect(new Set(colors.slice(0, 8).map((entry) => entry.color)).size).toBe(8);
    expect(new Set(colors.slice(7).map((entry) => entry.color))).toEqual(new Set(['#999999']));
  });
});

it.each([
  [
    [0, 1],
    [0, 0.2, 0.4, 0.6, 0.8, 1],
  ],
  [
    [-2.2, 2.2],
    [-2, -1, 0, 1, 2],
  ],
  [
    [0.9, 1],
    [0.9, 0.92, 0.94, 0.96, 0.98, 1],
  ],
] as const)('an axis over %j has round ticks', (domain, expected) => {
  expect(ticks(domain)).toEqual(expected);
});
