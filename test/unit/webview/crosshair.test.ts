import { describe, expect, test } from 'vitest';
import type { BoundaryMap } from '../../../src/contract/explain.js';
import { moved, reading } from '../../../webview/studio/views/boundary/crosshair.js';
import { featuresAnswer } from '../../support/studio/answers.js';

/** A map from its rows, the topmost (largest y) first. */
function mapOf(...rows: string[]): BoundaryMap {
  const classes = Uint16Array.from([...rows].reverse().join(''), Number);
  return { classes, confidence: Float32Array.from(classes, () => 1) };
}

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
