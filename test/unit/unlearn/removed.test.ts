import { describe, expect, it } from 'vitest';
import { Random } from '../../../src/base/random.js';
import { identity, type Matrix, matrix } from '../../../src/linalg/matrix.js';
import { collectSpaces } from '../../../src/unlearn/collect.js';
import { removedDimension } from '../../../src/unlearn/removed.js';
import type { Space } from '../../../src/unlearn/space.js';
import { MemoryStream } from '../../support/program/memoryStream.js';

/** Vectors with a spread that falls off along directions of their own; cheap to make at any size. */
function spreadVectors(count: number, size: number, power: number, random: Random): Matrix {
  const vectors = matrix(count, size);
  const order = random.sample(size, size);
  for (let row = 0; row < count; row++) {
    for (let c = 0; c < size; c++) vectors.data[row * size + c] = random.normal() * (order[c] + 1) ** -power;
    // Neighbours mixed, so that the directions are not the axes.
    for (let c = 1; c < size; c++) vectors.data[row * size + c] += 0.5 * vectors.data[row * size + c - 1];
  }
  return vectors;
}

/** trace(P_f (I - P_r)), from both projections in full. */
async function exactly(retain: Space, forget: Space, size: number, alphaR: number, alphaF: number): Promise<number> {
  const eye = identity(size);
  const [pr, pf] = [await retain.apply(eye, alphaR), await forget.apply(eye, alphaF)];
  let trace = 0;
  for (let i = 0; i < size; i++) {
    trace += pf.data[i * size + i];
    for (let c = 0; c < size; c++) trace -= pf.data[i * size + c] * pr.data[c * size + i];
  }
  return trace;
}

describe('removedDimension', () => {
  for (const [size, retained, forgotten, power] of [
    [300, 400, 200, 0.5],
    [1200, 150, 100, 0.5],
    [1200, 120, 130, 1],
    [1100, 1300, 60, 0],
  ]) {
    it(`is within 0.5% for ${size} inputs, ${retained} + ${forgotten} vectors and spread ${power}`, async () => {
      const random = new Random(size + retained);
      const problem = { id: 'layer', in: size, out: 8, groups: 1 };
      const stream = new MemoryStream({
        retain: { layer: spreadVectors(retained, size, power, random) },
        forget: { layer: spreadVectors(forgotten, size, power, random) },
      });
      const { retain, forget } = await (await collectSpaces(stream, [problem])).pair(problem);
      for (const [alphaR, alphaF] of [
        [1000, 30],
        [100, 1],
      ]) {
        const removed = await removedDimension(retain.groups[0], forget.groups[0], size, { alphaR, alphaF });
        const expected = await exactly(retain, forget, size, alphaR, alphaF);
        expect(Math.abs(removed / expected - 1)).toBeLessThan(size <= 1024 ? 1e-5 : 5e-3);
        const again = await removedDimension(retain.groups[0], forget.groups[0], size, { alphaR, alphaF });
        expect(again).toBe(removed);
      }
    });
  }
});
