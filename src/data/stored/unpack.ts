import { createReadStream } from 'node:fs';
import zlib from 'node:zlib';
import { throwIfAborted } from '../../base/abort.js';
import { LetheError } from '../../base/errors.js';
import { type ByteRange, fileError, readRange, withFile } from '../../base/files.js';
import type { Work } from '../../contract/progress.js';
import type { Bytes } from './bytes.js';
import { drain } from './drain.js';
import { Scratch } from './scratch.js';

/** Deflated bytes in a file: all of a `.gz`, or one member of a zip archive. */
export interface Packed extends ByteRange {
  readonly method: 'gzip' | 'deflate';
  /** The member's name, for messages. */
  readonly place?: string;
}

export interface UnpackOptions extends Work {
  /** Content larger than this goes to a scratch file; default `CACHE_BYTES`. */
  readonly cacheBytes?: number;
}

/** Packed bytes that are looked at for the head. Deflate packs at most 1032 to 1, so this unpacks to 17 MB at most. */
const HEAD_BYTES = 16 * 1024;
const CHUNK = 256 * 1024;

/** The first unpacked bytes, enough for any header. @throws LetheError `data-corrupt`. */
export async function unpackHead(packed: Packed): Promise<Uint8Array> {
  const head = await withFile(packed.file, (handle) =>
    readRange(handle, { ...packed, length: Math.min(packed.length, HEAD_BYTES) }),
  );
  const unpack = packed.method === 'gzip' ? zlib.gunzipSync : zlib.inflateRawSync;
  try {
    // The head ends in mid-stream, which is an error unless said so.
    return unpack(head, { finishFlush: zlib.constants.Z_SYNC_FLUSH });
  } catch (error) {
    throw damaged(packed, error);
  }
}

/**
 * Unpacks everything once, for reading at any place. It is an error if that is not `expected` bytes long, so damage or malice
 * fill neither memory nor disk.
 * @throws LetheError `data-corrupt`, `cancelled`, `disk-full`.
 */
export async function unpack(packed: Packed, expected: number, options: UnpackOptions = {}): Promise<Bytes> {
  const scratch = new Scratch(options.cacheBytes);
  const { offset: start, length } = packed;
  try {
    await drain(
      createReadStream(packed.file, { start, end: start + length - 1, highWaterMark: CHUNK }),
      packed.method === 'gzip' ? zlib.createGunzip({ chunkSize: CHUNK }) : zlib.createInflateRaw({ chunkSize: CHUNK }),
      async (chunk: Uint8Array) => {
        throwIfAborted(options.signal);
        if (scratch.length + chunk.length > expected) throw wrongLength(packed, 'more than', expected);
        await scratch.append(chunk);
        options.onProgress?.({ phase: 'unpack', done: scratch.length, total: expected, detail: packed.file });
      },
    );
    if (scratch.length < expected) throw wrongLength(packed, `${scratch.length} bytes instead of`, expected);
    return await scratch.finish();
  } catch (error) {
    await scratch.discard();
    if (error instanceof LetheError) throw error;
    throw (error as NodeJS.ErrnoException).syscall ? fileError(error, packed.file) : damaged(packed, error);
  }
}

function wrongLength(packed: Packed, found: string, expected: number): LetheError {
  return new LetheError('data-corrupt', {
    message: `unpacks to ${found} the ${expected} bytes that its header states`,
    file: packed.file,
    place: packed.place,
    hint: 'Fetch or export the file again.',
  });
}

function damaged(packed: Packed, error: unknown): LetheError {
  return new LetheError('data-corrupt', {
    message: `can not be unpacked (${(error as Error).message})`,
    file: packed.file,
    place: packed.place,
    hint: 'Fetch or export the file again.',
    cause: error,
  });
}
