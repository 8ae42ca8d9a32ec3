import type { ArrayStore, Stored } from '../../base/arrayStore.js';
import { type Matrix, matrix } from '../../linalg/matrix.js';

/** A matrix in a store. */
export interface StoredMatrix {
  readonly rows: number;
  readonly cols: number;
  readonly stored: Stored;
}

export async function putMatrix(
  store: ArrayStore,
  { rows, cols, data }: Matrix,
  signal?: AbortSignal,
): Promise<StoredMatrix> {
  return { rows, cols, stored: await store.put(data, signal) };
}

export async function getMatrix(
  store: ArrayStore,
  { rows, cols, stored }: StoredMatrix,
  signal?: AbortSignal,
): Promise<Matrix> {
  return matrix(rows, cols, await store.get(stored, signal));
}
