import { TensorProto_DataLocation as DataLocation, TensorProto_DataType as DataType, type TensorProto } from 'onnx-buf';
import { LetheError } from '../../base/errors.js';
import { type ByteRange, readRange, withFile } from '../../base/files.js';
import { locateInside } from '../location.js';
import { type SourceFile, sourceFile } from '../patching.js';
import { decodeFloat16, encodeFloat16 } from './float16.js';
import type { Payload, ScannedModel } from './scan.js';

/** A tensor of the model file, checked against the bytes that are there. */
export interface StoredTensor {
  readonly proto: TensorProto;
  readonly name: string;
  readonly type: DataType;
  readonly dims: readonly number[];
  readonly count: number;
  /** The values as plain little-endian numbers, where they are stored as one such run. */
  readonly range?: ByteRange;
  /** The values' run, in whatever encoding, where the decoded tensor does not hold it. */
  readonly payload?: Payload;
  /** All of it is in the decoded tensor. */
  readonly inline: boolean;
}

/** Bits of one value as raw data; types that are missing here have no fixed size (strings). */
const BITS_OF: Partial<Record<DataType, number>> = {
  [DataType.FLOAT]: 32,
  [DataType.UINT8]: 8,
  [DataType.INT8]: 8,
  [DataType.UINT16]: 16,
  [DataType.INT16]: 16,
  [DataType.INT32]: 32,
  [DataType.INT64]: 64,
  [DataType.BOOL]: 8,
  [DataType.FLOAT16]: 16,
  [DataType.DOUBLE]: 64,
  [DataType.UINT32]: 32,
  [DataType.UINT64]: 64,
  [DataType.COMPLEX64]: 64,
  [DataType.COMPLEX128]: 128,
  [DataType.BFLOAT16]: 16,
  [DataType.FLOAT8E4M3FN]: 8,
  [DataType.FLOAT8E4M3FNUZ]: 8,
  [DataType.FLOAT8E5M2]: 8,
  [DataType.FLOAT8E5M2FNUZ]: 8,
  [DataType.FLOAT8E8M0]: 8,
  [DataType.UINT4]: 4,
  [DataType.INT4]: 4,
  [DataType.FLOAT4E2M1]: 4,
  [DataType.UINT2]: 2,
  [DataType.INT2]: 2,
};

/** Types whose values Lethe reads and writes. */
const EDITABLE_TYPES = new Set<DataType>([DataType.FLOAT, DataType.FLOAT16, DataType.DOUBLE]);

export function isEditableType(type: DataType): boolean {
  return EDITABLE_TYPES.has(type);
}

/** `float16`, as messages say it. */
export function typeName(type: DataType): string {
  return (DataType[type] ?? `type ${type}`).toLowerCase();
}

/** What `storedTensors` found: every tensor of the model, and the files their values lie in (the model file first). */
export interface TensorTable {
  readonly tensors: ReadonlyMap<TensorProto, StoredTensor>;
  readonly files: readonly SourceFile[];
}

/**
 * Checks every tensor's dims, type and bytes, and finds its values, also in external data files.
 * @throws LetheError `model-corrupt`, `weights-missing`, `weights-short`, `path-outside`, naming file and tensor.
 */
export async function storedTensors(scan: ScannedModel): Promise<TensorTable> {
  const tensors = new Map<TensorProto, StoredTensor>();
  const files = new Map<string, SourceFile>([[scan.file, await sourceFile(scan.file)]]);
  for (const [proto, payloads] of scan.tensors) {
    const check = new TensorCheck(scan.file, proto);
    if (proto.dataLocation === DataLocation.EXTERNAL) tensors.set(proto, await check.external(files));
    else tensors.set(proto, check.embedded(payloads));
  }
  return { tensors, files: [...files.values()] };
}

class TensorCheck {
  readonly #place: string;
  readonly #dims: number[];
  readonly #count: number;
  /** Length as raw data, where the type has a fixed size. */
  readonly #bytes?: number;

  constructor(
    private readonly file: string,
    private readonly proto: TensorProto,
  ) {
    this.#place = `tensor "${proto.name}"`;
    this.#dims = proto.dims.map(Number);
    this.#count = this.#dims.reduce((product, dim) => product * dim, 1);
    if (!this.#dims.every((dim) => dim >= 0) || !Number.isSafeInteger(this.#count * 16)) {
      throw this.#corrupt(`has impossible dims [${this.#dims.join(', ')}]`);
    }
    const bits = BITS_OF[proto.dataType as DataType];
    if (bits !== undefined) this.#bytes = Math.ceil((this.#count * bits) / 8);
    else if (proto.dataType !== DataType.STRING) throw this.#corrupt(`has the unknown type ${proto.dataType}`);
    if (proto.segment) throw this.#corrupt('is cut into segments, which ONNX no longer allows');
  }

