import { type Entry, openPromise, type ZipFile } from 'yauzl';
import { LetheError } from '../base/errors.js';
import { fileError } from '../base/files.js';
import { elementCount } from '../linalg/tensor.js';
import { openBytes, sliceBytes } from './bytes.js';
import type { OpenContext } from './context.js';
import type { Dataset } from './dataset.js';
import { defaultScale, elementBytes } from './elements.js';
import { toRowMajor } from './fortran.js';
import { readLabels } from './labels.js';
import { type NpyArray, type NpyHeader, parseNpyHeader } from './npy.js';
import { recordDataset } from './records.js';
import { sampleShape } from './sampleShape.js';
import type { SourceOf } from './source.js';
import { unpack, unpackHead } from './unpack.js';

/** A member of the archive and where its bytes begin. */
interface Member {
  readonly entry: Entry;
  readonly offset: number;
}

const STORED = 0;
const DEFLATED = 8;
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
    const head = await bytes.read(0, Math.min(bytes.length, 64 * 1024 + 12));
    return { ...checkedHeader(head, file, name, entry), bytes };
  } catch (error) {
    await whole.close();
    throw error;
  }
}

async function unpackArray(
  file: string,
  name: string,
  { entry, offset }: Member,
  context: OpenContext,
): Promise<NpyArray> {
  const place = arrayPlace(name);
  const packed = { file, place, offset, length: entry.compressedSize, method: 'deflate' } as const;
  const header = checkedHeader(await unpackHead(packed), file, name, entry);
  return { ...header, bytes: await unpack(packed, header.length, context) };
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
  let zip: ZipFile | undefined;
  try {
    zip = await openPromise(file, { lazyEntries: true, autoClose: false });
    const entries = new Map<string, Entry>();
    for await (const entry of zip.eachEntry()) entries.set(entry.fileName.replace(/\.npy$/, ''), entry);
    const members: Member[] = [];
    for (const name of names) {
      const entry = entries.get(name);
      if (!entry) throw noArray(file, name, [...entries.keys()]);
      checkPacking(file, name, entry);
      const { fileDataStart: offset } = await zip.readLocalFileHeaderPromise(entry, { minimal: true });
      members.push({ entry, offset });
    }
    return members;
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
