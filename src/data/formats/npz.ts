import { type Entry, openPromise, type ZipFile } from 'yauzl';
import { breathe } from '../../base/abort.js';
import { LetheError } from '../../base/errors.js';
import { fileError, readRange, withFile } from '../../base/files.js';
import { elementCount } from '../../linalg/tensor.js';
import type { OpenContext } from '../context.js';
import type { Dataset } from '../dataset.js';
import type { SourceOf } from '../source.js';
import { openBytes, sliceBytes } from '../stored/bytes.js';
import { defaultScale, elementBytes } from '../stored/elements.js';
import { toRowMajor } from '../stored/fortran.js';
import { readLabels } from '../stored/labels.js';
import { type NpyArray, type NpyHeader, parseNpyHeader } from '../stored/npy.js';
import { recordDataset } from '../stored/records.js';
import { sampleShape } from '../stored/sampleShape.js';
import { type Packed, unpack, unpackHead } from '../stored/unpack.js';

/** A member of the archive and where its bytes begin. */
interface Member {
  readonly entry: Entry;
  readonly offset: number;
}

/** An array of an archive as its header states it. */
export interface ArrayFacts {
  readonly name: string;
  readonly dims: readonly number[];
}

const STORED = 0;
const DEFLATED = 8;
/** Bytes, version 2 and 3 have more room than any header takes. */
const LONGEST_HEADER = 64 * 1024 + 12;
/** Deflate packs at most about 1032 to 1. */
const MOST_PACKED = 1040;

/**
 * Two arrays of a NumPy archive: stored ones are read by seeks, deflated ones are unpacked once.
 * @throws LetheError naming the file, the array and what is wrong with it.
 */
export async function openNpz(source: SourceOf<'npz'>, context: OpenContext): Promise<Dataset> {
  const file = context.resolve(source.path);
  const [x, y] = await findMembers(file, [source.x, source.y]);
  const samples = await openArray(file, source.x, x, context);
  try {
    const [count] = samples.dims;
    const labels = await readLabelArray(file, source, y, count, context);
    const sample = sampleShape(samples.dims.slice(1), source.layout, { file, place: arrayPlace(source.x) });
    const stride = elementCount(sample.shape) * elementBytes(samples.type);
    return recordDataset({
      format: 'npz',
      segments: [{ file, bytes: samples.bytes, start: samples.start, stride, count }],
      type: samples.type,
      sample,
      scale: source.scale ?? defaultScale(samples.type),
      labels,
      where: (index, part) => ({
        file,
        place: `${arrayPlace(part === 'label' ? source.y : source.x)}, record ${index}`,
      }),
    });
  } catch (error) {
    await samples.bytes.close();
    throw error;
  }
}

/** More arrays than this make no data set. */
const MOST_LISTED = 64;

/**
 * The arrays of numbers in an archive, by their headers alone. Those of other types and damaged ones are left out.
 * @throws LetheError if the file is no archive.
 */
export async function listArrays(file: string, signal?: AbortSignal): Promise<ArrayFacts[]> {
  return withArchive(file, async (zip, entries) => {
    const arrays: ArrayFacts[] = [];
    for (const [name, entry] of [...entries].slice(0, MOST_LISTED)) {
      await breathe(signal);
      try {
        const { dims } = await readHeader(file, name, await locate(zip, file, name, entry));
        arrays.push({ name, dims });
      } catch (error) {
        if (!(error instanceof LetheError)) throw error;
      }
    }
    return arrays;
  });
}

async function readLabelArray(
  file: string,
  { x, y }: SourceOf<'npz'>,
  member: Member,
  samples: number,
  context: OpenContext,
): Promise<Int32Array> {
  const { bytes, start, type, dims } = await openArray(file, y, member, context);
  try {
    const [count, ...rest] = dims;
    if (count !== samples) {
      throw new LetheError('data-corrupt', {
        message: `holds ${count} labels for the ${samples} samples of ${arrayPlace(x)}`,
        file,
        place: arrayPlace(y),
        hint: 'Name the two arrays that belong together in "x" and "y".',
      });
    }
    const where = (row: number) => ({ file, place: `${arrayPlace(y)}, record ${row}` });
    return await readLabels({ bytes, start, type, count, width: elementCount(rest), where }, context.signal);
  } finally {
    await bytes.close();
  }
}

/** One array, its first axis outermost. */
async function openArray(file: string, name: string, member: Member, context: OpenContext): Promise<NpyArray> {
  const array = await (member.entry.compressionMethod === STORED ? seekArray : unpackArray)(
    file,
    name,
    member,
    context,
  );
  try {
    if (array.dims.length === 0 || array.dims.includes(0)) {
      const message = `holds no samples: its shape is (${array.dims.join(', ')})`;
      throw new LetheError('data-corrupt', { message, file, place: arrayPlace(name) });
    }
    return array.isFortran && array.dims.length > 1 ? await toRowMajor(array, context) : array;
  } catch (error) {
    await array.bytes.close();
    throw error;
  }
}

