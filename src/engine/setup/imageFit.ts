import { decodeImage } from '../../data/images/decode.js';
import type { Size } from '../../data/images/geometry.js';
import type { SourceOf } from '../../data/source.js';

/** Images whose sizes are looked at. */
const LOOKED_AT = 8;
/** From this size on models are mostly trained on the middle 7/8 of a picture, as torchvision's and Keras' are evaluated. */
const CROPPED_FROM = 160;
/** What a model that takes any size is fed where the images differ in size. */
const USUAL = 224;

/**
 * How images of these files have to be resized and cropped to be of one size, the model's where it has one.
 * @param wanted [height, width], null where the model leaves it open.
 */
export async function imageFit(
  files: readonly string[],
  wanted: readonly [number | null, number | null],
): Promise<Pick<SourceOf<'imageFolder'>, 'resize' | 'crop'>> {
  const sizes: Size[] = [];
  const step = Math.max(1, Math.floor(files.length / LOOKED_AT));
  for (let at = 0; at < files.length && sizes.length < LOOKED_AT; at += step) {
    const { height, width } = await decodeImage(files[at], { interpolation: 'bilinear' });
    sizes.push([height, width]);
  }
  const fits = sizes.every(
    ([height, width]) => height === (wanted[0] ?? sizes[0][0]) && width === (wanted[1] ?? sizes[0][1]),
  );
  if (fits) return {};
  const [height, width] = [wanted[0] ?? wanted[1] ?? USUAL, wanted[1] ?? wanted[0] ?? USUAL];
  if (height !== width || height < CROPPED_FROM) return { resize: [height, width] };
  return { resize: Math.round((height * 8) / 7), crop: height };
}
