import type { Picture } from '../../contract/terms.js';

/** A picture no longer than so many pixels on either side: each pixel is the mean of the area that it stands for. */
export function shrunk(picture: Picture, size: number): Picture {
  const factor = size / Math.max(picture.width, picture.height);
  if (factor >= 1) return picture;
  const width = Math.max(1, Math.round(picture.width * factor));
  const height = Math.max(1, Math.round(picture.height * factor));
  const rgb = new Uint8Array(width * height * 3);
  const columns = spans(picture.width, width);
  for (const [y, [top, bottom]] of spans(picture.height, height).entries()) {
    for (const [x, [left, right]] of columns.entries()) {
      const area = (bottom - top) * (right - left);
      for (let color = 0; color < 3; color++) {
        let sum = 0;
        for (let row = top; row < bottom; row++) {
          for (let column = left; column < right; column++) {
            sum += picture.rgb[(row * picture.width + column) * 3 + color];
          }
        }
        rgb[(y * width + x) * 3 + color] = Math.round(sum / area);
      }
    }
  }
  return { width, height, rgb };
}

/** Cuts `length` into `count` pieces of whole numbers, as equal as can be: where each begins and ends. */
function spans(length: number, count: number): (readonly [number, number])[] {
  const cut = (at: number) => Math.round((at * length) / count);
  return Array.from({ length: count }, (_, at) => [cut(at), cut(at + 1)] as const);
}