async function seekArray(file: string, name: string, { entry, offset }: Member): Promise<NpyArray> {
  const whole = await openBytes(file);
  try {
    const bytes = sliceBytes(whole, offset, entry.uncompressedSize);
    const head = await bytes.read(0, Math.min(bytes.length, LONGEST_HEADER));
    return { ...checkedHeader(head, file, name, entry), bytes };
  } catch (error) {
    await whole.close();
    throw error;
  }
}

async function unpackArray(file: string, name: string, member: Member, context: OpenContext): Promise<NpyArray> {
  const header = await readHeader(file, name, member);
  return { ...header, bytes: await unpack(deflated(file, name, member), header.length, context) };
}

async function readHeader(file: string, name: string, member: Member): Promise<NpyHeader> {
  const { entry, offset } = member;
  const range = { file, offset, length: Math.min(entry.uncompressedSize, LONGEST_HEADER) };
  const head =
    entry.compressionMethod === STORED
      ? await withFile(file, (handle) => readRange(handle, range))
      : await unpackHead(deflated(file, name, member));
  return checkedHeader(head, file, name, entry);
}

function deflated(file: string, name: string, { entry, offset }: Member): Packed {
  return { file, place: arrayPlace(name), offset, length: entry.compressedSize, method: 'deflate' };
}

function checkedHeader(head: Uint8Array, file: string, name: string, entry: Entry): NpyHeader {
  const where = { file, place: arrayPlace(name) };
  const header = parseNpyHeader(head, where);
  if (header.length === entry.uncompressedSize) return header;
  throw new LetheError('data-corrupt', {
    message: `is ${entry.uncompressedSize} bytes long, its header (${header.dims.join(' x ')} of ${header.type.kind}) asks for ${header.length}`,
    hint: 'Save the archive again with NumPy.',
    ...where,
  });
}

/** The members of these names, in this order. */
async function findMembers(file: string, names: readonly string[]): Promise<Member[]> {
  return withArchive(file, async (zip, entries) => {
    const members: Member[] = [];
    for (const name of names) {
      const entry = entries.get(name);
      if (!entry) throw noArray(file, name, [...entries.keys()]);
      members.push(await locate(zip, file, name, entry));
    }
    return members;
  });
}

async function locate(zip: ZipFile, file: string, name: string, entry: Entry): Promise<Member> {
  checkPacking(file, name, entry);
  const { fileDataStart: offset } = await zip.readLocalFileHeaderPromise(entry, { minimal: true });
  return { entry, offset };
}

/** Opens an archive and hands on what its directory lists, by the names of the arrays. */
async function withArchive<T>(
  file: string,
  use: (zip: ZipFile, entries: ReadonlyMap<string, Entry>) => Promise<T>,
): Promise<T> {
  let zip: ZipFile | undefined;
  try {
    zip = await openPromise(file, { lazyEntries: true, autoClose: false });
    const entries = new Map<string, Entry>();
    for await (const entry of zip.eachEntry()) entries.set(entry.fileName.replace(/\.npy$/, ''), entry);
    return await use(zip, entries);
  } catch (error) {
    if (error instanceof LetheError) throw error;
    if ((error as NodeJS.ErrnoException).syscall) throw fileError(error, file);
    throw new LetheError('data-corrupt', {
      message: `is not a readable archive (${(error as Error).message})`,
      file,
      hint: 'Save it again with numpy.savez.',
      cause: error,
    });
  } finally {
    zip?.close();
  }
}

function checkPacking(file: string, name: string, entry: Entry): void {
  const { compressionMethod: method, compressedSize: packed, uncompressedSize: length } = entry;
  const where = { file, place: arrayPlace(name) };
  if (entry.isEncrypted() || (method !== STORED && method !== DEFLATED)) {
    throw new LetheError('data-unsupported', {
      message: entry.isEncrypted() ? 'is encrypted' : `is packed by method ${method}`,
      hint: 'Save it with numpy.savez or numpy.savez_compressed.',
      ...where,
    });
  }
  if (method === STORED ? packed !== length : length > packed * MOST_PACKED) {
    throw new LetheError('data-corrupt', {
      message: `states impossible lengths (${packed} bytes for ${length})`,
      hint: 'Save the archive again with NumPy.',
      ...where,
    });
  }
}

function noArray(file: string, name: string, known: readonly string[]): LetheError {
  const shown = known.slice(0, 12).map((other) => JSON.stringify(other));
  return new LetheError('config-invalid', {
    message: `holds no ${arrayPlace(name)}`,
    file,
    hint: known.length > 0 ? `Name its arrays in "x" and "y": ${shown.join(', ')}.` : 'It holds no array at all.',
  });
}

function arrayPlace(name: string): string {
  return `array "${name}"`;
}
