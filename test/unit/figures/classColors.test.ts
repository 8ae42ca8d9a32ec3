import { describe, expect, it } from 'vitest';
import type { BoundaryMap, BoundaryResult } from '../../../src/contract/explain.js';
import { classColors, legendOf } from '../../../src/figures/classColors.js';
import { CLASS_COLORS, OTHER_CLASSES } from '../../../src/figures/palette.js';
import { featuresAnswer } from '../../support/studio/answers.js';

function resultOf(classes: readonly number[], change: Partial<BoundaryResult> = {}): BoundaryResult {
  const before: BoundaryMap = { classes: Uint16Array.from(classes), confidence: new Float32Array(classes.length) };
  const none = { x: new Float32Array(), y: new Float32Array(), classes: new Uint16Array() };
  return { ...featuresAnswer(17), before, after: null, points: none, ...change };
}

/** So many points of each class, class 0 first. */
const points = (...counts: number[]) => counts.flatMap((count, index) => new Array<number>(count).fill(index));

describe('the colours of classes', () => {
  it('go by the place of the class where there are enough, whatever occurs and how much', () => {
    const colors = classColors(resultOf([5, 5, 5, 2]), 8, new Set());
    expect(colors).toEqual([
      { class: 2, color: CLASS_COLORS[2] },
      { class: 5, color: CLASS_COLORS[5] },
    ]);
  });

  it('of many classes go to the largest regions, in the order of the classes', () => {
    const colors = classColors(resultOf(points(1, 9, 9, 9, 9, 9, 9, 9, 2, 3)), 10, new Set());
    expect(colors.map(({ class: index }) => index)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(colors.filter(({ color }) => color === OTHER_CLASSES).map((entry) => entry.class)).toEqual([0, 8, 9]);
    expect(colors.slice(1, 8).map(({ color }) => color)).toEqual(CLASS_COLORS.slice(0, 7));
  });

  it('of many classes go to forgotten ones and those that span the plane before', () => {
    const { anchors, ...result } = resultOf(points(1, 9, 9, 9, 9, 9, 9, 9, 2, 3));
    const [anchor] = [
      { class: 8, nth: 0, x: 0, y: 0, count: 1, picture: { width: 0, height: 0, rgb: new Uint8Array() } },
    ];
    expect(anchors).toEqual([]);
    const colors = classColors({ ...result, anchors: [anchor] }, 10, new Set([0]));
    expect(colors.filter(({ color }) => color === OTHER_CLASSES).map((entry) => entry.class)).toEqual([6, 7, 9]);
  });

  it('are for classes of samples, and of what is after, too', () => {
    const after = { classes: Uint16Array.of(1, 1), confidence: new Float32Array(2) };
    const samples = { x: new Float32Array(1), y: new Float32Array(1), classes: Uint16Array.of(3) };
    const colors = classColors(resultOf([0, 0], { after, points: samples }), 4, new Set());
    expect(colors.map((entry) => entry.class)).toEqual([0, 1, 3]);
  });
});

describe('a legend', () => {
  const entries = Array.from({ length: 20 }, (_, index) => ({
    class: index,
    color: index % 3 === 0 ? CLASS_COLORS[index / 3] : OTHER_CLASSES,
  }));

  it('names all of a few', () => expect(legendOf(entries, 20)).toEqual({ named: entries, more: 0 }));

  it('names those with a colour of their own before all others, in the order of the classes', () => {
    const { named, more } = legendOf(entries, 9);
    expect(more).toBe(11);
    expect(named.map((entry) => entry.class)).toEqual([0, 1, 2, 3, 6, 9, 12, 15, 18]);
  });
});
