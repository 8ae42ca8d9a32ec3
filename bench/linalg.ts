/**
 * Speed of the linear algebra, and seconds for the layers of VGG11 at 32 x 32 (10,000 input vectors a side, 3,600 for the
 * last two convolutions, 900 for the dense layer).
 *
 *   npx tsx bench/linalg.ts [THREADS]
 */
import { Random } from '../src/base/random.js';
import { Cholesky } from '../src/linalg/cholesky.js';
import { gemm, setGemmThreads } from '../src/linalg/gemm.js';
import { type Matrix, matrix, rowsOf } from '../src/linalg/matrix.js';
import { addGram, scaledPlusIdentity, splitColumns, symmetricZeros, tileWidth, tilingOf } from '../src/linalg/tiles.js';
import { collectSpaces } from '../src/unlearn/collect.js';
import { fitCorrection } from '../src/unlearn/leastSquares.js';
import { Projections } from '../src/unlearn/projection.js';
import type { ActivationStream, ProjectionProblem, Side, VectorBatch } from '../src/unlearn/stream.js';

if (process.argv[2]) await setGemmThreads(Number(process.argv[2]));
const random = new Random(1);
const noise = Float32Array.from({ length: 2 ** 23 }, () => random.unit() - 0.3);

async function kernels(): Promise<void> {
  console.log('kernel                              GFLOP/s');
  for (const size of [64, 256, 512, 2048]) {
    const [a, b, out] = [sample(size, size), sample(size, size), matrix(size, size)];
    await rate(`gemm ${size} x ${size} x ${size}`, 2 * size ** 3, () => gemm(a, b, out));
  }
  for (const size of [576, 2304, 4608]) {
    const tiling = tilingOf(size);
    const strips = Array.from({ length: tiling.count }, (_, i) => sample(tileWidth(tiling, i), 1024));
    const gram = symmetricZeros(tiling);
    // Counted as the symmetric half: 1 multiply-add for each element on and below the diagonal.
    await rate(`gram of 1024 x ${size}`, 1024 * size ** 2, () => addGram(gram, strips));
    for (const row of gram.lower) for (const tile of row) tile.data.fill(0);
    await addGram(gram, strips);
    await rate(`cholesky ${size}`, size ** 3 / 3, () => Cholesky.factor(scaledPlusIdentity(gram, 0.01)));
    const factor = await Cholesky.factor(scaledPlusIdentity(gram, 0.01));
    const rows = splitColumns(sample(512, size), tiling);
    await rate(`solve ${size}, 512 rows`, 2 * 512 * size ** 2, () => factor.solve(rows));
  }
}

/** The best of some runs, as other work on the machine only ever slows down. */
async function rate(name: string, operations: number, work: () => Promise<unknown>): Promise<void> {
  let best = Number.POSITIVE_INFINITY;
  const until = performance.now() + 500;
  for (let run = 0; run < 3 || performance.now() < until; run++) {
    const began = performance.now();
    await work();
    best = Math.min(best, performance.now() - began);
  }
  console.log(`${name.padEnd(32)} ${(operations / best / 1e6).toFixed(1).padStart(10)}`);
}

async function layers(): Promise<void> {
  const shapes = [
    [27, 64, 10_000],
    [576, 128, 10_000],
    [1152, 256, 10_000],
    [2304, 256, 10_000],
    [2304, 512, 10_000],
    [4608, 512, 10_000],
    [4608, 512, 3600],
    [4608, 512, 3600],
    [512, 10, 900],
  ];
  const pair = { alphaR: 100, alphaF: 10 };
  const totals = [0, 0, 0, 0];
  console.log('\nseconds, both sides         collect           one pair  its dimensions   fit of 2 x 2000');
  for (const [index, [size, out, count]] of shapes.entries()) {
    const problem: ProjectionProblem = { id: `layer ${index}`, in: size, out, groups: 1 };
    const weight = sample(out, size);
    const seconds: number[] = [];
    const timed = async <T>(work: () => Promise<T>) => {
      const began = performance.now();
      const result = await work();
      seconds.push((performance.now() - began) / 1000);
      return result;
    };
    const spaces = await timed(() => collectSpaces(new Noise(size, count), [problem]));
    const projections = new Projections(spaces, async () => weight);
    await timed(() => projections.edits(pair));
    await timed(() => projections.facts(pair));
    await spaces.dispose();
    const side = { inputs: sample(2000, size), missing: sample(2000, out), weight: 1 / 2000 };
    await timed(() => fitCorrection(problem, [side, side], { ridge: 0.01, bias: true }));
    for (const [i, value] of seconds.entries()) totals[i] += value;
    report(`${size} -> ${out}, ${count} vectors`, seconds);
  }
  report('all', totals);
}

function report(name: string, seconds: readonly number[]): void {
  const widths = [10, 19, 16, 17];
  console.log(name.padEnd(26) + seconds.map((value, i) => value.toFixed(2).padStart(widths[i])).join(''));
}

/** Vectors of the right size and number; their values do not matter here. */
class Noise implements ActivationStream {
  readonly #size: number;
  readonly #count: number;

  constructor(size: number, count: number) {
    this.#size = size;
    this.#count = count;
  }

  count(): number {
    return this.#count;
  }

  async *vectors(_side: Side, problems: readonly string[]): AsyncGenerator<VectorBatch> {
    const batch = sample(500, this.#size);
    for (let row = 0; row < this.#count; row += 500) {
      yield { problem: problems[0], vectors: rowsOf(batch, 0, this.#count - row) };
    }
  }
}

function sample(rows: number, cols: number): Matrix {
  return matrix(rows, cols, noise.subarray(0, rows * cols));
}

await kernels();
await layers();
