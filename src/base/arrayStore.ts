import { ScratchFile } from './scratchFile.js';

/** An array in a store. */
export type Stored = { readonly data: Float32Array } | { readonly offset: number; readonly length: number };

/** Arrays that are kept until they are asked for again: in memory up to a limit, beyond it in a scratch file. */
export class ArrayStore {
  #room: number;
  #file: Promise<ScratchFile> | undefined;

  /** @param bytes of memory. */
  constructor(bytes: number) {
    this.#room = bytes;
  }

  /** Takes an array into its keeping; do not change it afterwards. @throws LetheError `disk-full`, `file-unwritable`, `cancelled`. */
  async put(data: Float32Array, signal?: AbortSignal): Promise<Stored> {
    if (data.byteLength <= this.#room) {
      this.#room -= data.byteLength;
      return { data };
    }
    this.#file ??= ScratchFile.create();
    return { offset: await (await this.#file).append(data, signal), length: data.length };
  }

  /** Do not change it. @throws LetheError `file-unreadable`, `cancelled`. */
  async get(stored: Stored, signal?: AbortSignal): Promise<Float32Array> {
    if ('data' in stored) return stored.data;
    const data = new Float32Array(stored.length);
    await (await this.#file!).fill(data, stored.offset, signal);
    return data;
  }

  async dispose(): Promise<void> {
    const file = await this.#file?.catch(() => undefined);
    this.#file = undefined;
    await file?.dispose();
  }
}
