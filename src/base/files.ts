import { randomUUID } from 'node:crypto';
import { type FileHandle, mkdir, open, rename, rm, rmdir, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { LetheError } from './errors.js';

/** A run of bytes in a file. */
export interface ByteRange {
  readonly file: string;
  readonly offset: number;
  readonly length: number;
}

/** Whether something exists at this path. */
export async function exists(target: string): Promise<boolean> {
  return stat(target).then(
    () => true,
    () => false,
  );
}

/** Turns what the file system said into a LetheError that names the file and says what to do. */
export function fileError(error: unknown, file: string): LetheError {
  if (error instanceof LetheError) return error;
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    return new LetheError('file-missing', { message: 'no such file', file, hint: 'Check the path.', cause: error });
  }
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new LetheError('disk-full', {
      message: 'the disk is full; nothing was left behind',
      file,
      hint: 'Free some space or choose another output folder.',
      cause: error,
    });
  }
  if (code === 'EFBIG') {
    return new LetheError('disk-full', {
      message: 'no file may be as large as this here (EFBIG); nothing was left behind',
      file,
      hint: 'Choose another output folder, or raise the limit on file sizes.',
      cause: error,
    });
  }
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') {
    return new LetheError('file-unwritable', {
      message: `permission denied (${code})`,
      file,
      hint: 'Check the permissions of the file and its folder.',
      cause: error,
    });
  }
  return new LetheError('file-unreadable', { message: (error as Error).message, file, cause: error });
}

/** Opens a file for reading, hands it on and closes it. @throws LetheError `file-missing`, `file-unreadable`. */
export async function withFile<T>(file: string, use: (handle: FileHandle, bytes: number) => Promise<T>): Promise<T> {
  let handle: FileHandle;
  let bytes: number;
  try {
    handle = await open(file, 'r');
  } catch (error) {
    throw fileError(error, file);
  }
  try {
    const facts = await handle.stat();
    if (!facts.isFile()) {
      throw new LetheError('file-unreadable', { message: 'not a file', file, hint: 'Name a model or data file.' });
    }
    bytes = facts.size;
    return await use(handle, bytes);
  } catch (error) {
    throw (error as NodeJS.ErrnoException).syscall ? fileError(error, file) : error;
  } finally {
    await handle.close();
  }
}

/**
 * Reads exactly `length` bytes at `offset` into memory of their own.
 * @throws LetheError `file-unreadable` if the file ends before.
 */
export async function readRange(handle: FileHandle, range: ByteRange): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(range.length);
  let filled = 0;
  while (filled < range.length) {
    const { bytesRead } = await handle.read(bytes, filled, range.length - filled, range.offset + filled);
    if (bytesRead === 0) {
      throw new LetheError('file-unreadable', {
        message: `ends at byte ${range.offset + filled}, ${range.length - filled} bytes too early`,
        file: range.file,
      });
    }
    filled += bytesRead;
  }
  return bytes;
}

/** The sibling path that a file or folder is written under until it is complete. */
function temporaryName(target: string): string {
  return path.join(path.dirname(target), `.${path.basename(target)}.${randomUUID().slice(0, 8)}.tmp`);
}

/** That an output is in the way of a new one. */
export function existsAlready(file: string): LetheError {
  const hint = 'Choose another output (--out), or have it replaced (--force).';
  return new LetheError('output-exists', { message: 'exists already', file, hint });
}

/**
 * Lets `write` fill a temporary sibling (a file or a folder) and renames it to `target` when it is done; on any failure the
 * temporary is removed. Overwriting a folder moves the old one aside first and removes it last.
 * @throws LetheError `output-exists` unless `overwrite`; `disk-full`, `file-unwritable`, or what `write` throws.
 */
export async function writeAtomically(
  target: string,
  write: (temporary: string) => Promise<void>,
  options: { overwrite?: boolean } = {},
): Promise<void> {
  if (!options.overwrite && (await exists(target))) throw existsAlready(target);
  const temporary = temporaryName(target);
  const old = `${temporary}.old`;
  let made: string | undefined;
  try {
    made = await mkdir(path.dirname(target), { recursive: true });
    await write(temporary);
    const replacesFolder = await stat(target).then(
      (facts) => facts.isDirectory(),
      () => false,
    );
    if (replacesFolder) await rename(target, old);
    await rename(temporary, target);
  } catch (error) {
    // What fails here must not hide what failed first.
    await rm(temporary, { recursive: true, force: true }).catch(() => {});
    if (await exists(old)) await rename(old, target);
    if (made !== undefined) await removeEmptyFolders(path.dirname(target), made);
    throw error instanceof LetheError || !(error as NodeJS.ErrnoException).syscall ? error : fileError(error, target);
  }
  await rm(old, { recursive: true, force: true });
}

/** Removes a folder and those above it up to `top`, as long as they are empty. */
async function removeEmptyFolders(folder: string, top: string): Promise<void> {
  for (let at = path.resolve(folder); at.length >= path.resolve(top).length; at = path.dirname(at)) {
    try {
      await rmdir(at);
    } catch {
      return;
    }
  }
}

/** Writes a whole text or byte file atomically, replacing what was there. */
export async function writeFileAtomically(target: string, content: string | Uint8Array): Promise<void> {
  await writeAtomically(target, (temporary) => writeFile(temporary, content), { overwrite: true });
}
