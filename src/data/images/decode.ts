import { LetheError } from '../../base/errors.js';
import { readRange, withFile } from '../../base/files.js';
import { type Box, centerBox, resizedSize, type Size } from './geometry.js';
import { decodeGif } from './gif.js';

/** How image files become samples. */
export interface ImageSettings {
  readonly resize?: number | Size;
  readonly crop?: number | Size;
  readonly interpolation: 'bilinear' | 'bicubic' | 'lanczos' | 'box';
}

/** An image the way up it is meant to be seen: height x width x 3, without alpha (which is dropped, not blended). */
export interface RgbImage {
  readonly height: number;
  readonly width: number;
  readonly data: Uint8Array;
}

/** Pixels as the decoder gives them. */
interface Pixels {
  readonly size: Size;
  readonly channels: number;
  readonly data: Uint8Array | Uint16Array;
}

type Codec = typeof import('@napi-rs/image');
type Transformer = InstanceType<Codec['Transformer']>;

/** Longest file that is read as one image. */
const MOST_BYTES = 256 * 2 ** 20;

/**
 * Reads, turns (EXIF orientation of JPEG and TIFF), resizes and crops one image.
 * @throws LetheError `data-corrupt`, `data-unsupported` or `image-size` naming the file.
 */
export async function decodeImage(file: string, settings: ImageSettings): Promise<RgbImage> {
  const codec = await loadCodec(file);
  const bytes = await readImageFile(file);
  try {
    const isGif = Buffer.from(bytes.buffer, 0, Math.min(4, bytes.length)).toString('latin1') === 'GIF8';
    const resized = isGif ? await resizeGif(codec, bytes, settings) : await decodeAndResize(codec, bytes, settings);
    const box = centerBox(resized.size, settings.crop);
    if (!box) throw tooSmall(file, resized.size, settings);
    return { height: box.height, width: box.width, data: toRgb(resized, box) };
  } catch (error) {
    if (error instanceof LetheError) throw error;
    throw new LetheError('data-corrupt', {
      message: `can not be decoded (${(error as Error).message.replace(/^Decode image failed /, '')})`,
      file,
      hint: 'Replace the file or move it out of the folder.',
      cause: error,
    });
  }
}

let loading: Promise<Codec> | undefined;

/**
 * The decoder is native code without GLib: libvips (sharp) clashes with the GLib that Electron loads on Linux. Its resizing is
 * Pillow's to within one level in 256, which is what most models were trained with.
 */
export async function loadCodec(file?: string): Promise<Codec> {
  loading ??= import('@napi-rs/image');
  return loading.catch((error) => {
    throw new LetheError('data-unsupported', {
      message: `there is no codec for images on this machine (${process.platform}-${process.arch})`,
      file,
      hint: 'Use npz, idx or csv data here.',
      cause: error,
    });
  });
}

async function readImageFile(file: string): Promise<Uint8Array<ArrayBuffer>> {
  return withFile(file, (handle, length) => {
    if (length > 0 && length <= MOST_BYTES) return readRange(handle, { file, offset: 0, length });
    throw new LetheError('data-corrupt', { message: `is ${length} bytes long, which no image is`, file });
  });
}

async function resizeGif(codec: Codec, bytes: Uint8Array, settings: ImageSettings): Promise<Pixels> {
  const { width, height, rgb } = decodeGif(bytes);
  return resizePixels(codec, { size: [height, width], channels: 3, data: rgb }, settings);
}

async function decodeAndResize(codec: Codec, bytes: Uint8Array, settings: ImageSettings): Promise<Pixels> {
  const image = new codec.Transformer(bytes);
  const { width, height, colorType, orientation = 1 } = await image.metadata(true);
  image.rotate();
  // Orientations from 5 on lie on their side.
  const size: Size = orientation >= 5 ? [width, height] : [height, width];
  // The decoder's types: grey, grey + alpha, RGB, RGBA; then the same in 16 bits.
  if (colorType > 7) throw new Error('colours stored as floats are not supported');
  const channels = 1 + (colorType % 4);
  const isPlain = colorType < 4 && channels % 2 === 1;
  const target = resizedSize(size, settings.resize);
  if (isPlain && !equal(size, target)) return resizeNatively(codec, image, target, settings);
  const raw = await image.rawPixels();
  const data = colorType < 4 ? raw : new Uint16Array(Uint8Array.from(raw).buffer);
  return resizePixels(codec, { size, channels, data }, settings);
}

/** Resizes colours alone: where there is alpha it goes first, or transparent pixels would lose their colour. */
async function resizePixels(codec: Codec, pixels: Pixels, settings: ImageSettings): Promise<Pixels> {
  const [height, width] = pixels.size;
  const target = resizedSize(pixels.size, settings.resize);
  if (equal(pixels.size, target)) return pixels;
  const data = opaque({ height, width, data: toRgb(pixels, { top: 0, left: 0, height, width }) });
  return resizeNatively(codec, codec.Transformer.fromRgbaPixels(data, width, height), target, settings);
}

/** RGBA without transparency, as the codec takes pixels. */
export function opaque({ data, height, width }: RgbImage): Uint8Array {
  const out = new Uint8Array(height * width * 4).fill(255);
  for (let from = 0, to = 0; from < data.length; from += 3, to += 4) {
    out[to] = data[from];
    out[to + 1] = data[from + 1];
    out[to + 2] = data[from + 2];
  }
  return out;
}

async function resizeNatively(codec: Codec, image: Transformer, size: Size, settings: ImageSettings): Promise<Pixels> {
  const { FastResizeFilter, ResizeFit } = codec;
  const filter = {
    bilinear: FastResizeFilter.Bilinear,
    bicubic: FastResizeFilter.CatmullRom,
    lanczos: FastResizeFilter.Lanczos3,
    box: FastResizeFilter.Box,
  }[settings.interpolation];
  const [height, width] = size;
  const data = await image.fastResize({ width, height, filter, fit: ResizeFit.Fill }).rawPixels();
  return { size, channels: 4, data };
}

/** A piece as 8-bit RGB: grey repeated, alpha dropped, 16 bits cut to their upper 8. */
function toRgb({ size, channels, data }: Pixels, box: Box): Uint8Array {
  const out = new Uint8Array(box.height * box.width * 3);
  const shift = data instanceof Uint16Array ? 8 : 0;
  const second = channels > 2 ? 1 : 0;
  const third = channels > 2 ? 2 : 0;
  let to = 0;
  for (let row = box.top; row < box.top + box.height; row++) {
    let from = (row * size[1] + box.left) * channels;
    for (let column = 0; column < box.width; column++, from += channels, to += 3) {
      out[to] = data[from] >> shift;
      out[to + 1] = data[from + second] >> shift;
      out[to + 2] = data[from + third] >> shift;
    }
  }
  return out;
}

function equal(a: Size, b: Size): boolean {
  return a[0] === b[0] && a[1] === b[1];
}

function tooSmall(file: string, [height, width]: Size, { resize, crop }: ImageSettings): LetheError {
  const wanted = typeof crop === 'number' ? [crop, crop] : crop!;
  return new LetheError('image-size', {
    message: `is ${height} x ${width} (height x width)${resize === undefined ? '' : ' after resizing'}, smaller than the crop of ${wanted.join(' x ')}`,
    file,
    hint: 'State a larger "resize" or a smaller "crop" in the data source.',
  });
}
