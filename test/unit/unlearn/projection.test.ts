import { Matrix as DenseMatrix } from 'ml-matrix';
import { describe, expect, it } from 'vitest';
import { Random } from '../../../src/base/random.js';
import { type Matrix, matrix, rowsOf } from '../../../src/linalg/matrix.js';
import { collectSpaces, type SpaceSet } from '../../../src/unlearn/collect.js';
import { cheaperForm } from '../../../src/unlearn/moment.js';
import { Projections } from '../../../src/unlearn/projection.js';
import type { ProjectionProblem } from '../../../src/unlearn/stream.js';
import { projectedWeight, relativeError, SvdSpace } from '../../support/mathematics/svdReference.js';
import { columnsOf, randomVectors, type Spread, sideBySide } from '../../support/mathematics/vectors.js';
import { MemoryStream } from '../../support/program/memoryStream.js';

interface Case extends Spread {
  readonly name: string;
  readonly in: number;
  readonly out: number;
  readonly groups?: number;
  readonly retain: number;
  readonly forget: number;
}

const cases: Case[] = [
  { name: 'more vectors than inputs', in: 48, out: 20, retain: 300, forget: 200 },
  { name: 'several tiles', in: 150, out: 30, retain: 400, forget: 320 },
  { name: 'fewer vectors than inputs (dual)', in: 200, out: 40, retain: 60, forget: 30 },
  { name: 'primal retain, dual forget', in: 120, out: 16, retain: 500, forget: 12 },
  { name: 'as many vectors as inputs', in: 64, out: 10, retain: 64, forget: 64 },
  { name: 'rank-deficient, primal', in: 80, out: 24, retain: 200, forget: 150, rank: 7 },
  { name: 'rank-deficient, dual', in: 160, out: 24, retain: 50, forget: 40, rank: 5 },
  { name: 'one vector', in: 30, out: 4, retain: 1, forget: 1 },
  { name: 'one input', in: 1, out: 3, retain: 20, forget: 10 },
  { name: 'a flat spectrum', in: 60, out: 12, retain: 400, forget: 300, decay: 0 },
  { name: 'grouped', in: 18, out: 24, groups: 4, retain: 150, forget: 100 },
  { name: 'grouped, dual', in: 90, out: 12, groups: 3, retain: 20, forget: 15 },
  { name: 'depthwise', in: 9, out: 32, groups: 32, retain: 120, forget: 90 },
  { name: 'depthwise with a multiplier', in: 9, out: 40, groups: 20, retain: 120, forget: 90 },
];

const pairs = [
  { alphaR: 10, alphaF: 1 },
  { alphaR: 1000, alphaF: 100 },
  { alphaR: 100, alphaF: 3 },
  { alphaR: 1, alphaF: 1.2 },
  { alphaR: 0.2, alphaF: 0.9 },
];

function build(shape: Case, seed: number) {
  const random = new Random(seed);
  const problem: ProjectionProblem = { id: 'layer', in: shape.in, out: shape.out, groups: shape.groups ?? 1 };
  const side = (count: number) =>
    sideBySide(Array.from({ length: problem.groups }, () => randomVectors(count, shape.in, random, shape)));
  const weight = matrix(
    shape.out,
    shape.in,
    Float32Array.from({ length: shape.out * shape.in }, () => random.normal()),
  );
  return { problem, retain: side(shape.retain), forget: side(shape.forget), weight };
}

async function collect(problem: ProjectionProblem, retain: Matrix, forget: Matrix): Promise<SpaceSet> {
  const stream = new MemoryStream({ retain: { [problem.id]: retain }, forget: { [problem.id]: forget } });
  return collectSpaces(stream, [problem]);
}

