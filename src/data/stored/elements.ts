import os from 'node:os';
import { getFloat16 } from '@petamoriken/float16';

/** How one stored number is laid out: NumPy's kind letter with its size in bytes. */
export type ElementKind = 'u1' | 'i1' | 'b1' | 'u2' | 'i2' | 'f2' | 'u4' | 'i4' | 'f4' | 'u8' | 'i8' | 'f8';

export interface ElementType {
  readonly kind: ElementKind;
  readonly littleEndian: boolean;
}

export function elementBytes(type: ElementType): number {
  return Number(type.kind[1]);
}

export function isFloat(type: ElementType): boolean {
  return type.kind[0] === 'f';
}

/** The stored value that means 1.0 unless the source states another: the largest one for pixels in 8 or 16 bits, else 1. */
export function defaultScale(type: ElementType): number {
  return type.kind === 'u1' ? 255 : type.kind === 'u2' ? 65_535 : 1;
}

const HOST_IS_LITTLE = os.endianness() === 'LE';
/** Numbers that were written from a Float32Array. */
export const HOST_FLOAT32: ElementType = { kind: 'f4', littleEndian: HOST_IS_LITTLE };

/**
 * Numbers from their stored bytes, which must start at their buffer's beginning; the bytes may be swapped in place.
 * 64-bit integers are exact up to 2^53 in a Float64Array.
 */
export function decodeElements<Out extends Float32Array | Float64Array>(
  bytes: Uint8Array<ArrayBuffer>,
  type: ElementType,
  out: Out,
): Out {
  const { kind } = type;
  if (type.littleEndian !== HOST_IS_LITTLE) swap(bytes, elementBytes(type));
  if (kind === 'f2') decodeHalf(new Uint16Array(bytes.buffer, 0, out.length), out);
  else if (kind === 'i8' || kind === 'u8') decodeBig(bytes, kind, out);
  else out.set(new VIEWS[kind](bytes.buffer, 0, out.length));
  return out;
}

const VIEWS = {
  u1: Uint8Array,
  b1: Uint8Array,
  i1: Int8Array,
  u2: Uint16Array,
  i2: Int16Array,
  u4: Uint32Array,
  i4: Int32Array,
  f4: Float32Array,
  f8: Float64Array,
} as const;

function swap(bytes: Uint8Array, size: number): void {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (size === 2) buffer.swap16();
  else if (size === 4) buffer.swap32();
  else if (size === 8) buffer.swap64();
}

function decodeBig(bytes: Uint8Array<ArrayBuffer>, kind: 'i8' | 'u8', out: Float32Array | Float64Array): void {
  const view = new (kind === 'i8' ? BigInt64Array : BigUint64Array)(bytes.buffer, 0, out.length);
  for (let i = 0; i < out.length; i++) out[i] = Number(view[i]);
}

let halves: Float32Array | undefined;

function decodeHalf(bits: Uint16Array, out: Float32Array | Float64Array): void {
  halves ??= tabulateHalves();
  for (let i = 0; i < bits.length; i++) out[i] = halves[bits[i]];
}

/** The value of every 16-bit pattern: looking up is far faster than computing. */
function tabulateHalves(): Float32Array {
  const table = new Float32Array(65_536);
  const view = new DataView(new ArrayBuffer(2));
  for (let bits = 0; bits < table.length; bits++) {
    view.setUint16(0, bits);
    table[bits] = getFloat16(view, 0);
  }
  return table;
}
