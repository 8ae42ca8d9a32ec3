import { LetheError } from '../../base/errors.js';
import { elementCount } from '../../linalg/tensor.js';
import type { OpenContext } from '../context.js';
import type { Dataset } from '../dataset.js';
import type { SourceOf } from '../source.js';
import { type Bytes, openBytes } from '../stored/bytes.js';
import { defaultScale, type ElementKind, type ElementType, elementBytes } from '../stored/elements.js';
import { readLabels } from '../stored/labels.js';
import { recordDataset } from '../stored/records.js';
import { sampleShape } from '../stored/sampleShape.js';
import { type Packed, unpack, unpackHead } from '../stored/unpack.js';

/** An IDX file's header (LeCun et al., the MNIST database): element type and sizes, the samples' axis first. */
export interface IdxHeader {
  readonly type: ElementType;
  readonly dims: readonly number[];
  /** Offset of the first element. */
  readonly start: number;
  /** Length of the whole file, unpacked. */
  readonly length: number;
}

interface IdxFile extends IdxHeader {
  readonly bytes: Bytes;
}

const LONGEST_HEADER = 4 + 4 * 255;
const KINDS = new Map<number, ElementKind>([
  [0x08, 'u1'],
  [0x09, 'i1'],
  [0x0b, 'i2'],
  [0x0c, 'i4'],
  [0x0d, 'f4'],
  [0x0e, 'f8'],
]);

/** Samples and labels in two IDX files, gzipped or not. @throws LetheError naming the file and what is wrong with it. */
export async function openIdx(source: SourceOf<'idx'>, context: OpenContext): Promise<Dataset> {
  const imageFile = context.resolve(source.images);
  const labelFile = context.resolve(source.labels);
  const images = await openIdxFile(imageFile, context);
  try {
    const labels = await readLabelFile(labelFile, images.dims[0], imageFile, context);
    const sample = sampleShape(images.dims.slice(1), source.layout, { file: imageFile });
    const stride = elementCount(sample.shape) * elementBytes(images.type);
    return recordDataset({
      format: 'idx',
      segments: [{ file: imageFile, bytes: images.bytes, start: images.start, stride, count: images.dims[0] }],
      type: images.type,
      sample,
      scale: source.scale ?? defaultScale(images.type),
      labels,
      where: (index, part) => ({ file: part === 'label' ? labelFile : imageFile, place: `record ${index}` }),
    });
  } catch (error) {
    await images.bytes.close();
    throw error;
  }
}

async function readLabelFile(file: string, samples: number, imageFile: string, context: OpenContext) {
  const { bytes, type, dims, start } = await openIdxFile(file, context);
  try {
    const [count, ...rest] = dims;
    const width = elementCount(rest);
    if (count !== samples) {
      throw new LetheError('data-corrupt', {
        message: `holds ${count} labels for the ${samples} samples of ${imageFile}`,
        file,
        hint: 'Name the two files that belong together.',
      });
    }
    return await readLabels(
      { bytes, start, type, count, width, where: (row) => ({ file, place: `record ${row}` }) },
      context.signal,
    );
  } finally {
    await bytes.close();
  }
}

/** The header of one IDX file, gzipped or not. @throws LetheError `data-corrupt` if there is none. */
export async function readIdxHeader(file: string): Promise<IdxHeader> {
  const raw = await openBytes(file);
  try {
    const head = await raw.read(0, Math.min(raw.length, LONGEST_HEADER));
    return parseHeader(isGzip(head) ? await unpackHead(wholeGzip(file, raw.length)) : head, file);
  } finally {
    await raw.close();
  }
}

async function openIdxFile(file: string, context: OpenContext): Promise<IdxFile> {
  const raw = await openBytes(file);
  try {
    const head = await raw.read(0, Math.min(raw.length, LONGEST_HEADER));
    if (!isGzip(head)) {
      const header = parseHeader(head, file);
      if (header.length !== raw.length) throw wrongLength(file, raw.length, header);
      return { ...header, bytes: raw };
    }
    const packed = wholeGzip(file, raw.length);
    const header = parseHeader(await unpackHead(packed), file);
    const bytes = await unpack(packed, header.length, context);
    await raw.close();
    return { ...header, bytes };
  } catch (error) {
    await raw.close();
    throw error;
  }
}

function isGzip(head: Uint8Array): boolean {
  return head[0] === 0x1f && head[1] === 0x8b;
}

function wholeGzip(file: string, length: number): Packed {
  return { file, offset: 0, length, method: 'gzip' };
}

function parseHeader(head: Uint8Array, file: string): IdxHeader {
  const axes = head[3];
  const start = 4 + 4 * axes;
  if (head.length < 4 || head[0] !== 0 || head[1] !== 0 || axes === 0 || head.length < start) {
    throw new LetheError('data-corrupt', {
      message: 'is not an IDX file (no header of two zero bytes, type and axes)',
      file,
      hint: 'Name files of the MNIST kind, gzipped or not.',
    });
  }
  const kind = KINDS.get(head[2]);
  if (!kind) {
    throw new LetheError('data-corrupt', {
      message: `states the unknown element type 0x${head[2].toString(16)}`,
      file,
    });
  }
  const view = new DataView(head.buffer, head.byteOffset);
  const dims = Array.from({ length: axes }, (_, axis) => view.getUint32(4 + 4 * axis));
  if (dims.includes(0)) {
    throw new LetheError('data-corrupt', { message: `holds no samples (${dims.join(' x ')})`, file });
  }
  const type = { kind, littleEndian: false };
  return { type, dims, start, length: start + elementCount(dims) * elementBytes(type) };
}

function wrongLength(file: string, length: number, header: IdxHeader): LetheError {
  return new LetheError('data-corrupt', {
    message: `is ${length} bytes long, its header (${header.dims.join(' x ')} of ${header.type.kind}) asks for ${header.length}`,
    file,
    hint: 'Fetch or export the file again.',
  });
}