describe('the projected weight', () => {
  for (const shape of cases) {
    it(`agrees with the singular value decomposition: ${shape.name}`, async () => {
      const { problem, retain, forget, weight } = build(shape, 7);
      const spaces = await collect(problem, retain, forget);
      const projections = new Projections(spaces, async () => weight);
      const size = problem.in;
      const rows = problem.out / problem.groups;
      const references = Array.from({ length: problem.groups }, (_, g) => ({
        retain: new SvdSpace(columnsOf(retain, g * size, (g + 1) * size)),
        forget: new SvdSpace(columnsOf(forget, g * size, (g + 1) * size)),
      }));
      for (const pair of pairs) {
        const edited = (await projections.edits(pair)).get('layer')!.weight;
        const facts = (await projections.facts(pair)).get('layer')!;
        let [retainDimension, forgetDimension, removed] = [0, 0, 0];
        const expected: DenseMatrix[] = [];
        for (const [g, reference] of references.entries()) {
          const [pr, pf] = [reference.retain.projection(pair.alphaR), reference.forget.projection(pair.alphaF)];
          expected.push(projectedWeight(rowsOf(weight, g * rows, (g + 1) * rows), pr, pf));
          retainDimension += pr.trace();
          forgetDimension += pf.trace();
          removed += pf.trace() - pf.mmul(pr).trace();
        }
        const whole = new DenseMatrix(expected.flatMap((part) => part.to2DArray()));
        expect(relativeError(edited, whole)).toBeLessThan(1e-5);
        expect(facts.retainDimension).toBeCloseTo(retainDimension, 3);
        expect(facts.forgetDimension).toBeCloseTo(forgetDimension, 3);
        expect(facts.removedDimension).toBeCloseTo(removed, 3);
        expect(facts.weightChange).toBeCloseTo(relativeError(edited, weight), 5);
      }
      const { spectra } = (await projections.facts(pairs[0])).get('layer')!;
      const expected = Array.from({ length: Math.min(64, size) }, (_, rank) => {
        const values = references.map((reference) => reference.forget.spectrum[rank] ?? 0);
        return values.reduce((sum, value) => sum + value, 0) / values.length;
      });
      expect(spectra.forget).toHaveLength(expected.length);
      for (const [rank, value] of expected.entries()) expect(spectra.forget[rank]).toBeCloseTo(value, 5);
      await spaces.dispose();
    });
  }

  it('covers both forms of the moment', () => {
    const forms = new Set(
      cases.flatMap((shape) => {
        const problem = build(shape, 7).problem;
        return [cheaperForm(problem, shape.retain), cheaperForm(problem, shape.forget)];
      }),
    );
    expect(forms).toEqual(new Set(['primal', 'dual']));
  });

  it('leaves the weight alone where a side saw nothing but zeros', async () => {
    const { problem, retain, weight } = build(cases[0], 3);
    const zeros = matrix(50, problem.in);
    const nothingToForget = await collect(problem, retain, zeros);
    const untouched = await new Projections(nothingToForget, async () => weight).edits(pairs[0]);
    expect(untouched.get('layer')!.weight.data).toEqual(weight.data);
    const facts = (await new Projections(nothingToForget, async () => weight).facts(pairs[0])).get('layer')!;
    expect(facts).toMatchObject({ forgetDimension: 0, removedDimension: 0, weightChange: 0 });
    expect(facts.spectra.forget).toEqual(new Array(48).fill(0));

    const nothingToRetain = await collect(problem, zeros, retain);
    const edited = await new Projections(nothingToRetain, async () => weight).edits(pairs[0]);
    const reference = new SvdSpace(retain).projection(pairs[0].alphaF);
    const expected = projectedWeight(weight, new SvdSpace(zeros).projection(10).mul(0), reference);
    expect(relativeError(edited.get('layer')!.weight, expected)).toBeLessThan(1e-5);
  });

  it('handles a group that is dead among groups that are not', async () => {
    const { problem, retain, forget, weight } = build({ ...cases[10], groups: 2, out: 6 }, 5);
    for (let row = 0; row < forget.rows; row++) forget.data.fill(0, row * 36, row * 36 + 18);
    const edited = (
      await new Projections(await collect(problem, retain, forget), async () => weight).edits(pairs[1])
    ).get('layer')!.weight;
    expect(edited.data.slice(0, 3 * 18)).toEqual(weight.data.slice(0, 3 * 18));
    expect(edited.data.slice(3 * 18)).not.toEqual(weight.data.slice(3 * 18));
  });

  it('names the layer whose vectors are not finite', async () => {
    const { problem, retain, forget } = build(cases[0], 3);
    forget.data[17] = Number.NaN;
    await expect(collect(problem, retain, forget)).rejects.toMatchObject({
      code: 'model-corrupt',
      message: expect.stringContaining('layer "layer": the values that reach it are not finite'),
    });
  });
});
