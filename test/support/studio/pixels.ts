import type { Locator } from '@playwright/test';

interface Canvas {
  readonly width: number;
  readonly height: number;
  getContext(kind: string): { getImageData(...box: number[]): { data: Uint8ClampedArray } };
}

/** What a canvas of the page shows: red, green, blue and opacity of each pixel, row by row. */
export async function allPixels(canvas: Locator): Promise<number[]> {
  return canvas.evaluate((element) => {
    const { width, height } = element as never as Canvas;
    return [...(element as never as Canvas).getContext('2d').getImageData(0, 0, width, height).data];
  });
}

/**
 * How far the pixels of a canvas are from what was put there, of 255. A canvas keeps its colours multiplied by their opacity:
 * what is hardly there comes back as any colour, so that each counts by its opacity.
 */
export function largestDifference(shown: ArrayLike<number>, painted: ArrayLike<number>): number {
  if (shown.length !== painted.length) return Number.POSITIVE_INFINITY;
  let largest = 0;
  for (let at = 0; at < painted.length; at++) {
    const opacity = at % 4 === 3 ? 1 : painted[at - (at % 4) + 3] / 255;
    largest = Math.max(largest, opacity * Math.abs(shown[at] - painted[at]));
  }
  return largest;
}
