import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { breathe } from '../../base/abort.js';
import { LetheError } from '../../base/errors.js';
import { exists } from '../../base/files.js';
import type { OpenContext } from '../context.js';
import type { Dataset } from '../dataset.js';
import type { SourceOf } from '../source.js';
import { type Bytes, openBytes } from '../stored/bytes.js';
import { recordDataset, type Segment } from '../stored/records.js';

/**
 * A binary version of the CIFAR data sets (Krizhevsky 2009): each record is its labels, one byte each, then 32 x 32 red, green and
 * blue values in planes.
 */
interface Variant {
  readonly title: string;
  /** CIFAR-100 writes the coarse label, then the fine one. */
  readonly labelBytes: number;
  readonly trainingFiles: readonly string[];
  readonly nameFile: string;
}

const CIFAR10: Variant = {
  title: 'CIFAR-10',
  labelBytes: 1,
  trainingFiles: [1, 2, 3, 4, 5].map((batch) => `data_batch_${batch}.bin`),
  nameFile: 'batches.meta.txt',
};
const CIFAR100: Variant = {
  title: 'CIFAR-100',
  labelBytes: 2,
  trainingFiles: ['train.bin'],
  nameFile: 'fine_label_names.txt',
};
const VARIANTS = [CIFAR10, CIFAR100];

const SIDE = 32;
const IMAGE_BYTES = SIDE * SIDE * 3;
const RECORDS_PER_READ = 1024;

/**
 * Images of CIFAR-10 or CIFAR-100 (fine labels), told apart by the length of the records.
 * @throws LetheError naming the file and what is wrong with it.
 */
export async function openCifar(source: SourceOf<'cifar10'>, context: OpenContext): Promise<Dataset> {
  const folder = context.resolve(source.path);
  const names = source.batches ?? (await trainingFiles(folder));
  const files = names.map((name) => context.resolve(path.join(source.path, name)));
  const opened: Bytes[] = [];
  try {
    for (const file of files) opened.push(await openBytes(file));
    const variant = variantOf(files, opened);
    const segments = files.map((file, at) => segment(file, opened[at], variant));
    return recordDataset({
      format: 'cifar10',
      segments,
      type: { kind: 'u1', littleEndian: true },
      sample: { shape: [SIDE, SIDE, 3], isPlanar: true },
      scale: 255,
      labels: await readLabels(segments, context.signal),
      classes: await readNames(path.join(folder, variant.nameFile)),
    });
  } catch (error) {
    await Promise.all(opened.map((bytes) => bytes.close()));
    throw error;
  }
}

/** The training files of the first variant that has any in the folder. */
async function trainingFiles(folder: string): Promise<string[]> {
  for (const variant of VARIANTS) {
    const present = await Promise.all(variant.trainingFiles.map((name) => exists(path.join(folder, name))));
    const found = variant.trainingFiles.filter((_, at) => present[at]);
    if (found.length > 0) return found;
  }
  throw new LetheError('file-missing', {
    message:
      'the folder holds no training batch of CIFAR-10 or CIFAR-100 in its binary version (data_batch_1.bin, train.bin)',
    file: folder,
    hint: 'Correct "path", or name the files in "batches".',
  });
}

/** The variant whose records fill every file exactly; CIFAR-10 where both do. */
function variantOf(files: readonly string[], opened: readonly Bytes[]): Variant {
  const fits = (variant: Variant, { length }: Bytes) => length > 0 && length % (variant.labelBytes + IMAGE_BYTES) === 0;
  const variant = VARIANTS.find((candidate) => opened.every((bytes) => fits(candidate, bytes)));
  if (variant) return variant;
  const likely = VARIANTS.find((candidate) => fits(candidate, opened[0])) ?? CIFAR10;
  const odd = Math.max(
    0,
    opened.findIndex((bytes) => !fits(likely, bytes)),
  );
  throw new LetheError('data-corrupt', {
    message: `is ${opened[odd].length} bytes long, not a number of ${likely.title} records of ${likely.labelBytes + IMAGE_BYTES} bytes`,
    file: files[odd],
    hint: 'Fetch the file again; the binary version is needed, not the one for Python.',
  });
}

function segment(file: string, bytes: Bytes, { labelBytes }: Variant): Segment {
  const stride = labelBytes + IMAGE_BYTES;
  return { file, bytes, start: labelBytes, stride, count: bytes.length / stride };
}

/** The byte before every image. */
async function readLabels(segments: readonly Segment[], signal?: AbortSignal): Promise<Int32Array> {
  const labels = new Int32Array(segments.reduce((sum, { count }) => sum + count, 0));
  let next = 0;
  for (const { bytes, start, stride, count } of segments) {
    for (let first = 0; first < count; first += RECORDS_PER_READ) {
      await breathe(signal);
      const records = Math.min(RECORDS_PER_READ, count - first);
      const stored = await bytes.read(first * stride, records * stride);
      for (let record = 0; record < records; record++) labels[next++] = stored[record * stride + start - 1];
    }
  }
  return labels;
}

/** The class names that come with the data, where the file is there. */
async function readNames(file: string): Promise<string[] | undefined> {
  const text = await readFile(file, 'utf8').catch(() => '');
  const names = text.split(/\r?\n/).filter((line) => line.trim() !== '');
  return names.length > 0 ? names : undefined;
}
