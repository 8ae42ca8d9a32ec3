import { randomUUID } from 'node:crypto';
import { type FileHandle, open, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileError } from '../../base/files.js';
import { type Bytes, fileBytes } from './bytes.js';

/** Unpacked content up to this size stays in memory. */
export const CACHE_BYTES = 256 * 2 ** 20;
/** Content is held and written in pieces of this size: no allocation is large, whatever the content's length. */
const PIECE = 4 * 2 ** 20;

/**
 * Collects bytes of unknown length for reading at any place: in memory while they are few, then in a file of the system's
 * temporary folder that is gone when it is closed, and when the process dies.
 */
export class Scratch {
  readonly #limit: number;
  readonly #pieces: Uint8Array<ArrayBuffer>[] = [];
  #length = 0;
  #written = 0;
  #file: { path: string; handle: FileHandle } | null = null;

  constructor(limit = CACHE_BYTES) {
    this.#limit = limit;
  }

  get length(): number {
    return this.#length;
  }

  /** @throws LetheError `disk-full`, `file-unwritable`. */
  async append(bytes: Uint8Array): Promise<void> {
    for (let taken = 0; taken < bytes.length; ) {
      const used = this.#length % PIECE;
      if (used === 0) await this.#nextPiece();
      const part = bytes.subarray(taken, taken + PIECE - used);
      this.#pieces[this.#pieces.length - 1].set(part, used);
      this.#length += part.length;
      taken += part.length;
    }
  }

  /** Everything appended so far. Nothing can be appended afterwards. */
  async finish(): Promise<Bytes> {
    if (!this.#file) return memoryBytes(this.#pieces, this.#length);
    await this.#flush();
    const { path: file, handle } = this.#file;
    const bytes = fileBytes(handle, file, this.#length);
    return { ...bytes, close: () => this.discard() };
  }

  /** Frees the memory or the file. */
  async discard(): Promise<void> {
    this.#pieces.length = 0;
    const file = this.#file;
    this.#file = null;
    if (!file) return;
    await file.handle.close();
    await rm(file.path, { force: true });
  }

  /** Makes room for one more piece, moving what is there to the file once it is too much. */
  async #nextPiece(): Promise<void> {
    if (!this.#file && this.#length + PIECE > this.#limit) await this.#createFile();
    if (this.#file) await this.#flush();
    this.#pieces.push(new Uint8Array(PIECE));
  }

  async #createFile(): Promise<void> {
    const file = path.join(os.tmpdir(), `lethe-${randomUUID()}.tmp`);
    try {
      this.#file = { path: file, handle: await open(file, 'wx+', 0o600) };
      // An open file without a name needs no clean-up. Windows keeps names until the file is closed.
      if (process.platform !== 'win32') await rm(file);
    } catch (error) {
      throw fileError(error, file);
    }
  }

  /** Moves the pieces in memory to the end of the file, the last one as far as it is filled. */
  async #flush(): Promise<void> {
    const { path: file, handle } = this.#file!;
    for (const piece of this.#pieces) {
      const part = piece.subarray(0, this.#length - this.#written);
      try {
        await handle.appendFile(part);
      } catch (error) {
        throw fileError(error, file);
      }
      this.#written += part.length;
    }
    this.#pieces.length = 0;
  }
}

/** Content in memory, in pieces of equal size. */
function memoryBytes(pieces: readonly Uint8Array[], length: number): Bytes {
  return {
    length,
    read: async (offset, count) => {
      const bytes = new Uint8Array(count);
      for (let filled = 0; filled < count; ) {
        const at = offset + filled;
        const part = pieces[Math.floor(at / PIECE)].subarray(at % PIECE, (at % PIECE) + count - filled);
        bytes.set(part, filled);
        filled += part.length;
      }
      return bytes;
    },
    close: async () => {},
  };
}
