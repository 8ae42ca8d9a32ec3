import { describe, expect, it } from 'vitest';
import { Random } from '../../../src/base/random.js';
import { type GemmOptions, gemm, setGemmThreads } from '../../../src/linalg/gemm.js';
import { type Matrix, matrix } from '../../../src/linalg/matrix.js';
import { maxDifference, normals } from '../../support/data/arrays.js';

const random = new Random(11);
const sample = (rows: number, cols: number) => matrix(rows, cols, normals(rows * cols, random));

/** The product in float64, straight from its definition. */
function reference(a: Matrix, b: Matrix, out: Matrix, { transA, transB, mode = 'set' }: GemmOptions): Float64Array {
  const inner = transA ? a.rows : a.cols;
  const result = new Float64Array(out.data.length);
  for (let i = 0; i < out.rows; i++) {
    for (let j = 0; j < out.cols; j++) {
      let sum = 0;
      for (let k = 0; k < inner; k++) {
        const left = transA ? a.data[k * a.cols + i] : a.data[i * a.cols + k];
        const right = transB ? b.data[j * b.cols + k] : b.data[k * b.cols + j];
        sum += left * right;
      }
      const before = out.data[i * out.cols + j];
      result[i * out.cols + j] = mode === 'set' ? sum : mode === 'add' ? before + sum : before - sum;
    }
  }
  return result;
}

function worst(actual: Float32Array, expected: Float64Array): number {
  return actual.reduce((largest, value, at) => Math.max(largest, Math.abs(value - expected[at])), 0);
}

describe('gemm', () => {
  const sizes = [
    [1, 1, 1],
    [3, 9, 5],
    [17, 1, 33],
    [70, 65, 80],
    [5, 300, 40],
  ];
  for (const [rows, inner, cols] of sizes) {
    it(`multiplies ${rows} x ${inner} by ${inner} x ${cols} in all twelve ways`, async () => {
      for (const transA of [false, true]) {
        for (const transB of [false, true]) {
          for (const mode of ['set', 'add', 'subtract'] as const) {
            const a = transA ? sample(inner, rows) : sample(rows, inner);
            const b = transB ? sample(cols, inner) : sample(inner, cols);
            const out = sample(rows, cols);
            const expected = reference(a, b, out, { transA, transB, mode });
            expect(await gemm(a, b, out, { transA, transB, mode })).toBe(out);
            expect(worst(out.data, expected)).toBeLessThan(1e-6 * inner);
          }
        }
      }
    });
  }

  it('works on views into larger arrays and leaves their surroundings alone', async () => {
    const memory = new Float32Array(40 * 40 + 20).fill(7);
    const out = matrix(40, 40, memory.subarray(10, 10 + 1600));
    const surroundings = sample(42, 40);
    const a = matrix(40, 40, surroundings.data.subarray(40, 40 + 1600));
    const b = sample(40, 40);
    const expected = reference(a, b, out, {});
    await gemm(a, b, out);
    expect(worst(out.data, expected)).toBeLessThan(1e-4);
    expect([...memory.subarray(0, 10), ...memory.subarray(-10)]).toEqual(new Array(20).fill(7));
  });

  it('cuts a large product into several calls with the same result', async () => {
    // 1.1e9 multiply-adds, over the limit of one call, along the rows and along the sum.
    const [a, b] = [sample(1100, 1000), sample(1000, 1000)];
    const long = sample(1000, 1100);
    for (let r = 0; r < 1000; r++) for (let c = 0; c < 1100; c++) long.data[r * 1100 + c] = a.data[c * 1000 + r];
    const byRows = await gemm(a, b, matrix(1100, 1000));
    const bySum = await gemm(long, b, matrix(1100, 1000), { transA: true });
    for (const at of [0, 1_099_999, 543_210]) {
      const [i, j] = [Math.floor(at / 1000), at % 1000];
      let expected = 0;
      for (let k = 0; k < 1000; k++) expected += a.data[i * 1000 + k] * b.data[k * 1000 + j];
      expect(byRows.data[at]).toBeCloseTo(expected, 3);
      expect(bySum.data[at]).toBeCloseTo(expected, 3);
    }
  });

  it('stops between two calls when it is cancelled, and lets timers through', async () => {
    const controller = new AbortController();
    const [a, b] = [sample(4000, 1000), sample(1000, 1000)];
    setTimeout(() => controller.abort(), 0);
    await expect(gemm(a, b, matrix(4000, 1000), { signal: controller.signal })).rejects.toMatchObject({
      code: 'cancelled',
    });
  });

  it('cancels loops over tiny products as well', async () => {
    const controller = new AbortController();
    const [a, b, out] = [sample(20, 20), sample(20, 20), matrix(20, 20)];
    setTimeout(() => controller.abort(), 0);
    const endless = async () => {
      for (let i = 0; i < 1e6; i++) await gemm(a, b, out, { signal: controller.signal });
    };
    await expect(endless()).rejects.toMatchObject({ code: 'cancelled' });
  });

  it('refuses sizes that do not fit', async () => {
    await expect(gemm(sample(2, 3), sample(4, 5), matrix(2, 5))).rejects.toThrow(
      '(2 x 3) times (4 x 5) does not fit 2 x 5',
    );
  });

  it('gives the same result with another number of threads', async () => {
    const [a, b] = [sample(200, 150), sample(150, 220)];
    await setGemmThreads(1);
    const one = await gemm(a, b, matrix(200, 220));
    await setGemmThreads(2);
    const two = await gemm(a, b, matrix(200, 220));
    expect(maxDifference(one.data, two.data)).toBeLessThan(1e-5);
  });
});
