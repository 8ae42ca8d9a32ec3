import { getFloat16, setFloat16 } from '@petamoriken/float16';
import { throwIfAborted } from '../../base/abort.js';
import { LetheError } from '../../base/errors.js';
import { readRange, withFile } from '../../base/files.js';
import { memoryText } from '../../contract/text.js';
import { type ModelFiles, type Quantization, rangesOf, type StoredWeight } from './manifest.js';

/** The wasm backend addresses 4 GiB, of which activations need their share. */
const MAX_WEIGHT_BYTES = 3 * 2 ** 30;

/** New values for one stored weight, in its order; made when they are needed. */
export interface EditedWeight {
  readonly weight: StoredWeight;
  readonly values: () => Float32Array<ArrayBuffer>;
}

/** The bytes of one weight as stored. @throws LetheError `file-unreadable` if a shard has become shorter. */
export async function readStored(weight: StoredWeight): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(weight.bytes);
  await readInto(bytes, 0, weight);
  return bytes;
}

/** The values of a float32 weight, dequantised bit for bit as TensorFlow.js does. */
export async function readValues(weight: StoredWeight): Promise<Float32Array> {
  return dequantise(await readStored(weight), weight.quantization);
}

/** The values of an int32 weight that is not quantised. */
export async function readIntegers(weight: StoredWeight): Promise<Int32Array> {
  return new Int32Array((await readStored(weight)).buffer);
}

/** Whether new values must be stored in another type: an affine code has no room for values it was not made for. */
export function widens(weight: StoredWeight): boolean {
  return weight.quantization !== undefined && weight.quantization.dtype !== 'float16';
}

/** How many bytes new values of a weight take. */
export function newLength(weight: StoredWeight): number {
  return widens(weight) ? 4 * weight.shape.reduce((product, size) => product * size, 1) : weight.bytes;
}

/** New values as they will be stored: float16 where that is the stored type, else float32. */
export function encode(weight: StoredWeight, values: Float32Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  if (weight.quantization?.dtype !== 'float16') {
    return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  }
  const bytes = new Uint8Array(weight.bytes);
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < values.length; i++) setFloat16(view, 2 * i, values[i], true);
  return bytes;
}

/** New values as a model that is loaded from the saved file will have them. */
export function asStored(weight: StoredWeight, values: Float32Array<ArrayBuffer>): Float32Array {
  if (weight.quantization?.dtype !== 'float16') return values;
  return dequantise(encode(weight, values), weight.quantization);
}

/** How TensorFlow.js's `io.decodeWeights` takes weights: all bytes in one piece, and what they are. */
export interface WeightData {
  readonly data: ArrayBuffer;
  readonly specs: readonly Spec[];
}

interface Spec {
  readonly name: string;
  readonly shape: number[];
  readonly dtype: StoredWeight['dtype'];
  readonly quantization?: Quantization;
}

/** Reads all weights of the model. @throws LetheError `out-of-memory` if the runtime could not hold them, `cancelled`. */
export async function readAllWeights(files: ModelFiles, signal?: AbortSignal): Promise<WeightData> {
  const weights = [...files.weights.values()].filter((weight) => !weight.ofOptimizer);
  const loaded = weights.reduce((sum, weight) => sum + (widens(weight) ? weight.bytes * 4 : weight.bytes), 0);
  if (loaded > MAX_WEIGHT_BYTES) {
    throw new LetheError('out-of-memory', {
      message: `its weights take ${memoryText(loaded, 'up')}, and TensorFlow.js can hold ${memoryText(MAX_WEIGHT_BYTES)}`,
      file: files.json.path,
      hint: 'Convert the model to ONNX.',
    });
  }
  const bytes = new Uint8Array(weights.reduce((sum, weight) => sum + weight.bytes, 0));
  let offset = 0;
  for (const weight of weights) {
    throwIfAborted(signal);
    await readInto(bytes, offset, weight);
    offset += weight.bytes;
  }
  return { data: bytes.buffer, specs: weights.map(spec) };
}

async function readInto(bytes: Uint8Array, offset: number, weight: StoredWeight): Promise<void> {
  let filled = offset;
  for (const range of rangesOf(weight)) {
    bytes.set(await withFile(range.file, (handle) => readRange(handle, range)), filled);
    filled += range.length;
  }
}

function spec({ name, shape, dtype, quantization }: StoredWeight): Spec {
  return { name, shape: [...shape], dtype, ...(quantization && { quantization }) };
}

function dequantise(stored: Uint8Array<ArrayBuffer>, quantization: Quantization | undefined): Float32Array {
  if (!quantization) return new Float32Array(stored.buffer);
  if (quantization.dtype === 'float16') return halves(stored);
  const { scale, min } = quantization;
  const codes = quantization.dtype === 'uint8' ? stored : new Uint16Array(stored.buffer);
  // TensorFlow.js computes in float64 and rounds once, on storing.
  const values = new Float32Array(codes.length);
  for (let i = 0; i < codes.length; i++) values[i] = codes[i] * scale + min;
  return values;
}

function halves(stored: Uint8Array<ArrayBuffer>): Float32Array {
  const view = new DataView(stored.buffer);
  const values = new Float32Array(stored.length / 2);
  for (let i = 0; i < values.length; i++) values[i] = getFloat16(view, 2 * i, true);
  return values;
}
