import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Random } from '../../../src/base/random.js';
import type { Progress } from '../../../src/contract/progress.js';
import { type Matrix, matrix } from '../../../src/linalg/matrix.js';
import { accumulatorBytes } from '../../../src/unlearn/accumulator.js';
import { collectSpaces } from '../../../src/unlearn/collect.js';
import { momentBytes } from '../../../src/unlearn/moment.js';
import { Projections } from '../../../src/unlearn/projection.js';
import type { ActivationStream, ProjectionProblem, Side, VectorBatch } from '../../../src/unlearn/stream.js';
import { normals } from '../../support/data/arrays.js';
import { randomVectors, sideBySide } from '../../support/mathematics/vectors.js';
import { MemoryStream } from '../../support/program/memoryStream.js';

const problems: ProjectionProblem[] = [
  { id: 'conv1', in: 27, out: 8, groups: 1 },
  { id: 'depthwise', in: 9, out: 16, groups: 16 },
  { id: 'conv2', in: 180, out: 20, groups: 1 },
  { id: 'grouped', in: 40, out: 12, groups: 3 },
  { id: 'dense', in: 150, out: 10, groups: 1 },
];
const counts: Record<Side, number> = { retain: 260, forget: 70 };
const pair = { alphaR: 100, alphaF: 10 };

function vectors(side: Side): Record<string, Matrix> {
  const random = new Random(side.length);
  const entries = problems.map(({ id, in: size, groups }) => [
    id,
    sideBySide(Array.from({ length: groups }, () => randomVectors(counts[side], size, random, { rank: 30 }))),
  ]);
  return Object.fromEntries(entries);
}

const data = { retain: vectors('retain'), forget: vectors('forget') };
const random = new Random(8);
const weights = new Map(problems.map(({ id, in: size, out }) => [id, matrix(out, size, normals(out * size, random))]));
const readWeight = async (id: string) => weights.get(id)!;

let scratch: string;
beforeEach(async () => {
  scratch = await mkdtemp(path.join(tmpdir(), 'lethe-test-'));
});
afterEach(() => rm(scratch, { recursive: true, force: true }));

