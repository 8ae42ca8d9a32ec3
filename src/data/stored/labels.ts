import { breathe } from '../../base/abort.js';
import { LetheError } from '../../base/errors.js';
import type { Dataset, Location } from '../dataset.js';
import type { Bytes } from './bytes.js';
import { decodeElements, type ElementType, elementBytes } from './elements.js';

/** A stored array of labels: `count` rows of `width` numbers. Width 1 holds class indices, more is one-hot. */
export interface LabelArray {
  readonly bytes: Bytes;
  readonly start: number;
  readonly type: ElementType;
  readonly count: number;
  readonly width: number;
  /** Where a row lies, for messages. */
  where(row: number): Location;
}

const CHUNK_BYTES = 4 * 2 ** 20;
const LIMIT = 2 ** 31;

/**
 * The class index of every sample.
 * @throws LetheError `data-corrupt` naming the first record whose label is neither a whole number nor one-hot.
 */
export async function readLabels(array: LabelArray, signal?: AbortSignal): Promise<Int32Array> {
  const { type, count, width } = array;
  const labels = new Int32Array(count);
  const rowBytes = width * elementBytes(type);
  if (rowBytes > CHUNK_BYTES) {
    const message = `holds rows of ${width} numbers, which are no labels`;
    throw new LetheError('data-corrupt', { message, file: array.where(0).file });
  }
  const step = Math.floor(CHUNK_BYTES / rowBytes);
  for (let row = 0; row < count; row += step) {
    await breathe(signal);
    const rows = Math.min(step, count - row);
    const stored = await array.bytes.read(array.start + row * rowBytes, rows * rowBytes);
    const values = decodeElements(stored, type, new Float64Array(rows * width));
    for (let i = 0; i < rows; i++) {
      const label = width === 1 ? values[i] : hotIndex(values, i * width, width);
      if (!Number.isInteger(label) || Math.abs(label) >= LIMIT) throw noLabel(array, row + i, label);
      labels[row + i] = label;
    }
  }
  return labels;
}

/** The place of the single 1 among zeros, or NaN. */
function hotIndex(values: Float64Array, start: number, width: number): number {
  let hot = Number.NaN;
  for (let i = 0; i < width; i++) {
    const value = values[start + i];
    if (value === 0) continue;
    if (value !== 1 || !Number.isNaN(hot)) return Number.NaN;
    hot = i;
  }
  return hot;
}

function noLabel(array: LabelArray, row: number, label: number): LetheError {
  return new LetheError('data-corrupt', {
    message:
      array.width === 1
        ? `the label ${label} is not a class index`
        : 'the label is not one-hot (a single 1 among zeros)',
    hint: 'Labels are whole numbers from 0, or one-hot rows.',
    ...array.where(row),
  });
}

/**
 * Checks that every label is the index of one of `classCount` classes.
 * @throws LetheError `label-outside` naming the first record that is not, its label and the range.
 */
export function checkLabels(dataset: Dataset, classCount: number): void {
  const { labels } = dataset;
  let bad = 0;
  let first = -1;
  for (let index = 0; index < labels.length; index++) {
    if (labels[index] >= 0 && labels[index] < classCount) continue;
    if (first < 0) first = index;
    bad++;
  }
  if (first < 0) return;
  throw new LetheError('label-outside', {
    message:
      `the label ${labels[first]} is outside of 0 .. ${classCount - 1}` +
      (bad > 1 ? `, as are those of ${bad - 1} more samples` : ''),
    hint: 'Check that the labels count from 0 and that the data is that of the model.',
    ...dataset.where(first, 'label'),
  });
}
