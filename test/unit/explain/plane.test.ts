import { expect, it } from 'vitest';
import { Random } from '../../../src/base/random.js';
import { planeThrough } from '../../../src/explain/plane.js';
import { maxDifference, normals } from '../../support/data/arrays.js';

function at(plane: ReturnType<typeof planeThrough>, [x, y]: readonly [number, number], length: number): Float32Array {
  const point = new Float32Array(length);
  plane.write(x, y, point);
  return point;
}

function distance(a: Float32Array, b: Float32Array): number {
  return Math.sqrt(a.reduce((sum, value, index) => sum + (value - b[index]) ** 2, 0));
}

it('goes through the three points, in units of the distance of the first two', () => {
  const random = new Random(7);
  const points = [0, 1, 2].map(() => normals(50, random));
  const plane = planeThrough(points[0], points[1], points[2]);
  expect(plane.anchors.slice(0, 2)).toEqual([
    [0, 0],
    [1, 0],
  ]);
  for (const [nth, anchor] of plane.anchors.entries()) {
    expect(maxDifference(at(plane, anchor, 50), points[nth])).toBeLessThan(1e-5);
  }
  expect(plane.anchors[2][1]).toBeGreaterThan(0);
  // Distances in the plane are those of the space.
  const unit = distance(points[0], points[1]);
  const [x, y] = plane.anchors[2];
  expect(Math.hypot(x, y) * unit).toBeCloseTo(distance(points[0], points[2]), 4);
  expect(Math.hypot(x - 1, y) * unit).toBeCloseTo(distance(points[1], points[2]), 4);
});

it('shows the triangle with a margin, alike in both directions', () => {
  const { anchors, x, y } = planeThrough(Float32Array.of(0, 0), Float32Array.of(2, 0), Float32Array.of(-2, 6));
  expect(anchors[2]).toEqual([-1, 3]);
  expect(x[1] - x[0]).toBeCloseTo(y[1] - y[0], 10);
  expect(x[0]).toBeLessThan(-1 - 0.5);
  expect(x[1]).toBeGreaterThan(1 + 0.5);
  expect(y[0]).toBeLessThan(-0.5);
  expect(y[1]).toBeGreaterThan(3 + 0.5);
});

it.each([
  ['the same first two', [1, 2, 3], [1, 2, 3], [4, 5, 7], 'the first two samples are the same'],
  ['the first again', [1, 2, 3], [2, 3, 9], [1, 2, 3], 'lie on one line'],
  ['the second again', [1, 2, 3], [2, 3, 9], [2, 3, 9], 'lie on one line'],
  ['a third between them', [0, 0, 0], [2, 4, 8], [1, 2, 4], 'lie on one line'],
])('refuses %s', (_, first, second, third, message) => {
  const span = () => planeThrough(Float32Array.from(first), Float32Array.from(second), Float32Array.from(third));
  expect(span).toThrow(
    expect.objectContaining({
      code: 'no-plane',
      message: expect.stringContaining(message),
      hint: expect.stringContaining('three samples'),
    }),
  );
});
