import fc from 'fast-check';
import { EigenvalueDecomposition } from 'ml-matrix';
import { describe, expect, it } from 'vitest';
import { Random } from '../../../src/base/random.js';
import { identity, type Matrix, matrix } from '../../../src/linalg/matrix.js';
import { collectSpaces, type SpaceSet } from '../../../src/unlearn/collect.js';
import { Projections } from '../../../src/unlearn/projection.js';
import type { ProjectionProblem } from '../../../src/unlearn/stream.js';
import { normals } from '../../support/data/arrays.js';
import { relativeError, SvdSpace, toDense } from '../../support/mathematics/svdReference.js';
import { randomVectors } from '../../support/mathematics/vectors.js';
import { MemoryStream } from '../../support/program/memoryStream.js';

/** Random problems with one group: primal and dual, of full and of low rank. */
const problems = fc.record({
  seed: fc.integer({ min: 1, max: 1e6 }),
  in: fc.integer({ min: 1, max: 90 }),
  retain: fc.integer({ min: 1, max: 120 }),
  forget: fc.integer({ min: 1, max: 120 }),
  rank: fc.integer({ min: 1, max: 60 }),
  decay: fc.double({ min: 0, max: 1.5, noNaN: true }),
});
const alphas = fc.double({ min: -1, max: 3.5, noNaN: true }).map((exponent) => 10 ** exponent);
type Shape = typeof problems extends fc.Arbitrary<infer T> ? T : never;

const OUT = 6;
const problemOf = (shape: Shape): ProjectionProblem => ({ id: 'layer', in: shape.in, out: OUT, groups: 1 });

function vectorsOf(shape: Shape): { retain: Matrix; forget: Matrix; weight: Matrix } {
  const random = new Random(shape.seed);
  return {
    retain: randomVectors(shape.retain, shape.in, random, shape),
    forget: randomVectors(shape.forget, shape.in, random, shape),
    weight: matrix(OUT, shape.in, normals(OUT * shape.in, random)),
  };
}

function collect(shape: Shape, retain: Matrix, forget: Matrix, batch?: number): Promise<SpaceSet> {
  const stream = new MemoryStream({ retain: { layer: retain }, forget: { layer: forget } }, batch);
  return collectSpaces(stream, [problemOf(shape)]);
}

async function projected(
  shape: Shape,
  retain: Matrix,
  forget: Matrix,
  pair = { alphaR: 100, alphaF: 10 },
  batch?: number,
) {
  const { weight } = vectorsOf(shape);
  const spaces = await collect(shape, retain, forget, batch);
  return (await new Projections(spaces, async () => weight).edits(pair)).get('layer')!.weight;
}

async function projection(shape: Shape, alpha: number) {
  const { retain, forget } = vectorsOf(shape);
  const pair = await (await collect(shape, retain, forget)).pair(problemOf(shape));
  return { space: pair.retain, matrix: toDense(await pair.retain.apply(identity(shape.in), alpha)) };
}

const check = <T>(arbitrary: fc.Arbitrary<T>, property: (value: T) => Promise<void>) =>
  fc.assert(fc.asyncProperty(arbitrary, property), { numRuns: 40, seed: 20240117 });

/** float32 knows C to about 6e-8, and alpha magnifies an error in a small eigenvalue up to alpha times. */
const rounding = (alpha: number) => 2e-6 + 1.5e-7 * alpha;

describe('the scaled projection P(alpha)', () => {
  it('is symmetric with eigenvalues in [0, 1], and its trace is the dimension', async () => {
    await check(fc.tuple(problems, alphas), async ([shape, alpha]) => {
      const { space, matrix: p } = await projection(shape, alpha);
      expect(p.clone().sub(p.transpose()).norm('frobenius')).toBeLessThan(2e-5);
      const { realEigenvalues } = new EigenvalueDecomposition(p.clone().add(p.transpose()).div(2), {
        assumeSymmetric: true,
      });
      for (const value of realEigenvalues) {
        expect(value).toBeGreaterThan(-rounding(alpha));
        expect(value).toBeLessThan(1 + rounding(alpha));
      }
      expect(Math.abs((await space.dimension(alpha)) - p.trace())).toBeLessThan(1e-4 * (1 + p.trace()));
    });
  });

  it('grows with alpha in every direction', async () => {
    await check(fc.tuple(problems, alphas, alphas), async ([shape, a, b]) => {
      const { space, matrix: smaller } = await projection(shape, Math.min(a, b));
      const larger = toDense(await space.apply(identity(shape.in), Math.max(a, b)));
      const growth = larger.sub(smaller);
      const { realEigenvalues } = new EigenvalueDecomposition(growth.clone().add(growth.transpose()).div(2), {
        assumeSymmetric: true,
      });
      expect(Math.min(...realEigenvalues)).toBeGreaterThan(-2 * rounding(Math.max(a, b)));
    });
  });

  it('has a spectrum that falls, is not negative, and sums to 1 when it is complete', async () => {
    await check(problems, async (shape) => {
      const { space } = await projection(shape, 1);
      const spectrum = await space.spectrum(128);
      expect(spectrum).toHaveLength(shape.in);
      expect(spectrum.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 4);
      for (const [rank, value] of spectrum.entries()) {
        expect(value).toBeGreaterThanOrEqual(0);
        if (rank > 0) expect(value).toBeLessThanOrEqual(spectrum[rank - 1]);
      }
    });
  });
});

