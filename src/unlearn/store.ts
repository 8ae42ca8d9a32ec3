import { type FileHandle, mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { throwIfAborted } from '../base/abort.js';
import { fileError } from '../base/files.js';
import type { Matrix } from '../linalg/matrix.js';
import type { Moment } from './moment.js';

/** Bytes that are written or read at one time. */
const CHUNK = 2 ** 24;

/** Keeps finished moments: in memory, or in a scratch folder when they are too large. */
export interface MomentStore {
  put(key: string, moments: readonly Moment[], signal?: AbortSignal): Promise<void>;
  get(key: string, signal?: AbortSignal): Promise<readonly Moment[]>;
  dispose(): Promise<void>;
}

export class MemoryStore implements MomentStore {
  readonly #moments = new Map<string, readonly Moment[]>();

  async put(key: string, moments: readonly Moment[]): Promise<void> {
    this.#moments.set(key, moments);
  }

  async get(key: string): Promise<readonly Moment[]> {
    return this.#moments.get(key)!;
  }

  async dispose(): Promise<void> {
    this.#moments.clear();
  }
}

/** One file of float32 values, tile after tile; what belongs where is remembered, not written. */
export class ScratchStore implements MomentStore {
  readonly #folder: string;
  readonly #file: string;
  readonly #handle: FileHandle;
  /** The moments without their values, and where those begin in the file. */
  readonly #index = new Map<string, { readonly offset: number; readonly moments: readonly Moment[] }>();
  #end = 0;

  private constructor(folder: string, file: string, handle: FileHandle) {
    this.#folder = folder;
    this.#file = file;
    this.#handle = handle;
  }

  /** @throws LetheError `disk-full`, `file-unwritable`. */
  static async create(parent = tmpdir()): Promise<ScratchStore> {
    let folder: string | undefined;
    try {
      folder = await mkdtemp(path.join(parent, 'lethe-moments-'));
      const file = path.join(folder, 'moments.f32');
      return new ScratchStore(folder, file, await open(file, 'wx+'));
    } catch (error) {
      if (folder) await rm(folder, { recursive: true, force: true });
      throw fileError(error, folder ?? parent);
    }
  }

  async put(key: string, moments: readonly Moment[], signal?: AbortSignal): Promise<void> {
    const offset = this.#end;
    for (const { data } of moments.flatMap(matricesOf)) {
      await this.#each(data, (bytes, at) => this.#handle.write(bytes, 0, bytes.length, this.#end + at), signal);
      this.#end += data.byteLength;
    }
    this.#index.set(key, { offset, moments: moments.map((moment) => mapMatrices(moment, withoutValues)) });
  }

  async get(key: string, signal?: AbortSignal): Promise<readonly Moment[]> {
    const { offset, moments } = this.#index.get(key)!;
    const filled = moments.map((moment) => mapMatrices(moment, withValues));
    let at = offset;
    for (const { data } of filled.flatMap(matricesOf)) {
      await this.#each(data, (bytes, start) => this.#handle.read(bytes, 0, bytes.length, at + start), signal);
      at += data.byteLength;
    }
    return filled;
  }

  async dispose(): Promise<void> {
    this.#index.clear();
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

function matricesOf(moment: Moment): Matrix[] {
  if (moment.form === 'primal') return moment.second.lower.flat();
  return moment.form === 'dual' ? [...moment.gram.lower.flat(), ...moment.strips] : [];
}

/** The same moment around other matrices. */
function mapMatrices(moment: Moment, map: (matrix: Matrix) => Matrix): Moment {
  const tiles = <T extends { readonly lower: readonly (readonly Matrix[])[] }>(symmetric: T): T => ({
    ...symmetric,
    lower: symmetric.lower.map((row) => row.map(map)),
  });
  if (moment.form === 'primal') return { ...moment, second: tiles(moment.second) };
  if (moment.form === 'dual') return { ...moment, gram: tiles(moment.gram), strips: moment.strips.map(map) };
  return moment;
}

const withoutValues = ({ rows, cols }: Matrix): Matrix => ({ rows, cols, data: new Float32Array(0) });
const withValues = ({ rows, cols }: Matrix): Matrix => ({ rows, cols, data: new Float32Array(rows * cols) });