  embedded(payloads: readonly Payload[]): StoredTensor {
    const { proto } = this;
    if (payloads.length > 1) throw this.#corrupt('stores its values in several pieces');
    const payload: Payload | undefined = payloads[0];
    const plain =
      payload !== undefined &&
      this.#bytes !== undefined &&
      (payload.field === 'rawData' ||
        (payload.field === 'floatData' && proto.dataType === DataType.FLOAT) ||
        (payload.field === 'doubleData' && proto.dataType === DataType.DOUBLE));
    if (plain) this.#sameLength(payload.length, this.#bytes!);
    else this.#enoughValues(payload);
    return this.#tensor({
      range: plain ? payload : undefined,
      payload: payload?.inline ? undefined : payload,
      inline: payload === undefined || payload.inline,
    });
  }

  async external(files: Map<string, SourceFile>): Promise<StoredTensor> {
    const entries = new Map(this.proto.externalData.map(({ key, value }) => [key, value]));
    const location = entries.get('location');
    if (location === undefined) throw this.#corrupt('is external but names no file');
    if (this.#bytes === undefined) throw this.#corrupt('is an external tensor of strings');
    const path = await locateInside(this.file, location, { place: this.#place });
    const source = files.get(path) ?? (await sourceFile(path));
    files.set(path, source);
    const offset = this.#wholeNumber(entries.get('offset') ?? '0');
    const length = this.#wholeNumber(entries.get('length') ?? String(this.#bytes));
    if (offset + this.#bytes > source.bytes || length < this.#bytes) {
      throw new LetheError('weights-short', {
        message: `${this.#place} needs ${this.#bytes} bytes at ${offset}, but ${
          length < this.#bytes ? `the model gives it ${length}` : `the file has ${source.bytes}`
        }`,
        file: path,
        place: `byte ${offset}`,
        hint: 'Copy the weight file again.',
      });
    }
    const range = { file: path, offset, length: this.#bytes };
    return this.#tensor({ range, payload: { ...range, field: 'rawData', inline: false }, inline: false });
  }

  #tensor(found: Pick<StoredTensor, 'range' | 'payload' | 'inline'>): StoredTensor {
    const { proto } = this;
    return { proto, name: proto.name, type: proto.dataType, dims: this.#dims, count: this.#count, ...found };
  }

  #wholeNumber(text: string): number {
    const value = Number(text);
    if (!/^\d{1,16}$/.test(text) || !Number.isSafeInteger(value))
      throw this.#corrupt(`has the impossible offset or length "${text}"`);
    return value;
  }

  /** For the other encodings: the runtime must not reserve memory for values that are nowhere (it packs up to 8 in one). */
  #enoughValues(payload: Payload | undefined): void {
    const { floatData, doubleData, int32Data, int64Data, uint64Data, stringData } = this.proto;
    const lists = [floatData, doubleData, int32Data, int64Data, uint64Data, stringData];
    const held = payload && !payload.inline ? payload.length : Math.max(...lists.map((list) => list.length));
    if (this.#count > 8 * held) {
      throw this.#corrupt(`holds at most ${held} values, but its dims [${this.#dims.join(', ')}] need ${this.#count}`);
    }
  }

  #sameLength(found: number, expected: number): void {
    if (found !== expected) {
      throw this.#corrupt(`holds ${found} bytes, but its dims [${this.#dims.join(', ')}] need ${expected}`);
    }
  }

  #corrupt(message: string): LetheError {
    return new LetheError('model-corrupt', {
      message,
      file: this.file,
      place: this.#place,
      hint: 'Export or download the model again.',
    });
  }
}

/** Reads the raw bytes of a tensor's payload. @throws LetheError `file-unreadable`. */
export async function readPayload(range: ByteRange): Promise<Uint8Array<ArrayBuffer>> {
  return withFile(range.file, (handle) => readRange(handle, range));
}

/** Numbers from their little-endian bytes. The bytes' buffer must start at them. */
export function decodeValues(type: DataType, bytes: Uint8Array<ArrayBuffer>): Float32Array<ArrayBuffer> {
  if (type === DataType.FLOAT) return new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
  if (type === DataType.FLOAT16)
    return decodeFloat16(new Uint16Array(bytes.buffer, bytes.byteOffset, bytes.length / 2));
  return Float32Array.from(new Float64Array(bytes.buffer, bytes.byteOffset, bytes.length / 8));
}

/** The bytes of numbers in a tensor's own type: half precision rounds to the nearest. */
export function encodeValues(type: DataType, values: Float32Array): Uint8Array {
  const stored =
    type === DataType.FLOAT ? values : type === DataType.FLOAT16 ? encodeFloat16(values) : Float64Array.from(values);
  return new Uint8Array(stored.buffer, stored.byteOffset, stored.byteLength);
}

/** The whole numbers of a small int64 or int32 tensor (a shape, axes), or undefined if it is not one. */
export function smallInts(tensor: StoredTensor): number[] | undefined {
  const { proto, type, count } = tensor;
  if (!tensor.inline || (type !== DataType.INT64 && type !== DataType.INT32)) return undefined;
  const wide = type === DataType.INT64;
  if (proto.rawData.length > 0) {
    const view = new DataView(proto.rawData.buffer, proto.rawData.byteOffset, proto.rawData.byteLength);
    return Array.from({ length: count }, (_, i) =>
      wide ? Number(view.getBigInt64(8 * i, true)) : view.getInt32(4 * i, true),
    );
  }
  const values = wide ? proto.int64Data.map(Number) : proto.int32Data;
  return values.length === count ? values : undefined;
}
