import { describe, expect, it } from 'vitest';
import { Random } from '../../../src/base/random.js';
import { type Eigen, leadingEigen } from '../../../src/linalg/eigen.js';
import { type Matrix, matrix } from '../../../src/linalg/matrix.js';

/** H diag(values) H with a Householder reflection H: a matrix whose eigenvalues are known exactly. */
function withEigenvalues(values: Float64Array, random: Random): (rows: Matrix) => Promise<Matrix> {
  const n = values.length;
  const axis = Float64Array.from({ length: n }, () => random.normal());
  const squared = axis.reduce((sum, value) => sum + value * value, 0);
  const reflect = (row: Float64Array) => {
    const factor = (2 * row.reduce((sum, value, i) => sum + value * axis[i], 0)) / squared;
    return row.map((value, i) => value - factor * axis[i]);
  };
  return async (rows) => {
    const product = matrix(rows.rows, n);
    for (let r = 0; r < rows.rows; r++) {
      const row = Float64Array.from(rows.data.subarray(r * n, (r + 1) * n));
      product.data.set(reflect(reflect(row).map((value, i) => value * values[i])), r * n);
    }
    return product;
  };
}

/** Largest departure of the vectors from orthonormality, and of A v from s v relative to the largest s. */
async function residuals({ values, vectors }: Eigen, multiply: (rows: Matrix) => Promise<Matrix>) {
  const images = await multiply(vectors);
  let [skew, residual] = [0, 0];
  for (let i = 0; i < vectors.rows; i++) {
    for (let j = 0; j <= i; j++) {
      let product = 0;
      for (let c = 0; c < vectors.cols; c++)
        product += vectors.data[i * vectors.cols + c] * vectors.data[j * vectors.cols + c];
      skew = Math.max(skew, Math.abs(product - (i === j ? 1 : 0)));
    }
    for (let c = 0; c < vectors.cols; c++) {
      const at = i * vectors.cols + c;
      residual = Math.max(residual, Math.abs(images.data[at] - values[i] * vectors.data[at]) / values[0]);
    }
  }
  return { skew, residual };
}

const decay = (n: number, power: number) => Float64Array.from({ length: n }, (_, i) => (i + 1) ** -power);

describe('leadingEigen', () => {
  for (const [size, power] of [
    [5, 1],
    [90, 1.5],
    [300, 1],
    [300, 2],
    [900, 1.5],
  ]) {
    it(`finds the leading 64 of ${size} eigenvalues that fall off with power ${power}`, async () => {
      const values = decay(size, power);
      const multiply = withEigenvalues(values, new Random(size));
      const found = await leadingEigen(multiply, size, 64);
      expect(found.values).toHaveLength(Math.min(64, size));
      for (const [i, value] of found.values.entries()) {
        expect(Math.abs(value / values[i] - 1)).toBeLessThan(i < 32 ? 1e-4 : 2e-2);
      }
      const { skew, residual } = await residuals(found, multiply);
      expect(skew).toBeLessThan(1e-4);
      expect(residual).toBeLessThan(1e-2);
    });
  }

  it('goes on when the rank is smaller than what is asked for', async () => {
    const values = Float64Array.from({ length: 400 }, (_, i) => (i < 10 ? 10 - i : 0));
    const found = await leadingEigen(withEigenvalues(values, new Random(2)), 400, 64);
    expect(found.values).toHaveLength(64);
    for (const [i, value] of found.values.entries()) expect(value).toBeCloseTo(values[i], 4);
  });

  it('finds equal eigenvalues as often as they occur', async () => {
    const values = new Float64Array(400).fill(0.25);
    const found = await leadingEigen(withEigenvalues(values, new Random(2)), 400, 64);
    for (const value of found.values) expect(value).toBeCloseTo(0.25, 5);
    expect((await residuals(found, withEigenvalues(values, new Random(2)))).skew).toBeLessThan(1e-4);
  });

  it('finds nothing in a matrix of zeros, and the same again for the same seed', async () => {
    const nothing = await leadingEigen(async (rows) => matrix(rows.rows, 400), 400, 16);
    expect([...nothing.values].every((value) => Math.abs(value) < 1e-12)).toBe(true);
    const multiply = withEigenvalues(decay(300, 1), new Random(9));
    const [one, two] = [await leadingEigen(multiply, 300, 20), await leadingEigen(multiply, 300, 20)];
    expect(one.vectors.data).toEqual(two.vectors.data);
  });
});
