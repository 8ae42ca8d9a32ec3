import { breathe } from '../../base/abort.js';
import type { Work } from '../../contract/progress.js';
import { elementCount } from '../../linalg/tensor.js';
import { elementBytes } from './elements.js';
import type { NpyArray } from './npy.js';
import { CACHE_BYTES, Scratch } from './scratch.js';

/** Rows of the result that are put together at one time. */
const BLOCK_BYTES = 32 * 2 ** 20;

/**
 * The same array with the last axis varying fastest, so that a sample lies in one piece. Read once, block of samples by block;
 * the result is kept in memory or in a scratch file. The original is closed.
 */
export async function toRowMajor(array: NpyArray, options: Work & { cacheBytes?: number } = {}): Promise<NpyArray> {
  const { type, start } = array;
  const [samples, ...dims] = array.dims;
  const values = elementCount(dims);
  const size = elementBytes(type);
  const total = samples * values * size;
  // Seeking for every column is slow: what fits is read as a whole.
  const whole = total <= (options.cacheBytes ?? CACHE_BYTES) ? await array.bytes.read(start, total) : null;
  const scratch = new Scratch(options.cacheBytes);
  const step = Math.max(1, Math.floor(BLOCK_BYTES / (values * size)));
  try {
    for (let first = 0; first < samples; first += step) {
      const rows = Math.min(step, samples - first);
      const block = words(new Uint8Array(rows * values * size), size);
      const target = new Odometer(dims);
      for (let column = 0; column < values; column++, target.advance()) {
        if (column % 4096 === 0) await breathe(options.signal);
        const offset = (column * samples + first) * size;
        const stored =
          whole?.slice(offset, offset + rows * size) ?? (await array.bytes.read(start + offset, rows * size));
        scatter(words(stored, size), block, target.position, values);
      }
      await scratch.append(new Uint8Array(block.buffer));
      options.onProgress?.({ phase: 'reorder', done: first + rows, total: samples });
    }
    const bytes = await scratch.finish();
    await array.bytes.close();
    return { ...array, bytes, start: 0, length: total, isFortran: false };
  } catch (error) {
    await scratch.discard();
    throw error;
  }
}

type Words = Uint8Array | Uint16Array | Uint32Array | BigUint64Array;

/** Bytes as whole elements, whatever these mean. */
function words(bytes: Uint8Array<ArrayBuffer>, size: number): Words {
  if (size === 1) return bytes;
  if (size === 2) return new Uint16Array(bytes.buffer);
  if (size === 4) return new Uint32Array(bytes.buffer);
  return new BigUint64Array(bytes.buffer);
}

/** One value of every sample, from a column into the rows. */
function scatter(column: Words, rows: Words, position: number, stride: number): void {
  for (let row = 0, at = position; row < column.length; row++, at += stride) rows[at] = column[row];
}

/** Walks all index tuples with the first axis fastest and tells each one's position with the last axis fastest. */
class Odometer {
  position = 0;
  readonly #dims: readonly number[];
  readonly #strides: readonly number[];
  readonly #digits: number[];

  constructor(dims: readonly number[]) {
    this.#dims = dims;
    this.#strides = dims.map((_, axis) => elementCount(dims.slice(axis + 1)));
    this.#digits = dims.map(() => 0);
  }

  advance(): void {
    for (let axis = 0; axis < this.#dims.length; axis++) {
      this.position += this.#strides[axis];
      if (++this.#digits[axis] < this.#dims[axis]) return;
      this.position -= this.#strides[axis] * this.#dims[axis];
      this.#digits[axis] = 0;
    }
  }
}
