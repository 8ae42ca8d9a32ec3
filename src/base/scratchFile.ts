import { type FileHandle, mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { throwIfAborted } from './abort.js';
import { fileError } from './files.js';

/** Bytes that are written or read at one time. */
const CHUNK = 2 ** 24;

/** A file of numbers in a folder of its own, which goes when it is disposed of. What lies where is for its user to remember. */
export class ScratchFile {
  readonly #folder: string;
  readonly #file: string;
  readonly #handle: FileHandle;
  #end = 0;

  private constructor(folder: string, file: string, handle: FileHandle) {
    this.#folder = folder;
    this.#file = file;
    this.#handle = handle;
  }

  /** @param parent default the system's folder for temporary files. @throws LetheError `disk-full`, `file-unwritable`. */
  static async create(parent = tmpdir()): Promise<ScratchFile> {
    let folder: string | undefined;
    try {
      folder = await mkdtemp(path.join(parent, 'lethe-scratch-'));
      const file = path.join(folder, 'values.f32');
      return new ScratchFile(folder, file, await open(file, 'wx+'));
    } catch (error) {
      if (folder) await rm(folder, { recursive: true, force: true });
      throw fileError(error, folder ?? parent);
    }
  }

  /** Adds values at the end, one call after the other. @returns where they begin. @throws LetheError `disk-full`, `file-unwritable`, `cancelled`. */
  async append(data: Float32Array, signal?: AbortSignal): Promise<number> {
    const offset = this.#end;
    await this.#each(data, (bytes, at) => this.#handle.write(bytes, 0, bytes.length, offset + at), signal);
    this.#end += data.byteLength;
    return offset;
  }

  /** Fills an array with what lies at an offset. @throws LetheError `file-unreadable`, `cancelled`. */
  async fill(data: Float32Array, offset: number, signal?: AbortSignal): Promise<void> {
    await this.#each(data, (bytes, at) => this.#handle.read(bytes, 0, bytes.length, offset + at), signal);
  }

  async dispose(): Promise<void> {
    await this.#handle.close();
    await rm(this.#folder, { recursive: true, force: true });
  }

  /** Walks over the bytes of an array in chunks; `transfer` says how many bytes it moved. */
  async #each(
    data: Float32Array,
    transfer: (bytes: Uint8Array, at: number) => Promise<{ bytesRead?: number; bytesWritten?: number }>,
    signal?: AbortSignal,
  ): Promise<void> {
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    for (let at = 0; at < bytes.length; ) {
      throwIfAborted(signal);
      try {
        const moved = await transfer(bytes.subarray(at, at + CHUNK), at);
        const count = moved.bytesRead ?? moved.bytesWritten ?? 0;
        if (count === 0) throw new Error('the scratch file is shorter than what was written to it');
        at += count;
      } catch (error) {
        throw fileError(error, this.#file);
      }
    }
  }
}
