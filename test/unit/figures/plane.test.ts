import { describe, expect, it } from 'vitest';
import { labelsOf } from '../../../src/figures/labels.js';
import { drawnPoints, mapSize, overhang } from '../../../src/figures/plane.js';

describe('the size of a map', () => {
  it('has one unit for both axes of a plane, and a square for two features', () => {
    expect(mapSize({ kind: 'plane', x: [0, 2], y: [0, 1.5] }, 400)).toEqual({ width: 400, height: 300 });
    expect(mapSize({ kind: 'plane', x: [0, 1], y: [0, 9] }, 100).height).toBe(140);
    expect(mapSize({ kind: 'features', x: [0, 2], y: [0, 90] }, 400).height).toBe(400);
  });

  it('leaves half a point outside', () => {
    expect(overhang({ size: 5 }, { width: 40, height: 80 })).toEqual({ width: 5, height: 10 });
  });
});

describe('the points that are drawn', () => {
  const pointsOf = (count: number) => {
    const classes = Uint16Array.from({ length: count }, (_, at) => at % 4);
    return { points: { x: new Float32Array(count), y: new Float32Array(count), classes } };
  };

  it('are all of few', () => expect(drawnPoints(pointsOf(600))).toHaveLength(600));

  it('are of all classes alike, though they take turns', () => {
    const { points } = pointsOf(2400);
    const drawn = drawnPoints({ points });
    expect(drawn).toHaveLength(600);
    expect([...drawn].sort((a, b) => a - b)).toEqual(drawn);
    const counts = [0, 1, 2, 3].map((index) => drawn.filter((at) => points.classes[at] === index).length);
    for (const count of counts) expect(Math.abs(count - 150)).toBeLessThan(10);
  });

  it('are of no class that may not be shown', () => {
    const { points } = pointsOf(4000);
    const drawn = drawnPoints({ points }, (index) => index !== 2);
    expect(drawn).toHaveLength(600);
    expect(drawn.some((at) => points.classes[at] === 2)).toBe(false);
  });
});

describe('the names on a map', () => {
  const view = { x: [0, 10], y: [0, 10], size: 11 } as const;
  const frame = { width: 300, height: 300 };
  const region = (index: number, column: number, row: number, depth: number) => ({
    ...{ class: index, share: 0.1, column, row, depth },
  });
  const nameOf = (index: number) => ['Shirt', 'Coat', 'a name that is much too long'][index];

  it('stand where there is room, cut to what fits', () => {
    const labels = labelsOf(
      { ...view, anchors: [] },
      [region(0, 2, 2, 3), region(2, 5, 8, 2), region(1, 7, 4, 0.2)],
      nameOf,
      frame,
    );
    expect(labels).toEqual([
      { class: 0, name: 'Shirt', x: 2, y: 2 },
      { class: 2, name: 'a name that is mu…', x: 5, y: 8 },
    ]);
  });

  it('stay within the map', () => {
    const [label] = labelsOf({ ...view, anchors: [] }, [region(2, 0, 5, 3)], nameOf, frame);
    expect(label.x).toBeCloseTo((18 * 6.6) / 2 / 30, 9);
  });

  it('keep off the letters of samples', () => {
    const [above] = labelsOf({ ...view, anchors: [{ x: 5, y: 5 }] }, [region(0, 5, 5, 3)], nameOf, frame);
    expect(above.y).toBeCloseTo(5 - 22 / 30, 9);
    const [below] = labelsOf({ ...view, anchors: [{ x: 5, y: 1 }] }, [region(0, 5, 1, 3)], nameOf, frame);
    expect(below.y).toBeCloseTo(1 + 22 / 30, 9);
  });

  it('lie on no other name', () => {
    const labels = labelsOf({ ...view, anchors: [] }, [region(0, 5, 5, 2), region(1, 5, 5, 3)], nameOf, frame);
    expect(labels.map(({ name }) => name)).toEqual(['Coat']);
  });
});
