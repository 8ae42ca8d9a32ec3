/** The first picture of a GIF on its canvas. Pixels that it leaves open are black. */
export interface GifPicture {
  readonly width: number;
  readonly height: number;
  /** height x width x 3. */
  readonly rgb: Uint8Array;
}

/** Larger ones are refused: they would block the thread for seconds, and a few bytes can state any size. */
const MOST_PIXELS = 2 ** 24;

/** Where the first picture lies on the canvas, and its parts in the file. */
interface Frame {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  readonly isInterlaced: boolean;
  readonly palette: Uint8Array;
  /** Offset of the code size that begins the compressed indices. */
  readonly start: number;
}

/**
 * Decodes the first picture of a GIF (87a and 89a; CompuServe 1990).
 * @throws Error saying what is damaged.
 */
export function decodeGif(bytes: Uint8Array): GifPicture {
  const width = uint16(bytes, 6);
  const height = uint16(bytes, 8);
  const frame = findFrame(bytes);
  if (width * height === 0 || width * height > MOST_PIXELS || frame.width * frame.height > MOST_PIXELS) {
    throw new Error(`a GIF of ${width} x ${height} pixels`);
  }
  const indices = unpackIndices(bytes, frame.start, frame.width * frame.height);
  const rgb = new Uint8Array(width * height * 3);
  const rows = rowOrder(frame);
  const columns = Math.min(frame.width, width - frame.left);
  for (let stored = 0; stored < frame.height; stored++) {
    const y = frame.top + rows[stored];
    if (y >= height) continue;
    let to = (y * width + frame.left) * 3;
    for (let x = 0; x < columns; x++, to += 3) {
      const color = indices[stored * frame.width + x] * 3;
      rgb[to] = frame.palette[color];
      rgb[to + 1] = frame.palette[color + 1];
      rgb[to + 2] = frame.palette[color + 2];
    }
  }
  return { width, height, rgb };
}

/** Skips extensions up to the first picture. */
function findFrame(bytes: Uint8Array): Frame {
  const flags = bytes[10];
  let at = 13;
  let palette: Uint8Array | undefined;
  if (flags & 0x80) {
    palette = bytes.subarray(at, at + 3 * 2 ** ((flags & 7) + 1));
    at += palette.length;
  }
  while (bytes[at] === 0x21) at = afterBlocks(bytes, at + 2);
  if (bytes[at] !== 0x2c || at + 11 > bytes.length) throw new Error('a GIF without a picture');
  const local = bytes[at + 9];
  let start = at + 10;
  if (local & 0x80) {
    palette = bytes.subarray(start, start + 3 * 2 ** ((local & 7) + 1));
    start += palette.length;
  }
  if (!palette) throw new Error('a GIF without colours');
  return {
    left: uint16(bytes, at + 1),
    top: uint16(bytes, at + 3),
    width: uint16(bytes, at + 5),
    height: uint16(bytes, at + 7),
    isInterlaced: (local & 0x40) > 0,
    palette,
    start,
  };
}

/** The offset behind a chain of blocks, each of which begins with its length. */
function afterBlocks(bytes: Uint8Array, start: number): number {
  let at = start;
  while (at < bytes.length) {
    const length = bytes[at++];
    if (length === 0) return at;
    at += length;
  }
  throw new Error('a GIF that ends too early');
}

/** The variable-length LZW of GIF: codes grow from one bit more than the palette needs to 12 bits. */
function unpackIndices(bytes: Uint8Array, start: number, count: number): Uint8Array {
  const bits = bytes[start];
  if (!(bits >= 1 && bits <= 8)) throw new Error(`a GIF with codes of ${bits} bits`);
  const clear = 2 ** bits;
  const end = clear + 1;
  const prefix = new Uint16Array(4096);
  const suffix = new Uint8Array(4096);
  const stack = new Uint8Array(4097);
  const out = new Uint8Array(count);
  let written = 0;
  let next = end + 1;
  let size = bits + 1;
  let previous = -1;
  let first = 0;
  const codes = new CodeReader(bytes, start + 1);
  while (written < count) {
    const code = codes.read(size);
    if (code === end) break;
    if (code === clear) {
      next = end + 1;
      size = bits + 1;
      previous = -1;
      continue;
    }
    if (code > next || (code === next && previous < 0)) throw new Error('a GIF with a damaged picture');
    let depth = 0;
    let current = code;
    if (code === next) {
      // The one code that may be used before it is known: the last string and its own first index.
      stack[depth++] = first;
      current = previous;
    }
    for (; current > end; current = prefix[current]) stack[depth++] = suffix[current];
    first = current;
    stack[depth++] = first;
    while (depth > 0 && written < count) out[written++] = stack[--depth];
    if (previous >= 0 && next < 4096) {
      prefix[next] = previous;
      suffix[next] = first;
      next++;
      if (next === 2 ** size && size < 12) size++;
    }
    previous = code;
  }
  if (written < count) throw new Error('a GIF that ends too early');
  return out;
}

/** Reads codes bit by bit, the lowest first, across the blocks. */
class CodeReader {
  readonly #bytes: Uint8Array;
  #at: number;
  #left = 0;
  #bits = 0;
  #count = 0;

  constructor(bytes: Uint8Array, start: number) {
    this.#bytes = bytes;
    this.#at = start;
  }

  read(size: number): number {
    while (this.#count < size) {
      if (this.#left === 0) this.#left = this.#bytes[this.#at++] ?? 0;
      if (this.#left === 0 || this.#at >= this.#bytes.length) throw new Error('a GIF that ends too early');
      this.#bits |= this.#bytes[this.#at++] << this.#count;
      this.#left--;
      this.#count += 8;
    }
    const code = this.#bits & (2 ** size - 1);
    this.#bits >>= size;
    this.#count -= size;
    return code;
  }
}

/** The picture's row that each stored row is: interlaced ones come in four passes. */
function rowOrder({ height, isInterlaced }: Frame): number[] {
  const rows: number[] = [];
  const passes = isInterlaced
    ? [
        [0, 8],
        [4, 8],
        [2, 4],
        [1, 2],
      ]
    : [[0, 1]];
  for (const [first, step] of passes) {
    for (let row = first; row < height; row += step) rows.push(row);
  }
  return rows;
}

function uint16(bytes: Uint8Array, at: number): number {
  return bytes[at] | (bytes[at + 1] << 8);
}
