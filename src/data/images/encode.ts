import { loadCodec, opaque, type RgbImage } from './decode.js';

/** An image as a PNG file. */
export interface PngImage {
  readonly width: number;
  readonly height: number;
  readonly bytes: Uint8Array;
}

export interface EncodeOptions {
  /** Pixels that the longer side has at least: smaller images are enlarged by a whole factor, every pixel a square. */
  readonly atLeast: number;
  /** Pixels that the longer side has at most: larger images are made smaller. */
  readonly atMost: number;
}

/** Encodes an image for looking at. @throws LetheError `data-unsupported` where there is no codec for this machine. */
export async function encodePng(image: RgbImage, { atLeast, atMost }: EncodeOptions): Promise<PngImage> {
  const codec = await loadCodec();
  const longer = Math.max(image.height, image.width);
  const factor = longer > atMost ? atMost / longer : Math.max(1, Math.ceil(atLeast / longer));
  const width = Math.max(1, Math.round(image.width * factor));
  const height = Math.max(1, Math.round(image.height * factor));
  const transformer = codec.Transformer.fromRgbaPixels(opaque(image), image.width, image.height);
  if (factor !== 1) {
    // To repeat pixels when enlarging is the box filter; it averages them when shrinking.
    transformer.fastResize({ width, height, filter: codec.FastResizeFilter.Box, fit: codec.ResizeFit.Fill });
  }
  const bytes = await transformer.png();
  // Memory of its own, whatever the codec does with its buffer.
  return { width, height, bytes: Uint8Array.from(bytes) };
}