describe('collectSpaces', () => {
  it('takes one pass a side where everything fits, and leaves the disk alone', async () => {
    const stream = new MemoryStream(data);
    const spaces = await collectSpaces(stream, problems, { scratch });
    expect(stream.passes).toEqual(
      (['retain', 'forget'] as const).map((side) => ({ side, problems: problems.map(({ id }) => id) })),
    );
    expect(await readdir(scratch)).toEqual([]);
    await spaces.dispose();
  });

  it('takes several passes within a small budget, and gives the same result from disk', async () => {
    const inMemory = await collectSpaces(new MemoryStream(data), problems);
    const expected = await new Projections(inMemory, readWeight).edits(pair);
    const facts = await new Projections(inMemory, readWeight).facts(pair);

    const largest = Math.max(...problems.map((problem) => accumulatorBytes(problem, counts.retain)));
    const memory = 3.1 * largest;
    const stream = new MemoryStream(data);
    const spaces = await collectSpaces(stream, problems, { scratch, memory });
    expect(stream.passes.length).toBeGreaterThan(3);
    for (const side of ['retain', 'forget'] as const) {
      const passes = stream.passes.filter((pass) => pass.side === side);
      expect(passes.flatMap((pass) => pass.problems)).toEqual(problems.map(({ id }) => id));
      for (const pass of passes) {
        const bytes = pass.problems.map((id) =>
          accumulatorBytes(problems.find((problem) => problem.id === id)!, counts[side]),
        );
        expect(bytes.reduce((sum, value) => sum + value, 0)).toBeLessThanOrEqual(memory / 2);
      }
    }
    expect(await readdir(scratch)).toHaveLength(1);
    const projections = new Projections(spaces, readWeight);
    const actual = await projections.edits(pair);
    for (const [id, { weight }] of expected) expect(actual.get(id)!.weight.data).toEqual(weight.data);
    expect(await projections.facts(pair)).toEqual(facts);
    await spaces.dispose();
    expect(await readdir(scratch)).toEqual([]);
  });

  it('removes the scratch file when it is cancelled in the middle', async () => {
    const largest = Math.max(...problems.map((problem) => accumulatorBytes(problem, counts.retain)));
    for (const stopAfter of [1, 3, 7]) {
      const controller = new AbortController();
      let seen = 0;
      const onProgress = () => {
        if (++seen === stopAfter) controller.abort();
      };
      const collecting = collectSpaces(new MemoryStream(data), problems, {
        scratch,
        memory: 3.1 * largest,
        signal: controller.signal,
        onProgress,
      });
      await expect(collecting).rejects.toMatchObject({ code: 'cancelled' });
      expect(seen).toBe(stopAfter);
      expect(await readdir(scratch)).toEqual([]);
    }
  });

  it('removes the scratch file when the stream fails', async () => {
    class Failing extends MemoryStream {
      override async *vectors(side: Side, ids: readonly string[], signal?: AbortSignal): AsyncGenerator<VectorBatch> {
        if (side === 'forget') throw new Error('the model broke');
        yield* super.vectors(side, ids, signal);
      }
    }
    const memory = 3.1 * accumulatorBytes(problems[2], counts.retain);
    const stream: ActivationStream = new Failing(data);
    await expect(collectSpaces(stream, problems, { scratch, memory })).rejects.toThrow('the model broke');
    expect(await readdir(scratch)).toEqual([]);
  });

  it('says which layer does not fit, and how much it would take', async () => {
    const collecting = collectSpaces(new MemoryStream(data), problems, { scratch, memory: 100_000 });
    await expect(collecting).rejects.toMatchObject({
      code: 'out-of-memory',
      place: 'layer "depthwise"',
      message: expect.stringMatching(/the retain space of 260 vectors of length 9 takes 1 MiB, with a budget of 1 MiB/),
      hint: expect.stringContaining('--max-patches'),
    });
    expect(await readdir(scratch)).toEqual([]);
  });

  it('names a scratch folder that it cannot write to', async () => {
    const missing = path.join(scratch, 'missing');
    const memory = 3.1 * accumulatorBytes(problems[2], counts.retain);
    await expect(collectSpaces(new MemoryStream(data), problems, { scratch: missing, memory })).rejects.toMatchObject({
      code: 'file-missing',
      file: missing,
    });
  });

  it('reports progress by problem and side', async () => {
    const seen: Progress[] = [];
    await collectSpaces(new MemoryStream(data), problems, { onProgress: (progress) => seen.push(progress) });
    expect(seen.map(({ done }) => done)).toEqual(Array.from({ length: 10 }, (_, i) => i + 1));
    expect(seen.every(({ total, phase }) => total === 10 && phase === 'moments')).toBe(true);
    expect(seen.slice(0, 5).map(({ detail }) => detail)).toEqual(problems.map(({ id }) => id));
  });

  it('refuses more vectors than the stream announced', async () => {
    class Lying extends MemoryStream {
      override count(): number {
        return 20;
      }
    }
    await expect(collectSpaces(new Lying(data), [problems[2]])).rejects.toThrow('20 vectors were announced');
  });
});

describe('the memory account', () => {
  it('knows the bytes of a moment', () => {
    expect(momentBytes({ id: 'x', in: 4608, out: 512, groups: 1 }, 10_000)).toBe(45 * 2 ** 20);
    expect(momentBytes({ id: 'x', in: 9, out: 32, groups: 32 }, 10_000)).toBe(32 * 81 * 4);
    // Dual: 900 vectors of 25,088, and the lower tiles of their 900 x 900 products.
    const dual = momentBytes({ id: 'x', in: 25_088, out: 4096, groups: 1 }, 900);
    expect(dual).toBeGreaterThan(4 * (900 * 25_088 + 450 * 900));
    expect(dual).toBeLessThan(4 * (900 * 25_088 + 900 * 900));
  });
});
