import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { breathe, throwIfAborted } from '../../base/abort.js';
import { LetheError } from '../../base/errors.js';
import { fileError } from '../../base/files.js';
import type { OpenContext } from '../context.js';
import type { Dataset, RawBatch } from '../dataset.js';
import { decodeImage, type RgbImage } from '../images/decode.js';
import type { Size } from '../images/geometry.js';
import type { SourceOf } from '../source.js';
import { byCharacters, classIndex } from '../stored/classLabels.js';
import { Int32List } from '../stored/int32List.js';

/** All images, one class after the other. */
interface Listing {
  readonly files: readonly string[];
  readonly labels: Int32Array;
  /** The folders' names, where the classes were not known before. */
  readonly classes?: readonly string[];
}

/** Where the size comes from that all images must have. */
interface Expected {
  readonly size: Size;
  readonly reason: string;
}

/** Names of files that are taken for images. */
export const IMAGE_NAME = /\.(png|jpe?g|webp|gif|bmp|tiff?|avif|ppm|pgm|pbm)$/i;
/** Images in work at one time: as many as there are threads for them. */
const AT_ONCE = 4;

/**
 * Image files in one folder for each class, decoded when they are asked for. Samples are RGB.
 * @throws LetheError naming the folder or file: `label-outside` for a folder that is no class, `samples-missing` if there are no
 * images, `data-corrupt` and `image-size` when reading.
 */
export async function openImageFolder(source: SourceOf<'imageFolder'>, context: OpenContext): Promise<Dataset> {
  const folder = context.resolve(source.path);
  const { files, labels, classes } = await listImages(folder, context);
  if (files.length === 0) {
    throw new LetheError('samples-missing', {
      message: 'holds no folders with images',
      file: folder,
      hint: 'Point "path" at the folder that holds one folder for each class.',
    });
  }
  const expected = await expectedSize(source, files[0], context);
  const shape = [...expected.size, 3];
  return {
    format: 'imageFolder',
    isFilePerSample: true,
    size: files.length,
    labels,
    classes,
    shape,
    where: (index) => ({ file: files[index] }),
    async read(indices, signal): Promise<RawBatch> {
      const length = shape[0] * shape[1] * shape[2];
      const data = new Uint8Array(indices.length * length);
      await inParallel(indices.length, signal, async (at) => {
        const file = files[indices[at]];
        const image = await decodeImage(file, source);
        checkSize(file, image, expected);
        data.set(image.data, at * length);
      });
      return { count: indices.length, shape, data, scale: 255 };
    },
    async close() {},
  };
}

async function listImages(folder: string, context: OpenContext): Promise<Listing> {
  const names = await subfolders(folder);
  const classes = context.classes ?? names;
  const files: string[] = [];
  const labels = new Int32List();
  for (const [done, name] of names.entries()) {
    await breathe(context.signal);
    const classFolder = path.join(folder, name);
    const images = await imagesIn(classFolder);
    context.onProgress?.({ phase: 'list', done: done + 1, total: names.length, detail: classFolder });
    if (images.length === 0) continue;
    const label = classIndex(name, classes, { file: classFolder });
    for (const image of images) {
      files.push(path.join(classFolder, image));
      labels.push(label);
    }
  }
  return { files, labels: labels.toArray(), classes: context.classes ? undefined : names };
}

/** Paths of the images in a folder and the folders below it, hidden ones not. */
async function imagesIn(folder: string): Promise<string[]> {
  const found = await readdir(folder, { recursive: true }).catch((error) => {
    throw fileError(error, folder);
  });
  return found.filter((file) => IMAGE_NAME.test(file) && !path.basename(file).startsWith('.')).sort(byCharacters);
}

/** Names of the folders inside, links to folders too, hidden ones not. */
async function subfolders(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error) => {
    throw fileError(error, folder);
  });
  const names: string[] = [];
  for (const entry of entries) {
    if (entry.name.startsWith('.')) continue;
    const target = path.join(folder, entry.name);
    const isFolder = entry.isSymbolicLink()
      ? await stat(target).then(
          (facts) => facts.isDirectory(),
          () => false,
        )
      : entry.isDirectory();
    if (isFolder) names.push(entry.name);
  }
  return names.sort(byCharacters);
}

/** The size that `crop` or `resize` gives; else the model's; else that of the first image. */
async function expectedSize(source: SourceOf<'imageFolder'>, first: string, context: OpenContext): Promise<Expected> {
  const { resize, crop } = source;
  if (crop !== undefined) return { size: typeof crop === 'number' ? [crop, crop] : crop, reason: 'the crop gives' };
  if (Array.isArray(resize)) return { size: resize, reason: 'resizing gives' };
  if (context.input?.size) return { size: context.input.size, reason: 'the model takes' };
  const { height, width } = await decodeImage(first, source);
  return { size: [height, width], reason: 'the first image has' };
}

function checkSize(file: string, { height, width }: RgbImage, { size, reason }: Expected): void {
  if (height === size[0] && width === size[1]) return;
  throw new LetheError('image-size', {
    message: `is ${height} x ${width} (height x width), ${reason} ${size[0]} x ${size[1]}`,
    file,
    hint: 'State "resize" (and "crop" after resizing the shorter side) in the data source.',
  });
}

/** Runs `work` for 0 .. count - 1, a few at one time, and waits for all that was begun even if one fails. */
async function inParallel(count: number, signal: AbortSignal | undefined, work: (at: number) => Promise<void>) {
  let next = 0;
  let failed = false;
  const lanes = Array.from({ length: Math.min(AT_ONCE, count) }, async () => {
    while (next < count && !failed) {
      try {
        throwIfAborted(signal);
        await work(next++);
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  });
  for (const lane of await Promise.allSettled(lanes)) {
    if (lane.status === 'rejected') throw lane.reason;
  }
}
