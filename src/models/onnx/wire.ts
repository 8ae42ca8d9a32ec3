import type { FileHandle } from 'node:fs/promises';
import { LetheError } from '../../base/errors.js';
import { readRange } from '../../base/files.js';

const WINDOW_BYTES = 64 * 1024;
/** A tag and a varint of 64 bits: the longest head a field can have. */
const LONGEST_HEAD = 20;

/** One field of a protobuf message: where its value lies in the file. */
export interface WireField {
  readonly number: number;
  readonly type: WireType;
  /** Offset of the field's tag. */
  readonly start: number;
  /** Offset and length of the value; for `bytes` without the length prefix. */
  readonly offset: number;
  readonly length: number;
}

export type WireType = 'varint' | 'fixed64' | 'bytes' | 'fixed32';

const WIRE_TYPES: readonly (WireType | undefined)[] = ['varint', 'fixed64', 'bytes', undefined, undefined, 'fixed32'];

/**
 * Walks over a protobuf file field by field, seeking past what nobody asks for. It reads through a small window, and every
 * length is checked against the enclosing message, so that a damaged file is an error with its offset and nothing else.
 * Encoding: https://protobuf.dev/programming-guides/encoding/
 */
export class WireReader {
  /** Offset in the file of the next byte. */
  position = 0;
  #window = new Uint8Array();
  #windowStart = 0;

  constructor(
    readonly file: string,
    readonly size: number,
    private readonly handle: FileHandle,
  ) {}

  /** Whether the next field's head is in memory; if not, `load` first. A call a field would be a promise a field. */
  get ready(): boolean {
    const end = Math.min(this.position + LONGEST_HEAD, this.size);
    return this.position >= this.#windowStart && end <= this.#windowStart + this.#window.length;
  }

  async load(): Promise<void> {
    const length = Math.min(WINDOW_BYTES, this.size - this.position);
    this.#window = await readRange(this.handle, { file: this.file, offset: this.position, length });
    this.#windowStart = this.position;
  }

  /**
   * Reads the next field's head and moves to its value. The reader must be `ready`.
   * @param end where the enclosing message ends
   * @throws LetheError `model-corrupt` with the byte's offset.
   */
  field(end: number): WireField {
    const start = this.position;
    const tag = this.#varint(end);
    const type = WIRE_TYPES[tag % 8];
    const number = Math.floor(tag / 8);
    if (type === undefined || number === 0 || number > 0x1fffffff) throw this.corrupt(start, `${tag} is no field tag`);
    if (type === 'varint') {
      const offset = this.position;
      this.#skipVarint(end);
      return { number, type, start, offset, length: this.position - offset };
    }
    const length = type === 'bytes' ? this.#varint(end) : type === 'fixed64' ? 8 : 4;
    const offset = this.position;
    if (length > end - offset) {
      throw this.corrupt(start, `field ${number} says it is ${length} bytes long, but only ${end - offset} are left`);
    }
    return { number, type, start, offset, length };
  }

  /** Copies a range of the file, from the window if it is there. */
  async bytes(offset: number, length: number): Promise<Uint8Array> {
    const from = offset - this.#windowStart;
    if (from >= 0 && from + length <= this.#window.length) return this.#window.slice(from, from + length);
    return readRange(this.handle, { file: this.file, offset, length });
  }

  corrupt(offset: number, message: string, cause?: unknown): LetheError {
    return new LetheError('model-corrupt', {
      message: `is damaged or no ONNX file: ${message}`,
      file: this.file,
      place: `byte ${offset}`,
      hint: 'Export or download the model again.',
      cause,
    });
  }

  /** A whole number below 2^53; more can only be damage. */
  #varint(end: number): number {
    const start = this.position;
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = this.#next(end, start);
      value += (byte & 127) * scale;
      if (value > Number.MAX_SAFE_INTEGER) throw this.corrupt(start, 'a length or tag is absurdly large');
      if (byte < 128) return value;
    }
  }

  #skipVarint(end: number): void {
    const start = this.position;
    while (this.#next(end, start) >= 128) {
      if (this.position - start >= 10) throw this.corrupt(start, 'a number has more than 64 bits');
    }
  }

  #next(end: number, start: number): number {
    if (this.position >= end) throw this.corrupt(start, 'a message ends in the middle of a number');
    return this.#window[this.position++ - this.#windowStart];
  }
}
