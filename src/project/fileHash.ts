import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { throwIfAborted } from '../base/abort.js';
import { fileError } from '../base/files.js';
import type { Work } from '../contract/progress.js';
import type { HashedFile } from '../contract/schema.js';

/** SHA-256 and size of each file, read as a stream. Progress counts bytes. @throws LetheError `file-missing`, `file-unreadable`. */
export async function hashFiles(files: readonly string[], work: Work = {}): Promise<HashedFile[]> {
  const sizes = await Promise.all(
    files.map(async (file) => {
      const facts = await stat(file).catch((error) => {
        throw fileError(error, file);
      });
      return facts.size;
    }),
  );
  const total = sizes.reduce((sum, size) => sum + size, 0);
  let done = 0;
  const hashed: HashedFile[] = [];
  for (const [index, file] of files.entries()) {
    const hash = createHash('sha256');
    try {
      for await (const chunk of createReadStream(file, { highWaterMark: 1 << 20 })) {
        throwIfAborted(work.signal);
        hash.update(chunk);
        done += chunk.length;
        work.onProgress?.({ phase: 'hash', done, total, detail: file });
      }
    } catch (error) {
      throw fileError(error, file);
    }
    hashed.push({ path: file, bytes: sizes[index], sha256: hash.digest('hex') });
  }
  return hashed;
}
