import path from 'node:path';
import { LetheError } from '../../../base/errors.js';
import { readIdxHeader } from '../../../data/formats/idx.js';
import type { Finder } from '../finding.js';

const IMAGES = /images?/i;
const LABELS = /labels?/i;

/** Pairs of IDX files: `train-images-idx3-ubyte` and `train-labels-idx1-ubyte`, also gzipped or otherwise joined. */
export const idxPairs: Finder = async ({ folder, files }) => {
  const labels = new Map<string, string>();
  for (const name of files) {
    // An unpacked file is read faster than the gzipped one beside it, and comes first by its name.
    if (LABELS.test(name) && !labels.has(keyOf(name)) && (await axesOf(path.join(folder, name))) === 1) {
      labels.set(keyOf(name), name);
    }
  }
  const pairs = new Map<string, { images: string; labels: string }>();
  for (const name of files) {
    const key = keyOf(name);
    const partner = labels.get(key);
    if (!partner || pairs.has(key) || !IMAGES.test(name) || LABELS.test(name)) continue;
    if ((await axesOf(path.join(folder, name))) >= 2) {
      pairs.set(key, { images: path.join(folder, name), labels: path.join(folder, partner) });
    }
  }
  return [...pairs.values()].map((pair) => ({
    title: 'IDX pair',
    files: [pair.images, pair.labels],
    source: { format: 'idx', ...pair },
  }));
};

/** What the two names of a pair have in common. */
function keyOf(name: string): string {
  return name
    .toLowerCase()
    .replace(/\.gz$/, '')
    .replace(/images?|labels?/, '*')
    .replace(/idx\d/, 'idx')
    .replace(/[^a-z0-9*]+/g, '-');
}

/** Number of axes of an IDX file, 0 if it is none. */
async function axesOf(file: string): Promise<number> {
  try {
    return (await readIdxHeader(file)).dims.length;
  } catch (error) {
    if (error instanceof LetheError) return 0;
    throw error;
  }
}
