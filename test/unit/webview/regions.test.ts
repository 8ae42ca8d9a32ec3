import { describe, expect, test } from 'vitest';
import type { BoundaryMap } from '../../../src/contract/explain.js';
import { areasOf } from '../../../webview/studio/views/boundary/areas.js';
import { moved, reading } from '../../../webview/studio/views/boundary/crosshair.js';
import { bordersOf, middles } from '../../../webview/studio/views/boundary/regions.js';
import { featuresAnswer } from '../../support/studio/answers.js';

/** A map from its rows, the topmost (largest y) first. */
function mapOf(...rows: string[]): BoundaryMap {
  const classes = Uint16Array.from([...rows].reverse().join(''), Number);
  return { classes, confidence: Float32Array.from(classes, () => 1) };
}

describe('lines between regions', () => {
  test('run along whole sides, from the top left corner', () => {
    expect(bordersOf(mapOf('0011', '0011', '0011', '2222'), 4)).toBe('M2 0V3M0 3H4');
  });

  test('go around a region', () => {
    const lines = bordersOf(mapOf('0000', '0110', '0110', '0000'), 4).match(/M[^M]+/g);
    expect(lines?.sort()).toEqual(['M1 1H3', 'M1 1V3', 'M1 3H3', 'M3 1V3']);
  });

  test('around some classes leave out those between others', () => {
    const map = mapOf('0011', '0011', '0011', '2222');
    expect(bordersOf(map, 4, new Set([2]))).toBe('M0 3H4');
    expect(bordersOf(map, 4, new Set([0, 1]))).toBe('M0 3H4');
    expect(bordersOf(map, 4, new Set([7]))).toBe('');
  });
});

describe('the middle of a region', () => {
  test('is farthest from every border, those of the map included', () => {
    const map = mapOf('00000001', '00000011', '00000111', '00000111', '00000111', '00000111', '00000111', '00000111');
    const found = new Map(middles(map, 8).map((inside) => [inside.class, inside]));
    expect(found.get(1)).toMatchObject({ column: 6, distance: 2 });
    const { column, row, distance } = found.get(0)!;
    expect(distance).toBe(3);
    expect([column, row].every((at) => at >= 2 && at <= 5)).toBe(true);
  });

  test('lies in the largest of several regions, and inside of a hollow one', () => {
    const map = mapOf('1111111', '1000001', '1000001', '1000001', '1000001', '1000001', '1111111');
    const found = new Map(middles(map, 7).map((inside) => [inside.class, inside]));
    expect(found.get(0)).toEqual({ class: 0, column: 3, row: 3, distance: 3 });
    expect(found.get(1)!.distance).toBe(1);
  });
});

describe('areas', () => {
  test('say who has what was whose', () => {
    const result = {
      ...featuresAnswer(17),
      size: 3,
      before: mapOf('001', '001', '222'),
      after: mapOf('221', '021', '222'),
    };
    const { total, before, after, heirs } = areasOf(result);
    expect(total).toBe(9);
    expect([...before].sort()).toEqual([
      [0, 4],
      [1, 2],
      [2, 3],
    ]);
    expect([...after!].sort()).toEqual([
      [0, 1],
      [1, 2],
      [2, 6],
    ]);
    expect(heirs.get(0)).toEqual([
      { class: 2, points: 3 },
      { class: 0, points: 1 },
    ]);
  });

  test('of a map alone have no heirs', () => {
    const { after, heirs } = areasOf({ ...featuresAnswer(17), after: null });
    expect(after).toBeNull();
    expect(heirs.size).toBe(0);
  });
});

describe('the crosshair', () => {
  const result = { ...featuresAnswer(17), size: 3, before: mapOf('012', '345', '678') };

  test('reads the nearest point, rows from the smallest y on', () => {
    const at = (x: number, y: number) => reading(result, result.before, { x, y }).class;
    expect([at(-2, -2), at(2, -2), at(-2, 2), at(0.9, 0.9), at(1.1, 0.9)]).toEqual([6, 8, 0, 4, 5]);
  });

  test('stays on the map', () => {
    expect(moved(result, { x: 2, y: 0 }, 'ArrowRight', false)).toEqual({ x: 2, y: 0 });
    expect(moved(result, { x: 0, y: 0 }, 'ArrowUp', true)).toEqual({ x: 0, y: 2 });
    expect(moved(result, { x: 0, y: 0 }, 'Enter', false)).toBeUndefined();
  });
});
