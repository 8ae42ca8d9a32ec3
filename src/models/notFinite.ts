import { breathe } from '../base/abort.js';
import { LetheError } from '../base/errors.js';
import { type ByteRange, readRange, withFile } from '../base/files.js';

/** How a number is stored, little-endian. */
export type NumberKind = 'float16' | 'bfloat16' | 'float32' | 'float64';

/** Numbers of a tensor that are not finite. */
export interface Count {
  readonly nan: number;
  readonly infinite: number;
  /** Index of the first of them, -1 if there is none. */
  readonly first: number;
}

const CHUNK_BYTES = 4 * 2 ** 20;

/** Bits of the exponent and of the fraction of the narrow kinds: all ones in the exponent mean infinity or NaN. */
const NARROW = { float16: { exponent: 0x7c00, fraction: 0x03ff }, bfloat16: { exponent: 0x7f80, fraction: 0x007f } };

export const BYTES_OF: Readonly<Record<NumberKind, number>> = { float16: 2, bfloat16: 2, float32: 4, float64: 8 };

/**
 * Counts NaN and infinity in numbers whose bytes lie in some ranges, one after the other; a number may be cut in two by the
 * end of a range.
 * @param onBytes told how many bytes were read, chunk by chunk. @throws LetheError `file-unreadable`, `cancelled`.
 */
export async function countNotFinite(
  ranges: readonly ByteRange[],
  kind: NumberKind,
  options: { readonly signal?: AbortSignal; readonly onBytes?: (bytes: number) => void } = {},
): Promise<Count> {
  let total: Count = { nan: 0, infinite: 0, first: -1 };
  let seen = 0;
  let rest = new Uint8Array();
  for (const range of ranges) {
    await withFile(range.file, async (handle) => {
      for (let done = 0; done < range.length; ) {
        await breathe(options.signal);
        const length = Math.min(CHUNK_BYTES, range.length - done);
        const chunk = await readRange(handle, { file: range.file, offset: range.offset + done, length });
        done += length;
        options.onBytes?.(length);
        const bytes = rest.length === 0 ? chunk : joined(rest, chunk);
        const whole = bytes.length - (bytes.length % BYTES_OF[kind]);
        const found = count(bytes.subarray(0, whole), kind);
        total = {
          nan: total.nan + found.nan,
          infinite: total.infinite + found.infinite,
          first: total.first < 0 && found.first >= 0 ? seen + found.first : total.first,
        };
        seen += whole / BYTES_OF[kind];
        rest = bytes.slice(whole);
      }
    });
  }
  return total;
}

/** The same for half-precision numbers that are at hand as bits. */
export function countNarrow(bits: ArrayLike<number>, kind: 'float16' | 'bfloat16'): Count {
  const { exponent, fraction } = NARROW[kind];
  let [nan, infinite, first] = [0, 0, -1];
  for (let at = 0; at < bits.length; at++) {
    if ((bits[at] & exponent) !== exponent) continue;
    if ((bits[at] & fraction) !== 0) nan++;
    else infinite++;
    if (first < 0) first = at;
  }
  return { nan, infinite, first };
}

/** The same for numbers in memory. */
export function countValues(values: ArrayLike<number>): Count {
  let [nan, infinite, first] = [0, 0, -1];
  for (let at = 0; at < values.length; at++) {
    const value = values[at];
    if (value - value === 0) continue;
    if (Number.isNaN(value)) nan++;
    else infinite++;
    if (first < 0) first = at;
  }
  return { nan, infinite, first };
}

/** @throws LetheError `weights-not-finite` naming the tensor and how many of its values are not finite, if any is. */
export function refuseNotFinite(values: Float32Array, tensor: string, file: string): void {
  const { nan, infinite } = countValues(values);
  if (nan + infinite === 0) return;
  const counts = [nan > 0 ? `${nan} NaN` : '', infinite > 0 ? `${infinite} infinite` : ''].filter(
    (part) => part !== '',
  );
  throw new LetheError('weights-not-finite', {
    message: `holds ${counts.join(' and ')} of ${values.length} values`,
    file,
    place: `tensor "${tensor}"`,
    hint: 'The model was damaged or its training diverged; use an earlier checkpoint.',
  });
}

/** @param bytes lie at the start of their buffer. */
function count(bytes: Uint8Array<ArrayBuffer>, kind: NumberKind): Count {
  const length = bytes.length / BYTES_OF[kind];
  if (kind === 'float32') return countValues(new Float32Array(bytes.buffer, 0, length));
  if (kind === 'float64') return countValues(new Float64Array(bytes.buffer, 0, length));
  return countNarrow(new Uint16Array(bytes.buffer, 0, length), kind);
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array<ArrayBuffer> {
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}
