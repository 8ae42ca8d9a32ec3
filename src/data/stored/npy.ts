import { LetheError } from '../../base/errors.js';
import { elementCount } from '../../linalg/tensor.js';
import type { Location } from '../dataset.js';
import type { Bytes } from './bytes.js';
import { type ElementKind, type ElementType, elementBytes } from './elements.js';

/** An array in NumPy's NPY format, versions 1 to 3 (numpy.lib.format). */
export interface NpyHeader {
  readonly type: ElementType;
  readonly dims: readonly number[];
  /** Whether the first axis varies fastest. */
  readonly isFortran: boolean;
  /** Offset of the first element. */
  readonly start: number;
  /** Length of the whole array file. */
  readonly length: number;
}

export interface NpyArray extends NpyHeader {
  readonly bytes: Bytes;
}

const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];
const KINDS = new Set<string>(['u1', 'i1', 'b1', 'u2', 'i2', 'f2', 'u4', 'i4', 'f4', 'u8', 'i8', 'f8']);

/**
 * The header at the beginning of `head`, which must hold all of it.
 * @throws LetheError `data-corrupt`, or `data-unsupported` for types that are not numbers (pickled objects above all).
 */
export function parseNpyHeader(head: Uint8Array, where: Location): NpyHeader {
  const text = headerText(head, where);
  const type = parseType(text.content, where);
  const order = /'fortran_order'\s*:\s*(True|False)/.exec(text.content)?.[1];
  const shape = /'shape'\s*:\s*\(([\dL,\s]*)\)/.exec(text.content)?.[1];
  if (order === undefined || shape === undefined) throw corrupt('has a header without order and shape', where);
  const dims = (shape.match(/\d+/g) ?? []).map(Number);
  const elements = elementCount(dims) * elementBytes(type);
  if (!Number.isSafeInteger(elements)) throw corrupt(`states the absurd shape (${shape})`, where);
  return { type, dims, isFortran: order === 'True', start: text.end, length: text.end + elements };
}

function headerText(head: Uint8Array, where: Location): { content: string; end: number } {
  if (head.length < 10 || MAGIC.some((byte, at) => head[at] !== byte)) throw corrupt('is not a NumPy array', where);
  const version = head[6];
  if (version < 1 || version > 3) throw corrupt(`is of the unknown NPY version ${version}`, where);
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  const start = version === 1 ? 10 : 12;
  if (head.length < start) throw corrupt('ends within its header', where);
  const end = start + (version === 1 ? view.getUint16(8, true) : view.getUint32(8, true));
  if (end > head.length) throw corrupt(`states a header of ${end - start} bytes`, where);
  return { content: Buffer.from(head.subarray(start, end)).toString('latin1'), end };
}

function parseType(header: string, where: Location): ElementType {
  const written = /'descr'\s*:\s*(?:'([^']*)'|\[)/.exec(header);
  if (!written) throw corrupt('has a header without a type', where);
  const descr = written[1] ?? 'structured';
  const kind = descr.replace(/^[<>=|]/, '');
  if (KINDS.has(kind)) return { kind: kind as ElementKind, littleEndian: descr[0] !== '>' };
  throw new LetheError('data-unsupported', {
    message: kind.startsWith('O')
      ? 'holds Python objects, which could run code when they are read'
      : `holds values of type ${JSON.stringify(descr)}, which are not plain numbers`,
    hint: 'Save the array as integers or floats, for example with .astype("float32").',
    ...where,
  });
}

function corrupt(message: string, where: Location): LetheError {
  return new LetheError('data-corrupt', { message, hint: 'Save the array again with NumPy.', ...where });
}
