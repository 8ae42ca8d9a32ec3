import { constants } from 'node:fs';
import { chmod, copyFile, type FileHandle, mkdir, open, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { throwIfAborted } from '../base/abort.js';
import { LetheError } from '../base/errors.js';
import { type ByteRange, fileError, writeAtomically } from '../base/files.js';
import type { Work } from '../contract/progress.js';

const CHUNK_BYTES = 8 * 2 ** 20;

/** A file of a model as it was when it was opened: byte ranges found then hold only as long as it has not changed. */
export interface SourceFile {
  readonly path: string;
  readonly bytes: number;
  readonly modifiedMs: number;
}

/** New bytes for a range of a source file; `content` is asked for when its turn comes, and gives `length` bytes. */
export interface Patch extends ByteRange {
  readonly content: () => Uint8Array | Promise<Uint8Array>;
}

/** A file of the copy: taken from a source file and patched, given whole (a manifest that had to change), or made in its turn. */
export type CopiedFile =
  | { readonly name: string; readonly source: SourceFile }
  | { readonly name: string; readonly content: Uint8Array }
  | { readonly name: string; readonly bytes: number; readonly content: () => Promise<Uint8Array> };

export interface CopyPlan {
  /** In a folder target each file lies under its `name`, a relative path; a single-file target ignores it. */
  readonly files: readonly CopiedFile[];
  /** Ranges of the source files, named by their `path`. */
  readonly patches: readonly Patch[];
  readonly target: 'file' | 'folder';
}

/** Notes a file's size and time. @throws LetheError `file-missing`, `file-unreadable`. */
export async function sourceFile(file: string): Promise<SourceFile> {
  try {
    const facts = await stat(file);
    return { path: file, bytes: facts.size, modifiedMs: facts.mtimeMs };
  } catch (error) {
    throw fileError(error, file);
  }
}

/**
 * Copies a model's files to `target` and puts new bytes into the given ranges; every other byte is the source's. The copy
 * appears under its name only when complete and on disk; after any failure nothing is left of it.
 * @returns the paths written, in the order of `plan.files`.
 * @throws LetheError `output-exists` unless `overwrite`; `disk-full`, `file-unwritable`, `cancelled`; `file-unreadable` if a
 *   source has changed since it was opened.
 */
export async function savePatched(
  target: string,
  plan: CopyPlan,
  options: Work & { overwrite?: boolean } = {},
): Promise<string[]> {
  if (plan.target === 'file' && plan.files.length !== 1) throw new RangeError('a single-file target takes one file');
  await refuseSourceAsTarget(target, plan);
  const total = plan.files.reduce((sum, file) => sum + sizeOf(file), 0);
  let done = 0;
  const advance = (bytes: number) => {
    done += bytes;
    options.onProgress?.({ phase: 'save', done, total });
    throwIfAborted(options.signal);
  };
  const pathOf = (root: string, file: CopiedFile) => (plan.target === 'file' ? root : path.join(root, file.name));
  await writeAtomically(
    target,
    async (temporary) => {
      throwIfAborted(options.signal);
      for (const file of plan.files) await writeCopy(pathOf(temporary, file), file, plan.patches, advance);
    },
    { overwrite: options.overwrite },
  );
  return plan.files.map((file) => pathOf(target, file));
}

function sizeOf(file: CopiedFile): number {
  if ('source' in file) return file.source.bytes;
  return 'bytes' in file ? file.bytes : file.content.length;
}

/** Overwriting is for earlier results: the model that was opened is never replaced, whatever the options say. */
async function refuseSourceAsTarget(target: string, plan: CopyPlan): Promise<void> {
  // Real paths also see through links and a file system that ignores case.
  const resolved = await realpath(target).catch(() => path.resolve(target));
  for (const file of plan.files) {
    if (!('source' in file)) continue;
    const source = await realpath(file.source.path).catch(() => path.resolve(file.source.path));
    if (source === resolved || source.startsWith(resolved + path.sep)) {
      throw new LetheError('output-exists', {
        message: 'is the model that was opened, which is never written to',
        file: target,
        hint: 'Choose another output path.',
      });
    }
  }
}

async function writeCopy(
  copy: string,
  file: CopiedFile,
  patches: readonly Patch[],
  advance: (bytes: number) => void,
): Promise<void> {
  await mkdir(path.dirname(copy), { recursive: true });
  if ('source' in file) {
    if (await cloned(file.source.path, copy)) advance(file.source.bytes);
    else await copyInChunks(file.source, copy, advance);
  }
  const handle = await open(copy, 'source' in file ? 'r+' : 'wx');
  try {
    if ('source' in file) {
      // After copying, so that a change in the meantime is seen too.
      await refuseChanged(file.source, (await handle.stat()).size);
      for (const patch of patches)
        if (patch.file === file.source.path) await applyPatch(handle, file.source, patch, advance);
    } else {
      await writeAll(handle, 'bytes' in file ? await file.content() : file.content, 0);
      advance(sizeOf(file));
    }
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** @throws LetheError `file-unreadable` if a source is no longer what it was when it was opened. */
export async function refuseChanged(source: SourceFile, copiedBytes = source.bytes): Promise<void> {
  const now = await sourceFile(source.path);
  if (now.bytes === source.bytes && now.modifiedMs === source.modifiedMs && copiedBytes === source.bytes) return;
  throw new LetheError('file-unreadable', {
    message: 'has changed since it was opened; nothing was written',
    file: source.path,
    hint: 'Open the model again and repeat the run.',
  });
}

async function applyPatch(
  handle: FileHandle,
  source: SourceFile,
  patch: Patch,
  advance: (bytes: number) => void,
): Promise<void> {
  const content = await patch.content();
  if (content.length !== patch.length || patch.offset < 0 || patch.offset + patch.length > source.bytes) {
    throw new RangeError(
      `${content.length} bytes do not fit bytes ${patch.offset} + ${patch.length} of ${source.path}`,
    );
  }
  await writeAll(handle, content, patch.offset);
  advance(0);
}

/** A copy that shares its blocks with the source until they are written to: instant, where the file system can do it. */
async function cloned(source: string, copy: string): Promise<boolean> {
  try {
    await copyFile(source, copy, constants.COPYFILE_FICLONE_FORCE | constants.COPYFILE_EXCL);
    const { mode } = await stat(copy);
    await chmod(copy, mode | 0o200);
    return true;
  } catch {
    return false;
  }
}

async function copyInChunks(source: SourceFile, copy: string, advance: (bytes: number) => void): Promise<void> {
  // What goes wrong in reading is the source's, what goes wrong in writing the target's.
  const readingFailed = (error: unknown): never => {
    throw fileError(error, source.path);
  };
  const from = await open(source.path, 'r').catch(readingFailed);
  try {
    const to = await open(copy, 'w');
    try {
      const buffer = new Uint8Array(Math.min(CHUNK_BYTES, Math.max(1, source.bytes)));
      for (let offset = 0; ; ) {
        const { bytesRead } = await from.read(buffer, 0, buffer.length, offset).catch(readingFailed);
        if (bytesRead === 0) break;
        await writeAll(to, buffer.subarray(0, bytesRead), offset);
        offset += bytesRead;
        advance(bytesRead);
      }
    } finally {
      await to.close();
    }
  } finally {
    await from.close();
  }
}

async function writeAll(handle: FileHandle, bytes: Uint8Array, offset: number): Promise<void> {
  for (let written = 0; written < bytes.length; ) {
    const { bytesWritten } = await handle.write(bytes, written, bytes.length - written, offset + written);
    written += bytesWritten;
  }
}
