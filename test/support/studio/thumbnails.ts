import type { ThumbnailsResult } from '../../../src/contract/explain.js';
import type { FromStudio } from '../../../src/contract/studio.js';
import type { Picture } from '../../../src/contract/terms.js';
import type { StudioPage } from './page.js';

type Ask = FromStudio & { kind: 'ask' };

/** The questions for small pictures among some messages. */
export function picturesAsked(messages: readonly FromStudio[]): readonly (Ask & { question: { classes: number[] } })[] {
  return messages.filter((message) => message.kind === 'ask' && message.name === 'thumbnails') as never;
}

/** Waits until the page asks for pictures. @returns the first question. */
export async function waitForPictures(studio: StudioPage): Promise<Ask & { question: { classes: number[] } }> {
  for (;;) {
    const [asked] = picturesAsked(await studio.sent());
    if (asked) return asked;
    await studio.page.waitForTimeout(20);
  }
}

/** Three pictures of each class. */
export function thumbnailsOf(classes: readonly number[], draw: (index: number, nth: number) => Picture = garment) {
  return {
    classes: classes.map((index) => ({ class: index, pictures: [0, 1, 2].map((nth) => draw(index, nth)) })),
  } satisfies ThumbnailsResult;
}

/** A grey shape of 28 x 28 that is another one for each class. */
export function garment(index: number, nth: number): Picture {
  const size = 28;
  const rgb = new Uint8Array(3 * size * size);
  const [wide, high] = [5 + ((index * 5) % 9), 12 - ((index * 3) % 7)];
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const [u, v] = [(x - 13.5) / wide, (y - 13.5) / high];
      const inside = index % 2 ? Math.abs(u) < 1 && Math.abs(v) < 1 : u * u + v * v < 1;
      const grey = inside ? 110 + ((11 * x + 7 * y + 40 * nth) % 130) : 0;
      rgb.fill(grey, 3 * (y * size + x), 3 * (y * size + x) + 3);
    }
  }
  return { width: size, height: size, rgb };
}

/** A coloured picture, wider than high. */
export function landscape(index: number, nth: number): Picture {
  const [width, height] = [48, 32];
  const rgb = new Uint8Array(3 * width * height);
  for (let at = 0; at < width * height; at++) {
    const shade = (at % width) / width;
    rgb.set([(37 * index) % 256, 255 * shade, (80 * nth + 3 * Math.floor(at / width)) % 256], 3 * at);
  }
  return { width, height, rgb };
}