describe('the projected weight', () => {
  it('does not change for alpha_f towards 0', async () => {
    await check(problems, async (shape) => {
      const { retain, forget, weight } = vectorsOf(shape);
      expect((await projected(shape, retain, forget, { alphaR: 100, alphaF: 0 })).data).toEqual(weight.data);
      const largest = new SvdSpace(forget).spectrum[0];
      // A space of one direction only (s = 1) has l = 1 for every alpha but 0.
      fc.pre(largest < 0.99);
      for (const alphaF of [1e-1, 1e-3, 1e-5]) {
        const importance = (alphaF * largest) / ((alphaF - 1) * largest + 1);
        const change = relativeError(await projected(shape, retain, forget, { alphaR: 100, alphaF }), weight);
        expect(change).toBeLessThan(importance + 1e-6);
      }
    });
  });

  it('changes little where the samples to forget are those to retain', async () => {
    await check(problems, async (shape) => {
      const { retain, weight } = vectorsOf(shape);
      // On a shared direction, (1 - l_r) l_f is at most (1 - l) l <= 1/4 for equal alphas, and alpha_r = 1000 leaves less.
      const change = relativeError(await projected(shape, retain, retain, { alphaR: 1000, alphaF: 1 }), weight);
      expect(change).toBeLessThan(1e-3);
    });
  });

  it('does not depend on the scale of the vectors', async () => {
    const scales = fc.double({ min: -6, max: 6, noNaN: true }).map((exponent) => 10 ** exponent);
    await check(fc.tuple(problems, scales, scales), async ([shape, scaleR, scaleF]) => {
      const { retain, forget } = vectorsOf(shape);
      const scaled = (whole: Matrix, by: number) =>
        matrix(
          whole.rows,
          whole.cols,
          whole.data.map((value) => value * by),
        );
      const expected = await projected(shape, retain, forget);
      const actual = await projected(shape, scaled(retain, scaleR), scaled(forget, scaleF));
      expect(relativeError(actual, expected)).toBeLessThan(5e-5);
    });
  });

  it('does not depend on the order of the vectors or on the batches they come in', async () => {
    await check(fc.tuple(problems, fc.integer({ min: 1, max: 50 })), async ([shape, batch]) => {
      const { retain, forget } = vectorsOf(shape);
      const order = new Random(shape.seed + 1).sample(retain.rows, retain.rows);
      const shuffled = matrix(retain.rows, retain.cols);
      for (const [to, from] of order.entries()) {
        shuffled.data.set(retain.data.subarray(from * retain.cols, (from + 1) * retain.cols), to * retain.cols);
      }
      const expected = await projected(shape, retain, forget);
      expect(relativeError(await projected(shape, shuffled, forget, undefined, batch), expected)).toBeLessThan(5e-5);
    });
  });

  it('is the same from the primal and from the dual form', async () => {
    await check(problems, async (shape) => {
      const { retain, forget } = vectorsOf(shape);
      // Repeating every vector changes neither space, but makes them many: primal.
      const often = (whole: Matrix) => {
        const times = Math.ceil((shape.in + 1) / whole.rows);
        const repeated = matrix(times * whole.rows, whole.cols);
        for (let i = 0; i < times; i++) repeated.data.set(whole.data, i * whole.data.length);
        return repeated;
      };
      const expected = await projected(shape, retain, forget);
      expect(relativeError(await projected(shape, often(retain), often(forget)), expected)).toBeLessThan(5e-5);
    });
  });
});
