import { createHash } from 'node:crypto';
import path from 'node:path';
import type { Work } from '../../contract/progress.js';
import type { HashedFile } from '../../contract/schema.js';
import { hashFiles } from '../../project/fileHash.js';
import type { SampleSet } from '../open/samples.js';

/** More files than this (an image folder) are recorded as one entry. */
const MOST_ENTRIES = 20;

/** Digests of the data files that samples were taken from. */
export async function hashData(samples: readonly SampleSet[], work: Work): Promise<HashedFile[]> {
  const files = new Set<string>();
  for (const { dataset, indices } of samples) {
    for (const index of indices) {
      files.add(dataset.where(index).file);
      files.add(dataset.where(index, 'label').file);
    }
  }
  const hashed = await hashFiles([...files].sort(), work);
  return hashed.length <= MOST_ENTRIES ? hashed : [asOne(hashed)];
}

/** The digest of a list as `sha256sum` prints it, with paths as seen from the folder that holds all files. */
function asOne(hashed: readonly HashedFile[]): HashedFile {
  const folder = hashed.map(({ path: file }) => path.dirname(file)).reduce(commonFolder);
  const lines = hashed.map(
    ({ sha256, path: file }) => `${sha256}  ${path.relative(folder, file).split(path.sep).join('/')}\n`,
  );
  return {
    path: folder,
    bytes: hashed.reduce((sum, file) => sum + file.bytes, 0),
    sha256: createHash('sha256').update(lines.join('')).digest('hex'),
    files: hashed.length,
  };
}

function commonFolder(a: string, b: string): string {
  const [left, right] = [a.split(path.sep), b.split(path.sep)];
  let shared = 0;
  while (shared < left.length && left[shared] === right[shared]) shared++;
  return left.slice(0, shared).join(path.sep) || path.sep;
}
