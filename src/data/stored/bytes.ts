import { type FileHandle, open } from 'node:fs/promises';
import { LetheError } from '../../base/errors.js';
import { fileError, readRange } from '../../base/files.js';

/** Bytes that can be read at any place: a file, a part of one, or unpacked content. */
export interface Bytes {
  readonly length: number;
  /** Exactly `length` bytes at `offset`, in memory of their own. @throws LetheError `file-unreadable`. */
  read(offset: number, length: number): Promise<Uint8Array<ArrayBuffer>>;
  close(): Promise<void>;
}

/** A file's bytes, read by seeks. @throws LetheError `file-missing`, `file-unreadable`. */
export async function openBytes(file: string): Promise<Bytes> {
  let handle: FileHandle;
  try {
    handle = await open(file, 'r');
  } catch (error) {
    throw fileError(error, file);
  }
  const facts = await handle.stat();
  if (!facts.isFile()) {
    await handle.close();
    throw new LetheError('file-unreadable', { message: 'not a file', file, hint: 'Name a data file.' });
  }
  return fileBytes(handle, file, facts.size);
}

/** The bytes behind an open handle, which is closed with them. */
export function fileBytes(handle: FileHandle, file: string, length: number): Bytes {
  return {
    length,
    read: (offset, count) =>
      readRange(handle, { file, offset, length: count }).catch((error) => {
        throw fileError(error, file);
      }),
    close: () => handle.close(),
  };
}

/** A part of other bytes; closing it closes them. */
export function sliceBytes(whole: Bytes, start: number, length: number): Bytes {
  return { length, read: (offset, count) => whole.read(start + offset, count), close: () => whole.close() };
}
