import { throwIfAborted } from '../../base/abort.js';
import { LetheError } from '../../base/errors.js';
import { elementCount } from '../../linalg/tensor.js';
import type { Dataset, Location, RawBatch } from '../dataset.js';
import type { Bytes } from './bytes.js';
import { decodeElements, type ElementType, elementBytes, isFloat } from './elements.js';
import { interleave, type SampleShape } from './sampleShape.js';

/** A run of samples of equal length, `stride` bytes apart. */
export interface Segment {
  readonly file: string;
  readonly bytes: Bytes;
  /** Offset of the first sample. */
  readonly start: number;
  readonly stride: number;
  readonly count: number;
}

/** A data set whose samples are numbers at known offsets. */
export interface Records {
  readonly format: string;
  readonly segments: readonly Segment[];
  readonly type: ElementType;
  readonly sample: SampleShape;
  readonly scale: number;
  readonly labels: Int32Array;
  readonly classes?: readonly string[];
  readonly features?: readonly string[];
  /** Where a sample or label lies; default the segment's file and the record in it. */
  where?(index: number, part: 'sample' | 'label'): Location;
}

/** Samples this close are read in one go. */
const GAP_BYTES = 64 * 1024;
/** Longest read that joins several samples. */
const RUN_BYTES = 8 * 2 ** 20;

/** The data set over such records; reads by seeks, and never more than the samples asked for. */
export function recordDataset(records: Records): Dataset {
  const { format, labels, classes, features, type, sample, scale } = records;
  const locate = (index: number, part: 'sample' | 'label' = 'sample') =>
    records.where?.(index, part) ?? inSegment(records.segments, index);
  return {
    format,
    isFilePerSample: false,
    size: labels.length,
    labels,
    classes,
    features,
    shape: sample.shape,
    where: locate,
    async read(indices, signal): Promise<RawBatch> {
      const stored = await readSamples(records, indices, signal);
      const data = numbers(stored, type);
      const values = elementCount(sample.shape);
      if (isFloat(type)) checkFinite(data, values, (at) => locate(indices[at]));
      const channels = sample.shape[sample.shape.length - 1];
      return {
        count: indices.length,
        shape: sample.shape,
        data: sample.isPlanar && channels > 1 ? interleave(data, values / channels, channels) : data,
        scale,
      };
    },
    async close() {
      await Promise.all(records.segments.map((segment) => segment.bytes.close()));
    },
  };
}

/** The samples' bytes in the order of `indices`, read in the order of the file with near ones together. */
async function readSamples({ segments, type, sample }: Records, indices: readonly number[], signal?: AbortSignal) {
  const length = elementCount(sample.shape) * elementBytes(type);
  const out = new Uint8Array(indices.length * length);
  const order = indices.map((_, at) => at).sort((a, b) => indices[a] - indices[b]);
  for (let next = 0; next < order.length; ) {
    const { segment, base } = segmentOf(segments, indices[order[next]]);
    const offsetOf = (at: number) => segment.start + (indices[order[at]] - base) * segment.stride;
    const start = offsetOf(next);
    let end = start + length;
    const first = next++;
    while (next < order.length && indices[order[next]] < base + segment.count) {
      const offset = offsetOf(next);
      if (offset - end > GAP_BYTES || offset + length - start > RUN_BYTES) break;
      end = offset + length;
      next++;
    }
    throwIfAborted(signal);
    const run = await segment.bytes.read(start, end - start);
    for (let at = first; at < next; at++) {
      const offset = offsetOf(at) - start;
      out.set(run.subarray(offset, offset + length), order[at] * length);
    }
  }
  return out;
}

function segmentOf(segments: readonly Segment[], index: number): { segment: Segment; base: number } {
  let base = 0;
  for (const segment of segments) {
    if (index < base + segment.count) return { segment, base };
    base += segment.count;
  }
  throw new RangeError(`sample ${index} of ${base}`);
}

function inSegment(segments: readonly Segment[], index: number): Location {
  const { segment, base } = segmentOf(segments, index);
  return { file: segment.file, place: `record ${index - base}` };
}

/** Bytes stay bytes, all other types become float32. */
function numbers(stored: Uint8Array<ArrayBuffer>, type: ElementType): Uint8Array | Float32Array {
  if (type.kind === 'u1') return stored;
  return decodeElements(stored, type, new Float32Array(stored.length / elementBytes(type)));
}

function checkFinite(data: ArrayLike<number>, length: number, where: (at: number) => Location): void {
  for (let i = 0; i < data.length; i++) {
    if (Number.isFinite(data[i])) continue;
    throw new LetheError('data-corrupt', {
      message: `holds ${data[i]}, which is not a finite number (value ${i % length} of the sample)`,
      hint: 'Leave such samples out, or replace the values, before using the data.',
      ...where(Math.floor(i / length)),
    });
  }
}
