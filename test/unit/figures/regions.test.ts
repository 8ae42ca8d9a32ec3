import { describe, expect, it } from 'vitest';
import type { BoundaryMap } from '../../../src/contract/explain.js';
import { bordersOf, flattened, paintRegions, regionsOf } from '../../../src/figures/regions.js';

/** A map from its rows, the topmost (largest y) first. */
function mapOf(...rows: string[]): BoundaryMap {
  const classes = Uint16Array.from([...rows].reverse().join(''), Number);
  return { classes, confidence: Float32Array.from(classes, () => 1) };
}

describe('lines between regions', () => {
  it('run along whole sides, from the top left corner', () => {
    expect(bordersOf(mapOf('0011', '0011', '0011', '2222'), 4)).toBe('M2 0V3M0 3H4');
  });

  it('go around a region', () => {
    const lines = bordersOf(mapOf('0000', '0110', '0110', '0000'), 4).match(/M[^M]+/g);
    expect(lines?.sort()).toEqual(['M1 1H3', 'M1 1V3', 'M1 3H3', 'M3 1V3']);
  });

  it('around some classes leave out those between others', () => {
    const map = mapOf('0011', '0011', '0011', '2222');
    expect(bordersOf(map, 4, new Set([2]))).toBe('M0 3H4');
    expect(bordersOf(map, 4, new Set([0, 1]))).toBe('M0 3H4');
    expect(bordersOf(map, 4, new Set([7]))).toBe('');
  });
});

describe('the middle of a region', () => {
  it('is farthest from every border, those of the map included', () => {
    const map = mapOf('00000001', '00000011', '00000111', '00000111', '00000111', '00000111', '00000111', '00000111');
    const found = new Map(regionsOf(map, 8).map((region) => [region.class, region]));
    expect(found.get(1)).toMatchObject({ column: 6, depth: 2 });
    const { column, row, depth } = found.get(0)!;
    expect(depth).toBe(3);
    expect([column, row].every((at) => at >= 2 && at <= 5)).toBe(true);
  });

  it('lies in the largest of several regions, and inside of a hollow one', () => {
    const map = mapOf('1111111', '1000001', '1000001', '1000001', '1000001', '1000001', '1111111');
    const found = new Map(regionsOf(map, 7).map((region) => [region.class, region]));
    expect(found.get(0)).toMatchObject({ class: 0, column: 3, row: 3, depth: 3 });
    expect(found.get(1)!.depth).toBe(1);
  });

  it('is in the middle of all points that are as deep', () => {
    // Class 5 fills the lower half, 3 the upper left, 8 the upper right.
    const map: BoundaryMap = {
      classes: Uint16Array.from({ length: 81 }, (_, point) => (point < 45 ? 5 : point % 9 < 5 ? 3 : 8)),
      confidence: new Float32Array(81).fill(1),
    };
    expect(regionsOf(map, 9)).toEqual([
      { class: 5, share: 45 / 81, column: 4, row: 2, depth: 3 },
      { class: 3, share: 20 / 81, column: 2, row: 6, depth: 2 },
      { class: 8, share: 16 / 81, column: 6, row: 6, depth: 2 },
    ]);
  });

  it('has a square of its depth around it', () => {
    const size = 40;
    const classes = Uint16Array.from({ length: size * size }, (_, at) => {
      const [x, y] = [at % size, Math.floor(at / size)];
      return x + y < 30 ? 0 : Math.hypot(x - 28, y - 20) < 9 ? 1 : 2;
    });
    for (const { class: index, column, row, depth } of regionsOf(
      { classes, confidence: new Float32Array(1600) },
      size,
    )) {
      for (let x = column - depth + 1; x < column + depth; x++) {
        for (let y = row - depth + 1; y < row + depth; y++) expect(classes[y * size + x]).toBe(index);
      }
    }
  });
});

describe('painted regions', () => {
  const map: BoundaryMap = { classes: Uint16Array.of(5, 5, 3, 8), confidence: Float32Array.of(1, 0, 1, 1) };
  const colors = [
    { class: 3, color: '#e69f00' },
    { class: 5, color: '#0072b2' },
    { class: 8, color: '#009e73' },
  ];

  it('have the largest y on top, and are the paler the less sure the model is', () => {
    const pixels = paintRegions(map, 2, colors);
    expect([...pixels.subarray(0, 4)]).toEqual([0xe6, 0x9f, 0, Math.round(255 * 0.85)]);
    expect([...pixels.subarray(8, 12)]).toEqual([0, 0x72, 0xb2, Math.round(255 * 0.85)]);
    expect(pixels[15]).toBe(Math.round(255 * 0.3));
  });

  it('look on paper as they do over white', () => {
    const pixels = paintRegions(map, 2, colors);
    const share = pixels[3] / 255;
    const rgb = flattened(pixels, [255, 255, 255]);
    expect(rgb).toHaveLength(12);
    expect([...rgb.subarray(0, 3)]).toEqual(
      [0xe6, 0x9f, 0].map((channel) => Math.round(255 * (1 - share) + share * channel)),
    );
  });
});
