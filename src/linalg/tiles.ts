import { gemm } from './gemm.js';
import { type Matrix, matrix, rowsOf } from './matrix.js';

/** Widest tile: products of 512 x 512 tiles run at full speed, take milliseconds, and stay in the cache. */
const WIDEST = 512;

/** An axis of `length` cut into `count` tiles of `width`, the last one perhaps narrower. */
export interface Tiling {
  readonly length: number;
  readonly width: number;
  readonly count: number;
}

/** Cuts an axis into tiles of nearly equal width, at most `widest`. */
export function tilingOf(length: number, widest = WIDEST): Tiling {
  const even = Math.ceil(length / Math.max(1, Math.ceil(length / widest)));
  // Multiples of 16 fill the vector registers.
  const width = Math.max(1, Math.min(length, widest, Math.ceil(even / 16) * 16));
  return { length, width, count: Math.ceil(length / width) };
}

export function tileWidth(tiling: Tiling, index: number): number {
  return Math.min(tiling.width, tiling.length - index * tiling.width);
}

/**
 * A symmetric matrix as the tiles on and below its diagonal: `lower[i][j]`, j <= i, each a matrix of its own. Half the
 * memory and half the work of a square, and every tile can be handed to a product without copying.
 */
export interface SymmetricTiles {
  readonly tiling: Tiling;
  readonly lower: readonly (readonly Matrix[])[];
}

export function symmetricZeros(tiling: Tiling): SymmetricTiles {
  const lower = Array.from({ length: tiling.count }, (_, i) =>
    Array.from({ length: i + 1 }, (_, j) => matrix(tileWidth(tiling, i), tileWidth(tiling, j))),
  );
  return { tiling, lower };
}

/**
 * c += x x^T, for x (length x m) given as strips of rows, one a tile. Rows of both factors lie along memory, which is the
 * fastest of the four ways to multiply.
 */
export async function addGram(c: SymmetricTiles, strips: readonly Matrix[], signal?: AbortSignal): Promise<void> {
  for (const [i, row] of c.lower.entries()) {
    for (const [j, tile] of row.entries()) {
      await gemm(strips[i], strips[j], tile, { transB: true, mode: 'add', signal });
    }
  }
}

/** rows times c, both given and returned as panels of columns. */
export async function timesSymmetric(
  rows: readonly Matrix[],
  c: SymmetricTiles,
  signal?: AbortSignal,
): Promise<Matrix[]> {
  const product: Matrix[] = [];
  for (let j = 0; j < c.tiling.count; j++) {
    const panel = matrix(rows[j].rows, tileWidth(c.tiling, j));
    for (let i = 0; i < c.tiling.count; i++) {
      const [tile, transB] = i >= j ? [c.lower[i][j], false] : [c.lower[j][i], true];
      await gemm(rows[i], tile, panel, { transB, mode: i === 0 ? 'set' : 'add', signal });
    }
    product.push(panel);
  }
  return product;
}

/**
 * c times columns (length x m), for few columns: tile times columns is the fast way round, as only the smaller factor of a
 * product is repacked.
 */
export async function symmetricTimes(c: SymmetricTiles, columns: Matrix, signal?: AbortSignal): Promise<Matrix> {
  const product = matrix(columns.rows, columns.cols);
  const { width } = c.tiling;
  const strip = (whole: Matrix, index: number) => rowsOf(whole, index * width, (index + 1) * width);
  for (const [i, row] of c.lower.entries()) {
    for (const [j, tile] of row.entries()) {
      await gemm(tile, strip(columns, j), strip(product, i), { mode: 'add', signal });
      if (j < i) await gemm(tile, strip(columns, i), strip(product, j), { transA: true, mode: 'add', signal });
    }
  }
  return product;
}

/** factor * c + I, in memory of its own. */
export function scaledPlusIdentity(c: SymmetricTiles, factor: number): SymmetricTiles {
  const lower = c.lower.map((row, i) =>
    row.map((tile, j) => {
      const data = new Float32Array(tile.data.length);
      for (let at = 0; at < data.length; at++) data[at] = factor * tile.data[at];
      if (i === j) for (let at = 0; at < data.length; at += tile.cols + 1) data[at] += 1;
      return matrix(tile.rows, tile.cols, data);
    }),
  );
  return { tiling: c.tiling, lower };
}

export function traceOf(c: SymmetricTiles): number {
  let trace = 0;
  for (const [i, row] of c.lower.entries()) {
    const { data, cols } = row[i];
    for (let at = 0; at < data.length; at += cols + 1) trace += data[at];
  }
  return trace;
}

/** Cuts a matrix into panels of columns, each in memory of its own. */
export function splitColumns({ rows, cols, data }: Matrix, tiling: Tiling): Matrix[] {
  return Array.from({ length: tiling.count }, (_, index) => {
    const panel = matrix(rows, tileWidth(tiling, index));
    for (let r = 0, from = index * tiling.width; r < rows; r++, from += cols) {
      panel.data.set(data.subarray(from, from + panel.cols), r * panel.cols);
    }
    return panel;
  });
}

/** Puts panels of columns side by side again. */
export function joinColumns(panels: readonly Matrix[], tiling: Tiling): Matrix {
  const whole = matrix(panels[0].rows, tiling.length);
  addColumns(whole, panels, tiling, 1);
  return whole;
}

/** whole += factor * the panels of columns side by side. */
export function addColumns(whole: Matrix, panels: readonly Matrix[], tiling: Tiling, factor: number): void {
  for (const [index, { cols, data }] of panels.entries()) {
    for (let r = 0, from = 0; r < whole.rows; r++) {
      const row = r * whole.cols + index * tiling.width;
      for (let to = row; to < row + cols; to++, from++) whole.data[to] += factor * data[from];
    }
  }
}

/** Bytes of a symmetric matrix of this size as tiles, nearly 2 n^2 for a large one. */
export function symmetricBytes(tiling: Tiling): number {
  let floats = 0;
  for (let i = 0; i < tiling.count; i++)
    floats += tileWidth(tiling, i) * Math.min(tiling.length, (i + 1) * tiling.width);
  return 4 * floats;
}
