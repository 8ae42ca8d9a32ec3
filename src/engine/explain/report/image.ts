import type { Picture } from '../../../contract/terms.js';
import { encodePng } from '../../../data/images/encode.js';
import type { Image } from '../../../report/explanations.js';

/** Pixels that a picture's longer side has at most in a report. */
const LARGEST = 320;

/** A picture as a page can hold it, pixel for pixel unless it is large. */
export async function imageOf({ width, height, rgb }: Picture): Promise<Image> {
  const { bytes, ...size } = await encodePng({ width, height, data: rgb }, { atLeast: 1, atMost: LARGEST });
  return { ...size, png: bytes };
}
