import { getFloat16, setFloat16 } from '@petamoriken/float16';

/** Rounds to the nearest half-precision number, ties to even; the bits, one a value. */
export function encodeFloat16(values: Float32Array): Uint16Array<ArrayBuffer> {
  const bits = new Uint16Array(values.length);
  const view = new DataView(bits.buffer);
  for (let i = 0; i < values.length; i++) setFloat16(view, 2 * i, values[i], true);
  return bits;
}

/** Half-precision bits as numbers. */
export function decodeFloat16(bits: Uint16Array): Float32Array<ArrayBuffer> {
  const values = new Float32Array(bits.length);
  const view = new DataView(bits.buffer, bits.byteOffset, bits.byteLength);
  for (let i = 0; i < bits.length; i++) values[i] = getFloat16(view, 2 * i, true);
  return values;
}
